"""Whether stock agrees with its ledger and the orders; the check changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from shop.access.roles import SYSTEM
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.stock import ledger
from shop.stock.allocation import Allocator
from shop.stock.ledger import cursor_of
from shop.stock.order_demand import follow_orders

UNBALANCED = """
SELECT COUNT(*) FROM stock_balance b LEFT JOIN (
  SELECT sku, SUM(on_hand) AS on_hand, SUM(reserved) AS reserved FROM stock_movement
  WHERE shop_id = :shop GROUP BY sku
) m ON m.sku = b.sku
WHERE b.shop_id = :shop
  AND (b.on_hand <> COALESCE(m.on_hand, 0) OR b.reserved <> COALESCE(m.reserved, 0))
"""
UNCLAIMED = """
SELECT COUNT(*) FROM (
  SELECT platform, order_id, line_id, sku, SUM(taken - counted_out) AS pieces FROM stock_claim
  WHERE shop_id = :shop GROUP BY platform, order_id, line_id, sku
  UNION ALL
  SELECT platform, order_id, line_id, sku, SUM(on_hand) FROM stock_movement
  WHERE shop_id = :shop AND order_id IS NOT NULL AND reason IN ('sold', 'counted')
  GROUP BY platform, order_id, line_id, sku
) GROUP BY platform, order_id, line_id, sku HAVING SUM(pieces) <> 0
"""
RESERVED = """
SELECT ABS((SELECT COALESCE(SUM(kept), 0) FROM stock_hold WHERE shop_id = :shop)
  - (SELECT COALESCE(SUM(reserved), 0) FROM stock_balance WHERE shop_id = :shop))
"""
PLACES = """
SELECT DISTINCT platform, order_id FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on >= :day
UNION SELECT platform, order_id FROM stock_claim WHERE shop_id = :shop
"""


class _CheckRollback(Exception):
    """Rolls the trial back."""


def count_problems(db: Database, *, shop_id: int = 1) -> int:
    """How many SKUs, lines and reservations disagree with the ledger and the orders; 0 is correct."""
    with db.read() as connection:
        if not ledger.is_tracked(connection, shop_id):
            return 0
        run, place = cursor_of(connection).execute, {"shop": shop_id}
        problems = run(UNBALANCED, place).fetchone()[0] + run(RESERVED, place).fetchone()[0]
        problems += len(run(UNCLAIMED, place).fetchall())
    return int(problems) + _outdated(db, shop_id)


def _outdated(db: Database, shop_id: int) -> int:
    """How many rows allocating all orders again would change."""
    changes = 0
    try:
        with db.write() as connection:
            Allocator(connection, shop_id, now_seconds(), SYSTEM).allocate()  # reservations may have expired
            cursor = cursor_of(connection)
            before = cursor.total_changes
            follow_orders(connection, shop_id, _orders(connection, shop_id))
            changes = cursor.total_changes - before
            raise _CheckRollback
    except _CheckRollback:
        return int(changes)


def follow_all(db: Database, *, shop_id: int = 1) -> int:
    """Allocate all orders again, as if none had been imported; how many rows that changed."""
    with db.write() as connection:
        if not ledger.is_tracked(connection, shop_id):
            return 0
        before = cursor_of(connection).total_changes
        follow_orders(connection, shop_id, _orders(connection, shop_id))
        return int(cursor_of(connection).total_changes - before)


def _orders(connection: Connection, shop_id: int) -> dict[str, set[str]]:
    """All orders that may change stock, by platform."""
    since = datetime.fromtimestamp(ledger.tracked_since(connection, shop_id) or 0, UTC)
    day = (since - timedelta(days=1)).date().isoformat()
    orders: dict[str, set[str]] = {}
    for platform, order in cursor_of(connection).execute(PLACES, {"shop": shop_id, "day": day}):
        orders.setdefault(platform, set()).add(order)
    return orders
