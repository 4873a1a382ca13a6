"""How an import refreshes the roll-ups that figures are read from: only the days that it touched.

Each touched day is computed again from the lines and refunds; the coarser grains are added up from the
finer one. `rebuild` computes all of them and must give the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from shop.db.dialect import raw_cursor
from shop.metrics import deferred_rollups, payout_rollup, stream_rollups
from shop.metrics.refund_sql import (
    COUNTS,
    EARLIER,
    MANY_DAYS,
    ORDER_IS_REFUNDED,
    PAID,
    PAID_ON_DAY,
    REFUNDED,
    REFUNDED_ON,
    REFUNDED_ORDERS,
    batches_of_days,
    days_of_orders,
    list_first_lines,
    list_refunded_orders,
    refunded_lines,
    shares,
)

END_OF_TIME = 1 << 60

TABLES = (
    "fact_day",
    "fact_split_order",
    "fact_sku_day",
    "fact_sku_month",
    "fact_payout",
    "fact_refund",
    *stream_rollups.TABLES,
    *deferred_rollups.TABLES,
)

SUMS = (
    "orders",
    "first_orders",
    "units",
    "lines",
    "list_cents",
    "seller_discount_cents",
    "platform_discount_cents",
    "buyer_paid_cents",
    "shipping_cents",
    "refund_cents",
    "refund_by_order_cents",
    "refunded_orders",
    "first_refunded_orders",
    "returned_units",
)
CUTS = ("platform", "currency", "carrier", "seller")
SKU_DAY = f"INSERT INTO fact_sku_day (shop_id, day, {', '.join(CUTS)}, sku, {{}})"

SUMS_OF_LINES = f"""
SELECT :shop AS shop_id, :day AS day, platform, currency, carrier, seller, sku,
  SUM(is_first OR first_of_sku), SUM(is_first), SUM(quantity), COUNT(*), SUM(list_cents),
  SUM(seller_discount_cents), SUM(platform_discount_cents), SUM(buyer_paid_cents),
  SUM(shipping_cents), 0, 0, 0, 0, 0
FROM (
  SELECT *, CASE WHEN is_first THEN 1 ELSE NOT {EARLIER.format(" AND x.sku = l.sku")} END
    AS first_of_sku
  FROM (
    SELECT platform, currency, carrier, seller, sku, shop_id, order_id, line_id, quantity,
      list_cents, seller_discount_cents, platform_discount_cents, buyer_paid_cents,
      shipping_cents, NOT {EARLIER.format("")} AS is_first
    FROM order_line l INDEXED BY order_line_paid_on
    WHERE shop_id = :shop AND paid_on = :day AND NOT is_gift AND paid_at < :until LIMIT -1
  ) l
)
GROUP BY sku, platform, currency, carrier, seller
"""
LINES_OF_DAY = f"{SKU_DAY.format(', '.join(SUMS))} {SUMS_OF_LINES}"
# The same where each order has one day, currency, carrier and seller: long orders are not read again for each line.
LONG_ORDERS_OF_DAY = f"""
{SKU_DAY.format(", ".join(SUMS))}
SELECT :shop, :day, platform, currency, carrier, seller, sku,
  COUNT(DISTINCT order_id), 0, SUM(quantity), COUNT(*), SUM(list_cents),
  SUM(seller_discount_cents), SUM(platform_discount_cents), SUM(buyer_paid_cents),
  SUM(shipping_cents), 0, 0, 0, 0, 0
FROM order_line l INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on = :day AND NOT is_gift AND paid_at < :until
GROUP BY sku, platform, currency, carrier, seller
"""
FIRST_LINES_OF_DAY = f"""
{SKU_DAY.format("first_orders")}
SELECT :shop, :day, l.platform, l.currency, l.carrier, l.seller, l.sku, COUNT(*)
FROM temp.first_line f CROSS JOIN order_line l ON l.shop_id = :shop AND l.platform = f.platform
  AND l.order_id = f.order_id AND l.line_id = f.line_id WHERE f.paid_on = :day AND l.paid_at < :until
GROUP BY l.sku, l.platform, l.currency, l.carrier, l.seller
ON CONFLICT DO UPDATE SET first_orders = excluded.first_orders
"""
SPLIT_ORDERS_OF_DAY = f"""
INSERT INTO fact_split_order (shop_id, day, platform, order_id, currency, carrier, seller, first_currency,
  first_carrier, first_seller, paid_at, refunded)
SELECT :shop, :day, platform, order_id, currency, carrier, seller, first_currency, first_carrier, first_seller,
  paid_at, CASE WHEN {ORDER_IS_REFUNDED} THEN 1 ELSE 0 END
FROM (
  SELECT l.shop_id, l.platform, l.order_id, l.currency, l.carrier, l.seller, f.currency AS first_currency,
    f.carrier AS first_carrier, f.seller AS first_seller, MIN(l.paid_at) AS paid_at
  FROM order_line l INDEXED BY order_line_paid_on CROSS JOIN order_line f ON f.shop_id = l.shop_id
    AND f.platform = l.platform AND f.order_id = l.order_id AND f.line_id < l.line_id AND f.paid_on = l.paid_on
    AND NOT f.is_gift AND (f.currency <> l.currency OR f.carrier <> l.carrier OR f.seller <> l.seller)
    AND NOT {EARLIER.format("").replace("l.", "f.")}
  WHERE l.shop_id = :shop AND l.paid_on = :day AND NOT l.is_gift
  GROUP BY l.shop_id, l.platform, l.order_id, l.currency, l.carrier, l.seller, f.currency, f.carrier, f.seller
) l
"""
DAYS_OF_SPLIT_ORDERS = """
SELECT DISTINCT l.paid_on FROM temp.first_line f CROSS JOIN order_line l ON l.shop_id = :shop
  AND l.platform = f.platform AND l.order_id = f.order_id WHERE f.is_split = 1
"""
LINES_OF_LONG_ORDERS = 3  # so many lines per order of an import, and its orders count as long

SHARES_OF_DAY = shares(
    REFUNDED_ON, "r.shop_id = :shop AND r.refunded_on = :day AND COALESCE(r.refunded_at, 0) < :until"
)
SUMS_OF_REFUNDS = f"""
SELECT :shop AS shop_id, :day AS day, platform, currency, carrier, seller, sku, SUM(share)
FROM ({SHARES_OF_DAY}) GROUP BY platform, currency, carrier, seller, sku
"""
REFUNDS_OF_DAY = f"""
{SKU_DAY.format("refund_cents")} {SUMS_OF_REFUNDS}
ON CONFLICT DO UPDATE SET refund_cents = excluded.refund_cents
"""
REFUNDS_OF_PAID = f"""
{SKU_DAY.format("refund_by_order_cents, refunded_orders, returned_units")}
SELECT :shop, :day, platform, currency, carrier, seller, sku, SUM(share),
  COUNT(DISTINCT CASE WHEN share > 0 THEN order_id END), SUM(back)
FROM ({refunded_lines(shares(REFUNDED_ORDERS, PAID_ON_DAY))})
GROUP BY platform, currency, carrier, seller, sku
ON CONFLICT DO UPDATE SET refund_by_order_cents = excluded.refund_by_order_cents,
  refunded_orders = excluded.refunded_orders, returned_units = excluded.returned_units
"""
# Pieces that came back of no sale that is known count on the day of their return.
WITHOUT_SALE = f"""
{REFUNDED_ON} WHERE r.shop_id = :shop AND r.refunded_on = :day AND r.sku IS NOT NULL AND r.quantity IS NOT NULL
  AND r.line_id IS NULL AND r.status = 'refunded' AND NOT EXISTS (SELECT 1 FROM order_line x
    WHERE x.shop_id = r.shop_id AND x.platform = r.platform AND x.order_id = r.order_id AND NOT x.is_gift)
"""
RETURNS_WITHOUT_SALE = f"""
{SKU_DAY.format("returned_units")}
SELECT :shop, :day, r.platform, r.currency, 'unknown', 'own', r.sku, SUM(r.quantity)
FROM {WITHOUT_SALE}
GROUP BY r.platform, r.currency, r.sku
ON CONFLICT DO UPDATE SET returned_units = returned_units + excluded.returned_units
"""
REFUNDED_ORDERS_OF_DAY = f"""
{SKU_DAY.format("first_refunded_orders")}
SELECT :shop, :day, f.platform, f.currency, f.carrier, f.seller, f.sku, COUNT(DISTINCT f.order_id)
FROM {REFUNDED_ORDERS} WHERE {PAID_ON_DAY} AND {COUNTS}
GROUP BY f.platform, f.currency, f.carrier, f.seller, f.sku
ON CONFLICT DO UPDATE SET first_refunded_orders = excluded.first_refunded_orders
"""
FIRST_OF_ORDER = f"""
NOT EXISTS (SELECT 1 FROM refund e INDEXED BY refund_order WHERE e.shop_id = r.shop_id
  AND e.platform = r.platform AND e.order_id = r.order_id AND e.currency = r.currency {{}}
  AND (e.refunded_on, e.refund_id) < (r.refunded_on, r.refund_id)
  AND {COUNTS.replace("r.", "e.")})
"""
# Their squares stay in 64 bits whatever a damaged file states.
CAPPED = "MIN(r.amount_cents, 300000000)"
REFUNDS_BY_DELAY = f"""
INSERT INTO fact_refund (shop_id, refunded_on, paid_on, platform, currency, carrier, seller, is_cancelled,
  refund_cents, orders, cancelled_orders, squares)
SELECT :shop, :day, f.paid_on, r.platform, r.currency, f.carrier, f.seller,
  r.stage = 'before_ship' AS is_cancelled, SUM(r.amount_cents), SUM({FIRST_OF_ORDER.format("")}),
  SUM(r.stage = 'before_ship' AND {FIRST_OF_ORDER.format("AND e.stage = 'before_ship'")}),
  SUM({CAPPED} * {CAPPED})
FROM {REFUNDED_ON} CROSS JOIN order_line f ON f.shop_id = r.shop_id AND f.platform = r.platform
  AND f.order_id = r.order_id AND f.line_id = (SELECT x.line_id FROM order_line x WHERE x.shop_id = r.shop_id
    AND x.platform = r.platform AND x.order_id = r.order_id AND x.paid_on IS NOT NULL AND NOT x.is_gift
    ORDER BY x.line_id LIMIT 1)
WHERE r.shop_id = :shop AND r.refunded_on = :day AND {COUNTS}
GROUP BY f.paid_on, r.platform, r.currency, f.carrier, f.seller, is_cancelled
"""
OWN_SUMS = tuple(name for name in SUMS if not name.startswith("first_"))
DAY_FROM_SKUS = f"""
INSERT INTO fact_day (shop_id, day, {", ".join(CUTS)}, {", ".join(OWN_SUMS)})
SELECT shop_id, day, {", ".join(CUTS)},
  {", ".join(f"SUM({'first_' * name.endswith('orders')}{name})" for name in OWN_SUMS)}
FROM fact_sku_day WHERE shop_id = :shop AND day = :day GROUP BY {", ".join(CUTS)}
"""
MONTH_FROM_DAYS = f"""
INSERT INTO fact_sku_month (shop_id, month, {", ".join(CUTS)}, sku, {", ".join(SUMS)})
SELECT shop_id, :month, {", ".join(CUTS)}, sku, {", ".join(f"SUM({name})" for name in SUMS)}
FROM fact_sku_day WHERE shop_id = :shop AND day BETWEEN :month AND :last
GROUP BY sku, {", ".join(CUTS)}
"""
NAME_SKU = """
INSERT INTO sold_sku (shop_id, sku, last_on, has_product_id, product, title, spec)
SELECT shop_id, sku, ?, product_id IS NOT NULL, COALESCE(product_id, title, sku),
  COALESCE(title, sku), spec
FROM sold_name WHERE shop_id = ? AND name_key = ?
ON CONFLICT DO UPDATE SET last_on = excluded.last_on, has_product_id = excluded.has_product_id,
  product = excluded.product, title = excluded.title, spec = excluded.spec
WHERE (excluded.has_product_id, excluded.last_on) > (has_product_id, last_on)
"""
RECENT_DAYS = 30  # of the sales of a SKU, up to its last one: over these its commonest wording names it
SEVERAL_WORDINGS = """
SELECT n.name_key, n.sku, s.last_on, COALESCE(n.product_id, n.title, n.sku), COALESCE(n.title, n.sku), n.spec
FROM sold_name n JOIN sold_sku s ON s.shop_id = n.shop_id AND s.sku = n.sku
WHERE n.shop_id = :shop AND (n.product_id IS NOT NULL OR NOT s.has_product_id)
  AND n.sku IN (SELECT sku FROM sold_name WHERE shop_id = :shop
    AND name_key IN (SELECT value FROM json_each(:names)))
"""
LINES_OF_WORDINGS = """
SELECT name_key, paid_on, COUNT(*) FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on BETWEEN :first AND :last AND NOT is_gift
  AND name_key IN (SELECT value FROM json_each(:names))
GROUP BY name_key, paid_on
"""


@dataclass
class Touched:
    """The days, orders and SKUs whose figures must be computed again."""

    days: set[str | None] = field(default_factory=set)
    attributed: set[str | None] | None = None  # days with lines that name a content, where noted
    refund_days: set[str | None] = field(default_factory=set)
    refund_orders: dict[str, set[str]] = field(default_factory=dict)
    payout_orders: dict[str, set[str]] = field(default_factory=dict)  # changed in what was paid out alone
    session_days: set[str | None] = field(default_factory=set)
    video_days: set[str | None] = field(default_factory=set)
    minutes: dict[str, set[str]] = field(default_factory=dict)  # sessions of which minutes changed
    names: dict[int, str] = field(default_factory=dict)  # name_key: last day sold under it
    stock: dict[str, set[str]] = field(default_factory=dict)  # orders that may move stock
    lines: int = 0  # of orders in an import, and how many orders they belong to
    orders: int = 0
    has_catalog: bool = False  # variants or listings changed: any wording may match a SKU now


def refresh(connection: Connection, shop_id: int, touched: Touched) -> None:
    """Compute the figures of every touched day again, inside the caller's transaction."""
    cursor = raw_cursor(connection)
    names = [(day, shop_id, key) for key, day in sorted(touched.names.items())]
    cursor.executemany(NAME_SKU, names)
    _choose_wordings(cursor, shop_id, touched.names)
    days = _touched_days(cursor, shop_id, touched)
    payout_days = days | days_of_orders(cursor, shop_id, touched.payout_orders, PAID)
    with_refunds = _has(cursor, "refund", shop_id)
    with_payouts = _has(cursor, "settlement", shop_id)
    if with_refunds:
        list_refunded_orders(cursor, shop_id, payout_days)
    long = _days_of_long_orders(cursor, shop_id, touched, days)
    for some in batches_of_days(days):
        _compute_days(cursor, shop_id, some, long, with_refunds=with_refunds)
    for some in batches_of_days(payout_days):
        payout_rollup.compute_days(cursor, shop_id, some, refunds=with_refunds, payouts=with_payouts)
    _compute_months(cursor, shop_id, sorted({day[:7] + "-01" for day in days}))
    deferred_rollups.mark(cursor, shop_id, touched.days, payout_days)
    stream_days = {day for day in touched.session_days | touched.video_days if day}
    stream_days |= stream_rollups.days_without_end(cursor, shop_id, touched.minutes)
    stream_rollups.compute(
        cursor, shop_id, {day for day in touched.days if day}, stream_days, touched.attributed
    )


def _choose_wordings(cursor: Any, shop_id: int, names: Iterable[int]) -> None:
    """Name the SKUs of these wordings by the wording of most of their recent lines, of equal ones by the latest.

    A wording with the platform's product id goes before one without. The outcome is independent of import order.
    """
    wordings: dict[str, dict[int, tuple[str, str, str | None]]] = {}
    last_days: dict[str, str] = {}
    values = {"shop": shop_id, "names": json.dumps(sorted(names))}
    for name, sku, last_on, *parts in cursor.execute(SEVERAL_WORDINGS, values).fetchall():
        wordings.setdefault(sku, {})[name] = (parts[0], parts[1], parts[2])
        last_days[sku] = str(last_on)
    several = {sku: of for sku, of in wordings.items() if len(of) > 1}
    if not several:
        return
    first_days = {
        sku: (date.fromisoformat(last_days[sku]) - timedelta(days=RECENT_DAYS - 1)).isoformat()
        for sku in several
        if last_days[sku]
    }
    sku_of = {name: sku for sku, of in several.items() for name in of}
    values["names"] = json.dumps(sorted(sku_of))
    values |= {"first": min(first_days.values(), default=""), "last": max(last_days[sku] for sku in several)}
    recent: dict[int, tuple[int, str]] = {}  # name_key: lines, last day
    for name, day, lines in cursor.execute(LINES_OF_WORDINGS, values):
        if str(day) >= first_days.get(sku_of[name], ""):
            count, last = recent.get(name, (0, ""))
            recent[name] = (count + lines, max(last, str(day)))
    chosen = [
        (
            *max(
                (recent.get(name, (0, "")), (product, title, spec or ""))
                for name, (product, title, spec) in of.items()
            )[1],
            sku,
        )
        for sku, of in several.items()
    ]
    cursor.executemany(
        "UPDATE sold_sku SET product = ?, title = ?, spec = NULLIF(?, '') WHERE shop_id = ? AND sku = ? "
        "AND (product, title, COALESCE(spec, '')) <> (?, ?, ?)",
        [(*parts, shop_id, sku, *parts) for *parts, sku in chosen],
    )


def rebuild(connection: Connection, shop_id: int) -> None:
    """Compute all roll-ups from the lines, refunds, payouts and sessions."""
    cursor = raw_cursor(connection)
    for table in TABLES:
        cursor.execute(f"DELETE FROM {table} WHERE shop_id = ?", (shop_id,))
    touched = Touched()
    for table, column, days in (
        ("order_line", "paid_on", touched.days),
        ("refund", "refunded_on", touched.refund_days),
        ("live_session", "started_on", touched.session_days),
        ("video", "published_on", touched.video_days),
    ):
        sql = f"SELECT DISTINCT {column} FROM {table} WHERE shop_id = ?"
        days.update(row[0] for row in cursor.execute(sql, (shop_id,)))
    refresh(connection, shop_id, touched)
    deferred_rollups.compute_marked(connection, shop_id)


def _has(cursor: Any, table: str, shop_id: int) -> bool:
    rows = cursor.execute(f"SELECT 1 FROM {table} WHERE shop_id = ? LIMIT 1", (shop_id,))
    return rows.fetchone() is not None


def _touched_days(cursor: Any, shop_id: int, touched: Touched) -> set[str]:
    """All days to compute again: of touched lines and refunds, and of others of the same orders."""
    days = {day for day in touched.days | touched.refund_days if day}
    days |= days_of_orders(cursor, shop_id, touched.refund_orders, PAID, REFUNDED)
    if _has(cursor, "refund", shop_id):
        days |= _refund_days_of_paid(cursor, shop_id, {day for day in touched.days if day})
    return days


def _refund_days_of_paid(cursor: Any, shop_id: int, days: set[str]) -> set[str]:
    sql = (
        "SELECT DISTINCT r.refunded_on FROM json_each(:days) j CROSS JOIN order_line l INDEXED BY order_line_paid_on "
        "ON l.shop_id = :shop AND l.paid_on = j.value CROSS JOIN refund r ON r.shop_id = l.shop_id "
        "AND r.platform = l.platform AND r.order_id = l.order_id"
    )
    rows = cursor.execute(sql, {"shop": shop_id, "days": json.dumps(sorted(days))})
    return {row[0] for row in rows if row[0]}


def _days_of_long_orders(cursor: Any, shop_id: int, touched: Touched, days: set[str]) -> set[str]:
    """The days to compute by `LONG_ORDERS_OF_DAY`, where an import brings long orders of many days."""
    is_long = touched.orders and touched.lines >= LINES_OF_LONG_ORDERS * touched.orders
    if not is_long or len(days) < MANY_DAYS:
        return set()
    list_first_lines(cursor, shop_id)
    return days - {row[0] for row in cursor.execute(DAYS_OF_SPLIT_ORDERS, {"shop": shop_id})}


def _compute_days(
    cursor: Any, shop_id: int, days: Sequence[str], long: Container[str], *, with_refunds: bool
) -> None:
    values = [{"shop": shop_id, "day": day, "until": END_OF_TIME} for day in days]
    of_long = [of_day for of_day in values if of_day["day"] in long]
    others = [of_day for of_day in values if of_day["day"] not in long]
    for table in ("fact_sku_day", "fact_day", "fact_split_order"):
        cursor.executemany(f"DELETE FROM {table} WHERE shop_id = :shop AND day = :day", values)
    cursor.executemany("DELETE FROM fact_refund WHERE shop_id = :shop AND refunded_on = :day", values)
    cursor.executemany(REFUNDS_BY_DELAY, values)
    for sql in (LINES_OF_DAY, SPLIT_ORDERS_OF_DAY):
        cursor.executemany(sql, others)
    if of_long:  # else there is no list of first lines
        for sql in (LONG_ORDERS_OF_DAY, FIRST_LINES_OF_DAY):
            cursor.executemany(sql, of_long)
    if with_refunds:
        for sql in (REFUNDS_OF_DAY, REFUNDS_OF_PAID, RETURNS_WITHOUT_SALE, REFUNDED_ORDERS_OF_DAY):
            cursor.executemany(sql, values)
    cursor.executemany(DAY_FROM_SKUS, values)


def _compute_months(cursor: Any, shop_id: int, months: Iterable[str]) -> None:
    values = [{"shop": shop_id, "month": month, "last": month[:7] + "-31"} for month in months]
    cursor.executemany("DELETE FROM fact_sku_month WHERE shop_id = :shop AND month = :month", values)
    cursor.executemany(MONTH_FROM_DAYS, values)
