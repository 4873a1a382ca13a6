"""The roll-up of payouts: what came of the orders paid on a day, by the platform's own statements.

A payout belongs to its line; one that names no line that was sold belongs to its order's first line,
and all lines of that order count as settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shop.metrics.refund_sql import COUNTS, EARLIER, PAID_ON_DAY, REFUNDED_ORDERS, shares

CUTS = "platform, currency, carrier, seller"
FEES = (
    "platform_fee_cents",
    "commission_cents",
    "channel_fee_cents",
    "recruiting_fee_cents",
    "promotion_fee_cents",
    "other_fee_cents",
)
ALL_FEES = " + ".join(f"s.{name}" for name in FEES)
# Where a list states only payouts and fees, the income is their sum.
INCOME = f"""
CASE WHEN s.income_cents = 0 AND s.paid_out_cents > 0 THEN s.paid_out_cents + {ALL_FEES}
  ELSE s.income_cents END
"""
# Two kinds of files may state one payout (动账明细 and 结算账单): of rows of one line and sum one kind counts.
COUNTS_ONCE = """
NOT EXISTS (SELECT 1 FROM settlement o JOIN source_file other ON other.source_id = o.source_id
  JOIN source_file own ON own.source_id = s.source_id
  WHERE o.shop_id = s.shop_id AND o.platform = s.platform AND o.order_id = s.order_id
  AND o.line_id IS s.line_id AND o.currency = s.currency AND o.paid_out_cents = s.paid_out_cents
  AND other.kind < own.kind)
"""
INTO = f"INSERT INTO fact_payout (shop_id, day, {CUTS}, {{}}) SELECT :shop, :day, {CUTS}, {{}}"
OF_ORDER = "s.shop_id = :shop AND s.platform = l.platform AND s.order_id = l.order_id"
OF_NO_LINE = """
NOT EXISTS (SELECT 1 FROM order_line x WHERE x.shop_id = s.shop_id AND x.platform = s.platform
  AND x.order_id = s.order_id AND x.line_id = s.line_id AND NOT x.is_gift)
"""
IS_SETTLED = f"""
EXISTS (SELECT 1 FROM settlement s WHERE {OF_ORDER} AND (s.line_id = l.line_id OR {OF_NO_LINE}))
"""
PAID_LINES = """
order_line l INDEXED BY order_line_paid_on
"""
OF_DAY = "l.shop_id = :shop AND l.paid_on = :day AND NOT l.is_gift"
SETTLED_OF_DAY = f"""
{
    INTO.format(
        "settled_lines, settled_orders, settled_cents",
        "SUM(is_settled), SUM(is_first), SUM(gmv * is_settled)",
    )
}
FROM (
  SELECT {CUTS}, {IS_SETTLED} AS is_settled, NOT {EARLIER.format("")} AS is_first,
    buyer_paid_cents + platform_discount_cents AS gmv
  FROM {PAID_LINES} WHERE {OF_DAY} AND EXISTS (SELECT 1 FROM settlement s WHERE {OF_ORDER})
)
GROUP BY {CUTS}
"""
# What the platform deducted without naming it counts as other fees: income - fees = paid out.
MONEY_OF_DAY = f"""
{
    INTO.format(
        "income_cents, platform_fee_cents, commission_cents, other_fee_cents",
        "SUM(income - shipping), SUM(fee), SUM(commission), SUM(income - paid_out - fee - commission)",
    )
}
FROM (
  SELECT l.platform, l.currency, l.carrier, l.seller, {INCOME} AS income,
    s.shipping_cents AS shipping, s.paid_out_cents AS paid_out, s.platform_fee_cents AS fee,
    s.commission_cents AS commission
  FROM {PAID_LINES} CROSS JOIN settlement s ON {OF_ORDER} AND s.currency = l.currency
  WHERE {OF_DAY} AND {COUNTS_ONCE} AND (s.line_id = l.line_id OR ({OF_NO_LINE} AND NOT {EARLIER.format("")}))
)
WHERE 1 GROUP BY {CUTS}
ON CONFLICT DO UPDATE SET income_cents = excluded.income_cents,
  platform_fee_cents = excluded.platform_fee_cents, commission_cents = excluded.commission_cents,
  other_fee_cents = excluded.other_fee_cents
"""
REFUNDS_OF_DAY = f"""
{INTO.format("settled_refund_cents", "SUM(share)")}
FROM ({shares(REFUNDED_ORDERS, PAID_ON_DAY)}) l WHERE {IS_SETTLED} GROUP BY {CUTS}
ON CONFLICT DO UPDATE SET settled_refund_cents = excluded.settled_refund_cents
"""
# An order that was refunded in full and never paid out gets no payout.
PAID_LINES_OF_ORDER = """
(SELECT SUM({}) FROM order_line x WHERE x.shop_id = f.shop_id AND x.platform = f.platform
  AND x.order_id = f.order_id AND x.paid_on IS NOT NULL AND NOT x.is_gift)
"""
VOID_OF_DAY = f"""
{INTO.format("void_orders, void_cents", "COUNT(*), SUM(gmv - given)")}
FROM (
  SELECT f.platform, f.currency, f.carrier, f.seller, SUM(r.amount_cents) AS given,
    {PAID_LINES_OF_ORDER.format("x.buyer_paid_cents")} AS paid,
    {PAID_LINES_OF_ORDER.format("x.buyer_paid_cents + x.platform_discount_cents")} AS gmv
  FROM {REFUNDED_ORDERS} WHERE {PAID_ON_DAY} AND {COUNTS} AND NOT EXISTS (
    SELECT 1 FROM settlement s WHERE {OF_ORDER.replace("l.", "f.")})
  GROUP BY f.platform, f.order_id
)
WHERE given >= paid GROUP BY {CUTS}
ON CONFLICT DO UPDATE SET void_orders = excluded.void_orders, void_cents = excluded.void_cents
"""

# The first day on which the refunds of a line, or those of its order, reach what was paid.
VOID_ON = f"""
(SELECT MIN(refunded_on) FROM (
  SELECT r.refunded_on, SUM(r.amount_cents) OVER along AS of_order,
    SUM(CASE WHEN r.line_id = l.line_id THEN r.amount_cents ELSE 0 END) OVER along AS of_line
  FROM refund r INDEXED BY refund_order WHERE r.shop_id = l.shop_id AND r.platform = l.platform
    AND r.order_id = l.order_id AND r.refunded_on IS NOT NULL AND {COUNTS}
  WINDOW along AS (ORDER BY r.refunded_on))
WHERE of_line >= l.buyer_paid_cents AND l.buyer_paid_cents > 0 OR of_order > 0 AND of_order >=
  {PAID_LINES_OF_ORDER.format("x.buyer_paid_cents").replace("f.", "l.")})
"""
# Their squares stay in 64 bits whatever a damaged file states.
SQUARE = "SUM(MIN(ABS({0}), 300000000) * MIN(ABS({0}), 300000000))"
DELAYS_OF_DAY = f"""
INSERT INTO fact_payout_delay (shop_id, day, platform, currency, seller, settled_on, void_on, lines, gmv_cents,
  gmv_squares, paid_out_cents, paid_out_squares)
SELECT :shop, :day, platform, currency, seller, settled_on,
  CASE WHEN settled_on = '' OR void_on < settled_on THEN void_on ELSE '' END AS void, COUNT(*), SUM(gmv),
  {SQUARE.format("gmv")}, SUM(paid_out), {SQUARE.format("paid_out")}
FROM (
  SELECT platform, currency, seller, gmv, COALESCE(MIN(settled_on), '') AS settled_on,
    COALESCE(SUM(paid_out), 0) AS paid_out, COALESCE(void_on, '') AS void_on
  FROM (
    SELECT l.platform, l.order_id, l.line_id, l.currency, l.seller, {VOID_ON} AS void_on,
      l.buyer_paid_cents + l.platform_discount_cents AS gmv, s.settled_on,
      CASE WHEN s.line_id = l.line_id OR NOT {EARLIER.format("")} THEN s.paid_out_cents ELSE 0 END AS paid_out
    FROM {PAID_LINES} LEFT JOIN settlement s ON {OF_ORDER} AND s.currency = l.currency AND s.settled_on IS NOT NULL
      AND (s.line_id = l.line_id OR {OF_NO_LINE}) AND {COUNTS_ONCE}
    WHERE {OF_DAY}
  )
  GROUP BY platform, order_id, line_id
)
GROUP BY platform, currency, seller, settled_on, void
"""


def compute_days(cursor: Any, shop_id: int, days: Iterable[str], *, refunds: bool, payouts: bool) -> None:
    """Compute what came of the orders paid on these days; without refunds or payouts nothing did.

    Refunds are read from `refunded_order` (see `refund_sql.list_refunded_orders`).
    """
    values = [{"shop": shop_id, "day": day} for day in days]
    cursor.executemany("DELETE FROM fact_payout WHERE shop_id = :shop AND day = :day", values)
    if payouts:
        cursor.executemany(SETTLED_OF_DAY, values)
        cursor.executemany(MONEY_OF_DAY, values)
    if payouts and refunds:
        cursor.executemany(REFUNDS_OF_DAY, values)
    if refunds:
        cursor.executemany(VOID_OF_DAY, values)


def compute_delays(cursor: Any, shop_id: int, day: str) -> None:
    """Compute when the lines paid on a day were paid out, or refunded whole before that."""
    values = {"shop": shop_id, "day": day}
    cursor.execute("DELETE FROM fact_payout_delay WHERE shop_id = :shop AND day = :day", values)
    cursor.execute(DELAYS_OF_DAY, values)
