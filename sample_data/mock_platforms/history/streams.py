"""Videos, live sessions and comments as figures, the same in every API.

The videos and comments are those of the export files; those files do not name the video of a
comment, so here it is the newest one before it. TikTok's sessions come from the plan's sessions; what the
platform states of their sales is what the orders placed in them add up to, whether they name the session or not.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sample_data.generator import comments
from sample_data.generator.clock import unix
from sample_data.generator.comments import Comment
from sample_data.generator.videos import Video
from sample_data.mock_platforms.history.orders import Order
from sample_data.mock_platforms.history.shop import Shop, video_id


@dataclass(frozen=True)
class Work:
    """One video: its plain id and opaque item id, and its lifetime counts."""

    number: int
    item: str
    video: Video

    @property
    def published(self) -> int:
        """When it came out."""
        return unix(self.video.published)

    @property
    def likes(self) -> int:
        """Likes, as in the works list."""
        return int(self.video.views * (0.02 + 0.05 * self.video.draws[13]))

    @property
    def comments(self) -> int:
        """Comments, as in the works list."""
        return self.likes // 6

    @property
    def shares(self) -> int:
        """Shares, as in the works list."""
        return self.likes // 9

    def by(self, days: float) -> float:
        """Return which part of its views it had after some days: most come early."""
        return 0.0 if days <= 0 else days / (days + 1.5)


@dataclass(frozen=True)
class Session:
    """One TikTok live session with its figures, minute by minute: views, paid orders, pieces and cents of GMV."""

    number: int
    title: str
    start: int
    end: int
    views: tuple[int, ...]
    orders: tuple[int, ...]
    items: tuple[int, ...]
    gmv: tuple[int, ...]

    @property
    def likes(self) -> int:
        """Likes of the whole session."""
        return sum(self.views) * 2


class Streams:
    """All streams of a practice shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @cached_property
    def works(self) -> list[Work]:
        """The videos in order of time."""
        return [
            Work(video_id(n, video.published), f"@8hxd/{n:04d}+PP==", video)
            for n, video in enumerate(self.shop.works)
        ]

    @cached_property
    def comments_by_item(self) -> dict[str, list[Comment]]:
        """The comments by item id of their video, in order of time."""
        plan = self.shop.plan
        remarks = comments.make_comments(self.shop.works, plan.now, plan.comments, plan.seed)
        published = [video.published for video in self.shop.works]
        home: dict[int, str] = {}
        by_item: dict[str, list[Comment]] = {work.item: [] for work in self.works}
        for remark in remarks:
            newest = max(0, bisect_right(published, remark.at) - 1)
            item = home.get(remark.answers) or self.works[newest].item
            home[remark.number] = item
            by_item[item].append(remark)
        return by_item

    @cached_property
    def sessions(self) -> list[Session]:
        """The TikTok live sessions: one for every second Douyin session, at the same hours."""
        plan = self.shop.plan
        pairs = zip(plan.sessions.start.tolist(), plan.sessions.end.tolist(), strict=True)
        return [
            _session(n, unix(start), unix(end), plan.seed)
            for n, (start, end) in enumerate(pairs)
            if n % 2 == 0
        ]

    def session_at(self, moment: int) -> int:
        """Return the id of the session that runs at a moment, 0 if there is none."""
        for session in self._by_start[max(0, bisect_right(self._starts, moment) - 1) :][:1]:
            if session.start <= moment < session.end:
                return session.number
        return 0

    def sell(self, orders: Iterable[Order]) -> None:
        """Let the sessions state what the paid orders that were placed in them add up to."""
        placed: dict[int, list[Order]] = {}
        for order in orders:
            if order.paid and (number := self.session_at(order.created)):
                placed.setdefault(number, []).append(order)
        self.sessions = [_sold(session, placed.get(session.number, [])) for session in self.sessions]

    def truth(self) -> dict[str, dict[str, int]]:
        """Return the true orders, pieces and GMV (cents) of each TikTok session by its id."""
        return {
            str(session.number): {
                "orders": sum(session.orders),
                "units": sum(session.items),
                "gmv": sum(session.gmv),
            }
            for session in self.sessions
        }

    @cached_property
    def _by_start(self) -> list[Session]:
        return sorted(self.sessions, key=lambda session: session.start)

    @cached_property
    def _starts(self) -> list[int]:
        return [session.start for session in self._by_start]


def _sold(session: Session, orders: list[Order]) -> Session:
    sums = np.zeros((3, len(session.views)), np.int64)
    for order in orders:
        place = min((order.created - session.start) // 60, len(session.views) - 1)
        sums[:, place] += (
            1,
            sum(line.quantity for line in order.lines),
            sum(line.gmv for line in order.lines),
        )
    counts, items, gmv = (tuple(row) for row in sums.tolist())
    return replace(session, orders=counts, items=items, gmv=gmv)


def _session(number: int, start: int, end: int, seed: int) -> Session:
    rng = np.random.default_rng([seed, 61, number])
    minutes = max(1, (end - start) // 60)
    views = rng.poisson(6 + 14 * rng.random(), minutes)
    nothing = (0,) * minutes
    return Session(
        7_500_000_000_000_000_000 + start * 1_000_003,
        f"Kiln opening {number + 1}",
        start,
        end,
        tuple(views.tolist()),
        nothing,
        nothing,
        nothing,
    )
