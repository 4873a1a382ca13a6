"""Which sale a returned line belongs to, where it can be known.

A return names its SKU. It belongs to the line of that SKU in its own order; else to the latest sale before it of
the same SKU to the same buyer at the same price, with pieces left that no other return took back. Where there
is none it stays a return of that SKU on its day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from shop.orders.identity.buyers import BuyerLinks

OPEN_RETURNS = """
SELECT platform, refund_id, order_id, sku, quantity, buyer_key, amount_cents, refunded_at, refunded_on
FROM refund INDEXED BY refund_without_sale
WHERE shop_id = ? AND sku IS NOT NULL AND line_id IS NULL AND status = 'refunded'
ORDER BY refunded_at, platform, refund_id
"""
OWN_LINE = """
SELECT MIN(line_id) FROM order_line WHERE shop_id = ? AND platform = ? AND order_id = ? AND sku = ? AND NOT is_gift
"""
SALES_OF_BUYERS = """
SELECT l.platform, l.sku, l.buyer_key, l.order_id, l.line_id, l.paid_at, l.quantity, l.buyer_paid_cents
FROM order_line l WHERE l.shop_id = ? AND (l.sku, l.buyer_key) IN (SELECT sku, buyer_key FROM temp.returned)
  AND NOT l.is_gift AND l.paid_at IS NOT NULL ORDER BY l.paid_at DESC, l.order_id, l.line_id
"""
TAKEN = """
SELECT platform, order_id, line_id, SUM(COALESCE(quantity, 1)) FROM refund
WHERE shop_id = ? AND sku IS NOT NULL AND line_id IS NOT NULL GROUP BY platform, order_id, line_id
"""
JOIN = "UPDATE refund SET order_id = ?, line_id = ? WHERE shop_id = ? AND platform = ? AND refund_id = ?"


@dataclass
class _ReturnableLine:
    """One sold line that a return may belong to; `remaining` pieces of it did not come back yet."""

    order_id: str
    line_id: str
    paid_at: int
    quantity: int
    cents: int
    remaining: int


def join_returns(cursor: Any, shop_id: int, links: BuyerLinks) -> dict[str, set[str]]:
    """Join the returns without a sale to their sales; the orders of each platform that got a return."""
    rows = cursor.execute(OPEN_RETURNS, (shop_id,)).fetchall()
    if not rows:
        return {}
    returns = [(*row[:5], links.of(row[0]).get(row[5], row[5]), *row[6:]) for row in rows]
    sales = _sales_of_buyers(cursor, shop_id, {(row[3], row[5]) for row in returns if row[5] is not None})
    joined: list[tuple[Any, ...]] = []
    orders: dict[str, set[str]] = defaultdict(set)
    for platform, refund_id, order_id, sku, quantity, buyer, cents, at, _ in returns:
        line = cursor.execute(OWN_LINE, (shop_id, platform, order_id, sku)).fetchone()[0]
        if line is None:
            sale = _matching(sales.get((platform, sku, buyer), ()), quantity, cents, at)
            if sale is None:
                continue
            sale.remaining -= quantity
            orders[platform].add(order_id)
            order_id, line = sale.order_id, sale.line_id
        orders[platform].add(order_id)
        joined.append((order_id, line, shop_id, platform, refund_id))
    cursor.executemany(JOIN, joined)
    return orders


def _sales_of_buyers(
    cursor: Any, shop_id: int, wanted: set[tuple[str, int]]
) -> dict[tuple[str, str, int], list[_ReturnableLine]]:
    """The sales of these SKUs to these buyers by platform, SKU and buyer, the latest first."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS returned (sku TEXT, buyer_key INTEGER, PRIMARY KEY (sku, buyer_key)) "
        "WITHOUT ROWID"
    )
    cursor.execute("DELETE FROM temp.returned")
    cursor.executemany("INSERT INTO temp.returned VALUES (?, ?)", sorted(wanted))
    taken = {tuple(row[:3]): row[3] for row in cursor.execute(TAKEN, (shop_id,))}
    result: dict[tuple[str, str, int], list[_ReturnableLine]] = defaultdict(list)
    for platform, sku, buyer, order, line, at, quantity, cents in cursor.execute(SALES_OF_BUYERS, (shop_id,)):
        remaining = quantity - taken.get((platform, order, line), 0)
        result[platform, sku, buyer].append(_ReturnableLine(order, line, at, quantity, cents, remaining))
    return result


def _matching(sales: Any, quantity: int | None, cents: int, at: int | None) -> _ReturnableLine | None:
    """The latest of these sales before a moment, at the same price, with as many pieces left; None where the return
    does not state its moment or its number of pieces.
    """
    if quantity is None or at is None:
        return None
    for sale in sales:
        same_price = sale.cents * quantity == cents * sale.quantity
        if sale.paid_at <= at and sale.remaining >= quantity and same_price:
            matching: _ReturnableLine = sale
            return matching
    return None
