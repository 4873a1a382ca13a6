"""The stock ledger: every change of stock is one movement, and the balance is their sum.

All stock changes go through `move`: it writes the movements and updates the balances in the same
transaction, and the database itself refuses a balance below zero (below `-presale` where the owner allows
pre-sale). A movement is never changed or deleted: an error is corrected by a reversing movement.

Reasons: `made` (out of the kiln), sold (negative: left for an order or over the counter; positive: a sale
that was cancelled before shipping), returned, broken, counted (a difference established by counting), reserved
and released (reservations: they change what is available, not what is on hand)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from shop.core.enumerations import REASONS
from shop.core.errors import ShopError
from shop.db.database import sqlite_driver

COLUMNS = (
    "sku",
    "reason",
    "on_hand",
    "reserved",
    "moved_at",
    "actor",
    "note",
    "move_key",
    "platform",
    "order_id",
    "line_id",
    "batch_id",
    "count_id",
    "hold_id",
    "undoes",
)
INSERT = (
    f"INSERT INTO stock_movement (shop_id, {', '.join(COLUMNS)}) "
    f"VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
)
ADD = "UPDATE stock_balance SET on_hand = on_hand + ?, reserved = reserved + ? WHERE shop_id = ? AND sku = ?"


class OutOfStock(ShopError):
    """More pieces were requested than are available."""

    message = "{sku}: {asked} asked for, but only {available} can be given."
    exit_code = 1


class NotTracked(ShopError):
    """The stock of this SKU is not tracked yet, so nothing can be booked on it."""

    message = "The stock of {sku} is not kept yet. Count it first: kilnboard stock set {sku} NUMBER"


class UnknownSku(ShopError):
    """There is no such variant in the catalog."""

    message = "There is no SKU “{sku}” in the catalog. Add it first: kilnboard listing add"


class IsASet(ShopError):
    """A set was to be counted or booked in: it has no stock of its own."""

    message = "{sku} is a set: its stock is that of its parts ({parts}). Count or book those."


@dataclass(frozen=True)
class Movement:
    """One change of one SKU's stock, to be written; `key` identifies its event, which changes stock once."""

    sku: str
    reason: str
    key: str
    on_hand: int = 0
    reserved: int = 0
    booked_at: int = 0
    actor: str = ""
    note: str | None = None
    platform: str | None = None
    order_id: str | None = None
    line_id: str | None = None
    batch_id: str | None = None
    count_id: int | None = None
    reservation_id: int | None = None
    undoes: int | None = None

    def row(self, shop_id: int) -> tuple[Any, ...]:
        """The values in the order of INSERT."""
        return (
            shop_id,
            self.sku,
            self.reason,
            self.on_hand,
            self.reserved,
            self.booked_at,
            self.actor,
            self.note,
            self.key,
            self.platform,
            self.order_id,
            self.line_id,
            self.batch_id,
            self.count_id,
            self.reservation_id,
            self.undoes,
        )


@dataclass(frozen=True)
class Balance:
    """One SKU's stock now, in pieces; it has been tracked since `tracked_from` (seconds UTC)."""

    sku: str
    on_hand: int = 0
    reserved: int = 0
    presale: int = 0
    tracked_from: int = 0

    @property
    def available(self) -> int:
        """Pieces that can still be sold or reserved, pre-sale included."""
        return self.on_hand - self.reserved + self.presale


def cursor_of(connection: Connection) -> Any:
    """The driver's own connection; its executemany takes plain tuples."""
    return connection.connection.driver_connection


def move(connection: Connection, movements: Movement | Iterable[Movement], *, shop_id: int = 1) -> None:
    """Write movements and update the balances; the only function that changes either.

    Movements that add pieces are written before those that remove them. Raises OutOfStock where a balance
    would fall below its limit, and NotTracked; the caller's transaction must then be rolled back.
    """
    ordered = [movements] if isinstance(movements, Movement) else list(movements)
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for movement in ordered:
        assert movement.reason in REASONS, movement.reason
        sums[movement.sku][0] += movement.on_hand
        sums[movement.sku][1] += movement.reserved
    cursor = cursor_of(connection)
    ordered.sort(key=lambda movement: movement.reserved - movement.on_hand)
    try:
        cursor.executemany(INSERT, [movement.row(shop_id) for movement in ordered])
        booked = cursor.executemany(
            ADD, [(change, reserved, shop_id, sku) for sku, (change, reserved) in sorted(sums.items())]
        ).rowcount
    except (IntegrityError, sqlite_driver().IntegrityError) as problem:
        raise _refusal(connection, sums, shop_id, problem) from problem
    if booked != len(sums):
        raise _refusal(connection, sums, shop_id, AssertionError(f"{booked} of {len(sums)} booked"))


def _refusal(
    connection: Connection, sums: Mapping[str, Sequence[int]], shop_id: int, problem: Exception
) -> Exception:
    """The error that names the SKU of a rejected change; any other problem is returned unchanged."""
    known = balances(connection, sums, shop_id=shop_id)
    for sku, (change, reserved) in sorted(sums.items()):
        balance = known.get(sku)
        if balance is None:
            return NotTracked(sku=sku)
        after = replace(balance, on_hand=balance.on_hand + change, reserved=balance.reserved + reserved)
        if after.available < 0 or after.on_hand < -after.presale or after.reserved < 0:
            quantity = max(-change, reserved)
            return OutOfStock(sku=sku, asked=quantity, available=max(balance.available, 0))
    return problem


def balances(
    connection: Connection, skus: Iterable[str] | None = None, *, shop_id: int = 1
) -> dict[str, Balance]:
    """The balances of these SKUs (of all without), as far as they are tracked."""
    sql = "SELECT sku, on_hand, reserved, presale, tracked_from FROM stock_balance WHERE shop_id = ?"
    values: list[Any] = [shop_id]
    if skus is not None:
        sql += " AND sku IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(sorted(skus)))
    return {row[0]: Balance(*row) for row in cursor_of(connection).execute(sql, values)}


def is_tracked(connection: Connection, shop_id: int = 1) -> bool:
    """Whether the stock of any SKU is tracked."""
    sql = "SELECT 1 FROM stock_balance WHERE shop_id = ? LIMIT 1"
    return cursor_of(connection).execute(sql, (shop_id,)).fetchone() is not None


def tracked_since(connection: Connection, shop_id: int = 1) -> int | None:
    """Since when any SKU has been tracked (seconds UTC); None where none is."""
    sql = "SELECT MIN(tracked_from) FROM stock_balance WHERE shop_id = ?"
    first = cursor_of(connection).execute(sql, (shop_id,)).fetchone()[0]
    return None if first is None else int(first)


def start_tracking(connection: Connection, skus: Mapping[str, int], *, shop_id: int = 1) -> set[str]:
    """Track the stock of these SKUs from these moments on (seconds UTC); those that were not tracked yet.

    Raises UnknownSku for what is not in the catalog, IsASet for a set.
    """
    cursor = cursor_of(connection)
    _refuse_sets(connection, skus, shop_id)
    require_known(connection, skus, shop_id=shop_id)
    new = set()
    for sku, since in sorted(skus.items()):
        done = cursor.execute(
            "INSERT INTO stock_balance (shop_id, sku, tracked_from) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (shop_id, sku, since),
        )
        if done.rowcount:
            new.add(sku)
    return new


def _refuse_sets(connection: Connection, skus: Iterable[str], shop_id: int) -> None:
    row = (
        cursor_of(connection)
        .execute(
            "SELECT sku, parts FROM variant WHERE shop_id = ? AND parts IS NOT NULL "
            "AND sku IN (SELECT value FROM json_each(?)) LIMIT 1",
            (shop_id, json.dumps(sorted(skus))),
        )
        .fetchone()
    )
    if row is not None:
        raise IsASet(sku=row[0], parts=row[1])


def require_known(connection: Connection, skus: Iterable[str], *, shop_id: int = 1) -> None:
    """Raise UnknownSku for a SKU that is not in the catalog."""
    row = (
        cursor_of(connection)
        .execute(
            "SELECT j.value FROM json_each(?) j LEFT JOIN variant v ON v.shop_id = ? AND v.sku = j.value "
            "WHERE v.sku IS NULL LIMIT 1",
            (json.dumps(sorted(skus)), shop_id),
        )
        .fetchone()
    )
    if row is not None:
        raise UnknownSku(sku=row[0])


def movement_exists(connection: Connection, key: str, shop_id: int = 1) -> bool:
    """Whether a movement with this key exists."""
    sql = "SELECT 1 FROM stock_movement WHERE shop_id = ? AND move_key = ?"
    return cursor_of(connection).execute(sql, (shop_id, key)).fetchone() is not None


def last_movement(connection: Connection, shop_id: int = 1) -> int:
    """The number of the ledger's last movement, 0 while it is empty."""
    row = cursor_of(connection).execute("SELECT MAX(movement_id) FROM stock_movement").fetchone()
    return int(row[0] or 0)


def set_presale(connection: Connection, sku: str, presale: int, *, shop_id: int = 1) -> None:
    """Set how many pieces of a SKU may be sold before they exist."""
    cursor_of(connection).execute(
        "UPDATE stock_balance SET presale = ? WHERE shop_id = ? AND sku = ?", (presale, shop_id, sku)
    )


def stop_tracking(connection: Connection, sku: str, count_id: int, *, shop_id: int = 1) -> bool:
    """Stop tracking a SKU that is tracked because of this count alone; whether it was stopped."""
    done = cursor_of(connection).execute(
        "DELETE FROM stock_balance AS b WHERE shop_id = ? AND sku = ? AND on_hand = 0 "
        "AND reserved = 0 AND presale = 0 AND NOT EXISTS (SELECT 1 FROM stock_claim c "
        "WHERE c.shop_id = b.shop_id AND c.sku = b.sku) AND NOT EXISTS (SELECT 1 FROM "
        "stock_movement m WHERE m.shop_id = b.shop_id AND m.sku = b.sku AND m.count_id IS NOT ?)",
        (shop_id, sku, count_id),
    )
    return bool(done.rowcount)


def on_hand_at(
    connection: Connection, skus: Iterable[str], moment: int, *, shop_id: int = 1
) -> dict[str, int]:
    """Pieces on hand of these SKUs at a moment (seconds UTC), as far as it is known now."""
    rows = cursor_of(connection).execute(
        "SELECT j.value, COALESCE(SUM(m.on_hand), 0) FROM json_each(?) j LEFT JOIN stock_movement m "
        "ON m.shop_id = ? AND m.sku = j.value AND m.moved_at <= ? GROUP BY j.value",
        (json.dumps(sorted(skus)), shop_id, moment),
    )
    return dict(rows.fetchall())
