"""The allocator: changes of allocations and other movements of one transaction, written together.

Whoever changes allocations or adds another movement gives it to an `Allocator` and calls `allocate`: the
pieces of every SKU concerned are distributed by shop/stock/allocation_policy.py, and movements,
allocations and reservations are written in one step. Where a SKU has enough pieces for every request, and
no reservation and no shortage, the requests are served directly and its other allocations are not read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from shop.access.roles import SYSTEM, Actor
from shop.stock import allocation_policy, ledger
from shop.stock.allocation_policy import Key, StockDemand
from shop.stock.allocation_store import (
    Allocation,
    allocations_where,
    delete_allocations,
    last_counts,
    save_allocations,
)
from shop.stock.ledger import Balance, Movement, NotTracked, OutOfStock, cursor_of
from shop.stock.reservation_store import expire_reservations, reservations_of, save_reserved


@dataclass(frozen=True)
class _LineMovement:
    """A movement of an order line, to be written; without `at` it happens now (seconds UTC)."""

    allocation: Allocation
    reason: str
    pieces: int
    at: int | None
    note: str | None


@dataclass
class Allocator:
    """The unit of work of stock: collects changes of allocations and movements until `allocate`."""

    connection: Connection
    shop_id: int
    now: int
    actor: Actor
    movements: list[Movement] = field(default_factory=list)
    skus: set[str] = field(default_factory=set)
    _changed: dict[Key, tuple[Allocation | None, Allocation | None]] = field(default_factory=dict)
    _line_movements: list[_LineMovement] = field(default_factory=list)

    def add(self, movement: Movement) -> None:
        """Add another movement; the pieces of its SKU are reallocated after it."""
        self.movements.append(movement)
        self.skus.add(movement.sku)

    def change(self, old: Allocation | None, new: Allocation | None) -> None:
        """Replace an allocation: surplus pieces are released, missing ones are short until `allocate`."""
        if old is not None and (new is None or new.sku != old.sku):
            self._release(old, old.taken)
            if new is not None:
                new = replace(new, taken=0, counted_out=0)
        elif old is not None and new is not None and new.wanted < old.taken:
            new = self._release(old, old.taken - new.wanted, new)
        if new is not None:
            new = replace(new, short=new.wanted - new.taken)
            self.skus.add(new.sku)
        if old != new:
            first = new or old
            assert first is not None
            known = self._changed.get(first.key)
            self._changed[first.key] = (known[0] if known else old, new)

    def _release(self, old: Allocation, pieces: int, new: Allocation | None = None) -> Allocation:
        """Release pieces of an allocation: first those from stock, then those accounted to a count."""
        self.skus.add(old.sku)
        uncounted = max(pieces - (old.taken - old.counted_out), 0)
        why = "rematched" if new is None and pieces else "cancelled"
        self._move(old, "sold", pieces, why)
        self._move(old, "counted", -uncounted, "uncounted")
        return replace(new or old, taken=old.taken - pieces, counted_out=old.counted_out - uncounted)

    def _move(
        self, allocation: Allocation, reason: str, pieces: int, note: str | None, at: int | None = None
    ) -> None:
        if pieces:
            self._line_movements.append(_LineMovement(allocation, reason, pieces, at, note))

    def account_to_count(self, allocation: Allocation, pieces: int) -> None:
        """Account pieces of an allocation to a count (below 0: no longer), instead of the current stock."""
        self._move(allocation, "counted", pieces, "counted_out" if pieces > 0 else "uncounted")
        new = replace(allocation, counted_out=allocation.counted_out + pieces)
        self._changed[allocation.key] = (self._changed.get(allocation.key, (allocation, None))[0], new)
        self.skus.add(allocation.sku)

    def allocate(self) -> None:
        """Distribute the pieces of the SKUs concerned, and write movements, allocations, reservations."""
        self.skus |= expire_reservations(self.connection, self.shop_id, self.now)
        if not (self.skus or self._changed):
            return
        balances = ledger.balances(self.connection, self.skus, shop_id=self.shop_id)
        contended = self._contended(balances)
        self._serve_uncontended(contended)
        self._write_changed()
        movements = list(self.movements)
        for sku in sorted(contended):
            movements += self._reallocate(balances[sku])
        movements += self._numbered_movements()
        if movements:
            ledger.move(self.connection, movements, shop_id=self.shop_id)

    def _contended(self, balances: Mapping[str, Balance]) -> set[str]:
        """The SKUs whose pieces must be distributed: too few, reserved, short, or counted meanwhile."""
        released, needed = self._released(), self._needed()
        cursor = cursor_of(self.connection)
        values = {"shop": self.shop_id, "skus": json.dumps(sorted(balances))}
        inside = "sku IN (SELECT value FROM json_each(:skus))"
        skus = {sku for sku, balance in balances.items() if balance.available + released[sku] < needed[sku]}
        for sql in (
            f"SELECT DISTINCT sku FROM stock_hold WHERE shop_id = :shop AND {inside}",
            f"SELECT DISTINCT sku FROM stock_claim WHERE shop_id = :shop AND short > 0 AND {inside}",
        ):
            skus.update(row[0] for row in cursor.execute(sql, values))
        counted = last_counts(self.connection, self.shop_id) if needed else {}
        skus.update(
            new.sku
            for _, new in self._changed.values()
            if new is not None and new.short and new.was_shipped_before_count(counted)
        )
        return skus & balances.keys()

    def _released(self) -> defaultdict[str, int]:
        """By how many pieces the movements so far change what is available, by SKU."""
        pieces: defaultdict[str, int] = defaultdict(int)
        for movement in self.movements:
            pieces[movement.sku] += movement.on_hand - movement.reserved
        for line in self._line_movements:
            pieces[line.allocation.sku] += line.pieces
        return pieces

    def _needed(self) -> defaultdict[str, int]:
        pieces: defaultdict[str, int] = defaultdict(int)
        for _, new in self._changed.values():
            if new is not None and new.short:
                pieces[new.sku] += new.short
        return pieces

    def _serve_uncontended(self, contended: set[str]) -> None:
        """Give every request for a SKU with enough pieces all that it requests."""
        for key, (old, new) in self._changed.items():
            if new is not None and new.short and new.sku not in contended:
                self._move(new, "sold", -new.short, None, new.paid_at if old is None else None)
                self._changed[key] = (old, replace(new, taken=new.wanted, short=0))

    def _write_changed(self) -> None:
        changed = self._changed.values()
        gone = [old.key for old, new in changed if new is None and old is not None]
        delete_allocations(self.connection, self.shop_id, gone)
        save_allocations(self.connection, self.shop_id, [new for _, new in changed if new is not None])

    def _numbered_movements(self) -> list[Movement]:
        """The movements of order lines, each with the ledger's running number in its key."""
        serial = ledger.last_movement(self.connection, self.shop_id)
        return [
            Movement(
                line.allocation.sku,
                line.reason,
                f"line/{'/'.join(line.allocation.line)}/{serial + number}",
                line.pieces,
                booked_at=self.now if line.at is None else line.at,
                actor=self.actor.name,
                note=line.note,
                platform=line.allocation.platform,
                order_id=line.allocation.order_id,
                line_id=line.allocation.line_id,
            )
            for number, line in enumerate(self._line_movements, 1)
        ]

    def _reallocate(self, balance: Balance) -> list[Movement]:
        """Distribute one SKU's pieces over its allocations and reservations; the reservations' movements."""
        sku = balance.sku
        change = sum(movement.on_hand for movement in self.movements if movement.sku == sku)
        change += sum(line.pieces for line in self._line_movements if line.allocation.sku == sku)
        allocations = self._with_counted(
            allocations_where(
                self.connection,
                "c.shop_id = :shop AND c.sku = :sku AND (c.wanted > 0 OR c.taken > 0)",
                shop=self.shop_id,
                sku=sku,
            )
        )
        demands = [
            StockDemand(row.key, row.wanted - row.fixed, row.paid_at, row.is_shipped, row.content_id)
            for row in allocations
        ]
        taken = sum(row.taken - row.fixed for row in allocations)
        outcome = allocation_policy.distribute(
            balance.on_hand + change + taken + balance.presale,
            demands,
            reservations_of(self.connection, self.shop_id, sku),
        )
        changed = []
        for row in allocations:
            target = outcome.allocated[row.key] + row.fixed
            if target != row.taken:
                self._move_to(row, target)
                changed.append(replace(row, taken=target, short=row.wanted - target))
        save_allocations(self.connection, self.shop_id, changed)
        return save_reserved(self.connection, self.shop_id, sku, outcome.reserved, self.now, self.actor)

    def _move_to(self, allocation: Allocation, target: int) -> None:
        """Move what an allocation gains, or loses to one with a higher priority."""
        changed = self._changed.get(allocation.key)
        is_new = changed is not None and changed[0] is None
        if target > allocation.taken:
            at = allocation.paid_at if is_new else None
            self._move(allocation, "sold", allocation.taken - target, None if is_new else "served", at)
        else:
            self._move(allocation, "sold", allocation.taken - target, "reassigned")

    def _with_counted(self, allocations: list[Allocation]) -> list[Allocation]:
        """The allocations; those shipped before the last count get the pieces that it reported missing."""
        counted = last_counts(self.connection, self.shop_id)
        result = []
        for row in allocations:
            if row.short and row.was_shipped_before_count(counted):
                self._move(row, "counted", row.short, "counted_out")
                self._move(row, "sold", -row.short, None, row.paid_at)
                row = replace(row, taken=row.wanted, short=0, counted_out=row.counted_out + row.short)
                save_allocations(self.connection, self.shop_id, [row])
            result.append(row)
        return result


def reallocate(connection: Connection, shop_id: int, sku: str, now: int, actor: Actor = SYSTEM) -> None:
    """Distribute a SKU's pieces again, after a reservation or a limit changed."""
    Allocator(connection, shop_id, now, actor, skus={sku}).allocate()


def require_available(
    connection: Connection, sku: str, quantity: int, now: int, *, shop_id: int = 1
) -> Balance:
    """The balance of a SKU that has this many free pieces now; raises OutOfStock or NotTracked."""
    reallocate(connection, shop_id, sku, now)
    balance = ledger.balances(connection, [sku], shop_id=shop_id).get(sku)
    if balance is None:
        raise NotTracked(sku=sku)
    if balance.available < quantity:
        raise OutOfStock(sku=sku, asked=quantity, available=max(balance.available, 0))
    return balance
