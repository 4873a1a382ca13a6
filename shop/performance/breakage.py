"""Breakage rate: the order lines that arrived broken, of those sent.

A line is broken where its after-sale case is for breakage (`shop.metrics.refund_reasons`) and was refunded,
exchanged or sent again. A case of a whole order counts once, on its first line. Lines are
counted by the day on which they were paid, and set against the lines of the same days that were sent
(paid, less those refunded before they were sent); the newest days still grow. By courier the base is the
lines that a platform or its file names a courier for, '' the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.db.dialect import as_text, raw_cursor
from shop.metrics import dimensions
from shop.metrics.deferred_rollups import up_to_date
from shop.metrics.query import Query, answer
from shop.metrics.refund_reasons import FOR_BREAKAGE, breakage_texts
from shop.metrics.refund_sql import COUNTS
from shop.metrics.settings import currency_of
from shop.stats.proportions import Rate

CUTS = ("packing", "size", "form", "glaze", "family", "product_code", "province", "courier")
REPLACED = "r.kind IN ('exchange', 'resend')"
# Each line that a case names once: whether it broke, whether it never left the studio.
CASES = f"""
SELECT r.shop_id, r.platform, r.order_id, COALESCE(r.line_id, '') AS line_id,
  MAX({FOR_BREAKAGE}) AS broken,
  MAX(r.stage = 'before_ship' AND r.status = 'refunded') AS unsent,
  SUM(CASE WHEN {FOR_BREAKAGE} AND r.refunded_on IS NOT NULL THEN r.amount_cents ELSE 0 END) AS cents,
  MAX({FOR_BREAKAGE} AND {REPLACED}) AS is_replaced
FROM refund r
WHERE r.shop_id = :shop
  AND ((r.refunded_on >= :start AND {COUNTS}) OR (r.refunded_on IS NULL AND {REPLACED}))
GROUP BY r.platform, r.order_id, COALESCE(r.line_id, '')
"""
OF_LINE = "l.shop_id = c.shop_id AND l.platform = c.platform AND l.order_id = c.order_id"
# the plus sign stops the planner from the index by days: each line is looked up by its key
COUNTED = "NOT l.is_gift AND +l.paid_on BETWEEN :start AND :end AND +l.currency = :currency"
FIRST_LINE = """
(SELECT MIN(y.line_id) FROM order_line y WHERE y.shop_id = c.shop_id AND y.platform = c.platform
  AND y.order_id = c.order_id AND NOT y.is_gift)
"""
# A case of a whole order: nothing of it was sent, or, once, its first line broke.
LINES = f"""
WITH c AS MATERIALIZED ({CASES})
SELECT l.platform, l.order_id, l.line_id, l.name_key, l.province, l.courier, c.broken, c.unsent,
  l.paid_on, l.quantity, c.cents, c.is_replaced
FROM c CROSS JOIN order_line l ON {OF_LINE} AND l.line_id = c.line_id AND {COUNTED}
WHERE c.broken OR c.unsent
UNION ALL
SELECT l.platform, l.order_id, l.line_id, l.name_key, l.province, l.courier,
  c.broken AND l.line_id = {FIRST_LINE}, c.unsent, l.paid_on, l.quantity, c.cents, c.is_replaced
FROM c CROSS JOIN order_line l ON {OF_LINE} AND {COUNTED}
WHERE (c.broken OR c.unsent) AND NOT EXISTS (SELECT 1 FROM order_line l
  WHERE {OF_LINE} AND l.line_id = c.line_id)
"""
PARTS = f"""
SELECT {{cut}} AS part, SUM(l.broken), SUM(l.unsent) FROM (
  SELECT :shop AS shop_id, name_key, province, courier, SUM(broken) AS broken, SUM(unsent) AS unsent FROM (
    SELECT platform, name_key, COALESCE(province, '') AS province, COALESCE(courier, '') AS courier,
      MAX(broken) AS broken, MAX(unsent) AS unsent
    FROM ({LINES}) GROUP BY platform, order_id, line_id
  ) WHERE 1{{narrow}} GROUP BY name_key, province, courier
) l {dimensions.BY_NAME.format(of="l")}{dimensions.OF_PRODUCT}
GROUP BY 1
"""
BROKEN_LINES = f"""
SELECT {{cut}} AS part, l.paid_on, {dimensions.MATCHED}, l.quantity, l.platform, l.province, l.cents, l.is_replaced
FROM (
  SELECT :shop AS shop_id, platform, name_key, paid_on, quantity, COALESCE(province, '') AS province,
    COALESCE(courier, '') AS courier, SUM(cents) AS cents, MAX(is_replaced) AS is_replaced
  FROM ({LINES}) WHERE broken{{narrow}} GROUP BY platform, order_id, line_id
) l {dimensions.BY_NAME.format(of="l")}{dimensions.OF_PRODUCT}
"""
PROVINCES = """
SELECT province, SUM(lines) FROM fact_place
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency{narrow}
GROUP BY province
"""

COURIERS = """
SELECT COALESCE(courier, ''), COUNT(*) FROM order_line
WHERE shop_id = :shop AND paid_on BETWEEN :start AND :end AND currency = :currency AND NOT is_gift{narrow}
GROUP BY 1
"""
BASES = {"province": PROVINCES, "courier": COURIERS}  # where no catalog column gives it


@dataclass(frozen=True)
class BreakageRate:
    """One packing (size, province ...): so many lines broken of so many that were sent."""

    part: str
    rate: Rate


@dataclass(frozen=True)
class BrokenLine:
    """One broken line: its part of a cut, the shop day it was paid on, our SKU or its group, and its pieces.

    `refunded_cents` is what was refunded for it; `is_replaced` where it was exchanged or sent again.
    """

    part: str
    paid_on: date
    sku: str
    quantity: int
    platform: str
    province: str
    refunded_cents: int
    is_replaced: bool


def breakage_rates(db: Database, query: Query, by: str = "packing") -> list[BreakageRate]:
    """Breakage by one of CUTS, the one with most broken lines first; '' is unknown.

    Of `query` its days (of payment), platform and currency count.
    """
    if by == "province":
        up_to_date(db, query.shop)
    with db.read() as connection:
        currency = currency_of(connection, query)
        values, narrow = _values(connection, query, currency)
        cut = _cut(by)
        rows = connection.execute(text(PARTS.format(cut=cut, narrow=narrow)), values).fetchall()
        counts = {str(part): (int(lines), int(unsent)) for part, lines, unsent in rows}
        base = _lines_of(connection, BASES[by], values, narrow) if by in BASES else None
    paid = _paid(db, query, currency, by) if base is None else base
    parts = [
        BreakageRate(part, Rate(lines, max(paid.get(part, 0) - unsent, lines)))
        for part in paid.keys() | counts.keys()
        for lines, unsent in [counts.get(part, (0, 0))]
    ]
    parts = [part for part in parts if part.rate.under > 0]
    return sorted(parts, key=lambda part: (-part.rate.over, -part.rate.under, part.part))


def overall(parts: list[BreakageRate]) -> Rate:
    """All lines together."""
    return Rate(sum(part.rate.over for part in parts), sum(part.rate.under for part in parts))


def broken_lines(connection: Connection, query: Query, by: str) -> list[BrokenLine]:
    """Each line of `breakage_rates` that broke, with its part of a cut of CUTS."""
    values, narrow = _values(connection, query, currency_of(connection, query))
    rows = connection.execute(text(BROKEN_LINES.format(cut=_cut(by), narrow=narrow)), values)
    return [
        BrokenLine(
            str(part), date.fromisoformat(day), sku, quantity, platform, province, cents, bool(replaced)
        )
        for part, day, sku, quantity, platform, province, cents, replaced in rows
    ]


def _cut(by: str) -> str:
    """The SQL of a cut over the lines of PARTS and BROKEN_LINES."""
    if by in BASES:
        return f"l.{by}"
    return as_text(dimensions.catalog_columns(dimensions.matched())[by])[0]


def _values(connection: Connection, query: Query, currency: str) -> tuple[dict[str, Any], str]:
    platforms = next((values for name, values in query.where if name == "platform"), None)
    names = {f"platform{place}": name for place, name in enumerate(platforms or ())}
    marks = ", ".join(f":{name}" for name in names) or "NULL"
    values = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": currency,
        **names,
    }
    values["breakage"] = breakage_texts(raw_cursor(connection), query.shop, query.start.isoformat())
    return values, "" if platforms is None else f" AND platform IN ({marks})"


def _paid(db: Database, query: Query, currency: str, by: str) -> dict[str, int]:
    where = tuple(pair for pair in query.where if pair[0] == "platform")
    lines = Query(("lines",), query.start, query.end, (by,), where, query.shop, currency)
    table = answer(db, lines)
    return {str(part): int(lines) for part, lines in zip(table[by], table["lines"], strict=True)}


def _lines_of(connection: Connection, sql: str, values: dict[str, Any], narrow: str) -> dict[str, int]:
    rows = connection.execute(text(sql.format(narrow=narrow)), values)
    return {str(name): int(lines) for name, lines in rows}
