"""The SQL of the rows behind figures of lines, refunds, payouts, buyers and comments.

Each SELECT gives platform, key, shop day, SKU, title and the row's part of the sum; `l` has the columns that filters
name. The conditions are those of the roll-ups and readers that count the figure.
"""

from __future__ import annotations

from shop.metrics import payout_rollup, refund_sql, rollups

TITLE = "COALESCE(n.title, '')"
SOLD_NAME = "LEFT JOIN sold_name n ON n.shop_id = :shop AND n.name_key = l.name_key"
COLUMNS = f"l.platform, l.order_id, l.paid_on AS day, l.sku, {TITLE} AS title"
LINE = "order_line l INDEXED BY order_line_paid_on"
PAID = "l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift"
IS_FIRST = f"NOT {refund_sql.EARLIER.format('')}"
GMV = "l.buyer_paid_cents + l.platform_discount_cents"
SO_FAR = "AND (l.paid_on < :end OR l.paid_at < :until)"
EARLIER_DAYS = "AND f.paid_on < :end"  # of a running day no roll-up knows yet what comes back
FIRST_PAID = refund_sql.FIRST_PAID.replace("= :day", "BETWEEN :start AND :end")
BY_REFUND_DAY = refund_sql.shares(
    refund_sql.REFUNDED_ON,
    "r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end {cut}",
    day="r.refunded_on",
)
REFUND_SO_FAR = "AND (r.refunded_on < :end OR COALESCE(r.refunded_at, 0) < :until)"
BY_ORDER_DAY = refund_sql.shares(refund_sql.PAID_WITH_REFUND, f"{FIRST_PAID} {{cut}}", day="f.paid_on")
LINES = {  # of one paid line: its part of the sum
    "gmv": GMV,
    "buyer_paid": "l.buyer_paid_cents",
    "list_value": "l.list_cents",
    "seller_discounts": "l.seller_discount_cents",
    "platform_discounts": "l.platform_discount_cents",
    "shipping_paid": "l.shipping_cents",
    "units": "l.quantity",
    "pieces": "l.quantity",
    "live_pieces": "l.quantity",
    "lines": "1",
    "settled_gmv": GMV,
    "settled_orders": "1",
    "cancelled_units": "l.quantity",
}
COUNTED = {  # which lines count, where not all of them do
    "live_pieces": "AND l.carrier = 'live'",
    "settled_gmv": f"AND {payout_rollup.IS_SETTLED}",
    "settled_orders": f"AND {IS_FIRST} AND EXISTS (SELECT 1 FROM settlement s WHERE {payout_rollup.OF_ORDER})",
    "cancelled_units": "AND l.status = 'cancelled'",
}
NO_CUT = {"settled_gmv", "settled_orders", "cancelled_units"}
SETTLEMENTS = {  # of one payout
    "settlement_income": f"{payout_rollup.INCOME} - s.shipping_cents",
    "platform_fees": "s.platform_fee_cents",
    "commission": "s.commission_cents",
    "other_fees": f"{payout_rollup.INCOME} - s.paid_out_cents - s.platform_fee_cents - s.commission_cents",
}
OF_SETTLEMENT = f"""
SELECT {COLUMNS}, {{part}} AS part FROM {LINE}
CROSS JOIN settlement s ON {payout_rollup.OF_ORDER} AND s.currency = l.currency {SOLD_NAME}
WHERE {PAID} AND {payout_rollup.COUNTS_ONCE}
  AND (s.line_id = l.line_id OR ({payout_rollup.OF_NO_LINE} AND {IS_FIRST})) {{narrow}}
"""
VOID_PARTS = {"void_orders": "1", "void_discounts": "l.gmv - l.refunded"}
VOID = f"""
SELECT l.platform, l.order_id, l.day, l.sku, '' AS title, {{part}} AS part FROM (
  SELECT f.platform, f.order_id, f.paid_on AS day, f.sku, f.currency, f.carrier, f.seller,
    SUM(r.amount_cents) AS refunded,
    {payout_rollup.PAID_LINES_OF_ORDER.format("x.buyer_paid_cents")} AS paid,
    {payout_rollup.PAID_LINES_OF_ORDER.format("x.buyer_paid_cents + x.platform_discount_cents")} AS gmv
  FROM {refund_sql.PAID_WITH_REFUND} WHERE {FIRST_PAID} AND {refund_sql.COUNTS} AND NOT EXISTS (
    SELECT 1 FROM settlement s WHERE {payout_rollup.OF_ORDER.replace("l.", "f.")})
  GROUP BY f.platform, f.order_id
) l WHERE l.refunded >= l.paid {{narrow}}
"""
OF_REFUND = f"""
SELECT l.platform, l.order_id, l.day, l.sku, {TITLE} AS title, {{part}} AS part
FROM ({{source}}) l {SOLD_NAME} WHERE 1 {{narrow}}
"""
ORDERS = f"""
SELECT l.platform, l.order_id, MIN(l.paid_on) AS day, MIN(l.sku) AS sku, '' AS title, 1 AS part FROM {LINE}
WHERE {PAID} {{counted}} {{narrow}} GROUP BY l.platform, l.order_id
"""
RETURNS_WITHOUT_SALE = f"""
SELECT l.platform, l.order_id, l.day, l.sku, '' AS title, l.part FROM (
  SELECT r.platform, r.order_id, r.refunded_on AS day, r.sku, r.currency, 'unknown' AS carrier, 'own' AS seller,
    r.quantity AS part FROM {rollups.WITHOUT_SALE.replace("= :day", "BETWEEN :start AND :end")} {{cut}}
) l WHERE 1 {{narrow}}
"""
CANCELLED_ORDERS = f"""
SELECT l.platform, l.order_id, MIN(l.paid_on) AS day, l.sku, '' AS title, 1 AS part FROM {LINE}
WHERE {PAID} AND l.status = 'cancelled' {{narrow}} GROUP BY l.platform, l.order_id
"""
# A buyer is listed with the order that came first (sqlite.org/lang_select.html, bare columns).
BUYERS = """
SELECT platform, order_id, day, '' AS sku, '' AS title, 1 AS part FROM (
  SELECT l.platform, l.order_id, l.paid_on AS day, MIN(l.paid_at) FROM order_line l INDEXED BY order_line_paid_on
  WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND l.buyer_key IS NOT NULL {gifts} {narrow}
  GROUP BY l.buyer_key HAVING COUNT(DISTINCT l.platform || l.order_id) >= {fewest})
"""
FEWEST_ORDERS = {"buyers": 1, "repeat_buyers": 2}
COMMENTS = {
    "remarks": "1",
    "questions": "l.is_question",
    "open_questions": "l.is_question AND l.answered_at IS NULL",
    "authors": "l.author_key IS NOT NULL",
}
OF_COMMENT = """
SELECT l.platform, l.comment_id, l.written_on AS day, '' AS sku, l.text AS title, 1 AS part FROM comment l
WHERE l.shop_id = :shop AND l.written_on BETWEEN :start AND :end AND NOT l.is_own AND {counted} {cut} {narrow}
"""
COMMENT_SO_FAR = "AND (l.written_on < :end OR l.written_at < :until)"
ONE_PER_AUTHOR = "GROUP BY l.author_key"


def selects(name: str, narrow: str, narrowed_by: set[str], *, is_cut: bool) -> list[str] | None:
    """The SELECTs whose rows make up a metric, None where it has none here.

    `narrow` are conditions on `l` by the columns `narrowed_by`; `is_cut` where the last day ends at `:until`.
    """
    if name in COMMENTS:
        cut = COMMENT_SO_FAR if is_cut else ""
        rows = OF_COMMENT.format(counted=COMMENTS[name], cut=cut, narrow=narrow)
        return [rows + ONE_PER_AUTHOR if name == "authors" else rows]
    if name in FEWEST_ORDERS:
        gifts = "" if narrowed_by <= {"platform", "currency"} else "AND NOT l.is_gift"
        return [BUYERS.format(gifts=gifts, narrow=narrow, fewest=FEWEST_ORDERS[name])]
    if name in SETTLEMENTS:
        return [OF_SETTLEMENT.format(part=SETTLEMENTS[name], narrow=narrow)]
    if name in VOID_PARTS:
        return [VOID.format(part=VOID_PARTS[name], narrow=narrow)]
    if name == "cancelled_orders":
        return [CANCELLED_ORDERS.format(narrow=narrow)]
    return _of_sales(name, narrow, by_sku="sku" in narrowed_by, is_cut=is_cut)


def _of_sales(name: str, narrow: str, *, by_sku: bool, is_cut: bool) -> list[str] | None:
    by_refund_day = BY_REFUND_DAY.format(cut=REFUND_SO_FAR if is_cut else "")
    earlier = EARLIER_DAYS if is_cut else ""
    by_order_day = BY_ORDER_DAY.format(cut=earlier)

    def refunds(source: str, part: str, more: str = "") -> str:
        return OF_REFUND.format(source=source, part=part, narrow=f"{more} {narrow}")

    lines = refund_sql.refunded_lines(by_order_day)
    is_refunded = refund_sql.LINE_IS_REFUNDED if by_sku else refund_sql.ORDER_IS_REFUNDED
    parts = {
        "refunds": lambda: [refunds(by_refund_day, "l.share")],
        "net_sales": lambda: [_lines("gmv", narrow, is_cut=is_cut), refunds(by_refund_day, "-l.share")],
        "refunds_by_order": lambda: [refunds(by_order_day, "l.share")],
        "net_by_order": lambda: [_lines("gmv", narrow, is_cut=is_cut), refunds(by_order_day, "-l.share")],
        "settled_refunds": lambda: [refunds(by_order_day, "l.share", f"AND {payout_rollup.IS_SETTLED}")],
        "orders": lambda: [ORDERS.format(counted=SO_FAR if is_cut else "", narrow=narrow)],
        "refunded_orders": lambda: [
            ORDERS.format(counted=f"AND {is_refunded} {earlier.replace('f.', 'l.')}", narrow=narrow)
        ],
        "returned_units": lambda: [
            refunds(lines, "l.back"),
            RETURNS_WITHOUT_SALE.format(cut=earlier.replace("f.paid_on", "r.refunded_on"), narrow=narrow),
        ],
    }
    if name in parts:
        return parts[name]()
    return [_lines(name, narrow, is_cut=is_cut)] if name in LINES else None


def _lines(name: str, narrow: str, *, is_cut: bool) -> str:
    counted = COUNTED.get(name, "")
    cut = SO_FAR if is_cut and name not in NO_CUT else ""
    return f"SELECT {COLUMNS}, {LINES[name]} AS part FROM {LINE} {SOLD_NAME} WHERE {PAID} {counted} {cut} {narrow}"
