"""Ripeness: recent figures still move, for late refunds are yet to come. How much, and how to
compare all the same.

What is still to come is told from the shop's own law of delay (`shop.delays`) and its usual share of
refunds (Bornhuetter & Ferguson 1972, Proceedings of the CAS 59; the share itself by Cape Cod,
Stanard 1985, Proceedings of the CAS 72). Two ranges are compared at the same age: of the earlier
one only that counts which was known when it was as old as the present one is now. That needs no law
and is right in a new shop, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from sqlalchemy import text

from shop.daily import daily
from shop.db import Database
from shop.delays import LONGEST, Law, Returns, law, returns
from shop.growth import Comparison, Figure, compare, comparison_of, side_of
from shop.query import Query, unit_of
from shop.seasons import Period
from shop.spread import Floats, Ints

Kind = Literal["refunds", "cancellations", "settlement"]
Why = Literal["", "short_history", "no_sales"]
UNRIPE = ("refunds_by_order", "net_by_order", "refunded_orders", "refund_rate")
LEARNS_FROM = 365  # days: how refunds come changes over the years
WIDE = 1.6448536269514722  # the band holds what will come 90 times in 100


@dataclass(frozen=True)
class Ripe:
    """How far one figure of a range has come: what is known, and what is still to come, in cents.

    `share` of the money is known by the end of `as_of`; `to_come` is expected beyond that, 90 times
    in 100 within `band`. All three are None where `why` says so: short_history (the shop has too
    few refunds, or too few days, to know its own delays), no_sales. `ripe_on` is the day when 99 %
    will be known.
    """

    kind: Kind
    period: Period
    as_of: date
    base: int
    known: int
    share: float | None = None
    to_come: int | None = None
    band: tuple[int, int] | None = None
    ripe_on: date | None = None
    why: Why = ""

    @property
    def part_to_come(self) -> float | None:
        """What is still to come as a share of the range's sales."""
        return None if self.to_come is None or self.base <= 0 else self.to_come / self.base

    @property
    def is_ripe(self) -> bool:
        """Whether 99 % is known."""
        return self.share is not None and self.share >= 0.99


@dataclass(frozen=True)
class RipeChange:
    """One figure over two ranges at the same age; `plain` is the comparison as it stands today.

    `fair` counts of the earlier range what was known `age` days after its end. `projected` is the
    change with what is still to come added on both sides, None where the law is not known.
    """

    fair: Comparison
    plain: Comparison
    projected: float | None
    age: int
    as_of: date

    @property
    def misleads_by(self) -> float | None:
        """By how much the plain change is better or worse than the fair one."""
        if self.fair.change is None or self.plain.change is None:
            return None
        return self.plain.change - self.fair.change


def known_until(db: Database, on: date, shop: int = 1) -> date:
    """The last whole day up to which refunds are known: the day before `on`, or the last day that
    a file or a sync told of refunds.
    """
    with db.read() as connection:
        read: object = connection.execute(text(LAST_TOLD), {"shop": shop}).scalar()
    yesterday = on - timedelta(days=1)
    return yesterday if read is None else min(yesterday, date.fromisoformat(str(read)))


LAST_TOLD = """
SELECT MAX(day) FROM (
  SELECT MAX(last_on) AS day FROM source_file WHERE shop_id = :shop AND kind LIKE '%\\_aftersale'
    ESCAPE '\\'
  UNION ALL SELECT date(MAX(until_at), 'unixepoch') FROM sync_run WHERE shop_id = :shop
    AND kind = 'refunds' AND outcome = 'done'
  UNION ALL SELECT MAX(refunded_on) FROM refund WHERE shop_id = :shop
)
"""


# --- how much is still to come -----------------------------------------------------------------------


@dataclass(frozen=True)
class _History:
    """The shop's sales day by day from `start` on, what came back of those since `first`, and the
    law of it, as known by the end of `as_of`.
    """

    start: date
    first: date
    as_of: date
    sales: Floats
    learned: Returns
    law: Law | None
    by_money: bool

    def days(self, period: Period) -> slice:
        """Where a period lies in the days."""
        return slice((period.start - self.start).days, (period.end - self.start).days + 1)

    def sum(self, period: Period) -> float:
        """Sales of a period."""
        return float(self.sales[self.days(period)].sum())

    def amounts(self, found: Returns) -> Floats:
        """What came back, in the unit that the law is told in."""
        return (found.cents if self.by_money else found.orders).astype(np.float64)

    @property
    def told(self) -> Floats:
        """The share that is known by now of what will come back of each day's sales."""
        assert self.law is not None
        days = np.arange(len(self.sales)) + self.start.toordinal()
        return self.law.at(self.as_of.toordinal() - days)

    @property
    def usual(self) -> float:
        """The share of sales that comes back in the end: what is known over what could be known."""
        could = (self.sales * self.told)[self.days(Period(self.first, self.as_of))]
        return float(self.amounts(self.learned).sum()) / max(float(could.sum()), 1.0)

    def to_come(self, period: Period) -> float:
        """What is still to come back of a period's sales."""
        return self.usual * float((self.sales * (1 - self.told))[self.days(period)].sum())

    @property
    def lump(self) -> float:
        """How lumpy it comes: variance over mean, by the week of payment; never below that of sums
        that come each by itself. What a sample adds to it is taken off.
        """
        weeks = (self.as_of.toordinal() - self.first.toordinal()) // 7 + 1
        here = self.days(Period(self.first, self.as_of))
        ago = np.arange((self.as_of - self.first).days, -1, -1)
        due = np.bincount(ago // 7, (self.usual * self.sales * self.told)[here], minlength=weeks)
        week = (self.as_of.toordinal() - self.learned.paid) // 7
        seen = np.bincount(week, self.amounts(self.learned), minlength=weeks)
        some = due > 0
        found = ((seen - due)[some] ** 2 / due[some]).sum() / max(int(some.sum()) - 1, 1)
        alone = self.learned.lump if self.by_money else 1.0
        return max(float(found) - (self.learned.every - 1) * alone, alone)


def _history(
    db: Database, query: Query, kind: Kind, as_of: date, ranges: Sequence[Period]
) -> tuple[_History, _History]:
    """What came back, by its money and by its orders."""
    since = as_of - timedelta(days=LEARNS_FROM)
    whole = Period(
        min(since, *(one.start for one in ranges)), max(as_of, *(one.end for one in ranges))
    )
    series = daily(db, query, ("gmv", "orders"), whole)
    sold = np.flatnonzero(series.figures["orders"] > 0)
    first = whole.start + timedelta(days=int(sold[0]) if len(sold) else 0)
    first = min(max(first, since), as_of)
    learned = returns(db, query, kind, Period(first, as_of), as_of, sample=True)
    money, orders = (
        _History(
            whole.start, first, as_of, np.nan_to_num(series.figures[name]), learned,
            law(learned, first, as_of, by_money=by_money), by_money,
        )
        for name, by_money in (("gmv", True), ("orders", False))
    )  # fmt: skip
    return money, orders


def ripeness(
    db: Database, query: Query, as_of: date, kinds: Iterable[Kind] = ("refunds",)
) -> dict[Kind, Ripe]:
    """For the sales of the question's range: what is known by the end of a day, and what is to
    come.
    """
    period = Period(query.start, query.end)
    return {
        kind: _ripe(kind, period, *_history(db, query, kind, as_of, [period])[:1],
                    _came(db, query, kind, period, as_of))
        for kind in kinds
    }  # fmt: skip


def _came(db: Database, query: Query, kind: Kind, period: Period, as_of: date) -> Returns:
    """What came back of a range's orders by the end of a day; the very late are left out."""
    until = min(as_of, period.end + timedelta(days=LONGEST))
    return returns(db, query, kind, period, until)


def _ripe(kind: Kind, period: Period, history: _History, came: Returns) -> Ripe:
    base, known = round(history.sum(period)), int(came.cents.sum())
    plain = Ripe(kind, period, history.as_of, base, known)
    if base <= 0:
        return replace(plain, why="no_sales")
    if history.law is None:
        return replace(plain, why="short_history")
    coming, lump = history.to_come(period), history.lump
    share = known / (known + coming) if known + coming > 0 else 1.0
    late_seen = max(float(history.learned.cents.sum()) * (1 - share), lump, 1.0)
    doubt = (lump * coming * (1 + coming / late_seen)) ** 0.5
    return replace(
        plain,
        share=share,
        to_come=round(coming),
        band=(max(0, round(coming - WIDE * doubt)), round(coming + WIDE * doubt)),
        ripe_on=period.end + timedelta(days=history.law.days_until(0.99)),
    )


# --- two ranges at the same age ----------------------------------------------------------------------


def at_same_age(db: Database, query: Query, before: Period, as_of: date) -> dict[str, RipeChange]:
    """The question's figures that late refunds still move (UNRIPE), compared at the same age.

    Ranges of different length are laid over each other by their share, so that both are as old
    throughout. Empty where the question narrows to SKUs, whose refunds have no day of their own.
    """
    names = tuple(name for name in query.metrics if name in UNRIPE)
    if not names or not {name for name, _ in query.where} <= {"platform", "carrier", "seller"}:
        return {}
    plain = compare(db, replace(query, metrics=(*names, "gmv", "orders")), before)
    now = Period(query.start, query.end)
    histories = _history(db, query, "refunds", as_of, [now, before])
    came, earlier = (_came(db, query, "refunds", one, as_of) for one in (now, before))
    sides = (
        _known(plain, "now", came),
        _known(
            plain, "before", earlier.younger(_ages(now, before, as_of), before.start.toordinal())
        ),
    )
    then = _known(plain, "before", earlier)
    projected = _projected(names, (sides[0], then), histories, (now, before))
    return {
        name: RipeChange(
            _fair(name, plain[name], sides), plain[name], projected.get(name),
            (as_of - now.end).days, as_of,
        )
        for name in names
    }  # fmt: skip


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
            self,
            refunds=self.refunds + round(refunds),
            refunded_orders=self.refunded_orders + round(orders),
        )

    def figure(self, name: str) -> Figure:
        """One of the figures that late refunds move."""
        if name == "refund_rate":
            return self.refunded_orders / self.orders if self.orders else None
        if name == "net_by_order":
            return self.gmv - self.refunds
        return self.refunds if name == "refunds_by_order" else self.refunded_orders


def _known(
    plain: Mapping[str, Comparison], side: Literal["now", "before"], came: Returns
) -> _Known:
    gmv, orders = (int(getattr(plain[name], side).total or 0) for name in ("gmv", "orders"))
    return _Known(gmv, orders, int(came.cents.sum()), int(came.orders.sum()))


def _fair(name: str, plain: Comparison, sides: Sequence[_Known]) -> Comparison:
    here, there = (side.figure(name) for side in sides)
    found = comparison_of(
        name, side_of(name, plain.now.period, here), side_of(name, plain.before.period, there)
    )
    return _with_interval_of(found, plain)


def _with_interval_of(fair: Comparison, plain: Comparison) -> Comparison:
    """The plain change's interval moved to the fair change: chance is as large for either."""
    if plain.interval is None or fair.change is None or plain.change is None:
        return replace(fair, is_noise=plain.is_noise, why_no_interval=plain.why_no_interval)
    if unit_of(fair.metric) == "rate":
        low, high = (edge + fair.change - plain.change for edge in plain.interval)
    else:
        times = (1 + fair.change) / (1 + plain.change) if plain.change > -1 else 1.0
        low, high = ((1 + edge) * times - 1 for edge in plain.interval)
    return replace(fair, interval=(low, high), is_noise=low <= 0 <= high)


def _projected(
    names: Sequence[str], sides: tuple[_Known, _Known], histories: tuple[_History, _History],
    ranges: tuple[Period, Period],
) -> dict[str, float | None]:  # fmt: skip
    """The changes with what is still to come on both sides; none where the law is not known."""
    money, orders = histories
    if money.law is None or orders.law is None:
        return {}
    here, there = (
        side.more(money.to_come(period), orders.to_come(period))
        for side, period in zip(sides, ranges, strict=True)
    )
    found = {}
    for name in names:
        now = side_of(name, ranges[0], here.figure(name))
        before = side_of(name, ranges[1], there.figure(name))
        found[name] = comparison_of(name, now, before).change
    return found
