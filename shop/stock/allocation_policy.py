"""Who gets the pieces when there are too few: one rule, free of the order in which orders were read.

First come those whose parcel has left already, for they have the piece. All others stand in one line
by the moment of their payment: paid first is served first; the same second is decided by platform,
order and line. A hold stands in that line at the moment in which it was made, so that what was paid
before goes before it and what was paid after it does not; orders of its own live session that are paid
while it lasts stand in its place, up to as many pieces as it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Key = tuple[str, str, str, int]  # platform, order, line, part


@dataclass(frozen=True)
class Ask:
    """How many pieces one line of an order wants; moments are seconds UTC."""

    key: Key
    wanted: int
    paid_at: int
    is_shipped: bool = False
    content_id: str | None = None


@dataclass(frozen=True)
class Held:
    """A hold as it was made: until `until` for orders of `platform` (and session, where known)."""

    hold_id: int
    quantity: int
    made_at: int
    until: int
    is_open: bool = True
    platform: str | None = None
    session_id: str | None = None

    def is_for(self, ask: Ask) -> bool:
        """Whether an order of this hold's live session, paid while it lasted, asks."""
        return (
            self.platform == ask.key[0]
            and self.made_at <= ask.paid_at < self.until
            and (not self.session_id or not ask.content_id or self.session_id == ask.content_id)
        )


@dataclass(frozen=True)
class Shares:
    """What each line gets, what each open hold keeps, and how much of a hold its orders took."""

    given: dict[Key, int]
    kept: dict[int, int]
    sold: dict[int, int] = field(default_factory=dict)


def share(capacity: int, asks: Sequence[Ask], holds: Sequence[Held] = ()) -> Shares:
    """Hand out `capacity` pieces to those who ask and to open holds."""
    asks = sorted(asks, key=lambda ask: (ask.paid_at, ask.key))
    left = {ask.key: ask.wanted for ask in asks}
    line: list[tuple[bool, int, int, Key, int, Held | None]] = []
    sold: dict[int, int] = {}
    for hold in sorted(holds, key=lambda hold: (hold.made_at, hold.hold_id)):
        free = hold.quantity
        for ask in asks if hold.platform else ():
            if free and left[ask.key] and hold.is_for(ask):
                taken = min(free, left[ask.key])
                line.append((not ask.is_shipped, hold.made_at, 0, ask.key, taken, None))
                left[ask.key] -= taken
                free -= taken
        sold[hold.hold_id] = hold.quantity - free
        if hold.is_open and free:
            line.append((True, hold.made_at, 1, ("", "", "", hold.hold_id), free, hold))
    for ask in asks:
        if left[ask.key] > 0:
            line.append((not ask.is_shipped, ask.paid_at, 0, ask.key, left[ask.key], None))
    given = {ask.key: 0 for ask in asks}
    kept: dict[int, int] = {}
    for _, _, _, key, wanted, held in sorted(line, key=lambda one: one[:4]):
        got = max(min(wanted, capacity), 0)
        capacity -= got
        if held is None:
            given[key] += got
        else:
            kept[held.hold_id] = got
    return Shares(given, kept, sold)
