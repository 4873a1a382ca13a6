"""Maturity: recent figures still move, for late refunds are yet to come. How much is still to come?

What is still to come is estimated from the shop's own refund delay (`shop.delays`) and its usual share of
refunds (Bornhuetter & Ferguson 1972, Proceedings of the CAS 59; the share itself by Cape Cod,
Stanard 1985, Proceedings of the CAS 72).
How to compare all the same: `shop.same_age`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from sqlalchemy import text

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.daily_series import daily
from shop.growth.maturity.refund_delay import LONGEST, Law, Returns, law, returns
from shop.metrics.query import Query
from shop.stats.variance import Floats

Kind = Literal["refunds", "cancellations", "settlement"]
Why = Literal["", "short_history", "no_sales"]
LEARNS_FROM = 365  # days: how refunds come changes over the years
WIDE = 1.6448536269514722  # the band contains what will come 90 times in 100


@dataclass(frozen=True)
class Maturity:
    """How far one figure of a range has come: what is known, and what is still to come, in cents.

    `share` of the money is known by the end of `as_of`; `to_come` is expected beyond that, 90 times
    in 100 within `band`. All three are None where `why` gives a reason: short_history (the shop has too
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
    mature_on: date | None = None
    why: Why = ""

    @property
    def part_to_come(self) -> float | None:
        """What is still to come as a share of the range's sales."""
        return None if self.to_come is None or self.base <= 0 else self.to_come / self.base

    @property
    def is_mature(self) -> bool:
        """Whether 99 % is known."""
        return self.share is not None and self.share >= 0.99


def known_until(db: Database, on: date, shop: int = 1) -> date:
    """The last whole day up to which refunds are known: the day before `on`, or the last day that
    a file or a sync delivered refunds.
    """
    with db.read() as connection:
        read: object = connection.execute(text(LAST_COMPUTED), {"shop": shop}).scalar()
    yesterday = on - timedelta(days=1)
    return yesterday if read is None else min(yesterday, date.fromisoformat(str(read)))


LAST_COMPUTED = """
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
class History:
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

    def amounts(self, result: Returns) -> Floats:
        """What came back, in the unit of the delay distribution."""
        return (result.cents if self.by_money else result.orders).astype(np.float64)

    @property
    def known_share(self) -> Floats:
        """The share that is known by now of what will come back of each day's sales."""
        assert self.law is not None
        days = np.arange(len(self.sales)) + self.start.toordinal()
        return self.law.at(self.as_of.toordinal() - days)

    @property
    def usual(self) -> float:
        """The share of sales that comes back in the end: what is known over what could be known."""
        could = (self.sales * self.known_share)[self.days(Period(self.first, self.as_of))]
        return float(self.amounts(self.learned).sum()) / max(float(could.sum()), 1.0)

    def to_come(self, period: Period) -> float:
        """What is still to come back of a period's sales."""
        return self.usual * float((self.sales * (1 - self.known_share))[self.days(period)].sum())

    @property
    def lump(self) -> float:
        """How lumpy it comes: variance over mean, by the week of payment; never below that of sums
        that come each by itself. What a sample adds to it is taken off.
        """
        weeks = (self.as_of.toordinal() - self.first.toordinal()) // 7 + 1
        here = self.days(Period(self.first, self.as_of))
        ago = np.arange((self.as_of - self.first).days, -1, -1)
        due = np.bincount(ago // 7, (self.usual * self.sales * self.known_share)[here], minlength=weeks)
        week = (self.as_of.toordinal() - self.learned.paid) // 7
        seen = np.bincount(week, self.amounts(self.learned), minlength=weeks)
        some = due > 0
        result = ((seen - due)[some] ** 2 / due[some]).sum() / max(int(some.sum()) - 1, 1)
        alone = self.learned.lump if self.by_money else 1.0
        return max(float(result) - (self.learned.every - 1) * alone, alone)


def history(
    db: Database, query: Query, kind: Kind, as_of: date, ranges: Sequence[Period]
) -> tuple[History, History]:
    """What came back, by its money and by its orders."""
    since = as_of - timedelta(days=LEARNS_FROM)
    whole = Period(min(since, *(item.start for item in ranges)), max(as_of, *(item.end for item in ranges)))
    series = daily(db, query, ("gmv", "orders"), whole)
    sold = np.flatnonzero(series.figures["orders"] > 0)
    first = whole.start + timedelta(days=int(sold[0]) if len(sold) else 0)
    first = min(max(first, since), as_of)
    learned = returns(db, query, kind, Period(first, as_of), as_of, sample=True)
    money, orders = (
        History(
            whole.start,
            first,
            as_of,
            np.nan_to_num(series.figures[name]),
            learned,
            law(learned, first, as_of, by_money=by_money),
            by_money,
        )
        for name, by_money in (("gmv", True), ("orders", False))
    )
    return money, orders


def maturity(
    db: Database, query: Query, as_of: date, kinds: Iterable[Kind] = ("refunds",)
) -> dict[Kind, Maturity]:
    """For the sales of the question's range: what is known by the end of a day, and what is to
    come.
    """
    period = Period(query.start, query.end)
    return {
        kind: _maturity(
            kind,
            period,
            *history(db, query, kind, as_of, [period])[:1],
            came_back(db, query, kind, period, as_of),
        )
        for kind in kinds
    }


def came_back(db: Database, query: Query, kind: Kind, period: Period, as_of: date) -> Returns:
    """What came back of a range's orders by the end of a day; the very late are left out."""
    until = min(as_of, period.end + timedelta(days=LONGEST))
    return returns(db, query, kind, period, until)


def _maturity(kind: Kind, period: Period, history: History, came: Returns) -> Maturity:
    base, known = round(history.sum(period)), int(came.cents.sum())
    plain = Maturity(kind, period, history.as_of, base, known)
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
        mature_on=period.end + timedelta(days=history.law.days_until(0.99)),
    )
