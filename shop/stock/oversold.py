"""Oversold order lines: more pieces were sold than exist, and somebody must decide.

It shows in the import that brings the second order. The order paid first gets the piece
(shop/stock/allocation_policy.py); the other is short until a piece arrives, or until it is settled: with
a sibling SKU that the buyer accepts, by delivering later, or with a refund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import from_seconds, now_seconds, to_seconds
from shop.core.errors import ShopError
from shop.core.text import sku_title
from shop.db.database import Database
from shop.stock.allocation import Allocator, require_available
from shop.stock.allocation_store import SET_STRIDE, Allocation, allocation_of
from shop.stock.ledger import cursor_of
from shop.stock.order_demand import follow_orders

Settlement = Literal["sibling", "waits", "refunded"]
SETTLEMENTS: tuple[Settlement, ...] = ("sibling", "waits", "refunded")
FIRST_SHOWN = 3
SIBLINGS_SHOWN = 5
SHORT = """
SELECT c.platform, c.order_id, c.line_id, c.part, c.sku, c.wanted, c.short, c.paid_at, c.is_shipped,
  c.settled_how, c.settled_by, v.title, p.title, v.stock_policy, c.set_sku
FROM stock_claim c
LEFT JOIN variant v ON v.shop_id = c.shop_id AND v.sku = c.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE c.shop_id = :shop AND c.short > 0
ORDER BY c.settled_how IS NOT NULL, c.paid_at, c.platform, c.order_id, c.line_id, c.part
"""
# The orders that got the pieces instead, the last paid first.
FIRST = """
SELECT c.platform, c.order_id, c.paid_at, c.is_shipped FROM stock_claim c
WHERE c.shop_id = :shop AND c.sku = :sku AND c.taken > c.returned
  AND NOT (c.platform = :platform AND c.order_id = :order)
ORDER BY c.paid_at DESC, c.platform, c.order_id LIMIT :most
"""
# The same form and glaze, then the same form; the same size before others, then the nearest price.
SIBLINGS = """
SELECT s.sku, q.title, s.title, b.on_hand - b.reserved + COALESCE(e.expired, 0),
  q.glaze IS p.glaze, s.price_cents, s.currency
FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
JOIN product q ON q.shop_id = p.shop_id AND q.form = p.form AND NOT q.is_archived
JOIN variant s ON s.shop_id = q.shop_id AND s.product_code = q.product_code
  AND s.sku <> v.sku AND NOT s.is_archived
JOIN stock_balance b ON b.shop_id = s.shop_id AND b.sku = s.sku
LEFT JOIN (SELECT shop_id, sku, SUM(kept) AS expired FROM stock_hold WHERE ended_at IS NULL
  AND expires_at <= :now GROUP BY shop_id, sku) e ON e.shop_id = b.shop_id AND e.sku = b.sku
WHERE v.shop_id = :shop AND v.sku = :sku
  AND b.on_hand - b.reserved + COALESCE(e.expired, 0) >= :pieces
ORDER BY q.glaze IS p.glaze DESC, COALESCE(s.size, q.size) IS COALESCE(v.size, p.size) DESC,
  ABS(COALESCE(s.volume_ml, 0) - COALESCE(v.volume_ml, 0)),
  ABS(COALESCE(s.price_cents, 0) - COALESCE(v.price_cents, 0)), s.sku
LIMIT :most
"""


class NotShort(ShopError):
    """The order line has its pieces, or is settled already."""

    message = "Order {order} ({platform}) lacks nothing that is still to be settled."


class NoSibling(ShopError):
    """A settlement with a sibling piece that does not name one."""

    message = "Name the SKU that the buyer gets instead of {sku}."


@dataclass(frozen=True)
class Sibling:
    """A SKU in stock that could go out instead: of the same form, and of the same glaze or not."""

    sku: str
    title: str
    available: int
    has_same_glaze: bool
    price_cents: int | None
    currency: str


@dataclass(frozen=True)
class ServedOrder:
    """An order that got a piece which another one lacks."""

    platform: str
    order_id: str
    paid_at: datetime
    is_shipped: bool


@dataclass(frozen=True)
class OversoldLine:
    """One order line that lacks pieces; the orders in `first` got them instead.

    The pieces of a set are lines of their own here: `set_sku` is the set that was sold.
    """

    platform: str
    order_id: str
    line_id: str
    part: int
    sku: str
    title: str
    wanted: int
    short: int
    paid_at: datetime
    is_shipped: bool
    is_unique: bool
    settled_how: str | None
    settled_by: str | None
    set_sku: str | None
    first: tuple[ServedOrder, ...]
    siblings: tuple[Sibling, ...]

    @property
    def key(self) -> tuple[str, str, str, int]:
        """The key by which it is settled."""
        return self.platform, self.order_id, self.line_id, self.part


def oversold(
    db: Database, *, settled: bool = False, now: datetime | None = None, shop_id: int = 1
) -> list[OversoldLine]:
    """The order lines that lack pieces, who paid first, and what could go out instead.

    Only what nobody has decided yet, unless `settled`.
    """
    with db.read() as connection:
        rows = cursor_of(connection).execute(SHORT, {"shop": shop_id}).fetchall()
        return [
            _oversold_line(connection, shop_id, row, to_seconds(now))
            for row in rows
            if settled or row[9] is None
        ]


def undecided_count(connection: Connection, shop_id: int = 1) -> int:
    """How many order lines lack pieces and need a decision."""
    row = cursor_of(connection).execute(
        "SELECT COUNT(*) FROM stock_claim WHERE shop_id = ? AND short > 0 AND settled_how IS NULL", (shop_id,)
    )
    return int(row.fetchone()[0])


def _oversold_line(connection: Connection, shop_id: int, row: Sequence[Any], now: int) -> OversoldLine:
    (platform, order, line, part, sku, wanted, short, paid_at, shipped, how, by, own, product, policy, of) = (
        row
    )
    return OversoldLine(
        platform,
        order,
        line,
        part,
        sku,
        sku_title(sku, product, own),
        wanted,
        short,
        from_seconds(paid_at),
        bool(shipped),
        policy == "one_of_a_kind",
        how,
        by,
        of,
        _first(connection, shop_id, sku, platform, order),
        siblings(connection, sku, short, now, shop_id=shop_id),
    )


def _first(
    connection: Connection, shop_id: int, sku: str, platform: str, order: str
) -> tuple[ServedOrder, ...]:
    place = {"shop": shop_id, "sku": sku, "platform": platform, "order": order, "most": FIRST_SHOWN}
    rows = cursor_of(connection).execute(FIRST, place).fetchall()
    return tuple(ServedOrder(name, number, from_seconds(at), bool(sent)) for name, number, at, sent in rows)


def siblings(
    connection: Connection, sku: str, pieces: int, now: int, *, shop_id: int = 1
) -> tuple[Sibling, ...]:
    """SKUs of the same form with at least `pieces` free, the most similar first."""
    place = {"shop": shop_id, "sku": sku, "pieces": pieces, "now": now, "most": SIBLINGS_SHOWN}
    rows = cursor_of(connection).execute(SIBLINGS, place).fetchall()
    return tuple(
        Sibling(other, sku_title(other, product, own), free, bool(same), price, currency)
        for other, product, own, free, same, price, currency in rows
    )


def settle(
    db: Database,
    platform: str,
    order_id: str,
    line_id: str,
    how: Settlement,
    *,
    actor: Actor,
    sibling: str | None = None,
    part: int = 0,
    shop_id: int = 1,
) -> None:
    """Settle an order line that lacks pieces.

    sibling: the buyer takes pieces of another SKU, which are allocated to the order now; waits: it stays
    in the queue without a reminder; refunded: it requests nothing more.
    Raises NotShort, NoSibling, OutOfStock (of the sibling), NotAllowed.
    """
    require(actor, "edit_stock")
    now = now_seconds()
    with db.write() as connection:
        allocation = allocation_of(connection, shop_id, (platform, order_id, line_id, part))
        if allocation is None or not allocation.short or (allocation.settled_how and how == "waits"):
            raise NotShort(platform=platform, order=order_id)
        allocator = Allocator(connection, shop_id, now, actor)
        settled = replace(allocation, settled_at=now, settled_by=actor.name, settled_how=how)
        if how != "waits":  # a short sibling part is no longer agreed; the line itself requests less
            change = -allocation.short if allocation.is_sibling else allocation.short
            settled = replace(settled, wanted=allocation.taken, agreed=allocation.agreed + change)
        if how == "sibling":
            if not sibling or sibling == allocation.sku:
                raise NoSibling(sku=allocation.sku)
            require_available(connection, sibling, allocation.short, now, shop_id=shop_id)
            allocator.change(None, _instead(connection, shop_id, allocation, sibling))
        allocator.change(allocation, settled)
        allocator.allocate()
        log_action(
            connection,
            actor,
            f"settle_{how}",
            allocation.sku,
            changes=allocation.short,
            shop_id=shop_id,
            undo={"stock": {"settled": [platform, order_id, line_id, part]}},
        )


def _instead(connection: Connection, shop_id: int, allocation: Allocation, sku: str) -> Allocation:
    """The allocation on the sibling: the next part of the same line."""
    (last,) = (
        cursor_of(connection)
        .execute(
            "SELECT MAX(part) FROM stock_claim WHERE shop_id = ? AND platform = ? AND order_id = ? "
            "AND line_id = ? AND part BETWEEN ? AND ?",
            (shop_id, *allocation.own, allocation.own[-1] + SET_STRIDE - 1),
        )
        .fetchone()
    )
    return Allocation(
        *allocation.line,
        last + 1,
        sku,
        allocation.short,
        agreed=allocation.short,
        paid_at=allocation.paid_at,
        is_shipped=allocation.is_shipped,
        shipped_at=allocation.shipped_at,
        content_id=allocation.content_id,
        set_sku=allocation.set_sku,
    )


def unsettle(
    db: Database, platform: str, order_id: str, line_id: str, *, actor: Actor, part: int = 0, shop_id: int = 1
) -> None:
    """Undo the settlement of a line (of one part of a set): its sibling pieces are released, it requests its own again.

    Raises NotShort where nothing was decided, or where pieces of a sibling came back already.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        own = part - part % SET_STRIDE
        allocation = allocation_of(connection, shop_id, (platform, order_id, line_id, own))
        if allocation is None or allocation.settled_how is None:
            raise NotShort(platform=platform, order=order_id)
        allocator = Allocator(connection, shop_id, now_seconds(), actor)
        for number in range(own + 1, own + SET_STRIDE):
            other = allocation_of(connection, shop_id, (platform, order_id, line_id, number))
            if other is None:
                break
            if other.returned:
                raise NotShort(platform=platform, order=order_id)
            allocator.change(other, None)
        allocator.change(
            allocation, replace(allocation, agreed=0, settled_at=None, settled_by=None, settled_how=None)
        )
        allocator.allocate()
        follow_orders(connection, shop_id, {platform: {order_id}})
        log_action(connection, actor, "unsettle", allocation.sku, shop_id=shop_id)
