"""The refund delay: how much of the money that will go back is known so many days after payment.

Recent orders have not had time for late refunds, so their delays are cut off on the right. The law
is read backwards: of all that was refunded within a+1 days, how much came on the last of them,
counting only orders that are old enough to be complete (reverse hazard: Lagakos, Barraj & De Gruttola
1988, Biometrika 75:3; the same product as the chain ladder, Mack 1993, ASTIN Bulletin 23:2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import text

from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.refund_sql import EARLIER
from shop.metrics.settings import currency_of
from shop.stats.variance import Floats, Ints

LONGEST = 90  # days; later than that hardly anything goes back, and platforms are not queried for more
LEAST_CASES = 30
LEAST_DAYS = 60  # of payment days: below, the end of the law was never seen


@dataclass(frozen=True)
class Returns:
    """What came back: day of payment (ordinal), days until then, money in cents, orders (a case
    counts for its order once, on the first of its days). Of a sample every `every`th row is here
    and counts for all that it stands for; `lump` is the mean sum of a row, weighed by money.
    """

    paid: Ints
    delay: Ints
    cents: Ints
    orders: Ints
    every: int = 1
    lump: float = 0.0

    def within(self, period: Period) -> Returns:
        """Those of the orders paid in a period."""
        first, last = period.start.toordinal(), period.end.toordinal()
        return self._only((self.paid >= first) & (self.paid <= last))

    def younger(self, most: Ints, first: int) -> Returns:
        """Those that came within so many days; `most` has one number per payment day from `first`
        on.
        """
        return self._only(self.delay <= most[self.paid - first])

    def _only(self, stored: np.ndarray) -> Returns:
        return replace(
            self,
            paid=self.paid[stored],
            delay=self.delay[stored],
            cents=self.cents[stored],
            orders=self.orders[stored],
        )


@dataclass(frozen=True)
class Law:
    """The share known so many days after payment: `shares[a]` after a days, 1 at the end.

    `cases` is how many it rests on.
    """

    shares: tuple[float, ...]
    cases: int

    def at(self, ages: Ints) -> Floats:
        """The shares known at these ages; 0 before payment, 1 past the end."""
        computed = np.asarray(self.shares)
        inside = computed[np.clip(ages, 0, len(computed) - 1)]
        return np.where(ages < 0, 0.0, inside)

    def days_until(self, share: float) -> int:
        """After how many days this share is known."""
        return int(np.argmax(np.asarray(self.shares) >= share - 1e-12))


def law(returns: Returns, first: date, as_of: date, *, by_money: bool = True) -> Law | None:
    """The law seen from the orders paid from `first` to `as_of`; None where history is too short.

    `returns` must be known by `as_of`.
    """
    longest = min(LONGEST, as_of.toordinal() - first.toordinal())
    weight = (returns.cents if by_money else returns.orders).astype(np.float64)
    if longest < LEAST_DAYS or int(returns.orders.sum()) < LEAST_CASES or weight.sum() <= 0:
        return None
    delay = np.clip(returns.delay, 0, longest)
    oldest = np.clip(as_of.toordinal() - returns.paid, 0, longest)  # what its order's age could show
    came = np.bincount(delay, weight, minlength=longest + 1)
    # of orders at least a days old, all that came within a days: entered at its delay, left when
    # its order is younger than a
    entered = np.cumsum(came)
    too_young = np.bincount(oldest, weight, minlength=longest + 1)
    at_risk = entered - (np.cumsum(too_young) - too_young)
    backward = np.divide(came, at_risk, out=np.zeros_like(came), where=at_risk > 0)
    stays = 1 - np.clip(backward, 0.0, 1.0)
    shares = np.ones(longest + 1)
    shares[:-1] = np.cumprod(stays[:0:-1])[::-1]
    return Law(tuple(float(share) for share in shares), int(returns.orders.sum()))


# --- reading -----------------------------------------------------------------------------------------

AT_MOST = 2_000  # payouts that the law is read from: more would not make it surer, only slower
REFUNDS = """
SELECT f.paid_on, f.refunded_on, SUM(f.refund_cents), SUM(f.{orders}), SUM(1.0 * f.squares)
FROM fact_refund f WHERE f.shop_id = :shop AND f.refunded_on BETWEEN :first AND :until
  AND f.paid_on BETWEEN :first AND :last AND f.currency = :currency {only} {{where}}
GROUP BY f.paid_on, f.refunded_on
"""
SETTLED = f"""
SELECT f.paid_on, s.settled_on, SUM(s.income_cents), COUNT(*),
  SUM(1.0 * s.income_cents * s.income_cents)
FROM settlement s INDEXED BY settlement_settled_on CROSS JOIN order_line f ON f.shop_id = s.shop_id
  AND f.platform = s.platform AND f.order_id = s.order_id AND NOT f.is_gift
  AND +f.paid_on BETWEEN :first AND :last AND (f.line_id = s.line_id
    OR s.line_id IS NULL AND NOT {EARLIER.format("").replace("l.", "f.")})
WHERE s.shop_id = :shop AND s.settled_on BETWEEN :first AND :until AND s.currency = :currency
  AND s.rowid % :every = 0 {{where}}
GROUP BY f.paid_on, s.settled_on
"""
KINDS = {
    "refunds": REFUNDS.format(orders="orders", only=""),
    "cancellations": REFUNDS.format(orders="cancelled_orders", only="AND f.is_cancelled"),
    "settlement": SETTLED,
}
"""Money given back; that given back before anything was shipped; and money that was settled."""
ROWS = "SELECT COUNT(*) FROM settlement WHERE shop_id = :shop AND settled_on BETWEEN :first AND :until"


def returns(
    db: Database, query: Query, kind: str, period: Period, until: date, *, sample: bool = False
) -> Returns:
    """What came back up to a day of the orders paid in a period, by both days.

    The question brings shop, currency, and platform, carrier or seller of the order's first line.
    A `sample` takes every so many payouts of a large shop, each counting for all that it stands for;
    refunds are read from their roll-up, all of them.
    """
    where, values = _where(query)
    with db.read() as connection:
        currency = currency_of(connection, query)
        values |= {
            "shop": query.shop,
            "currency": currency,
            "first": period.start.isoformat(),
            "last": period.end.isoformat(),
            "until": until.isoformat(),
            "every": 1,
        }
        if sample and kind == "settlement":
            result = int(connection.execute(text(ROWS), values).scalar() or 0)
            values["every"] = 1 + result // AT_MOST
        rows = connection.execute(text(KINDS[kind].replace("{where}", where)), values).fetchall()
    return _returns(rows, int(str(values["every"])))


def _returns(rows: Sequence[Any], every: int) -> Returns:
    computed = list(zip(*rows, strict=True)) or [()] * 5
    ordinal = {day: date.fromisoformat(day).toordinal() for days in computed[:2] for day in set(days)}
    paid, came = (np.array([ordinal[day] for day in days], dtype=np.int64) for days in computed[:2])
    cents, orders = (np.array(sums, dtype=np.int64) * every for sums in computed[2:4])
    whole = abs(float(cents.sum())) / every
    lump = sum(computed[4]) / whole if whole else 0.0
    return Returns(paid, np.maximum(came - paid, 0), cents, orders, every, lump)


def _where(query: Query) -> tuple[str, dict[str, object]]:
    parts, values = [], dict[str, object]()
    for place, (name, allowed) in enumerate(query.where):
        if name in ("platform", "carrier", "seller"):
            keys = [f"w{place}_{number}" for number in range(len(allowed))]
            values |= dict(zip(keys, allowed, strict=True))
            parts.append(f"AND f.{name} IN ({', '.join(f':{key}' for key in keys) or 'NULL'})")
    return " ".join(parts), values
