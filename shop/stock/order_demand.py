"""What order lines request from stock, and allocations that follow them: exactly once, in any order.

A line requests its pieces (gifts included) from its payment on. It requests nothing while it is unpaid,
once it is cancelled before shipping, or once all its money was refunded before shipping. A shipped line
retains its pieces whatever is refunded: returned goods are booked by hand when they arrive
(shop/stock/returns.py), and are never booked a second time.

`follow_orders` compares what order lines request with their allocations, and moves only the difference:
importing an order again moves nothing. Only lines of a matched, tracked SKU count, and only those paid at
or after `tracked_from`: the opening count included the pieces of earlier ones. Where there are too few
pieces, shop/stock/allocation_policy.py decides over all orders known by now, so the outcome is
independent of import order; every reallocation is recorded as a movement.

Shipped before a count, imported after it: the piece was already missing when the SKU was counted, and
the count booked that difference. Such a line takes its pieces from the difference (`counted_out`: a
movement "counted" against the "sold" one), not from stock a second time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from shop.access.roles import SYSTEM, Actor
from shop.core.clock import now_seconds
from shop.metrics.refund_sql import COUNTS, NEVER_SENT
from shop.stock import ledger
from shop.stock.allocation import Allocator
from shop.stock.allocation_policy import Key
from shop.stock.allocation_store import COLUMNS, SET_STRIDE, Allocation
from shop.stock.ledger import cursor_of

ORDERS_AT_ONCE = 20_000
SENT = ("shipped", "delivered", "completed")


@dataclass(frozen=True)
class LineDemand:
    """What one order line requests, by its own state; moments are seconds UTC."""

    sku: str
    wanted: int
    paid_at: int
    is_shipped: bool
    shipped_at: int | None
    content_id: str | None
    set_sku: str | None = None


WANTS = f"""
SELECT l.platform, l.order_id, l.line_id, COALESCE(s.place, 0) * {SET_STRIDE}, COALESCE(s.part_sku, m.sku),
  l.quantity * COALESCE(s.pieces, 1), l.paid_at, l.status, l.shipped_at, l.content_id, l.buyer_paid_cents, s.set_sku
FROM json_each(:ids) j
CROSS JOIN order_line l ON l.shop_id = :shop AND l.platform = :platform AND l.order_id = j.value
JOIN sold_match m ON m.shop_id = l.shop_id AND m.name_key = l.name_key
LEFT JOIN set_part s ON s.shop_id = l.shop_id AND s.set_sku = m.sku AND s.from_at <= l.paid_at
  AND (s.until_at IS NULL OR l.paid_at < s.until_at)
JOIN stock_balance b ON b.shop_id = l.shop_id AND b.sku = COALESCE(s.part_sku, m.sku)
WHERE l.paid_at >= b.tracked_from AND l.status <> 'unpaid'
"""
BEFORE_SENDING = f"""
SELECT r.order_id, r.line_id, SUM(r.amount_cents)
FROM json_each(:ids) j
CROSS JOIN refund r ON r.shop_id = :shop AND r.platform = :platform AND r.order_id = j.value
WHERE {COUNTS} AND {NEVER_SENT}
GROUP BY r.order_id, r.line_id
"""
PAID_IN_ALL = """
SELECT l.order_id, SUM(l.buyer_paid_cents) FROM json_each(:ids) j
CROSS JOIN order_line l ON l.shop_id = :shop AND l.platform = :platform AND l.order_id = j.value
GROUP BY l.order_id
"""
OF_SKUS = """
SELECT name_key FROM sold_match WHERE shop_id = :shop AND (sku IN (SELECT value FROM json_each(:skus))
  OR sku IN (SELECT set_sku FROM set_part WHERE shop_id = :shop
    AND part_sku IN (SELECT value FROM json_each(:skus))))
"""
BY_NAME = """
SELECT DISTINCT l.platform, l.order_id FROM order_line l INDEXED BY order_line_paid_on
WHERE l.shop_id = :shop AND l.paid_on >= :day
  AND l.name_key IN (SELECT value FROM json_each(:names))
"""


def follow_orders(
    connection: Connection,
    shop_id: int = 1,
    orders: Mapping[str, set[str]] | None = None,
    name_keys: Iterable[int] | None = None,
    *,
    now: int | None = None,
    actor: Actor = SYSTEM,
) -> None:
    """Bring allocations and stock in line with these orders, and with all lines of these sold names.

    `orders` are order ids by platform. Call it inside the transaction that changed the lines,
    refunds or matches. Costs one query where no stock is tracked.
    """
    since = ledger.tracked_since(connection, shop_id)
    if since is None:
        return
    places: dict[str, set[str]] = {name: set(ids) for name, ids in (orders or {}).items()}
    for platform, order in _orders_of(connection, shop_id, name_keys, since):
        places.setdefault(platform, set()).add(order)
    for platform, ids in sorted(places.items()):
        ordered = sorted(ids)
        for start in range(0, len(ordered), ORDERS_AT_ONCE):
            _follow(connection, shop_id, platform, ordered[start : start + ORDERS_AT_ONCE], now, actor)


def _orders_of(
    connection: Connection, shop_id: int, name_keys: Iterable[int] | None, since: int
) -> Iterator[tuple[str, str]]:
    """The orders with these sold names since stock is tracked, as platform and order."""
    names = sorted(name_keys or ())
    if not names:
        return
    day = (datetime.fromtimestamp(since, UTC) - timedelta(days=1)).date().isoformat()
    values = {"shop": shop_id, "day": day, "names": json.dumps(names)}
    yield from cursor_of(connection).execute(BY_NAME, values).fetchall()


def _follow(
    connection: Connection, shop_id: int, platform: str, ids: Sequence[str], now: int | None, actor: Actor
) -> None:
    place = {"shop": shop_id, "platform": platform, "ids": json.dumps(ids)}
    wants = line_demands(connection, place)
    known: defaultdict[Key, list[Allocation]] = defaultdict(list)
    for allocation in _allocations_of_orders(connection, place):
        known[allocation.own].append(allocation)
    allocator = Allocator(connection, shop_id, now_seconds() if now is None else now, actor)
    for key in sorted(wants.keys() | known.keys()):
        for old, new in _changes(key, wants.get(key), known.get(key, [])):
            allocator.change(old, new)
    allocator.allocate()


def follow_skus(connection: Connection, skus: Iterable[str], *, shop_id: int = 1) -> None:
    """Allocate the order lines of these SKUs, and of the sets that they are parts of, since they are tracked."""
    rows = cursor_of(connection).execute(OF_SKUS, {"shop": shop_id, "skus": json.dumps(sorted(skus))})
    follow_orders(connection, shop_id, name_keys=[row[0] for row in rows.fetchall()])


def line_demands(connection: Connection, place: Mapping[str, Any]) -> dict[Key, LineDemand]:
    """What the lines of these orders request, the parts of a set each; `place` has shop, platform and ids (JSON)."""
    cursor = cursor_of(connection)
    rows = cursor.execute(WANTS, place).fetchall()
    if not rows:
        return {}
    back = _refunds_before_shipping(cursor, place)
    demands = {}
    for platform, order, line, part, sku, quantity, paid_at, status, shipped_at, content, paid, of in rows:
        is_shipped = shipped_at is not None or status in SENT
        gone = status == "cancelled" or back.covers(order, line, paid)
        pieces = 0 if gone and not is_shipped else max(quantity, 0)
        demand = LineDemand(sku, pieces, paid_at, is_shipped, shipped_at, content, of)
        demands[platform, order, line, part] = demand
    return demands


@dataclass(frozen=True)
class _RefundsBeforeShipping:
    """Money refunded before shipping, by line and by order; amounts are cents."""

    lines: dict[tuple[str, str | None], int]
    orders: dict[str, int]
    paid: dict[str, int]

    def covers(self, order: str, line: str, paid: int) -> bool:
        """Whether all that was paid for a line, or for its whole order, was refunded."""
        if order not in self.orders:
            return False
        own = self.lines.get((order, line), 0)
        return 0 < paid <= own or 0 < self.paid.get(order, 0) <= self.orders[order]


def _refunds_before_shipping(cursor: Any, place: Mapping[str, Any]) -> _RefundsBeforeShipping:
    lines: dict[tuple[str, str | None], int] = {}
    orders: defaultdict[str, int] = defaultdict(int)
    for order, line, amount in cursor.execute(BEFORE_SENDING, place):
        lines[order, line] = amount
        orders[order] += amount
    paid = {}
    if orders:
        values = {**place, "ids": json.dumps(sorted(orders))}
        paid = dict(cursor.execute(PAID_IN_ALL, values).fetchall())
    return _RefundsBeforeShipping(lines, dict(orders), paid)


def _allocations_of_orders(connection: Connection, place: Mapping[str, Any]) -> list[Allocation]:
    sql = (
        f"SELECT {COLUMNS} FROM json_each(:ids) j CROSS JOIN stock_claim c "
        "ON c.shop_id = :shop AND c.platform = :platform AND c.order_id = j.value"
    )
    return [Allocation(*row) for row in cursor_of(connection).execute(sql, place)]


def _changes(
    key: Key, demand: LineDemand | None, known: Sequence[Allocation]
) -> Iterator[tuple[Allocation | None, Allocation | None]]:
    """Each allocation of a line (of one part of a set) as it stands and as it has to be."""
    by_part = {allocation.part: allocation for allocation in known}
    quantity = demand.wanted if demand else 0
    old = by_part.pop(key[-1], None)
    yield old, _own(key, demand, old, quantity)
    left = quantity
    for part in sorted(by_part):
        allocation = by_part[part]
        pieces = min(allocation.agreed, left)
        left -= pieces
        yield allocation, _with_state(replace(allocation, wanted=max(pieces, allocation.returned)), demand)


def _own(key: Key, demand: LineDemand | None, old: Allocation | None, quantity: int) -> Allocation | None:
    """The allocation of the line itself, less what was agreed to be settled otherwise.

    What came back stays with the SKU under which it was received.
    """
    if demand is None:
        if old is None or replace(old, wanted=0).is_empty:
            return None
        return replace(old, wanted=old.returned, is_shipped=False, shipped_at=None)
    new = Allocation(*key, demand.sku, 0) if old is None else old
    if not new.returned:
        new = replace(new, sku=demand.sku, set_sku=demand.set_sku)
    new = _with_state(replace(new, wanted=max(quantity - new.agreed, new.returned)), demand)
    return None if new.is_empty else new


def _with_state(allocation: Allocation, demand: LineDemand | None) -> Allocation:
    if demand is None:
        return replace(allocation, is_shipped=False, shipped_at=None)
    return replace(
        allocation,
        paid_at=demand.paid_at,
        is_shipped=demand.is_shipped,
        shipped_at=demand.shipped_at,
        content_id=demand.content_id,
    )
