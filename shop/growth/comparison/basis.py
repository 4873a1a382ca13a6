"""Two ranges of one money figure next to each other: what is read of each, and on which basis they compare.

Ranges of one length compare as they stand, others per day, as `shop.growth.compare` does. Amounts
stay exact fractions until they are shared into whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from shop.core.errors import UnknownDimension
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.growth import Counted, on_days, shifted_to
from shop.metrics.query import Query, answer, plain, total
from shop.metrics.settings import currency_of

Basis = Literal["total", "per_day", "per_selling_day", "per_working_day"]
Sold = dict[tuple[str, ...], dict[str, int]]

MONEY = ("gmv", "net_sales")
SUMS = ("orders", "units", "gmv", "refunds")


@dataclass(frozen=True)
class RangeBasis:
    """One figure over two ranges: both questions, and how amounts of one range become comparable."""

    db: Database
    metric: str
    queries: tuple[Query, Query]  # now, before
    counted: tuple[Counted, Counted] | None = None  # the days of each that count, where not all do

    @property
    def now(self) -> Period:
        """The later range."""
        return Period(self.queries[0].start, self.queries[0].end)

    @property
    def before(self) -> Period:
        """The earlier range."""
        return Period(self.queries[1].start, self.queries[1].end)

    @property
    def basis(self) -> Basis:
        """Whether the ranges compare as they stand or per day."""
        if self.counted:
            return "per_selling_day" if self.counted[0].only is None else "per_working_day"
        return "total" if self.now.days == self.before.days else "per_day"

    def is_known(self) -> bool:
        """Whether the figure is known in both ranges: each has days that count, an order file, and refunds."""
        has_days = self.counted is None or all(item.days for item in self.counted)
        return has_days and all(total(self.db, query)[self.metric] is not None for query in self.queries)

    def even(self, amount: int, query: Query) -> Fraction:
        """An amount of one range on the basis of the comparison."""
        if self.counted:
            return Fraction(amount, self.counted[query != self.queries[0]].days)
        return Fraction(amount, query.days if self.basis == "per_day" else 1)

    def sold(self) -> tuple[Sold, Sold]:
        """The SUMS of both ranges by carrier, own or partner, and platform."""
        now, before = (self._sold(query) for query in self.queries)
        return now, before

    def _sold(self, query: Query) -> Sold:
        by = ("carrier", "seller", "platform")
        table = answer(self.db, replace(query, metrics=SUMS, by=by))
        return {
            tuple(row[:3]): dict(zip(SUMS, map(_known, row[3:]), strict=True))
            for row in table.itertuples(index=False, name=None)
        }

    def sums(self, sold: tuple[Sold, Sold], name: str) -> tuple[Fraction, Fraction]:
        """One of the SUMS over all groups, now and before."""
        now, before = (
            self.even(sum(row[name] for row in result.values()), query)
            for result, query in zip(sold, self.queries, strict=True)
        )
        return now, before


def basis_of(
    db: Database, query: Query, before: Period, metric: str, counted: tuple[Counted, Counted] | None = None
) -> RangeBasis:
    """A question's own range next to an earlier one; only money figures can be explained.

    `counted` shows which days of each range count, where not all do (`growth.compare`).
    """
    if metric not in MONEY:
        raise UnknownDimension(metric=metric, name="cause", known=", ".join(MONEY))
    with db.read() as connection:
        currency = currency_of(connection, query)
    here = replace(query, metrics=(metric,), by=(), currency=currency)
    if counted is None:
        return RangeBasis(db, metric, (here, shifted_to(db, here, before)))
    here = replace(here, cut_at=None)
    both = (here, replace(here, start=before.start, end=before.end))
    now, then = (on_days(request, item.only) for request, item in zip(both, counted, strict=True))
    return RangeBasis(db, metric, (now, then), counted)


def added(values: Iterable[Fraction | int | None]) -> Fraction:
    """The exact sum of amounts, unknown ones as nothing."""
    return sum((Fraction(value or 0) for value in values), Fraction(0))


def _known(value: object) -> int:
    """A sum as a number; unknown refunds take part in no driver (see `RangeBasis.is_known`)."""
    return int(plain(value) or 0)
