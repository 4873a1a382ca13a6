"""Which pieces of the orders paid in a range left the studio for good: what their cost is reckoned on.

All pieces of paid lines, gifts too, except those of lines that were cancelled before they were sent or
whose money went back in all before that; less what came back whole (`return_receipt`). The SKU
roll-ups know the pieces sold; only the few lines that are apart from them are looked at one by one.
Where a SKU's stock is not kept (or was not yet, on the day of payment), nobody wrote down what came
back: there the refunds say it (`returned_units`), and only gifts are added here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from shop.metrics import dimensions
from shop.metrics.query import Query, line_conditions
from shop.metrics.refund_sql import COUNTS
from shop.metrics.settings import shop_settings

COLUMNS = f"""
l.platform, l.order_id, l.line_id, l.paid_on, {dimensions.MATCHED}, l.quantity, l.is_gift,
l.status = 'cancelled' AND l.shipped_at IS NULL, l.buyer_paid_cents,
l.shipped_at IS NOT NULL OR l.status IN ('shipped', 'delivered', 'completed')
"""
JOINED = f"{dimensions.BY_NAME.format(of='l')}{dimensions.OF_PRODUCT}"
OF_RANGE = "l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end"
GIFTS_AND_CANCELLED = f"""
SELECT {COLUMNS} FROM order_line l INDEXED BY order_line_apart {JOINED}
WHERE {OF_RANGE} AND (l.is_gift OR l.status = 'cancelled')
"""
# Money given back for goods that never left: a case that asks for goods back proves that they did.
BEFORE_SENDING = f"""
SELECT r.platform, r.order_id, r.line_id, SUM(r.amount_cents) FROM refund r
WHERE r.shop_id = :shop AND r.refunded_on >= :start AND {COUNTS}
  AND r.stage <> 'after_ship' AND r.kind NOT IN ('return_refund', 'exchange', 'resend')
GROUP BY r.platform, r.order_id, r.line_id
"""
OF_THESE_ORDERS = f"""
SELECT {COLUMNS} FROM (
  SELECT DISTINCT r.shop_id, r.platform, r.order_id FROM refund r
  WHERE r.shop_id = :shop AND r.refunded_on >= :start AND r.stage <> 'after_ship'
    AND r.kind NOT IN ('return_refund', 'exchange', 'resend')
) r CROSS JOIN order_line l ON l.shop_id = r.shop_id AND l.platform = r.platform
  AND l.order_id = r.order_id {JOINED}
WHERE {OF_RANGE}
"""
CAME_BACK = f"""
SELECT {COLUMNS}, SUM(c.whole) FROM return_receipt c CROSS JOIN order_line l
  ON l.shop_id = c.shop_id AND l.platform = c.platform
  AND l.order_id = c.order_id AND l.line_id = c.line_id {JOINED}
WHERE c.shop_id = :shop AND c.whole > 0 AND {OF_RANGE}
GROUP BY l.platform, l.order_id, l.line_id
"""
Key = tuple[str, str, str]  # platform, order, line


def kept_from(connection: Connection, shop_id: int = 1) -> dict[str, date]:
    """The shop day from which on the stock of each SKU is kept."""
    cursor: Any = connection.connection.driver_connection
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    rows = cursor.execute("SELECT sku, tracked_from FROM stock_balance WHERE shop_id = ?", (shop_id,))
    return {sku: datetime.fromtimestamp(since, zone).date() for sku, since in rows}


def apart(connection: Connection, query: Query, kept: Mapping[str, date]) -> Iterator[tuple[str, str, int]]:
    """What the pieces that left differ from the pieces sold: (our SKU or its group, day, signed
    pieces), for lines that meet a question's conditions.
    """
    cursor: Any = connection.connection.driver_connection
    conditions, values = line_conditions(connection, query)
    lines: dict[Key, Any] = {}
    for row in cursor.execute(GIFTS_AND_CANCELLED + conditions, values):
        lines[row[:3]] = row
    unsent: set[Key] = set()
    returned: dict[Key, int] = {}
    if kept:  # else the refunds say what came back, and nothing of it is looked at here
        paid_back = list(cursor.execute(OF_THESE_ORDERS, values))
        unsent = _paid_back(cursor.execute(BEFORE_SENDING, values), paid_back)
        for row in cursor.execute(OF_THESE_ORDERS + conditions, values):
            lines[row[:3]] = row
        came_back = CAME_BACK.replace("GROUP BY", f"{conditions} GROUP BY")
        for row in cursor.execute(came_back, values):
            lines[row[:3]] = row[:-1]
            returned[row[:3]] = row[-1]
    for key, (_, _, _, day, sku, quantity, is_gift, is_cancelled, *_) in lines.items():
        is_kept = sku in kept and day >= kept[sku].isoformat()
        if not is_kept and not is_gift:
            continue
        left = 0 if is_cancelled or key in unsent else max(quantity - returned.get(key, 0), 0)
        if change := left - (0 if is_gift else quantity):
            yield sku, day, change


def _paid_back(refunds: Any, lines: list[Any]) -> set[Key]:
    """The lines whose money went back in all before they were sent, or that of their whole order."""
    of_line: dict[tuple[Any, ...], int] = {}
    of_order: defaultdict[tuple[str, str], int] = defaultdict(int)
    for platform, order, line, cents in refunds:
        of_line[platform, order, line] = cents
        of_order[platform, order] += cents
    paid: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in lines:
        paid[row[0], row[1]] += row[8]
    found = set()
    for row in lines:
        order = (row[0], row[1])
        own = of_line.get(row[:3], 0)
        if row[9]:
            continue  # it was sent all the same
        if 0 < row[8] <= own or 0 < paid[order] <= of_order[order]:
            found.add((row[0], row[1], row[2]))
    return found
