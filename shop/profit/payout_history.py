"""What became of the lines paid on each day: when they were paid out and how much, or when they were refunded whole.

Read from the roll-up `fact_payout_delay`, as arrays. Days are counted from the first day of the history.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from shop.core.periods import Period
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.deferred_rollups import up_to_date
from shop.metrics.query import Query
from shop.metrics.settings import currency_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NEVER = 10**6  # days
DELAYS = """
SELECT platform, seller, day, settled_on, void_on, lines, gmv_cents, gmv_squares, paid_out_cents, paid_out_squares
FROM fact_payout_delay WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency
"""


@dataclass(frozen=True)
class PaidLines:
    """The paid lines of one platform and seller, by the days of payment, first payout and full refund.

    `gmv` and `paid_out` are sums in cents, `gmv_squares` and `paid_out_squares` those of the lines' squares.
    """

    paid_on: Ints
    settled_on: Ints
    void_on: Ints
    lines: Floats
    gmv: Floats
    gmv_squares: Floats
    paid_out: Floats
    paid_out_squares: Floats

    def known_by(self, now: int) -> PaidLines:
        """The lines paid up to a day, with what was known of them then."""
        paid = self.paid_on <= now
        lines = PaidLines(*(column[paid] for column in vars(self).values()))
        return replace(
            lines,
            settled_on=np.where(lines.settled_on <= now, lines.settled_on, NEVER),
            void_on=np.where(lines.void_on <= now, lines.void_on, NEVER),
        )

    def chances(self, now: int, learn: int, lags: int, horizon: int) -> Floats:
        """The chance of a payout after so many days more, by age: row 0 is a line just sold, row a + 1 one of age a.

        Column k is the day k + 1 ahead; in row 0 column k is the payout k days after the payment.
        """
        recent = self.paid_on > now - learn
        settled, void = (self.settled_on - self.paid_on)[recent], (self.void_on - self.paid_on)[recent]
        settled, void = np.maximum(settled, 0), np.maximum(void, 0)
        seen = np.minimum(np.minimum(settled, void), now - self.paid_on[recent])
        size, lines = lags + horizon + 1, self.lines[recent]
        last = np.clip(seen, 0, size - 1)
        at_risk = np.cumsum(np.bincount(last, lines, minlength=size)[::-1])[::-1]
        ended = [(part == seen) & (part < size) for part in (settled, void)]
        ends = [np.bincount(last[end], lines[end], minlength=size)[:size] for end in ended]
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
        settled = self.settled_on <= now
        gmv = self.gmv[settled].sum()
        if gmv <= 0:
            return 0.0, 0.0
        squares = self.paid_out_squares[settled].sum() / self.gmv_squares[settled].sum()
        return float(self.paid_out[settled].sum() / gmv), float(squares)

    def open_gmv(self, now: int, lags: int) -> tuple[Floats, Floats]:
        """The gmv of lines that wait, and its squares, by age in days."""
        age = now - self.paid_on
        waits = (self.settled_on > now) & (self.void_on > now) & (age < lags)
        by_age = [
            np.bincount(age[waits], sums[waits], minlength=lags) for sums in (self.gmv, self.gmv_squares)
        ]
        return by_age[0].astype(np.float64), by_age[1].astype(np.float64)

    def pace(self, now: int, days: int) -> float:
        """The gmv of a day, on average over the last days."""
        return float(self.gmv[self.paid_on > now - days].sum()) / days


@dataclass(frozen=True)
class PayoutHistory:
    """The lines of a range by platform and seller, in one currency; days count from `first`."""

    first: date
    currency: str
    groups: tuple[PaidLines, ...]

    def day(self, on: date) -> int:
        """The number of a day."""
        return (on - self.first).days

    @property
    def has_payouts(self) -> bool:
        """Whether anything was ever paid out."""
        return self.has_payouts_by(NEVER - 1)

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
    """What became by its last day of the lines paid in a period; of `query` shop, currency and platforms count.

    A line that is paid out in several parts counts with all of them on the day of the first.
    """
    up_to_date(db, query.shop)
    with db.read() as connection:
        cursor, currency = raw_cursor(connection), currency_of(connection, query)
        values = {
            "shop": query.shop,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "currency": currency,
        }
        rows = cursor.execute(DELAYS, values).fetchall()
    wanted = {name for dimension, names in query.where if dimension == "platform" for name in names}
    groups: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for platform, seller, *row in rows:
        if not wanted or platform in wanted:
            groups[platform, seller].append(row)
    last = (period.end - period.start).days
    return PayoutHistory(
        period.start, currency, tuple(_lines(group, period.start).known_by(last) for group in groups.values())
    )


def _lines(rows: list[Any], first: date) -> PaidLines:
    """The columns of DELAYS after platform and seller, as arrays."""
    paid_on, settled_on, void_on, *sums = zip(*rows, strict=True)
    return PaidLines(
        _days(paid_on, first),
        _days(settled_on, first),
        _days(void_on, first),
        *(np.array(part, float) for part in sums),
    )


def _days(days: tuple[str, ...], first: date) -> Ints:
    """Days as numbers; a day that is not known is NEVER."""
    moments = np.array(days, "datetime64[D]")
    return np.where(np.isnat(moments), NEVER, (moments - np.datetime64(first, "D")).astype(np.int64))
