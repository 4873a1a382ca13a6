"""The plan of a practice shop: its days, sizes, people, sessions and the moment of export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np

from sample_data.generator.buyers import Crowd
from sample_data.generator.catalog import Catalog, make_catalog
from sample_data.generator.clock import DAY, seconds
from sample_data.generator.columns import Ints, Mask
from sample_data.generator.douyin.order_lines import Lines, Span
from sample_data.generator.seasonality import daily_weights, spread
from sample_data.generator.sessions import LATEST, Sessions, plan_sessions, session_days, slot_days

SPAN_LINES = 200_000
LINES_PER_ORDER = 1.25
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What to write: lines per day of the range, the moment of export, and how the files look.

    `now` is a Beijing wall-clock second; `adjust` may change a span's lines before they are
    counted and written. `shapes` is how a month's order file (by name of the month) or all the
    settlement files ("settlement") are written where not as usual: "75", "gb18030" or "xlsx".
    `twice` are (line, variant) of the TikTok shop that sell pieces which were already sold.
    `language` is that of titles: zh or en. `on_air` is when the session that goes on at `now` began (0: none).
    `presents`: the last sessions have presentations, which their orders follow (see live_files).
    """

    start: date
    counts: Ints
    now: int
    seed: int
    pieces: int
    platforms: tuple[str, ...] = ("douyin",)
    only_orders: bool = False
    comments: int = 6_000
    lines_per_order: float = LINES_PER_ORDER
    shapes: dict[str, str] = field(default_factory=dict)
    adjust: Callable[[Lines], None] | None = None
    twice: tuple[tuple[int, int], ...] = ()
    language: str = "zh"
    on_air: int = 0
    presents: bool = True

    @cached_property
    def days(self) -> int:
        """How many days the range has."""
        return len(self.counts)

    @cached_property
    def until(self) -> date:
        """The last day of the range."""
        return self.start + timedelta(days=self.days - 1)

    @cached_property
    def crowd(self) -> Crowd:
        """The people who buy in the range."""
        return Crowd(int(self.counts.sum() / self.lines_per_order * 0.8) + 10)

    @cached_property
    def catalog(self) -> Catalog:
        """What the studio offers."""
        return make_catalog(self.pieces, self.language)

    @cached_property
    def singles(self) -> Ints:
        """Which lines of the range sell a one-of-a-kind piece, in order."""
        lines = int(self.counts.sum())
        step = lines / max(self.pieces, 1)
        draws = np.random.default_rng([self.seed, 13]).random(self.pieces)
        return ((np.arange(self.pieces) + draws) * step).astype(np.int64)

    @cached_property
    def sessions(self) -> Sessions:
        """The live sessions of the range."""
        live = session_days(self.start, self.days, self.seed, slot=self.on_air > 0)
        next_open = np.append(self.counts[1:] > 0, False)
        may_pass = next_open & ~self.month_ends
        return plan_sessions(self.start, live, may_pass, self.seed, on_air=self.on_air)

    @cached_property
    def month_ends(self) -> Mask:
        """Whether a day is the last one of its month."""
        following = (self.start + timedelta(days=n + 1) for n in range(self.days))
        return np.array([day.day == 1 for day in following])

    def tiktok_plan(self, lines: int) -> "Plan":
        """Return the plan of the TikTok shop with so many lines; two of them sell a piece a second time."""
        counts = spread(lines, self.counts + np.sqrt(self.counts) / 2)
        return replace(self, counts=counts, twice=_sold_twice(self, counts))

    def months(self) -> Iterator[tuple[str, int, int]]:
        """Yield each month's name with its first day and the day after its last, in the range."""
        edges = [0, *(np.flatnonzero(self.month_ends) + 1).tolist(), self.days]
        for first, after in pairwise(edges):
            if after > first:
                yield f"{self.start + timedelta(days=first):%Y-%m}", first, after

    def spans(self, first: int, after: int) -> Iterator[Span]:
        """Yield runs of whole days that fit in memory comfortably, in order."""
        begin = first
        for day in range(first, after):
            full = self.counts[begin : day + 2].sum() > SPAN_LINES
            if day + 1 == after or full:
                yield self._span(begin, day + 1)
                begin = day + 1

    def _span(self, first: int, after: int) -> Span:
        days = np.arange(first, after)
        midnight = seconds(self.start) + first * DAY
        ends = midnight + (days - first + 1) * DAY
        next_open = np.append(self.counts[first + 1 : after] > 0, False)
        closing = np.where(next_open, ends + LATEST, ends - 1)
        before = int(self.counts[:first].sum())
        return Span(first, self.counts[first:after], closing, midnight, before, (self.seed, first))


def daily_lines(orders: int, start: date, days: int, seed: int, on_air: int = 0) -> Ints:
    """Return how many order lines each day of a range has; `on_air` as in Plan."""
    live = session_days(start, days, seed, slot=on_air > 0)
    always_open = slot_days(days).tolist() if on_air else ()
    return spread(orders, daily_weights(start, days, live, seed, always_open))


def _sold_twice(home: Plan, counts: Ints) -> tuple[tuple[int, int], ...]:
    """Return which TikTok lines sell a piece that a Douyin buyer bought up to three days before.

    The studio forgot to take it off: two pieces of the last weeks.
    """
    days = np.searchsorted(np.cumsum(home.counts), home.singles, side="right")
    edges = np.cumsum(counts) - counts
    rows: list[tuple[int, int]] = []
    for piece in np.flatnonzero((days >= home.days - 25) & (days < home.days - 2))[::-1]:
        open_days = np.arange(days[piece] + 1, min(days[piece] + 4, home.days))
        open_days = open_days[counts[open_days] > len(rows)]
        if len(open_days) and len(rows) < 2:
            line = int(edges[open_days[0]]) + len(rows)
            rows.append((line, home.catalog.family_size + int(piece)))
    return tuple(rows)
