"""Stock counts: a count is opened, counted line by line (by several people at once), and finished.

What is counted is what is free or reserved: pieces that are sold but not shipped are put away first (the
count shows how many those are). Each line stores what the ledger expected at the moment in which it was
counted, so sales between counting and finishing are unaffected: finishing books the difference of that
moment and nothing else. A line that nobody counted stays as it is.

Orders shipped before the count but imported later: the missing piece is part of the booked difference,
and when the order is imported its line takes that piece and not another one
(shop/stock/order_demand.py). A piece of an order that was neither imported nor shipped was counted, and
leaves stock when the order is imported. The result is independent of import order.

Accuracy: correct lines / counted lines, and correct pieces / pieces, where of each line the smaller of
expected and counted is correct and the greater is the total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import now_seconds, to_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.stock import adjustments, ledger, order_demand
from shop.stock.allocation import Allocator, require_available
from shop.stock.allocation_store import Allocation, allocations_where, last_counts
from shop.stock.ledger import Movement, cursor_of


class UnknownCount(ShopError):
    """There is no such count, or it is not in the required state."""

    message = "Count {count} is not {wanted}."


class BadCount(ShopError):
    """A number of pieces that cannot be on hand."""

    message = "{found} is no number of pieces for {sku}: write 0 or more."


MOST_PIECES = 1_000_000


def start(
    db: Database, *, actor: Actor, place: str | None = None, now: datetime | None = None, shop_id: int = 1
) -> int:
    """Open a count of one place (of all without), or continue the one that is open there.

    Returns the number of the count.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        open_count = (
            cursor_of(connection)
            .execute(
                "SELECT count_id FROM stocktake WHERE shop_id = ? AND status = 'open' AND place IS ?",
                (shop_id, place),
            )
            .fetchone()
        )
        if open_count:
            return int(open_count[0])
        return _open(connection, shop_id, place, "open", to_seconds(now), actor)


def _open(
    connection: Connection, shop_id: int, place: str | None, status: str, moment: int, actor: Actor
) -> int:
    row = cursor_of(connection).execute(
        "INSERT INTO stocktake (shop_id, place, status, started_at, started_by) "
        "VALUES (?, ?, ?, ?, ?) RETURNING count_id",
        (shop_id, place, status, moment, actor.name),
    )
    return int(row.fetchone()[0])


def count(
    db: Database,
    count_id: int,
    counted: Mapping[str, int | None],
    *,
    actor: Actor,
    now: datetime | None = None,
    shop_id: int = 1,
) -> None:
    """Store how many pieces of these SKUs were counted; None removes a line from the count.

    A line may be counted again: the last number is used. With `now`, the pieces were counted at that
    earlier moment and are checked against the ledger of that moment. Raises UnknownCount, BadCount, UnknownSku.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        _needed(connection, shop_id, count_id, "open")
        _write_lines(connection, shop_id, count_id, counted, now, actor)


def _write_lines(
    connection: Connection,
    shop_id: int,
    count_id: int,
    counted: Mapping[str, int | None],
    at: datetime | None,
    actor: Actor,
) -> None:
    cursor, moment = cursor_of(connection), to_seconds(at)
    ledger.require_known(connection, counted, shop_id=shop_id)
    known = _expected(connection, shop_id, counted, at)
    seen = ledger.last_movement(connection, shop_id)
    rows = []
    for sku, pieces in sorted(counted.items()):
        if pieces is None:
            cursor.execute("DELETE FROM stocktake_line WHERE count_id = ? AND sku = ?", (count_id, sku))
            continue
        if not 0 <= pieces <= MOST_PIECES:
            raise BadCount(found=pieces, sku=sku)
        rows.append((count_id, sku, max(known.get(sku, 0), 0), seen, pieces, moment, actor.name))
    cursor.executemany(
        "INSERT INTO stocktake_line (count_id, sku, expected, seen, counted, counted_at, counted_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET expected = excluded.expected, "
        "seen = excluded.seen, counted = excluded.counted, counted_at = excluded.counted_at, "
        "counted_by = excluded.counted_by",
        rows,
    )


def _expected(
    connection: Connection, shop_id: int, skus: Iterable[str], at: datetime | None
) -> dict[str, int]:
    """Pieces on hand by the ledger: now, or at an earlier moment."""
    known = ledger.balances(connection, skus, shop_id=shop_id)
    if at is None:
        return {sku: balance.on_hand for sku, balance in known.items()}
    return ledger.on_hand_at(connection, known, to_seconds(at), shop_id=shop_id)


def drop(db: Database, count_id: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Discard a count: nothing is booked."""
    require(actor, "edit_stock")
    with db.write() as connection:
        _needed(connection, shop_id, count_id, "open")
        _close(connection, count_id, "dropped", now_seconds(), actor)
        log_action(connection, actor, "drop_count", str(count_id), shop_id=shop_id)


def finish(
    db: Database, count_id: int, *, actor: Actor, now: datetime | None = None, shop_id: int = 1
) -> int:
    """Book the differences of a count; how many lines it had. Raises UnknownCount."""
    require(actor, "edit_stock")
    with db.write() as connection:
        _needed(connection, shop_id, count_id, "open")
        lines = _book(connection, shop_id, count_id, to_seconds(now), actor)
        log_action(
            connection,
            actor,
            "count",
            str(count_id),
            changes=lines,
            shop_id=shop_id,
            undo={"stock": {"count_id": count_id}},
        )
    return lines


def set_counts(
    db: Database, counted: Mapping[str, int], *, actor: Actor, at: datetime | None = None, shop_id: int = 1
) -> int:
    """Set how many pieces of these SKUs there are, as a count that is finished at once; its number.

    This also starts to track a SKU: orders paid before `at` no longer change its stock.
    One transaction for all of them; `undo` reverses it. Raises BadCount, UnknownSku, OnlyOne.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        count_id, lines = count_at_once(connection, counted, actor=actor, at=at, shop_id=shop_id)
        log_action(
            connection,
            actor,
            "set_counts",
            ", ".join(sorted(counted)[:5]),
            changes=lines,
            shop_id=shop_id,
            undo={"stock": {"count_id": count_id}},
        )
    return count_id


def count_at_once(
    connection: Connection,
    counted: Mapping[str, int],
    *,
    actor: Actor,
    at: datetime | None = None,
    shop_id: int = 1,
) -> tuple[int, int]:
    """The same inside the caller's transaction: the number of the count, and how many lines it has."""
    moment = to_seconds(at)
    Allocator(connection, shop_id, moment, actor).allocate()
    count_id = _open(connection, shop_id, None, "open", moment, actor)
    _write_lines(connection, shop_id, count_id, counted, at, actor)
    return count_id, _book(connection, shop_id, count_id, moment, actor)


def _book(connection: Connection, shop_id: int, count_id: int, moment: int, actor: Actor) -> int:
    """Book the differences, reallocate, and track new SKUs from their count on; the lines."""
    lines = (
        cursor_of(connection)
        .execute(
            "SELECT sku, expected, seen, counted, counted_at FROM stocktake_line WHERE count_id = ? "
            "AND counted IS NOT NULL ORDER BY sku",
            (count_id,),
        )
        .fetchall()
    )
    _close(connection, count_id, "finished", moment, actor)
    new = ledger.start_tracking(connection, {line[0]: line[4] for line in lines}, shop_id=shop_id)
    allocator = Allocator(connection, shop_id, now_seconds(), actor)
    for sku, expected, seen, counted, counted_at in lines:
        difference = counted - expected
        adjustments.check_only_one(connection, sku, difference, shop_id)
        explained = _account_late_orders(allocator, sku, seen, counted_at)
        if difference < 0:
            there = adjustments.in_studio(connection, sku, shop_id) + explained
            difference = max(difference, -there)
        if difference:
            allocator.add(
                Movement(
                    sku,
                    "counted",
                    f"count/{count_id}/{sku}",
                    difference,
                    booked_at=counted_at,
                    actor=actor.name,
                    count_id=count_id,
                )
            )
        allocator.skus.add(sku)
    allocator.allocate()
    if new:
        order_demand.follow_skus(connection, new, shop_id=shop_id)
    return len(lines)


def _account_late_orders(allocator: Allocator, sku: str, seen: int, counted_at: int) -> int:
    """Account to the count the orders imported since whose parcels had left before it; the pieces."""
    sold = (
        cursor_of(allocator.connection)
        .execute(
            "SELECT platform, order_id, line_id, -SUM(on_hand) FROM stock_movement WHERE shop_id = ? "
            "AND sku = ? AND reason = 'sold' AND order_id IS NOT NULL AND movement_id > ? "
            "GROUP BY platform, order_id, line_id",
            (allocator.shop_id, sku, seen),
        )
        .fetchall()
    )
    pieces = {tuple(row[:3]): row[3] for row in sold if row[3] > 0}
    if not pieces:
        return 0
    total = 0
    for allocation in allocations_where(
        allocator.connection,
        "c.shop_id = :shop AND c.sku = :sku AND c.is_shipped AND c.taken > "
        "c.counted_out AND c.shipped_at <= :at",
        shop=allocator.shop_id,
        sku=sku,
        at=counted_at,
    ):
        accounted = min(pieces.get(allocation.line, 0), allocation.taken - allocation.counted_out)
        if accounted:
            pieces[allocation.line] -= accounted
            allocator.account_to_count(allocation, accounted)
            total += accounted
    return total


def undo(db: Database, count_id: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Undo a finished count: its differences are reversed as if it had not taken place.

    Raises UnknownCount, and OutOfStock where pieces that it added were sold meanwhile.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        changes = reverse(connection, count_id, actor=actor, shop_id=shop_id)
        log_action(connection, actor, "take_back_count", str(count_id), changes=changes, shop_id=shop_id)


def reverse(connection: Connection, count_id: int, *, actor: Actor, shop_id: int = 1) -> int:
    """The same inside the caller's transaction; how many differences were reversed."""
    _needed(connection, shop_id, count_id, "finished")
    now = now_seconds()
    _close(connection, count_id, "taken_back", now, actor)
    rows = (
        cursor_of(connection)
        .execute(
            "SELECT movement_id, sku, on_hand FROM stock_movement WHERE shop_id = ? AND count_id = ? "
            "AND undoes IS NULL",
            (shop_id, count_id),
        )
        .fetchall()
    )
    skus = [
        row[0]
        for row in cursor_of(connection)
        .execute("SELECT sku FROM stocktake_line WHERE count_id = ?", (count_id,))
        .fetchall()
    ]
    allocator = Allocator(connection, shop_id, now, actor)
    for number, sku, change in rows:
        if change > 0:
            require_available(connection, sku, change, now, shop_id=shop_id)
        allocator.add(
            Movement(
                sku,
                "counted",
                f"undo/{number}",
                -change,
                booked_at=now,
                actor=actor.name,
                count_id=count_id,
                undoes=number,
            )
        )
    for allocation in _no_longer_counted(connection, shop_id, skus):
        allocator.account_to_count(allocation, -allocation.counted_out)
    allocator.allocate()
    for sku in skus:
        ledger.stop_tracking(connection, sku, count_id, shop_id=shop_id)
    return len(rows)


def _no_longer_counted(connection: Connection, shop_id: int, skus: Iterable[str]) -> list[Allocation]:
    """Allocations that were accounted to a count, and to none of those that remain."""
    left = last_counts(connection, shop_id)
    return [
        allocation
        for sku in skus
        for allocation in allocations_where(
            connection, "c.shop_id = :shop AND c.sku = :sku AND c.counted_out > 0", shop=shop_id, sku=sku
        )
        if allocation.shipped_at is None or allocation.shipped_at > left.get(sku, -1)
    ]


def _needed(connection: Connection, shop_id: int, count_id: int, wanted: str) -> None:
    row = (
        cursor_of(connection)
        .execute("SELECT status FROM stocktake WHERE shop_id = ? AND count_id = ?", (shop_id, count_id))
        .fetchone()
    )
    if row is None or row[0] != wanted:
        raise UnknownCount(count=count_id, wanted=wanted)


def _close(connection: Connection, count_id: int, status: str, moment: int, actor: Actor) -> None:
    cursor_of(connection).execute(
        "UPDATE stocktake SET status = ?, finished_at = ?, finished_by = ? WHERE count_id = ?",
        (status, moment, actor.name, count_id),
    )


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of the ledger in one count: lines and pieces, correct and in all; pieces fewer and more."""

    lines: int
    lines_right: int
    pieces: int
    pieces_right: int
    fewer: int
    more: int


def accuracy(db: Database, count_id: int, *, shop_id: int = 1) -> Accuracy:
    """Accuracy of the ledger over the lines that were counted."""
    with db.read() as connection:
        row = (
            cursor_of(connection)
            .execute(
                "SELECT COUNT(*), COALESCE(SUM(expected = counted), 0), "
                "COALESCE(SUM(MAX(expected, counted)), 0), COALESCE(SUM(MIN(expected, counted)), 0), "
                "COALESCE(SUM(MAX(expected - counted, 0)), 0), "
                "COALESCE(SUM(MAX(counted - expected, 0)), 0) "
                "FROM stocktake_line WHERE count_id = ? AND counted IS NOT NULL",
                (count_id,),
            )
            .fetchone()
        )
        return Accuracy(*row)
