"""Picking: one walk along the places for several orders, and what was picked of them.

Grain of a walk: one stop per place and SKU, with the pieces of all orders chosen. A stop that lacks pieces
sends the orders that do not get any to "waiting".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.orders.parcels import Shipment
from shop.orders.search import Key

LineKey = tuple[str, str, str]  # platform, order, line
PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class PickStop:
    """One SKU at one place: the order lines that need it, the most urgent order first."""

    place: str
    sku: str
    name: str
    lines: tuple[tuple[LineKey, int], ...]
    picked: frozenset[LineKey]

    @property
    def pieces(self) -> int:
        """Pieces of all its lines."""
        return sum(pieces for _, pieces in self.lines)

    @property
    def is_picked(self) -> bool:
        """Whether all of its lines are picked."""
        return all(line in self.picked for line, _ in self.lines)


def pick_list(shipments: Sequence[Shipment]) -> list[PickStop]:
    """The stops for these orders in the order of the walk: by place, numbers in it as numbers, then by SKU."""
    lines: defaultdict[tuple[str, str, str], list[tuple[LineKey, int]]] = defaultdict(list)
    picked: set[LineKey] = set()
    for item in shipments:
        for line in item.order.lines:
            if line.is_unsent:
                key = (*item.key, line.line_id)
                lines[line.place, line.sku, line.name].append((key, line.quantity))
                if line.line_id in item.picked:
                    picked.add(key)
    stops = [
        PickStop(place, sku, name, tuple(of), frozenset(key for key, _ in of if key in picked))
        for (place, sku, name), of in lines.items()
    ]
    return sorted(stops, key=lambda stop: (not stop.place, natural(stop.place), stop.sku))


def natural(text: str) -> list[tuple[int, int, str]]:
    """A text to sort by, its numbers as numbers: A-2 before A-10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in PARTS.split(text) if part]


def pick(db: Database, lines: Iterable[LineKey], *, actor: Actor, shop_id: int = 1) -> int:
    """Note that the pieces of these lines were picked; the audit number under which it is undone."""
    return _write(db, lines, actor, shop_id, picked=True)


def unpick(db: Database, lines: Iterable[LineKey], *, actor: Actor, shop_id: int = 1) -> int:
    """Note that the pieces of these lines were not picked after all; the audit number."""
    return _write(db, lines, actor, shop_id, picked=False)


def _write(db: Database, lines: Iterable[LineKey], actor: Actor, shop_id: int, *, picked: bool) -> int:
    require(actor, "send_orders")
    wanted = list(dict.fromkeys(lines))
    now = now_seconds()
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        for platform, order, line in wanted:
            key = {"platform": platform, "order_id": order, "line_id": line}
            if picked:
                edits.put("picked_line", key, {"picked_at": now, "picked_by": actor.name})
            else:
                edits.delete("picked_line", key)
        action = "parcel.picked" if picked else "parcel.unpicked"
        return log_action(
            connection, actor, action, str(len(wanted)), changes=len(wanted), undo=edits.undo, shop_id=shop_id
        )


def orders_without(stop: PickStop, there: int) -> list[Key]:
    """The orders that get nothing where only so many pieces are at a stop; the most urgent are served first."""
    left, short = there, []
    for (platform, order, _), pieces in stop.lines:
        if pieces <= left:
            left -= pieces
        else:
            short.append((platform, order))
    return list(dict.fromkeys(short))
