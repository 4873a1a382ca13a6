"""Reservations as rows of `stock_hold`: reading, ending, and the pieces that each one still reserves."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from shop.access.roles import Actor
from shop.stock import ledger
from shop.stock.allocation_policy import Reservation
from shop.stock.ledger import Movement, cursor_of


def insert_reservation(connection: Connection, shop_id: int, values: tuple[object, ...]) -> int:
    """Write a reservation; its number. `values` are sku, quantity, platform ... in the order of the SQL."""
    row = cursor_of(connection).execute(
        "INSERT INTO stock_hold (shop_id, sku, quantity, platform, session_id, note, made_at, "
        "made_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING hold_id",
        (shop_id, *values),
    )
    return int(row.fetchone()[0])


def open_reservation(
    connection: Connection, shop_id: int, reservation_id: int, now: int
) -> tuple[str, int] | None:
    """SKU and end (seconds UTC) of a reservation that is still open; None where it is not."""
    row = (
        cursor_of(connection)
        .execute(
            "SELECT sku, expires_at FROM stock_hold WHERE shop_id = ? AND hold_id = ? "
            "AND ended_at IS NULL AND expires_at > ?",
            (shop_id, reservation_id, now),
        )
        .fetchone()
    )
    return None if row is None else (str(row[0]), int(row[1]))


def set_expiry(connection: Connection, shop_id: int, reservation_id: int, expires_at: int) -> None:
    """Let a reservation end at another moment (seconds UTC)."""
    cursor_of(connection).execute(
        "UPDATE stock_hold SET expires_at = ? WHERE shop_id = ? AND hold_id = ?",
        (expires_at, shop_id, reservation_id),
    )


def end_reservation(
    connection: Connection, shop_id: int, reservation_id: int, moment: int, outcome: str
) -> None:
    """Mark a reservation as ended; the next allocation releases its pieces."""
    cursor_of(connection).execute(
        "UPDATE stock_hold SET ended_at = ?, outcome = ? WHERE shop_id = ? AND hold_id = ?",
        (moment, outcome, shop_id, reservation_id),
    )


def expire_reservations(connection: Connection, shop_id: int, now: int) -> set[str]:
    """End the reservations whose time is over; the SKUs that have to be reallocated.

    One that ended by a clock that was ahead is open again.
    """
    cursor = cursor_of(connection)
    ended = cursor.execute(
        "UPDATE stock_hold SET ended_at = expires_at, outcome = 'expired' WHERE shop_id = ? "
        "AND ended_at IS NULL AND expires_at <= ? RETURNING sku",
        (shop_id, now),
    ).fetchall()
    reopened = cursor.execute(
        "UPDATE stock_hold SET ended_at = NULL, outcome = NULL WHERE shop_id = ? "
        "AND outcome = 'expired' AND expires_at > ? RETURNING sku",
        (shop_id, now),
    ).fetchall()
    return {row[0] for row in (*ended, *reopened)}


def reservations_of(connection: Connection, shop_id: int, sku: str) -> list[Reservation]:
    """All reservations that a SKU ever had, ended ones included."""
    rows = cursor_of(connection).execute(
        "SELECT hold_id, quantity, made_at, MIN(COALESCE(ended_at, expires_at), expires_at), "
        "ended_at IS NULL, platform, session_id FROM stock_hold WHERE shop_id = ? AND sku = ?",
        (shop_id, sku),
    )
    return [
        Reservation(number, pieces, created, until, bool(is_open), platform, session)
        for number, pieces, created, until, is_open, platform, session in rows
    ]


def save_reserved(
    connection: Connection, shop_id: int, sku: str, reserved: Mapping[int, int], now: int, actor: Actor
) -> list[Movement]:
    """Store how many pieces each reservation has now; the movements of the differences."""
    cursor = cursor_of(connection)
    serial = ledger.last_movement(connection, shop_id)
    movements: list[Movement] = []
    rows = cursor.execute(
        "SELECT hold_id, kept FROM stock_hold WHERE shop_id = ? AND sku = ?", (shop_id, sku)
    ).fetchall()
    for number, before in rows:
        target = reserved.get(number, 0)
        if target == before:
            continue
        movements.append(
            Movement(
                sku,
                "reserved" if target > before else "released",
                f"hold/{number}/{serial + len(movements) + 1}",
                reserved=target - before,
                booked_at=now,
                actor=actor.name,
                reservation_id=number,
            )
        )
        cursor.execute("UPDATE stock_hold SET kept = ? WHERE hold_id = ?", (target, number))
    return movements
