"""Pieces kept aside for somebody, mostly for a live session, until a moment; then they are free again.

A hold takes nothing from the shelf: it takes from what may be promised, so that the piece is sold
nowhere else meanwhile. An order of the same live session (or platform) that is paid while the hold
lasts takes the held piece; nobody has to release it for that. A hold ends by itself: the next write
releases it, and what is read meanwhile counts it as free already.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock import allocation_policy, ledger
from shop.stock.allocation_policy import Held
from shop.stock.ledger import Movement, OutOfStock, cursor_of

LONGEST = timedelta(days=14)


class UnknownHold(ShopError):
    """There is no such hold, or it has ended."""

    message = "Hold {hold} has ended already or never was."


class BadHold(ShopError):
    """A hold without pieces or without an end in reach."""

    message = "A hold needs at least one piece and an end within {days} days from now."


def hold(
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
    """Keep pieces aside until a moment; the number of the hold.

    With a platform, its orders that are paid while the hold lasts take the held pieces (only those of
    `session_id` where both are known). Raises OutOfStock, NotTracked, BadHold.
    """
    require(actor, "edit_stock")
    moment, end = ledger.seconds(now), ledger.seconds(until)
    if quantity < 1 or not moment < end <= moment + LONGEST.total_seconds():
        raise BadHold(days=LONGEST.days)
    with db.write() as connection:
        free(connection, sku, quantity, moment, shop_id=shop_id)
        hold_id = _open(
            connection, shop_id, (sku, quantity, platform, session_id, note_text, moment, actor.name, end)
        )
        _settle(connection, shop_id, sku, moment, actor)
        log_action(
            connection,
            actor,
            "hold",
            sku,
            changes=quantity,
            shop_id=shop_id,
            undo={"stock": {"hold_id": hold_id}},
        )
    return hold_id


def free(connection: Connection, sku: str, quantity: int, now: int, *, shop_id: int = 1) -> ledger.Balance:
    """The balance of a SKU that can give this many pieces now; raises OutOfStock or NotTracked."""
    _settle(connection, shop_id, sku, now)
    found = ledger.balances(connection, [sku], shop_id=shop_id).get(sku)
    if found is None:
        raise ledger.NotTracked(sku=sku)
    if found.available < quantity:
        raise OutOfStock(sku=sku, asked=quantity, available=max(found.available, 0))
    return found


def extend(
    db: Database,
    hold_id: int,
    until: datetime,
    *,
    actor: Actor,
    now: datetime | None = None,
    shop_id: int = 1,
) -> None:
    """Let a hold last until another moment; raises UnknownHold where it ended meanwhile."""
    require(actor, "edit_stock")
    moment, end = ledger.seconds(now), ledger.seconds(until)
    if not moment < end <= moment + LONGEST.total_seconds():
        raise BadHold(days=LONGEST.days)
    with db.write() as connection:
        sku, before = _still_open(connection, shop_id, hold_id, moment)
        cursor_of(connection).execute(
            "UPDATE stock_hold SET expires_at = ? WHERE shop_id = ? AND hold_id = ?", (end, shop_id, hold_id)
        )
        _settle(connection, shop_id, sku, moment, actor)
        log_action(
            connection,
            actor,
            "extend",
            sku,
            shop_id=shop_id,
            undo={"stock": {"hold_id": hold_id, "expires_at": before}},
        )


def release(
    db: Database, hold_id: int, *, actor: Actor, now: datetime | None = None, shop_id: int = 1
) -> None:
    """End a hold before its time; its pieces are free, or go to an order that waits for them."""
    require(actor, "edit_stock")
    moment = ledger.seconds(now)
    with db.write() as connection:
        sku, _ = _still_open(connection, shop_id, hold_id, moment)
        end(connection, shop_id, hold_id, moment, "released")
        _settle(connection, shop_id, sku, moment, actor)
        log_action(connection, actor, "release", sku, shop_id=shop_id)


def end(connection: Connection, shop_id: int, hold_id: int, moment: int, outcome: str) -> None:
    """Mark a hold as ended; its pieces are released when they are handed out anew."""
    cursor_of(connection).execute(
        "UPDATE stock_hold SET ended_at = ?, outcome = ? WHERE shop_id = ? AND hold_id = ?",
        (moment, outcome, shop_id, hold_id),
    )


def _open(connection: Connection, shop_id: int, values: tuple[object, ...]) -> int:
    row = cursor_of(connection).execute(
        "INSERT INTO stock_hold (shop_id, sku, quantity, platform, session_id, note, made_at, "
        "made_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING hold_id",
        (shop_id, *values),
    )
    return int(row.fetchone()[0])


def _still_open(connection: Connection, shop_id: int, hold_id: int, now: int) -> tuple[str, int]:
    """SKU and end of a hold that still lasts."""
    row = (
        cursor_of(connection)
        .execute(
            "SELECT sku, expires_at FROM stock_hold WHERE shop_id = ? AND hold_id = ? "
            "AND ended_at IS NULL AND expires_at > ?",
            (shop_id, hold_id, now),
        )
        .fetchone()
    )
    if row is None:
        raise UnknownHold(hold=hold_id)
    return str(row[0]), int(row[1])


def _settle(connection: Connection, shop_id: int, sku: str, now: int, actor: Actor | None = None) -> None:
    """Hand out a SKU's pieces anew."""
    from shop.access.roles import SYSTEM
    from shop.stock.allocation import Desk

    Desk(connection, shop_id, now, actor or SYSTEM, skus={sku}).close()


# --- what the sharing of pieces needs -------------------------------------------------------------


def expire(connection: Connection, shop_id: int, now: int) -> set[str]:
    """End the holds whose time is over; the SKUs whose pieces are to be handed out anew."""
    rows = cursor_of(connection).execute(
        "UPDATE stock_hold SET ended_at = expires_at, outcome = 'expired' WHERE shop_id = ? "
        "AND ended_at IS NULL AND expires_at <= ? RETURNING sku",
        (shop_id, now),
    )
    return {row[0] for row in rows.fetchall()}


def of_sku(connection: Connection, shop_id: int, sku: str) -> list[Held]:
    """All holds there ever were of a SKU."""
    rows = cursor_of(connection).execute(
        "SELECT hold_id, quantity, made_at, MIN(COALESCE(ended_at, expires_at), expires_at), "
        "ended_at IS NULL, platform, session_id FROM stock_hold WHERE shop_id = ? AND sku = ?",
        (shop_id, sku),
    )
    return [
        Held(hold, pieces, made, until, bool(is_open), platform, session)
        for hold, pieces, made, until, is_open, platform, session in rows
    ]


def keep(
    connection: Connection, shop_id: int, sku: str, found: allocation_policy.Shares, now: int, actor: Actor
) -> list[Movement]:
    """What each hold keeps from now on: the movements that reserve and release the difference."""
    cursor = cursor_of(connection)
    serial = ledger.last_movement(connection, shop_id)
    movements: list[Movement] = []
    rows = cursor.execute(
        "SELECT hold_id, kept FROM stock_hold WHERE shop_id = ? AND sku = ?", (shop_id, sku)
    ).fetchall()
    for hold_id, kept in rows:
        target = found.kept.get(hold_id, 0)
        if target == kept:
            continue
        reason = "reserved" if target > kept else "released"
        key = f"hold/{hold_id}/{serial + len(movements) + 1}"
        movements.append(
            Movement(
                sku, reason, key, reserved=target - kept, moved_at=now, actor=actor.name, hold_id=hold_id
            )
        )
        cursor.execute("UPDATE stock_hold SET kept = ? WHERE hold_id = ?", (target, hold_id))
    return movements
