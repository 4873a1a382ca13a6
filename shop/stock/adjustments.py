"""Manual stock changes: produced, sold by hand, returned, broken, pre-sale; and their undo.

Sales and refunds of the platforms change stock by themselves (shop/stock/order_demand.py). Each change
here is one transaction, stores who, when and why in the ledger, and is undone by a reversing movement,
never by deleting. Reservations, counts and returns from buyers have modules of their own."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import now_seconds, to_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock import ledger, sets
from shop.stock.allocation import Allocator, reallocate, require_available
from shop.stock.allocation_store import allocations_where
from shop.stock.ledger import Movement, NotTracked, OutOfStock, cursor_of
from shop.stock.order_demand import follow_skus

ManualReason = Literal["made", "sold", "returned", "broken"]
MANUAL_REASONS: tuple[ManualReason, ...] = ("made", "sold", "returned", "broken")


class OnlyOne(ShopError):
    """A one-of-a-kind SKU would have more than one piece."""

    message = "{sku} is one of a kind: there cannot be {found} of it. Give the other piece its own SKU."


class BadQuantity(ShopError):
    """A movement of no pieces or of a negative number of them."""

    message = "{found} is no number of pieces: say 1 or more."


class PresaleInUse(ShopError):
    """The pre-sale limit would be lower than what is pre-sold."""

    message = "{used} pieces of {sku} are pre-sold already: the limit cannot go below that."


class CannotUndo(ShopError):
    """A movement that cannot be undone by hand."""

    message = (
        "Movement {movement} cannot be taken back: it was taken back already, or it belongs to an "
        "order, a hold or a count and follows that."
    )


# --- inside the caller's transaction ------------------------------------------------------------


def book_output(
    connection: Connection,
    sku: str,
    quantity: int,
    *,
    key: str,
    actor: Actor,
    at: datetime | None = None,
    batch_id: str | None = None,
    note: str | None = None,
    shop_id: int = 1,
) -> bool:
    """Book finished pieces into stock; False where `key` was booked before.

    Starts to track a SKU that nobody counted yet, except one that is produced to order: its pieces are
    sold already. Raises UnknownSku, OnlyOne.
    """
    if ledger.movement_exists(connection, key, shop_id):
        return False
    moment = to_seconds(at)
    is_new = sku not in ledger.balances(connection, [sku], shop_id=shop_id)
    if is_new and _policy(connection, sku, shop_id) == "made_to_order":
        return False
    ledger.start_tracking(connection, {sku: moment}, shop_id=shop_id)
    check_only_one(connection, sku, quantity, shop_id)
    _book(connection, "made", sku, quantity, key, actor, moment, note, batch_id, shop_id)
    if is_new:
        follow_skus(connection, [sku], shop_id=shop_id)
    return True


def book_returned(
    connection: Connection,
    sku: str,
    quantity: int,
    *,
    key: str,
    actor: Actor,
    at: datetime | None = None,
    note: str | None = None,
    shop_id: int = 1,
) -> bool:
    """Book undamaged pieces back into stock; False where `key` was booked before."""
    if ledger.movement_exists(connection, key, shop_id):
        return False
    check_only_one(connection, sku, quantity, shop_id)
    moment = to_seconds(at)
    return _book(connection, "returned", sku, quantity, key, actor, moment, note, None, shop_id)


def book_broken(
    connection: Connection,
    sku: str,
    quantity: int,
    *,
    key: str,
    actor: Actor,
    at: datetime | None = None,
    batch_id: str | None = None,
    note: str | None = None,
    shop_id: int = 1,
) -> bool:
    """Book pieces that broke in the studio; False where `key` was booked before.

    Where no free piece is left, a reserved one is taken, then the piece of the order that was paid last,
    which is short from then on. Raises OutOfStock where no piece is left.
    """
    if ledger.movement_exists(connection, key, shop_id):
        return False
    there = in_studio(connection, sku, shop_id)
    if quantity > there:
        raise OutOfStock(sku=sku, asked=quantity, available=there)
    moment = to_seconds(at)
    return _book(connection, "broken", sku, -quantity, key, actor, moment, note, batch_id, shop_id)


def in_studio(connection: Connection, sku: str, shop_id: int = 1) -> int:
    """Pieces of a SKU that are in the studio: free, reserved, and sold but not shipped yet."""
    balance = ledger.balances(connection, [sku], shop_id=shop_id).get(sku)
    if balance is None:
        raise NotTracked(sku=sku)
    unshipped = allocations_where(
        connection,
        "c.shop_id = :shop AND c.sku = :sku AND c.taken > 0 AND NOT c.is_shipped",
        shop=shop_id,
        sku=sku,
    )
    return max(balance.on_hand + sum(row.taken - row.counted_out for row in unshipped), 0)


def _book(
    connection: Connection,
    reason: str,
    sku: str,
    change: int,
    key: str,
    actor: Actor,
    at: int,
    why: str | None,
    batch_id: str | None,
    shop_id: int,
) -> bool:
    """Write one movement and reallocate the SKU's pieces; False for a change of 0 pieces."""
    if change == 0:
        return False
    allocator = Allocator(connection, shop_id, now_seconds(), actor)
    allocator.add(
        Movement(sku, reason, key, change, booked_at=at, actor=actor.name, note=why, batch_id=batch_id)
    )
    allocator.allocate()
    return True


def _policy(connection: Connection, sku: str, shop_id: int) -> str:
    row = (
        cursor_of(connection)
        .execute("SELECT stock_policy FROM variant WHERE shop_id = ? AND sku = ?", (shop_id, sku))
        .fetchone()
    )
    if row is None:
        raise ledger.UnknownSku(sku=sku)
    return str(row[0])


def check_only_one(connection: Connection, sku: str, more: int, shop_id: int) -> None:
    """Raise OnlyOne where a one-of-a-kind SKU would have a second piece."""
    if _policy(connection, sku, shop_id) != "one_of_a_kind":
        return
    known = ledger.balances(connection, [sku], shop_id=shop_id).get(sku)
    if (pieces := (known.on_hand if known else 0) + more) > 1:
        raise OnlyOne(sku=sku, found=pieces)


# --- commands ----------------------------------------------------------------------------------------


def record(
    db: Database,
    reason: ManualReason,
    sku: str,
    quantity: int,
    *,
    actor: Actor,
    why: str | None = None,
    at: datetime | None = None,
    key: str | None = None,
    shop_id: int = 1,
) -> int:
    """Book pieces by hand: produced, sold over the counter, returned or broken; the movement's number.

    A repeat with the same `key` moves nothing. Of a set, its parts are sold, returned or broken; the number is that
    of the first. Raises OutOfStock, NotTracked, UnknownSku, OnlyOne, BadQuantity, NotAllowed, IsASet (produced).
    """
    require(actor, "edit_stock")
    if quantity < 1:
        raise BadQuantity(found=quantity)
    move_key = key or f"{reason}/{secrets.token_hex(8)}"
    booking = {"made": book_output, "returned": book_returned, "broken": book_broken, "sold": book_sold}[
        reason
    ]
    with db.write() as connection:
        parts = () if reason == "made" else sets.parts_of(connection, sku, shop_id)
        wanted = {f"{move_key}/{part.sku}": part for part in parts} or {move_key: sets.SetComponent(sku, 1)}
        new = [
            booking(
                connection,
                part.sku,
                quantity * part.pieces,
                key=name,
                actor=actor,
                at=at,
                note=(why or sku) if parts else why,
                shop_id=shop_id,
            )
            for name, part in wanted.items()
        ]
        numbers = [movement_of(connection, name, shop_id) for name in wanted]
        if any(new):
            log_action(
                connection,
                actor,
                reason,
                sku,
                changes=quantity,
                shop_id=shop_id,
                undo={"stock": {"movements": numbers}},
            )
    return numbers[0]


def sell(
    db: Database,
    sku: str,
    quantity: int = 1,
    *,
    actor: Actor,
    why: str | None = None,
    at: datetime | None = None,
    key: str | None = None,
    shop_id: int = 1,
) -> int:
    """Sell pieces without a platform order (at a market or in the studio); see `record`."""
    return record(db, "sold", sku, quantity, actor=actor, why=why, at=at, key=key, shop_id=shop_id)


def book_sold(
    connection: Connection,
    sku: str,
    quantity: int,
    *,
    key: str,
    actor: Actor,
    at: datetime | None = None,
    note: str | None = None,
    shop_id: int = 1,
) -> bool:
    """Book pieces sold without an order; only free ones can be. False where `key` was booked before."""
    if ledger.movement_exists(connection, key, shop_id):
        return False
    require_available(connection, sku, quantity, now_seconds(), shop_id=shop_id)
    moment = to_seconds(at)
    return _book(connection, "sold", sku, -quantity, key, actor, moment, note, None, shop_id)


def movement_of(connection: Connection, key: str, shop_id: int = 1) -> int:
    """The number of the movement with this key; 0 where there is none."""
    row = (
        cursor_of(connection)
        .execute("SELECT movement_id FROM stock_movement WHERE shop_id = ? AND move_key = ?", (shop_id, key))
        .fetchone()
    )
    return int(row[0]) if row else 0


def undo(
    db: Database, movements: Sequence[int], *, actor: Actor, why: str | None = None, shop_id: int = 1
) -> None:
    """Undo movements that were booked by hand, all or none, by reversing movements.

    Raises CannotUndo, and OutOfStock where the pieces were sold meanwhile.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        skus = reverse(connection, movements, actor=actor, why=why, shop_id=shop_id)
        log_action(
            connection, actor, "take_back", ", ".join(sorted(skus)), changes=len(movements), shop_id=shop_id
        )


def reverse(
    connection: Connection,
    movements: Sequence[int],
    *,
    actor: Actor,
    why: str | None = None,
    shop_id: int = 1,
) -> set[str]:
    """Reverse these movements inside the caller's transaction; the SKUs concerned."""
    now = now_seconds()
    allocator = Allocator(connection, shop_id, now, actor)
    less: Counter[str] = Counter()
    for number in movements:
        row = (
            cursor_of(connection)
            .execute(
                "SELECT sku, reason, on_hand, batch_id FROM stock_movement WHERE shop_id = ? "
                "AND movement_id = ? AND reserved = 0 AND order_id IS NULL AND hold_id IS NULL "
                "AND count_id IS NULL AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM stock_movement u "
                "WHERE u.shop_id = stock_movement.shop_id AND u.move_key = 'undo/' || ?)",
                (shop_id, number, number),
            )
            .fetchone()
        )
        if row is None:
            raise CannotUndo(movement=number)
        sku, reason, change, batch_id = row
        less[sku] += change
        allocator.add(
            Movement(
                sku,
                reason,
                f"undo/{number}",
                -change,
                booked_at=now,
                actor=actor.name,
                note=why,
                batch_id=batch_id,
                undoes=number,
            )
        )
    for sku, pieces in sorted(less.items()):
        if pieces > 0:
            require_available(connection, sku, pieces, now, shop_id=shop_id)
    allocator.allocate()
    return set(less)


def set_presale(db: Database, sku: str, pieces: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Allow up to `pieces` to be sold before they exist; only the owner may.

    Starts to track a SKU that nobody counted yet. Raises NotAllowed, PresaleInUse,
    UnknownSku, BadQuantity.
    """
    require(actor, "set_presale")
    if pieces < 0:
        raise BadQuantity(found=pieces)
    now = now_seconds()
    with db.write() as connection:
        new = ledger.start_tracking(connection, {sku: now}, shop_id=shop_id)
        reallocate(connection, shop_id, sku, now, actor)
        before = ledger.balances(connection, [sku], shop_id=shop_id)[sku]
        used = max(-(before.on_hand - before.reserved), 0)
        if pieces < used:
            raise PresaleInUse(sku=sku, used=used)
        ledger.set_presale(connection, sku, pieces, shop_id=shop_id)
        reallocate(connection, shop_id, sku, now, actor)
        follow_skus(connection, new, shop_id=shop_id)
        undo = {"stock": {"presale": {"sku": sku, "before": before.presale, "new": bool(new)}}}
        log_action(connection, actor, "presale", sku, changes=pieces, shop_id=shop_id, undo=undo)
