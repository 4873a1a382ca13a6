"""Estimates of what platforms will deduct from lines that they have not settled yet.

Each line by itself, so that the estimates of days add up to those of their range and a settlement replaces the
estimate of its own lines only: (gmv - refunds) x rate, rounded half up. The commission of creators is estimated
for lines that partners sold; an order that was refunded whole costs nothing. The rate is what the owner entered
for the platform, else what it deducted from the orders of its last year of payouts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from shop.access.roles import require_reader
from shop.core.enumerations import Seller
from shop.core.money import half_up
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.kiln.cost_arithmetic import BASIS
from shop.metrics import dimensions, refund_sql
from shop.metrics.payout_rollup import IS_SETTLED
from shop.metrics.query import Query, answer
from shop.metrics.readers.lines import line_conditions
from shop.metrics.settings import currency_of, shop_settings

MEASURED_FROM = 30  # settled lines: of fewer no rate is measured
ENTERED = "SELECT platform, fee_bp, commission_bp FROM platform_terms WHERE shop_id = ?"
MEASURED = """
SELECT p.platform, p.seller, SUM(p.settled_lines), SUM(p.income_cents), SUM(p.platform_fee_cents),
  SUM(p.commission_cents)
FROM fact_payout p WHERE p.shop_id = ? AND p.currency = ? AND p.day > (SELECT date(MAX(o.day), '-365 days')
  FROM fact_payout o WHERE o.shop_id = p.shop_id AND o.platform = p.platform AND o.settled_lines > 0)
GROUP BY p.platform, p.seller
"""
GMV = "l.buyer_paid_cents + l.platform_discount_cents"
OPEN = f"""
FROM {{}} {dimensions.BY_NAME.format(of="l")}{dimensions.OF_PRODUCT}
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift AND NOT {IS_SETTLED}
"""
OF_DAYS = "order_line l INDEXED BY order_line_paid_on"
# With the limit the planner reads each order by its key, not by all of its days.
OF_ORDERS = """
(SELECT o.* FROM json_each(:orders) j CROSS JOIN order_line o ON o.shop_id = :shop AND o.platform = :platform
  AND o.order_id = j.value LIMIT -1) l
"""
OPEN_LINES = f"""
SELECT l.platform, l.order_id, l.line_id, {dimensions.MATCHED}, l.seller, l.buyer_paid_cents, {GMV} {OPEN}
"""
OPEN_SUMS = f"SELECT l.platform, l.seller, l.buyer_paid_cents, {GMV} AS gmv, COUNT(*) {OPEN.format(OF_DAYS)}"
REFUNDED = refund_sql.shares(refund_sql.REFUNDED_ON, "r.shop_id = :shop AND r.refunded_on >= :start")
MAY_BE_OPEN = (
    "orders",
    "gmv",
    "refunds_by_order",
    "settled_orders",
    "settled_gmv",
    "settled_refunds",
    "void_orders",
)
Key = tuple[str, str, str]  # platform, order, line


@dataclass(frozen=True)
class FeeRates:
    """What a platform deducts of its income, in hundredths of a percent; the commission of partners' sales.

    `is_measured`: the fee was not entered, the platform's own payouts show it.
    """

    fee_bp: int
    commission_bp: int
    is_measured: bool


@dataclass(frozen=True)
class FeeEstimate:
    """What a line without a settlement will cost, in cents; `group` is our SKU or the group of unmatched lines."""

    key: Key
    group: str
    fee_cents: int
    commission_cents: int


def fee_rates(db: Database, *, shop_id: int = 1) -> dict[str, FeeRates]:
    """The known rates of each platform, in the shop's currency; for the owner. Raises NotAllowed."""
    require_reader(db, "see_margins")
    with db.read() as connection:
        return known_rates(connection, shop_settings(connection, shop_id).currency, shop_id)


def known_rates(connection: Connection, currency: str, shop_id: int = 1) -> dict[str, FeeRates]:
    """The rates of each platform of which one is known: entered by the owner, else measured."""
    cursor = raw_cursor(connection)
    sums: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for platform, seller, *numbers in cursor.execute(MEASURED, (shop_id, currency)):
        sums[platform][seller] = tuple(number or 0 for number in numbers)
    entered = {row[0]: row[1:] for row in cursor.execute(ENTERED, (shop_id,))}
    rates = {}
    for platform in sums.keys() | entered.keys():
        fee, commission = entered.get(platform, (0, 0))
        rows = sums[platform]
        measured = None if fee else _measured(rows.values(), 2)
        if fee or measured is not None:
            partners = _measured([rows[Seller.PARTNER]] if Seller.PARTNER in rows else [], 3)
            rates[platform] = FeeRates(fee or measured or 0, commission or partners or 0, not fee)
    return rates


def _measured(rows: Iterable[tuple[int, ...]], place: int) -> int | None:
    """A sum over income in basis points; None of too few lines."""
    rows = list(rows)
    income = sum(row[1] for row in rows)
    if sum(row[0] for row in rows) < MEASURED_FROM or income <= 0:
        return None
    return half_up(Fraction(max(sum(row[place] for row in rows), 0) * BASIS, income))


def fee_estimates(db: Database, query: Query) -> list[FeeEstimate]:
    """The estimates of all lines of a query's range that have no settlement, of platforms whose rate is known.

    For the owner. Raises NotAllowed.
    """
    require_reader(db, "see_margins")
    with db.read() as connection:
        query = replace(query, currency=currency_of(connection, query), cut_at=None, by=())
        rates = known_rates(connection, query.currency or "", query.shop)
    start = _first_open_day(db, query, rates)
    if start is None:
        return []
    with db.read() as connection:
        conditions, values = line_conditions(connection, replace(query, start=start))
        rows = raw_cursor(connection).execute(OPEN_LINES.format(OF_DAYS) + conditions, values).fetchall()
        refunds = _refunds(connection, query.shop, start)
    return [
        FeeEstimate(row[:3], row[3], *_fees(row[4:], refunds[row[:3]], rates[row[0]]))
        for row in rows
        if row[0] in rates
    ]


def estimated_fees(db: Database, query: Query, rates: Mapping[str, FeeRates]) -> tuple[int, int] | None:
    """Fees and commission of all `fee_estimates` of a range, None where there is none; lines of one price together.

    For the owner. Raises NotAllowed.
    """
    require_reader(db, "see_margins")
    start = _first_open_day(db, query, rates)
    if start is None:
        return None
    with db.read() as connection:
        cursor = raw_cursor(connection)
        conditions, values = line_conditions(connection, replace(query, start=start))
        sums = OPEN_SUMS + conditions + " GROUP BY l.platform, l.seller, l.buyer_paid_cents, gmv"
        priced = [row for row in cursor.execute(sums, values) if row[0] in rates]
        refunds = _refunds(connection, query.shop, start)
        refunded: list[Any] = []
        for name in rates:
            orders = json.dumps(sorted({order for platform, order, _ in refunds if platform == name}))
            place = values | {"platform": name, "orders": orders}
            refunded += cursor.execute(OPEN_LINES.format(OF_ORDERS) + conditions, place)
    fees = commission = 0
    for platform, *price, count in priced:
        of_line = _fees(price, 0, rates[platform])
        fees, commission = fees + count * of_line[0], commission + count * of_line[1]
    for platform, order, line, _, *price in refunded:
        whole = _fees(price, 0, rates[platform])
        rest = _fees(price, refunds[platform, order, line], rates[platform])
        fees, commission = fees + rest[0] - whole[0], commission + rest[1] - whole[1]
    return (fees, commission) if priced else None


def _refunds(connection: Connection, shop_id: int, start: date) -> defaultdict[Key, int]:
    """What was refunded of each line from a day on, in cents."""
    refunds: defaultdict[Key, int] = defaultdict(int)
    shares = f"SELECT platform, order_id, line_id, share FROM ({REFUNDED})"
    values = {"shop": shop_id, "start": start.isoformat()}
    for platform, order, line, share in raw_cursor(connection).execute(shares, values):
        refunds[platform, order, line] += share
    return refunds


def _fees(price: Sequence[Any], refunded: int, rates: FeeRates) -> tuple[int, int]:
    """Fee and commission of a line with this seller, payment and gmv."""
    seller, paid, gmv = price
    base = 0 if 0 < paid <= refunded else max(gmv - refunded, 0)
    commission_bp = rates.commission_bp if seller == Seller.PARTNER else 0
    return _part(base, rates.fee_bp), _part(base, commission_bp)


def _part(cents: int, basis_points: int) -> int:
    """A part in basis points, halves rounded up; in integers, as a month has thousands of lines."""
    return (2 * cents * basis_points + BASIS) // (2 * BASIS)


def _first_open_day(db: Database, query: Query, rates: Mapping[str, FeeRates]) -> date | None:
    """The first day of a range with anything that has no settlement, so that settled months are not read."""
    where = tuple(pair for pair in query.where if pair[0] == "platform")
    table = answer(db, replace(query, metrics=MAY_BE_OPEN, by=("day", "platform"), where=where))
    table = table[table["platform"].isin(list(rates))].fillna(0)
    orders = table["orders"] - table["settled_orders"] - table["void_orders"]
    cents = table["gmv"] - table["refunds_by_order"] - table["settled_gmv"] + table["settled_refunds"]
    days = table["day"][(orders != 0) | (cents != 0)]
    return None if days.empty else date.fromisoformat(min(days))
