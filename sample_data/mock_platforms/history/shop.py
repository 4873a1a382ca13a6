"""The practice shop behind the mock platforms: the orders of its export files, and what comes next.

Up to the moment of export (`Shop.moment`) everything is as in the files that `write_shop` writes
with the same arguments. After it, open cases end, pieces arrive, buyers come back with late
complaints and new orders come in, all from the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from sample_data.generator import videos
from sample_data.generator.clock import BEIJING, DAY, HOUR, moment, seconds, unix
from sample_data.generator.columns import Ints
from sample_data.generator.douyin import exports
from sample_data.generator.douyin.aftersale import KINDS, Cases
from sample_data.generator.douyin.order_lines import CARRIERS, VIDEO, Lines
from sample_data.generator.plan import Plan, daily_lines
from sample_data.mock_platforms.history.orders import Case, Line, Order

FUTURE_DAYS = 30
VIDEO_IDS = 7_360_000_000_000_000_000


@dataclass(frozen=True)
class Shop:
    """Which practice shop: the arguments of `write_shop`; without `until` it ends now.

    `orders` counts Douyin order lines. Kuaishou and TikTok have their share, or the number of
    lines given. `comments` and `on_air` are as in Plan.
    """

    orders: int = 6000
    until: date | None = None
    days: int = 80
    seed: int = 7
    now: datetime | None = None
    kuaishou_lines: int | None = None
    tiktok_lines: int | None = None
    language: str = "zh"
    comments: int = 6_000
    on_air: int = 0
    begun: datetime = field(default_factory=lambda: datetime.now(BEIJING), compare=False)

    @property
    def last_day(self) -> date:
        """The last day with orders in the files."""
        return self.until or self.begun.date()

    @property
    def wall(self) -> int:
        """The moment of export in wall-clock seconds of the studio."""
        if self.now:
            return moment(self.now)
        return seconds(self.until) + DAY - 1 if self.until else moment(self.begun)

    @property
    def moment(self) -> int:
        """The moment of export in Unix seconds: when the mock platforms' time begins."""
        return unix(self.wall)

    @cached_property
    def plan(self) -> Plan:
        """The Douyin shop's plan, as `write_shop` makes it."""
        start = self.last_day - timedelta(days=self.days - 1)
        return Plan(
            start=start,
            counts=daily_lines(self.orders, start, self.days, self.seed, self.on_air),
            now=self.wall,
            seed=self.seed,
            pieces=min(400, self.orders // 50),
            language=self.language,
            comments=self.comments,
            on_air=self.on_air,
        )

    @cached_property
    def works(self) -> list[videos.Video]:
        """The studio's videos up to the moment of export."""
        plan = self.plan
        return videos.make_videos(plan.start, plan.days, plan.now, plan.seed, plan.language)


def video_id(number: int, published: int) -> int:
    """Return the plain id of a video, by which orders name it."""
    return VIDEO_IDS + unix(published) * 1_000_000 + number


def coming(plan: Plan) -> Plan:
    """Return the plan of the days to come: as busy as the last month was.

    Its first day is that of the export where that is not over yet, else the day after; so it is while a session
    goes on, which brings the rest of its day itself.
    """
    last = plan.counts[-FUTURE_DAYS:]
    counts = np.full(FUTURE_DAYS, max(1, int(last.sum()) // max(1, len(last))))
    over = plan.on_air > 0 or plan.now >= seconds(plan.until) + DAY - 1
    start = plan.until + timedelta(days=int(over))
    later = seconds(start) + (FUTURE_DAYS + 90) * DAY
    return replace(
        plan, start=start, counts=counts, now=later, pieces=0, seed=plan.seed + 7_000, twice=(), on_air=0
    )


def shop_orders(plan: Plan, works: list[videos.Video], *, shift: int = 0) -> list[Order]:
    """Return a shop's orders in order of time; `shift` is added to the ids of a second shop."""
    orders: list[Order] = []
    for _, first, after in plan.months():
        for span in plan.spans(first, after):
            orders += _Orders(plan, works, shift).of(*exports.make_span(plan, span))
    _pay_late(orders, unix(plan.now))
    return orders


@dataclass
class _Orders:
    """Turns the generator's columns into orders."""

    plan: Plan
    works: list[videos.Video]
    shift: int

    def of(self, lines: Lines, cases: Cases) -> list[Order]:
        """Return a span's orders."""
        rows = self._lines(lines)
        orders: dict[int, Order] = {}
        columns = zip(
            lines.order.tolist(),
            lines.order_id.tolist(),
            lines.buyer.tolist(),
            lines.submitted.tolist(),
            lines.paid.tolist(),
            rows,
            strict=True,
        )
        owner: list[Order] = []
        for order, number, buyer, created, paid, line in columns:
            if order not in orders:
                number += self.shift
                orders[order] = Order(number, buyer, unix(created), unix(paid), [])
            orders[order].lines.append(line)
            owner.append(orders[order])
        self._cases(lines, cases, rows, owner)
        return list(orders.values())

    def _lines(self, lines: Lines) -> list[Line]:
        variants = self.plan.catalog.variants
        columns: tuple[Sequence[Any] | Ints, ...] = (  # in the order of Line's fields
            lines.line_id + self.shift,
            [variants[place] for place in lines.variant.tolist()],
            self.plan.catalog.product_ids[lines.variant],
            lines.quantity,
            lines.unit_price,
            lines.seller_discount,
            lines.platform_discount,
            lines.talent_discount,
            lines.price_change,
            lines.pay_discount,
            lines.shipping,
            [CARRIERS[place] for place in lines.carrier.tolist()],
            np.append(self.plan.sessions.number, 0)[lines.session],
            self._videos(lines),
            lines.partner,
            unix(lines.shipped),
            unix(lines.done),
        )
        cells = (column.tolist() if isinstance(column, np.ndarray) else column for column in columns)
        return [Line(*row) for row in zip(*cells, strict=True)]

    def _videos(self, lines: Lines) -> Ints:
        """Return the newest video before each order that came through one, else 0."""
        if not self.works:
            return np.zeros(len(lines), dtype=np.int64)
        published = np.array([work.published for work in self.works])
        numbers = np.array([video_id(n, work.published) for n, work in enumerate(self.works)])
        newest = np.searchsorted(published, lines.submitted, side="right") - 1
        seen = (lines.carrier == VIDEO) & (newest >= 0)
        return np.where(seen, numbers[newest], 0)

    def _cases(self, lines: Lines, cases: Cases, rows: list[Line], owner: list[Order]) -> None:
        numbers = cases.applied * 80_000_000 + lines.line_id[cases.line] % 80_000_000
        now = self.plan.now
        columns = (
            cases.line,
            cases.kind,
            cases.applied,
            cases.ended,
            cases.amount,
            cases.shipping,
            cases.reason,
            numbers,
        )
        for at, kind, applied, ended, amount, shipping, reason, number in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            over = unix(ended) or unix(now) + 6 * HOUR + number % (4 * DAY)
            order, line = owner[at], rows[at]
            case = Case(number + self.shift, order, line, kind, unix(applied), over, amount, shipping, reason)
            order.cases.append(case)
            if KINDS[kind].refunds and KINDS[kind].closes:
                line.closed = over


def _pay_late(orders: list[Order], now: int) -> None:
    """Let half of those who ordered in the last hour and have not paid do so soon."""
    for order in orders:
        if not order.paid and order.created > now - HOUR and order.number % 2:
            order.paid = now + 60 + order.number % 600
            for line in order.lines:
                line.shipped = order.paid + 2 * DAY
                line.done = order.paid + 9 * DAY


def add_gifts(orders: list[Order], now: int) -> None:
    """Add a gift to a few paid orders, some of them taken out again after a while."""
    for order in orders:
        draw = order.number // 1_000_003 % 1_000
        if order.paid and draw < 25:
            order.lines.append(_gift(order, gone=now + (draw + 1) * HOUR if draw < 5 else 0))
            order._moments = None


def complain_late(orders: list[Order], now: int) -> None:
    """Let a few buyers of finished orders complain after the moment of export."""
    for order in orders:
        draw = order.number // 1_000_003 % 1_000
        last = order.lines[0]
        quiet = not order.cases and last.done and now - 20 * DAY < last.done <= now
        if quiet and 500 <= draw < 530:
            _complain(order, last, now + (draw - 499) * 7 * HOUR, draw)
        order._moments = None


def _gift(order: Order, gone: int) -> Line:
    first = order.lines[0]
    number = order.number + 500_009
    return Line(
        number,
        first.variant,
        first.product,
        1,
        0,
        carrier=first.carrier,
        gone=gone,
        shipped=first.shipped,
        done=first.done,
        closed=first.closed,
        gift=True,
    )


def _complain(order: Order, line: Line, applied: int, draw: int) -> None:
    kind = 3 if draw % 2 else 2
    amount = line.buyer_paid * 3 // 10 if kind == 3 else line.buyer_paid
    ended = applied + DAY + draw * 60
    number = applied * 80_000_000 + line.number % 80_000_000
    order.cases.append(Case(number, order, line, kind, applied, ended, amount, 0, 5))
    if KINDS[kind].closes:
        line.closed = ended


def lose_a_line(orders: list[Order]) -> None:
    """Let a paid line vanish an hour after payment from a few orders of two or more lines."""
    for order in orders:
        whole = order.paid and not order.cases and len(order.lines) > 1
        if whole and order.number // 1_000_003 % 9 == 0:
            order.lines[-1].gone = order.paid + HOUR
            order._moments = None
