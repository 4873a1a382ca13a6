"""The comparison of two ranges at the same age, so that a recent one does not look better or worse only for
having had no time for its refunds.

Of the earlier range only that counts which was known when it was as old as the present one is now.
That needs no refund delay and is right in a new shop, too; where the law is known, the change is
also reported with what is still to come in both ranges (`shop.ripeness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.growth import Comparison, Figure, compare, comparison_of, range_total
from shop.growth.maturity.expected_refunds import History, came_back, history
from shop.growth.maturity.refund_delay import Returns
from shop.metrics.query import Query, unit_of
from shop.stats.variance import Ints

UNRIPE = ("refunds_by_order", "net_by_order", "refunded_orders", "refund_rate")
"""The figures that late refunds still move."""


@dataclass(frozen=True)
class SameAgeChange:
    """One figure over two ranges at the same age; `plain` is the comparison as it stands today.

    `fair` counts of the earlier range what was known `age` days after its end. `projected` is the
    change with what is still to come added in both ranges, None where the law is not known.
    """

    fair: Comparison
    plain: Comparison
    projected: float | None
    age: int
    as_of: date


def at_same_age(db: Database, query: Query, before: Period, as_of: date) -> dict[str, SameAgeChange]:
    """The question's figures that late refunds still move (UNRIPE), at the same age in both ranges.

    Ranges of different length are laid over each other by their share, so that both are as old
    throughout. Empty where the question narrows to SKUs, whose refunds have no day of their own.
    """
    names = tuple(name for name in query.metrics if name in UNRIPE)
    if not names or not {name for name, _ in query.where} <= {"platform", "carrier", "seller"}:
        return {}
    plain = compare(db, replace(query, metrics=(*names, "gmv", "orders")), before)
    names = tuple(name for name in names if None not in (plain[name].now.total, plain[name].before.total))
    if not names:  # unknown refunds have no age
        return {}
    now = Period(query.start, query.end)
    histories = history(db, query, "refunds", as_of, [now, before])
    came, earlier = (came_back(db, query, "refunds", item, as_of) for item in (now, before))
    ranges = (
        _known(plain, "now", came),
        _known(plain, "before", earlier.younger(_ages(now, before, as_of), before.start.toordinal())),
    )
    then = _known(plain, "before", earlier)
    projected = _projected(names, (ranges[0], then), histories, (now, before))
    return {
        name: SameAgeChange(
            _fair(name, plain[name], ranges), plain[name], projected.get(name), (as_of - now.end).days, as_of
        )
        for name in names
    }


def _ages(now: Period, before: Period, as_of: date) -> Ints:
    """How old each day of the earlier range may be: as old as the day at its place in the other."""
    from_end = np.arange(before.days)[::-1] * now.days // before.days
    return from_end + (as_of - now.end).days


@dataclass(frozen=True)
class _Known:
    """What was sold in a range, and what of it was known to have come back at some age."""

    gmv: int
    orders: int
    refunds: int
    refunded_orders: int

    def more(self, refunds: float, orders: float) -> _Known:
        """With what is still to come."""
        return replace(
            self, refunds=self.refunds + round(refunds), refunded_orders=self.refunded_orders + round(orders)
        )

    def figure(self, name: str) -> Figure:
        """One of the figures that late refunds move."""
        if name == "refund_rate":
            return self.refunded_orders / self.orders if self.orders else None
        if name == "net_by_order":
            return self.gmv - self.refunds
        return self.refunds if name == "refunds_by_order" else self.refunded_orders


def _known(plain: Mapping[str, Comparison], item: Literal["now", "before"], came: Returns) -> _Known:
    gmv, orders = (int(getattr(plain[name], item).total or 0) for name in ("gmv", "orders"))
    return _Known(gmv, orders, int(came.cents.sum()), int(came.orders.sum()))


def _fair(name: str, plain: Comparison, ranges: Sequence[_Known]) -> Comparison:
    here, there = (item.figure(name) for item in ranges)
    result = comparison_of(
        name, range_total(name, plain.now.period, here), range_total(name, plain.before.period, there)
    )
    return _with_interval_of(result, plain)


def _with_interval_of(fair: Comparison, plain: Comparison) -> Comparison:
    """The plain change's interval shifted to the fair change: chance is as large for either."""
    if plain.interval is None or fair.change is None or plain.change is None:
        return replace(fair, is_noise=plain.is_noise, why_no_interval=plain.why_no_interval)
    if unit_of(fair.metric) == "rate":
        low, high = (edge + fair.change - plain.change for edge in plain.interval)
    else:
        times = (1 + fair.change) / (1 + plain.change) if plain.change > -1 else 1.0
        low, high = ((1 + edge) * times - 1 for edge in plain.interval)
    return replace(fair, interval=(low, high), is_noise=low <= 0 <= high)


def _projected(
    names: Sequence[str],
    pair: tuple[_Known, _Known],
    histories: tuple[History, History],
    ranges: tuple[Period, Period],
) -> dict[str, float | None]:
    """The changes with what is still to come in both ranges; none where the law is not known."""
    money, orders = histories
    if money.law is None or orders.law is None:
        return {}
    here, there = (
        item.more(money.to_come(period), orders.to_come(period))
        for item, period in zip(pair, ranges, strict=True)
    )
    result = {}
    for name in names:
        now = range_total(name, ranges[0], here.figure(name))
        before = range_total(name, ranges[1], there.figure(name))
        result[name] = comparison_of(name, now, before).change
    return result
