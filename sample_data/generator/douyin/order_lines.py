"""Order lines of the Douyin shop: who bought what, when, through which content, at what price."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from sample_data.generator.buyers import Crowd
from sample_data.generator.catalog import Catalog
from sample_data.generator.clock import DAY, HOUR, MINUTE
from sample_data.generator.columns import Floats, Ints, Mask
from sample_data.generator.sessions import Sessions

CARRIERS = ("live", "video", "product_card", "image_text", "other", "unknown")
LIVE, VIDEO, CARD, IMAGE, OTHER, UNKNOWN = range(6)
PARTNERS = (("6012345001", "茶桌上的阿黎"), ("6012345002", "器物研究所"), ("6012345003", "小满的慢生活"))
HOURS = np.cumsum((2, 1, 1, 0, 0, 1, 2, 4, 6, 8, 9, 10, 12, 9, 8, 8, 8, 8, 9, 11, 14, 15, 11, 6))


@dataclass
class Span:
    """Whole days that are generated in one go: first day, how many lines on each, places in the range.

    `closing` is the last second at which an order of each day may still be paid (it may lie past
    midnight); `first_line` counts the lines of all spans before this one.
    """

    first_day: int
    counts: Ints
    closing: Ints
    midnight: int
    first_line: int
    seed: tuple[int, ...]


@dataclass
class Lines:
    """One entry per order line, in order of time; times are wall-clock seconds, money is fen.

    A time of 0 has not come yet; `session` and `partner` are -1 where there is none; `order`
    counts the orders of the span from 0, and `place` the lines within an order. `joined` lines
    share one row of the export; nothing more happens to `trapped` ones after the sale.
    """

    order: Ints
    place: Ints
    order_id: Ints
    line_id: Ints
    buyer: Ints
    variant: Ints
    quantity: Ints
    unit_price: Ints
    carrier: Ints
    session: Ints
    partner: Ints
    submitted: Ints
    paid: Ints
    shipped: Ints
    done: Ints
    closed: Mask
    aftersale: Ints
    seller_discount: Ints = field(init=False)
    platform_discount: Ints = field(init=False)
    talent_discount: Ints = field(init=False)
    price_change: Ints = field(init=False)
    pay_discount: Ints = field(init=False)
    shipping: Ints = field(init=False)
    joined: Mask = field(init=False)
    trapped: Mask = field(init=False)

    def __post_init__(self) -> None:
        self.joined = np.zeros(len(self.order), dtype=bool)
        self.trapped = np.zeros(len(self.order), dtype=bool)

    def __len__(self) -> int:
        return len(self.order)

    def where(self, rows: Mask | slice) -> "Lines":
        """Return only the lines of a mask or slice."""
        part = copy(self)
        for name, column in vars(self).items():
            setattr(part, name, column[rows])
        return part

    @property
    def list_value(self) -> Ints:
        """List price times quantity."""
        return self.unit_price * self.quantity

    @property
    def payable(self) -> Ints:
        """The export's 订单应付金额: list less all discounts and price change, plus shipping."""
        off = self.seller_discount + self.platform_discount + self.talent_discount
        return self.list_value - off - self.price_change + self.shipping

    @property
    def buyer_paid(self) -> Ints:
        """What the buyer paid for the goods, without shipping."""
        return self.payable - self.shipping - self.pay_discount

    @property
    def platform_discounts(self) -> Ints:
        """What platform, creator and payment channel added."""
        return self.platform_discount + self.talent_discount + self.pay_discount

    @property
    def gmv(self) -> Ints:
        """What the shop is credited for: buyer paid plus discounts that others bear."""
        return self.buyer_paid + self.platform_discounts


@dataclass
class Basket:
    """The orders of one span before their lines: one entry per order, in order of time."""

    size: Ints
    carrier: Ints
    session: Ints
    submitted: Ints
    paid: Ints


def sizes_of(rng: np.random.Generator, counts: Ints, share: float) -> Ints:
    """Group each day's lines into orders: a line opens a new order with probability `share`."""
    opens = rng.random(int(counts.sum())) < share
    opens[(np.cumsum(counts) - counts)[counts > 0]] = True
    sizes: Ints = np.diff(np.append(np.flatnonzero(opens), len(opens)))
    return sizes


def day_of_orders(counts: Ints, sizes: Ints) -> Ints:
    """Return the day (counted within the span) of each order."""
    day_of_lines: Ints = np.repeat(np.arange(len(counts)), counts)
    first: Ints = np.cumsum(sizes) - sizes
    return np.take(day_of_lines, first)


def any_hour(rng: np.random.Generator, orders: int) -> Ints:
    """Return seconds after midnight as people shop: midday and evening."""
    hour: Ints = np.searchsorted(HOURS, rng.random(orders) * HOURS[-1], side="right")
    return hour * HOUR + (rng.random(orders) * HOUR).astype(np.int64)


def make_basket(
    span: Span, sessions: Sessions, share: float, rng: np.random.Generator, rates: Mapping[int, Floats]
) -> Basket:
    """Return the span's orders: live ones inside the session of their day, the rest at any hour.

    `rates` are of sessions (by their place) how dense their orders are in each second, 1 as usual.
    """
    size = sizes_of(rng, span.counts, share)
    day = day_of_orders(span.counts, size)
    session = sessions.of_day[span.first_day + day]
    carrier = _carriers(rng, session >= 0)
    session = np.where(carrier == LIVE, session, -1)
    submitted, paid = _moments(span, sessions, session, day, rng, rates)
    by_time = np.argsort(submitted, kind="stable")
    columns = (size, carrier, session, submitted, paid)
    return Basket(*(column[by_time] for column in columns))


def _carriers(rng: np.random.Generator, has_session: Mask) -> Ints:
    draws = rng.random(len(has_session))
    without_live = np.array([0.0, 0.46, 0.88, 0.95, 1.0])
    with_live = np.array([0.74, 0.87, 0.97, 0.99, 1.0])
    quiet = np.searchsorted(without_live, draws, side="right")
    busy = np.searchsorted(with_live, draws, side="right")
    return np.where(has_session, busy, quiet)


def _moments(
    span: Span,
    sessions: Sessions,
    session: Ints,
    day: Ints,
    rng: np.random.Generator,
    rates: Mapping[int, Floats],
) -> tuple[Ints, Ints]:
    """Return when each order was placed and when it was paid (0 for the few never paid)."""
    orders = len(day)
    at_hour = span.midnight + day * DAY + any_hour(rng, orders)
    opening = np.append(sessions.start, 0)[session]
    closing = np.minimum(np.append(sessions.end, 0)[session], span.closing[day])
    in_session = opening + (rng.random(orders) ** 0.9 * (closing - opening - 200)).astype(np.int64)
    live = session >= 0
    submitted = np.where(live, in_session, np.minimum(at_hour, span.closing[day] - 60))
    for place, rate in rates.items():
        here, start = session == place, int(sessions.start[place])
        submitted[here] = np.minimum(start + _denser(submitted[here] - start, rate), closing[here])
    slow = np.where(rng.random(orders) < 0.15, 28 * MINUTE, 2 * MINUTE)
    delay = 4 + (rng.random(orders) * np.where(live, 180, slow)).astype(np.int64)
    paid = np.minimum(submitted + delay, span.closing[day])
    return submitted, np.where(rng.random(orders) < 0.035, 0, paid)


def _denser(seconds: Ints, rate: Floats) -> Ints:
    """Return evenly spread seconds moved so that they are as dense as a rate of each second is high."""
    total = np.append(0.0, np.cumsum(rate))
    moved: Ints = np.interp(seconds / len(rate) * total[-1], total, np.arange(len(total))).astype(np.int64)
    return moved


def make_lines(
    span: Span, basket: Basket, catalog: Catalog, crowd: Crowd, singles: Ints, rng: np.random.Generator
) -> Lines:
    """Return the span's order lines; `singles` are the lines that sell a one-of-a-kind piece."""
    orders, count = len(basket.size), int(basket.size.sum())
    order = np.repeat(np.arange(orders), basket.size)
    place = np.arange(count) - np.repeat(np.cumsum(basket.size) - basket.size, basket.size)
    order_id = order_ids(basket.submitted)[order]
    carrier = basket.carrier[order]
    stray = (place > 0) & (rng.random(count) < 0.06)
    carrier = np.where(stray, CARD, carrier)
    partnered = (rng.random(orders) < 0.2)[order] & (carrier != LIVE)
    variant = np.searchsorted(catalog.demand, rng.random(count), side="right")
    quantity = 1 + np.searchsorted([0.82, 0.94, 0.96, 0.98], rng.random(count), side="right")
    here = (singles >= span.first_line) & (singles < span.first_line + count)
    variant[singles[here] - span.first_line] = catalog.family_size + np.flatnonzero(here)
    quantity[singles[here] - span.first_line] = 1
    none = np.zeros(count, dtype=np.int64)
    return Lines(
        order=order,
        place=place,
        order_id=order_id,
        line_id=order_id + place * 1_007,
        buyer=crowd.choose(rng, orders)[order],
        variant=variant,
        quantity=quantity,
        unit_price=catalog.prices[variant],
        carrier=carrier,
        session=np.where(stray, -1, basket.session[order]),
        partner=np.where(partnered, order % len(PARTNERS), -1),
        submitted=basket.submitted[order],
        paid=basket.paid[order],
        shipped=none,
        done=none,
        closed=none.astype(bool),
        aftersale=none,
    )


def order_ids(submitted: Ints) -> Ints:
    """Return 19-digit order ids that grow with time; several in one second are numbered on."""
    in_second: Ints = np.arange(len(submitted)) - np.searchsorted(submitted, submitted)
    tail: Ints = (submitted * 48_271 + in_second * 7) % 900_000 + 11
    return 5_300_000_000_000_000_000 + submitted * 1_000_000_000 + in_second * 1_000_000 + tail
