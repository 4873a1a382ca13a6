"""Reservations: pieces reserved for somebody, mostly for a live session, until a moment.

A reservation does not change the pieces on hand but what is available, so that the piece is sold nowhere
else meanwhile. An order of the same live session (or platform) that is paid while the reservation lasts
takes the reserved piece; nobody has to release it for that. A reservation expires by itself: the next
write releases it, and reads count its pieces as free from that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import to_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock.allocation import reallocate, require_available
from shop.stock.reservation_store import end_reservation, insert_reservation, open_reservation, set_expiry
from shop.stock.sets import SetComponent, parts_of

LASTS = {  # how long a reservation may be chosen to last
    "minutes_30": timedelta(minutes=30),
    "hours_2": timedelta(hours=2),
    "hours_6": timedelta(hours=6),
    "day": timedelta(days=1),
    "days_3": timedelta(days=3),
    "days_7": timedelta(days=7),
}
USUAL = "hours_2"
LONGEST = timedelta(days=14)


class UnknownReservation(ShopError):
    """There is no such reservation, or it has ended."""

    message = "Hold {hold} has ended already or never was."


class BadReservation(ShopError):
    """A reservation without pieces, or with an end that is past or too far away."""

    message = "A hold needs at least one piece and an end within {days} days from now."


def reserve(
    db: Database,
    sku: str,
    quantity: int,
    *,
    until: datetime,
    actor: Actor,
    platform: str | None = None,
    session_id: str | None = None,
    note_text: str | None = None,
    now: datetime | None = None,
    shop_id: int = 1,
) -> int:
    """Reserve pieces until a moment; the number of the reservation.

    With a platform, its orders that are paid while the reservation lasts take the reserved pieces (only
    those of `session_id` where both are known). Of a set its parts are reserved, a reservation each; the number is
    that of the first. Raises OutOfStock, NotTracked, BadReservation.
    """
    require(actor, "edit_stock")
    moment, end = to_seconds(now), to_seconds(until)
    if quantity < 1 or not moment < end <= moment + LONGEST.total_seconds():
        raise BadReservation(days=LONGEST.days)
    with db.write() as connection:
        parts = parts_of(connection, sku, shop_id)
        note = (note_text or sku) if parts else note_text
        numbers = []
        for part in parts or (SetComponent(sku, 1),):
            pieces = quantity * part.pieces
            require_available(connection, part.sku, pieces, moment, shop_id=shop_id)
            values = (part.sku, pieces, platform, session_id, note, moment, actor.name, end)
            numbers.append(insert_reservation(connection, shop_id, values))
            reallocate(connection, shop_id, part.sku, moment, actor)
        undo = {"stock": {"hold_id": numbers[0]} | ({"further": numbers[1:]} if numbers[1:] else {})}
        log_action(connection, actor, "hold", sku, changes=quantity, shop_id=shop_id, undo=undo)
    return numbers[0]


def extend(
    db: Database,
    reservation_id: int,
    until: datetime,
    *,
    actor: Actor,
    now: datetime | None = None,
    shop_id: int = 1,
) -> None:
    """Let a reservation last until another moment; raises UnknownReservation where it has ended."""
    require(actor, "edit_stock")
    moment, end = to_seconds(now), to_seconds(until)
    if not moment < end <= moment + LONGEST.total_seconds():
        raise BadReservation(days=LONGEST.days)
    with db.write() as connection:
        sku, before = _open(connection, shop_id, reservation_id, moment)
        set_expiry(connection, shop_id, reservation_id, end)
        reallocate(connection, shop_id, sku, moment, actor)
        undo = {"stock": {"hold_id": reservation_id, "expires_at": before}}
        log_action(connection, actor, "extend", sku, shop_id=shop_id, undo=undo)


def release(
    db: Database, reservation_id: int, *, actor: Actor, now: datetime | None = None, shop_id: int = 1
) -> None:
    """End a reservation before its time; its pieces are free, or go to an order that lacks them."""
    require(actor, "edit_stock")
    moment = to_seconds(now)
    with db.write() as connection:
        sku, _ = _open(connection, shop_id, reservation_id, moment)
        end_reservation(connection, shop_id, reservation_id, moment, "released")
        reallocate(connection, shop_id, sku, moment, actor)
        log_action(connection, actor, "release", sku, shop_id=shop_id)


def _open(connection: Connection, shop_id: int, reservation_id: int, now: int) -> tuple[str, int]:
    """SKU and end of a reservation that is still open; raises UnknownReservation."""
    row = open_reservation(connection, shop_id, reservation_id, now)
    if row is None:
        raise UnknownReservation(hold=reservation_id)
    return row
