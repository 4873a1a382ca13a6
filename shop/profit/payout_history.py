"""What became of each paid line: when it was paid out and how much, or when it was refunded whole; as arrays.

Days are counted from the first day of the history. A line without an own settlement row is settled with its order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from shop.core.periods import Period
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.query import Query
from shop.metrics.refund_sql import COUNTS
from shop.metrics.settings import currency_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NEVER = 10**6  # days
LINES = """
SELECT platform, order_id, line_id, paid_on, seller, buyer_paid_cents, buyer_paid_cents + platform_discount_cents
FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on BETWEEN :start AND :end AND NOT is_gift AND currency = :currency
"""
SETTLED = """
SELECT platform, order_id, COALESCE(line_id, ''), MIN(settled_on), SUM(paid_out_cents) FROM settlement
WHERE shop_id = :shop AND settled_on BETWEEN :start AND :end AND currency = :currency
GROUP BY platform, order_id, COALESCE(line_id, '')
"""
REFUNDED = f"""
SELECT r.platform, r.order_id, COALESCE(r.line_id, ''), MAX(r.refunded_on), SUM(r.amount_cents) FROM refund r
WHERE r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end AND {COUNTS}
GROUP BY r.platform, r.order_id, COALESCE(r.line_id, '')
"""
Order = tuple[str, str]
Outcome = tuple[int, int]  # day, cents


@dataclass(frozen=True)
class LineGroup:
    """The paid lines of one platform and seller: gmv and payout in cents, days of payment, payout and full refund."""

    gmv: Floats
    paid_on: Ints
    settled_on: Ints
    void_on: Ints
    paid_out: Floats

    def known_by(self, now: int) -> LineGroup:
        """The lines paid up to a day, with what was known of them then."""
        lines = self.paid_on <= now
        settled, void = self.settled_on[lines], self.void_on[lines]
        return LineGroup(
            self.gmv[lines],
            self.paid_on[lines],
            np.where(settled <= now, settled, NEVER),
            np.where(void <= now, void, NEVER),
            self.paid_out[lines],
        )

    def chances(self, now: int, learn: int, lags: int, horizon: int) -> Floats:
        """The chance of a payout after so many days more, by age: row 0 is a line just sold, row a + 1 one of age a.

        Column k is the day k + 1 ahead; in row 0 column k is the payout k days after the payment.
        """
        recent = self.paid_on > now - learn
        settled, void = (self.settled_on - self.paid_on)[recent], (self.void_on - self.paid_on)[recent]
        settled, void = np.maximum(settled, 0), np.maximum(void, 0)
        seen = np.minimum(np.minimum(settled, void), now - self.paid_on[recent])
        size = lags + horizon + 1
        last = np.clip(seen, 0, size - 1)
        at_risk = np.cumsum(np.bincount(last, minlength=size)[::-1])[::-1]
        ends = [
            np.bincount(last[(part == seen) & (part < size)], minlength=size)[:size]
            for part in (settled, void)
        ]
        pay, lost = (np.divide(end, at_risk, out=np.zeros(size), where=at_risk > 0) for end in ends)
        survives = np.cumprod(np.clip(1 - pay - lost, 0, 1))
        before = np.concatenate(([1.0], survives[:-1]))
        rows = np.zeros((lags + 1, horizon))
        rows[0] = (before * pay)[:horizon]
        for age in range(lags):
            if survives[age] > 0:
                ahead = slice(age + 1, age + 1 + horizon)
                rows[age + 1] = before[ahead] * pay[ahead] / survives[age]
        return rows

    def shares(self, now: int) -> tuple[float, float]:
        """What is paid out of a line's gmv: the share, and its second moment weighted by gmv squared."""
        settled = (self.settled_on <= now) & (self.gmv > 0)
        gmv, out = self.gmv[settled], self.paid_out[settled]
        if not gmv.sum():
            return 0.0, 0.0
        return float(out.sum() / gmv.sum()), float((out**2).sum() / (gmv**2).sum())

    def open_gmv(self, now: int, lags: int) -> tuple[Floats, Floats]:
        """The gmv of lines that wait, and its squares, by age in days."""
        age = now - self.paid_on
        waits = (self.settled_on > now) & (self.void_on > now) & (age < lags)
        ages = age[waits]
        return (
            np.bincount(ages, self.gmv[waits], minlength=lags).astype(np.float64),
            np.bincount(ages, self.gmv[waits] ** 2, minlength=lags).astype(np.float64),
        )

    def pace(self, now: int, days: int) -> float:
        """The gmv of a day, on average over the last days."""
        return float(self.gmv[self.paid_on > now - days].sum()) / days


@dataclass(frozen=True)
class PayoutHistory:
    """The lines of a range by platform and seller, in one currency; days count from `first`."""

    first: date
    currency: str
    groups: tuple[LineGroup, ...]

    def day(self, on: date) -> int:
        """The number of a day."""
        return (on - self.first).days

    @property
    def has_payouts(self) -> bool:
        """Whether anything was ever paid out."""
        return any((group.settled_on < NEVER).any() for group in self.groups)

    def has_payouts_by(self, now: int) -> bool:
        """Whether any payout was known by a day."""
        return any((group.settled_on <= now).any() for group in self.groups)

    def paid_out_after(self, now: int, days: int) -> Floats:
        """What was paid out on each of the days after a day, in cents."""
        total = np.zeros(days)
        for group in self.groups:
            ahead = group.settled_on - now - 1
            inside = (ahead >= 0) & (ahead < days)
            total += np.bincount(ahead[inside], group.paid_out[inside], minlength=days)
        return total


def read_payout_history(db: Database, query: Query, period: Period) -> PayoutHistory:
    """What became of the lines paid in a period; of `query` shop, currency and platforms count."""
    with db.read() as connection:
        cursor, currency = raw_cursor(connection), currency_of(connection, query)
        values = {
            "shop": query.shop,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "currency": currency,
        }
        settled = _outcomes(cursor.execute(SETTLED, values), period.start)
        refunded = _outcomes(cursor.execute(REFUNDED, values), period.start)
        wanted = {name for dimension, names in query.where if dimension == "platform" for name in names}
        orders: defaultdict[Order, list[Any]] = defaultdict(list)
        for row in cursor.execute(LINES, values):
            if not wanted or row[0] in wanted:
                orders[row[0], row[1]].append(row)
    groups: defaultdict[tuple[str, str], list[tuple[int, int, int, int, int]]] = defaultdict(list)
    for order, lines in orders.items():
        for line, outcome, void_on in _fates(lines, settled.get(order, {}), refunded.get(order, {})):
            paid_on = (date.fromisoformat(line[3]) - period.start).days
            groups[line[0], line[4]].append((line[6], paid_on, outcome[0], void_on, outcome[1]))
    return PayoutHistory(period.start, currency, tuple(map(_group, groups.values())))


def _outcomes(rows: Any, first: date) -> dict[Order, dict[str, Outcome]]:
    """Day and cents by order and line ("" is the whole order)."""
    outcomes: defaultdict[Order, dict[str, Outcome]] = defaultdict(dict)
    for platform, order, line, on, cents in rows:
        outcomes[platform, order][line] = ((date.fromisoformat(on) - first).days, cents)
    return outcomes


def _fates(
    lines: list[Any], settled: dict[str, Outcome], refunded: dict[str, Outcome]
) -> list[tuple[Any, Outcome, int]]:
    """Each line with its payout (day, cents) and the day of its full refund."""
    ids = {line[2] for line in lines}
    shared = [outcome for line, outcome in settled.items() if line not in ids]
    paid = sum(line[5] for line in lines)
    given = sum(cents for _, cents in refunded.values())
    all_back = max((day for day, _ in refunded.values()), default=NEVER) if 0 < paid <= given else NEVER
    fates = []
    for place, line in enumerate(lines):
        void_on = all_back
        own_refund = refunded.get(line[2])
        if own_refund and 0 < line[5] <= own_refund[1]:
            void_on = min(void_on, own_refund[0])
        outcome = settled.get(line[2], (NEVER, 0))
        if shared:  # rows that name no line of the order: all lines are settled, the first has the money
            day = min([outcome[0], *(item[0] for item in shared)])
            outcome = (day, outcome[1] + (sum(item[1] for item in shared) if place == 0 else 0))
        fates.append((line, outcome, NEVER if outcome[0] <= void_on else void_on))
    return fates


def _group(rows: list[tuple[int, int, int, int, int]]) -> LineGroup:
    gmv, paid_on, settled_on, void_on, paid_out = np.array(rows, dtype=np.int64).T
    return LineGroup(gmv.astype(np.float64), paid_on, settled_on, void_on, paid_out.astype(np.float64))
