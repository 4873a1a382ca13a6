"""The allocation rule when there are too few pieces; the result is independent of import order.

Orders whose parcel has left come first: they have the piece. All others are served in order of payment;
ties within a second are broken by platform, order and line. An open reservation has the priority of the
moment of its creation: orders paid earlier come before it, orders paid later after it. Orders of the
reservation's own live session that are paid while it lasts share its priority, up to the reserved quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Key = tuple[str, str, str, int]  # platform, order, line, part


@dataclass(frozen=True)
class StockDemand:
    """How many pieces one order line requests; moments are seconds UTC."""

    key: Key
    quantity: int
    paid_at: int
    is_shipped: bool = False
    content_id: str | None = None


@dataclass(frozen=True)
class Reservation:
    """A reservation as it was created: valid until `until` for orders of `platform` (and session, if known)."""

    reservation_id: int
    quantity: int
    created_at: int
    until: int
    is_open: bool = True
    platform: str | None = None
    session_id: str | None = None

    def is_for(self, demand: StockDemand) -> bool:
        """Whether an order belongs to this reservation's live session and was paid while it lasted."""
        return (
            self.platform == demand.key[0]
            and self.created_at <= demand.paid_at < self.until
            and (not self.session_id or not demand.content_id or self.session_id == demand.content_id)
        )


@dataclass(frozen=True)
class AllocationResult:
    """Pieces by order line, pieces that open reservations retain, and pieces that their orders took."""

    allocated: dict[Key, int]
    reserved: dict[int, int]
    fulfilled: dict[int, int] = field(default_factory=dict)


def distribute(
    capacity: int, demands: Sequence[StockDemand], reservations: Sequence[Reservation] = ()
) -> AllocationResult:
    """Distribute `capacity` pieces over order lines and open reservations."""
    demands = sorted(demands, key=lambda demand: (demand.paid_at, demand.key))
    open_quantity = {demand.key: demand.quantity for demand in demands}
    queue: list[tuple[bool, int, int, Key, int, Reservation | None]] = []
    fulfilled: dict[int, int] = {}
    for reservation in sorted(reservations, key=lambda item: (item.created_at, item.reservation_id)):
        free = reservation.quantity
        for demand in demands if reservation.platform else ():
            if free and open_quantity[demand.key] and reservation.is_for(demand):
                taken = min(free, open_quantity[demand.key])
                queue.append((not demand.is_shipped, reservation.created_at, 0, demand.key, taken, None))
                open_quantity[demand.key] -= taken
                free -= taken
        fulfilled[reservation.reservation_id] = reservation.quantity - free
        if reservation.is_open and free:
            key = ("", "", "", reservation.reservation_id)
            queue.append((True, reservation.created_at, 1, key, free, reservation))
    for demand in demands:
        if open_quantity[demand.key] > 0:
            quantity = open_quantity[demand.key]
            queue.append((not demand.is_shipped, demand.paid_at, 0, demand.key, quantity, None))
    allocated = {demand.key: 0 for demand in demands}
    reserved: dict[int, int] = {}
    for *_, key, quantity, owner in sorted(queue, key=lambda entry: entry[:4]):
        pieces = max(min(quantity, capacity), 0)
        capacity -= pieces
        if owner is None:
            allocated[key] += pieces
        else:
            reserved[owner.reservation_id] = pieces
    return AllocationResult(allocated, reserved, fulfilled)
