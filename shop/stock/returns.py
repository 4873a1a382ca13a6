"""Returns: a refund that requires goods back is expected here until somebody receives the parcel.

Shipped goods never come back to stock by themselves: they may be broken. Whoever opens the parcel enters
how many pieces are whole (for sale again), broken, or missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import from_seconds, now_seconds, to_seconds
from shop.core.errors import ShopError
from shop.core.text import sku_title
from shop.db.database import Database
from shop.stock import ledger
from shop.stock.allocation import Allocator, require_available
from shop.stock.allocation_store import allocation_of
from shop.stock.ledger import Movement, cursor_of
from shop.stock.order_demand import follow_orders

BACK = "('return_refund', 'exchange')"
# Cases that bring goods back, and parcels that were cancelled under way without any case; each with
# every allocation that it may be about.
OF_ORDER = "AND c.platform = :platform AND c.order_id = :order"
CASES = f"""
SELECT c.shop_id, c.platform, c.order_id, c.line_id, c.part, r.refund_id, r.kind, r.status, r.reason,
  COALESCE(r.refunded_at, r.requested_at) AS since, c.sku, c.taken - c.returned AS pieces, c.set_sku
FROM refund r
JOIN stock_claim c ON c.shop_id = r.shop_id AND c.platform = r.platform
  AND c.order_id = r.order_id AND (c.line_id = r.line_id OR NOT EXISTS (
    SELECT 1 FROM order_line l WHERE l.shop_id = r.shop_id AND l.platform = r.platform
      AND l.order_id = r.order_id AND l.line_id = r.line_id))
WHERE r.shop_id = :shop {{of_order}} AND r.kind IN {BACK} AND r.status <> 'closed' AND c.is_shipped
  AND c.taken > c.returned AND NOT EXISTS (SELECT 1 FROM return_receipt x
    WHERE x.shop_id = c.shop_id AND x.platform = c.platform AND x.order_id = c.order_id
      AND x.line_id = c.line_id AND x.refund_id = r.refund_id AND x.part = c.part)
UNION ALL
SELECT c.shop_id, c.platform, c.order_id, c.line_id, c.part, '', 'cancelled', 'asked', NULL,
  l.updated_at, c.sku, c.taken - c.returned, c.set_sku
FROM order_line l INDEXED BY order_line_turned_back
CROSS JOIN stock_claim c ON c.shop_id = l.shop_id AND c.platform = l.platform
  AND c.order_id = l.order_id AND c.line_id = l.line_id
WHERE l.shop_id = :shop {{of_order}} AND l.status = 'cancelled' AND l.shipped_at IS NOT NULL AND c.is_shipped
  AND c.taken > c.returned
  AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.shop_id = c.shop_id AND r.platform = c.platform
    AND r.order_id = c.order_id AND r.status <> 'closed'
    AND r.kind IN ('return_refund', 'exchange', 'refund_only'))
  AND NOT EXISTS (SELECT 1 FROM return_receipt x WHERE x.shop_id = c.shop_id
    AND x.platform = c.platform AND x.order_id = c.order_id AND x.line_id = c.line_id
    AND x.part = c.part)
"""
EXPECTED = f"""
SELECT e.platform, e.order_id, e.line_id, e.part, e.refund_id, e.kind, e.status, e.reason, e.since, e.sku,
  e.pieces, v.title, p.title, e.set_sku
FROM ({CASES}) e
LEFT JOIN variant v ON v.shop_id = e.shop_id AND v.sku = e.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
ORDER BY e.since, e.platform, e.order_id, e.line_id, e.part, e.refund_id
"""


class NoSuchReturn(ShopError):
    """No return is expected for this line, or it was received already."""

    message = "No return is expected for line {line} of order {order} ({platform})."


class BadReceipt(ShopError):
    """The pieces received do not fit the pieces that were sent."""

    message = "At most {most} pieces can come back; {found} were entered. Enter at least 1."


@dataclass(frozen=True)
class Return:
    """Pieces of one order line that are expected back; `refund_id` is the platform's case, or "".

    The parts of a set come back each on its own: one of its cups may be broken.
    """

    platform: str
    order_id: str
    line_id: str
    part: int
    refund_id: str
    kind: str
    status: str
    reason: str | None
    since: datetime | None
    sku: str
    pieces: int
    title: str
    set_sku: str | None = None

    @property
    def key(self) -> tuple[str, str, str, int, str]:
        """The key by which the return is received."""
        return self.platform, self.order_id, self.line_id, self.part, self.refund_id


def expected(db: Database, *, shop_id: int = 1) -> list[Return]:
    """The returns that nobody has received yet, the oldest first."""
    with db.read() as connection:
        return _expected(connection, shop_id)


def count(db: Database, *, shop_id: int = 1) -> int:
    """How many returns nobody has received yet."""
    sql = f"SELECT COUNT(*) FROM ({CASES.format(of_order='')}) e"
    with db.read() as connection:
        return int(cursor_of(connection).execute(sql, {"shop": shop_id}).fetchone()[0])


def _expected(
    connection: Connection, shop_id: int, platform: str | None = None, order_id: str | None = None
) -> list[Return]:
    """The expected returns of a shop or, where given, of one order."""
    cursor = cursor_of(connection)
    if cursor.execute("SELECT 1 FROM stock_claim WHERE shop_id = ? LIMIT 1", (shop_id,)).fetchone() is None:
        return []  # without looking at every refund
    sql = EXPECTED.format(of_order="" if order_id is None else OF_ORDER)
    rows = cursor.execute(sql, {"shop": shop_id, "platform": platform, "order": order_id}).fetchall()
    return [
        Return(
            platform,
            order,
            line,
            part,
            case,
            kind,
            status,
            reason,
            None if at is None else from_seconds(at),
            sku,
            pieces,
            sku_title(sku, product, variant),
            of,
        )
        for (
            platform,
            order,
            line,
            part,
            case,
            kind,
            status,
            reason,
            at,
            sku,
            pieces,
            variant,
            product,
            of,
        ) in rows
    ]


def receive_return(
    db: Database,
    platform: str,
    order_id: str,
    line_id: str,
    *,
    whole: int = 0,
    broken: int = 0,
    missing: int = 0,
    actor: Actor,
    refund_id: str | None = None,
    part: int = 0,
    at: datetime | None = None,
    why: str | None = None,
    shop_id: int = 1,
) -> None:
    """Receive a return: whole pieces are for sale again, broken and missing ones not.

    `refund_id` is needed only where a line has several cases; `at` is when the parcel came (None: now).
    Raises NoSuchReturn, BadReceipt.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        expected_returns = [
            item
            for item in _expected(connection, shop_id, platform, order_id)
            if (item.line_id, item.part) == (line_id, part) and refund_id in (None, item.refund_id)
        ]
        if not expected_returns:
            raise NoSuchReturn(platform=platform, order=order_id, line=line_id)
        pieces = whole + broken + missing
        if min(whole, broken, missing) < 0 or not 1 <= pieces <= expected_returns[0].pieces:
            raise BadReceipt(most=expected_returns[0].pieces, found=pieces)
        _receive(
            connection, shop_id, expected_returns[0], (whole, broken, missing), actor, why, to_seconds(at)
        )
        log_action(
            connection,
            actor,
            "receive_return",
            expected_returns[0].sku,
            changes=pieces,
            shop_id=shop_id,
            undo={"stock": {"receipt": list(expected_returns[0].key)}},
        )


def _receive(
    connection: Connection,
    shop_id: int,
    item: Return,
    pieces: tuple[int, int, int],
    actor: Actor,
    why: str | None,
    moment: int,
) -> None:
    cursor_of(connection).execute(
        "INSERT INTO return_receipt (shop_id, platform, order_id, line_id, part, refund_id, sku, "
        "whole, broken, missing, received_at, received_by, note) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (shop_id, *item.key, item.sku, *pieces, moment, actor.name, why),
    )
    _move(connection, shop_id, item, (pieces[0] + pieces[1], -pieces[1]), sum(pieces), actor, why, moment)


def _move(
    connection: Connection,
    shop_id: int,
    item: Return,
    change: tuple[int, int],
    returned: int,
    actor: Actor,
    why: str | None,
    moment: int,
) -> None:
    """Come back, break, and note on the allocation how many pieces came back."""
    allocator = Allocator(connection, shop_id, now_seconds(), actor)
    serial = ledger.last_movement(connection, shop_id)
    for number, (reason, pieces) in enumerate(zip(("returned", "broken"), change, strict=True), 1):
        if pieces:
            key = f"return/{'/'.join(map(str, item.key))}/{serial + number}"
            allocator.add(
                Movement(
                    item.sku,
                    reason,
                    key,
                    pieces,
                    booked_at=moment,
                    actor=actor.name,
                    note=why,
                    platform=item.platform,
                    order_id=item.order_id,
                    line_id=item.line_id,
                )
            )
    allocation = allocation_of(connection, shop_id, item.key[:4])
    assert allocation is not None
    allocator.change(allocation, replace(allocation, returned=allocation.returned + returned))
    allocator.allocate()
    follow_orders(connection, shop_id, {item.platform: {item.order_id}})


def undo(
    db: Database,
    platform: str,
    order_id: str,
    line_id: str,
    *,
    actor: Actor,
    refund_id: str | None = None,
    part: int = 0,
    shop_id: int = 1,
) -> None:
    """Undo the receipt of a return: it is expected again.

    Raises NoSuchReturn, and OutOfStock where the whole pieces were sold again.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        row = (
            cursor_of(connection)
            .execute(
                "DELETE FROM return_receipt WHERE shop_id = ? AND platform = ? AND order_id = ? "
                "AND line_id = ? AND part = ? AND (?6 IS NULL OR refund_id = ?6) "
                "RETURNING refund_id, sku, whole, broken, missing",
                (shop_id, platform, order_id, line_id, part, refund_id),
            )
            .fetchone()
        )
        if row is None:
            raise NoSuchReturn(platform=platform, order=order_id, line=line_id)
        _undo_receipt(connection, shop_id, (platform, order_id, line_id, part), row, actor)
        log_action(connection, actor, "take_back_return", row[1], shop_id=shop_id)


def _undo_receipt(
    connection: Connection, shop_id: int, key: tuple[str, str, str, int], row: Any, actor: Actor
) -> None:
    case, sku, whole, broke, missing = row
    if whole:
        require_available(connection, sku, whole, now_seconds(), shop_id=shop_id)
    item = Return(*key, case, "", "", None, None, sku, 0, "")
    _move(
        connection,
        shop_id,
        item,
        (-whole - broke, broke),
        -(whole + broke + missing),
        actor,
        None,
        now_seconds(),
    )
