"""The ledger as people read it: every movement of one SKU, and the open reservations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.core.clock import from_seconds, to_seconds
from shop.core.text import full_title
from shop.db.database import Database
from shop.stock.ledger import cursor_of

MOVEMENTS = """
SELECT movement_id, moved_at, reason, on_hand, reserved,
  SUM(on_hand) OVER (ORDER BY moved_at, movement_id), actor, note, platform, order_id, batch_id,
  count_id, hold_id, undoes, EXISTS (SELECT 1 FROM stock_movement u WHERE u.shop_id = m.shop_id
    AND u.move_key = 'undo/' || m.movement_id)
FROM stock_movement m WHERE shop_id = :shop AND sku = :sku
ORDER BY moved_at DESC, movement_id DESC LIMIT :most
"""
OPEN = """
SELECT h.hold_id, h.sku, COALESCE(p.title, v.title, h.sku),
  CASE WHEN p.title IS NULL THEN '' ELSE COALESCE(v.title, v.size, '') END, h.quantity, h.kept,
  h.platform, h.session_id, h.note, h.made_at, h.made_by, h.expires_at
FROM stock_hold h
LEFT JOIN variant v ON v.shop_id = h.shop_id AND v.sku = h.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE h.shop_id = :shop AND h.ended_at IS NULL AND h.expires_at > :now
ORDER BY h.expires_at, h.hold_id
"""


@dataclass(frozen=True)
class HistoryEntry:
    """One movement, and the pieces on hand after it; `booked_at` is UTC."""

    movement_id: int
    booked_at: datetime
    reason: str
    on_hand: int
    reserved: int
    after: int
    actor: str
    note: str | None
    platform: str | None
    order_id: str | None
    batch_id: str | None
    count_id: int | None
    reservation_id: int | None
    undoes: int | None
    is_undone: bool

    @property
    def can_undo(self) -> bool:
        """Whether it was booked by hand and was not undone.

        All others follow their order, count, reservation or kiln batch, and are corrected there.
        """
        follows = (self.order_id, self.count_id, self.reservation_id, self.batch_id, self.undoes)
        return (
            self.reserved == 0
            and not self.is_undone
            and not any(reference is not None for reference in follows)
        )


@dataclass(frozen=True)
class OpenReservation:
    """An open reservation: `remaining` pieces are reserved, the rest went to its session's orders."""

    reservation_id: int
    sku: str
    product: str
    spec: str
    quantity: int
    remaining: int
    platform: str | None
    session_id: str | None
    note: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime

    @property
    def title(self) -> str:
        """The product and which form of it."""
        return full_title(self.product, self.spec)


def movements(db: Database, sku: str, *, limit: int = 50, shop_id: int = 1) -> list[HistoryEntry]:
    """The latest movements of a SKU, newest first."""
    values: dict[str, Any] = {"shop": shop_id, "sku": sku, "most": limit}
    with db.read() as connection:
        rows = cursor_of(connection).execute(MOVEMENTS, values).fetchall()
    return [_entry(*row) for row in rows]


def _entry(number: int, at: int, *rest: Any) -> HistoryEntry:
    values: list[Any] = [number, from_seconds(at), *rest[:-1], bool(rest[-1])]
    return HistoryEntry(*values)


def open_reservations(
    db: Database, now: datetime | None = None, *, shop_id: int = 1
) -> list[OpenReservation]:
    """The open reservations, by the moment in which they end."""
    with db.read() as connection:
        rows = cursor_of(connection).execute(OPEN, {"shop": shop_id, "now": to_seconds(now)}).fetchall()
    return [_reservation(*row) for row in rows]


def _reservation(*row: Any) -> OpenReservation:
    values: list[Any] = [*row[:9], from_seconds(row[9]), row[10], from_seconds(row[11])]
    return OpenReservation(*values)
