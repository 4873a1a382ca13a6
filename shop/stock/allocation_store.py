"""Allocations as rows of `stock_claim`: what one order line requests of one SKU and what it received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from shop.stock.allocation_policy import Key
from shop.stock.ledger import cursor_of

LineKey = tuple[str, str, str]  # platform, order, line
SET_STRIDE = 100
"""The parts of a set have the part numbers 0, 100, 200 ... of its order line, their siblings those after them."""


@dataclass(frozen=True)
class Allocation:
    """One row of `stock_claim`, for one part of an order line; moments are seconds UTC.

    `taken` pieces were allocated, `short` are missing, `returned` came back, `agreed` were settled
    otherwise, `counted_out` were accounted to a count instead of the current stock. `set_sku` is the set that the
    line sold, where it has parts.
    """

    platform: str
    order_id: str
    line_id: str
    part: int
    sku: str
    wanted: int
    taken: int = 0
    short: int = 0
    returned: int = 0
    agreed: int = 0
    counted_out: int = 0
    paid_at: int = 0
    is_shipped: bool = False
    shipped_at: int | None = None
    content_id: str | None = None
    settled_at: int | None = None
    settled_by: str | None = None
    settled_how: str | None = None
    set_sku: str | None = None

    @property
    def key(self) -> Key:
        """Platform, order, line and part."""
        return self.platform, self.order_id, self.line_id, self.part

    @property
    def line(self) -> LineKey:
        """The order line that it belongs to."""
        return self.platform, self.order_id, self.line_id

    @property
    def own(self) -> Key:
        """The key of the part that it stands in for, its own where it is no sibling."""
        return *self.line, self.part - self.part % SET_STRIDE

    @property
    def is_sibling(self) -> bool:
        """Whether it is a piece agreed on in another's stead."""
        return self.part % SET_STRIDE > 0

    @property
    def fixed(self) -> int:
        """Taken pieces that cannot be reallocated: accounted to a count, or returned."""
        return max(self.counted_out, self.returned)

    @property
    def is_empty(self) -> bool:
        """Whether the row has no information and can be deleted."""
        return not (self.wanted or self.returned or self.agreed or self.settled_how)

    def was_shipped_before_count(self, counted: Mapping[str, int]) -> bool:
        """Whether its parcel had left by the time its SKU was last counted (`last_counts`)."""
        return (
            self.is_shipped and self.shipped_at is not None and self.shipped_at <= counted.get(self.sku, -1)
        )


NAMES = tuple(column.name for column in fields(Allocation))
SAVE = (
    f"INSERT INTO stock_claim (shop_id, {', '.join(NAMES)}) "
    f"VALUES ({', '.join('?' * (len(NAMES) + 1))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in NAMES[4:])
)
DELETE = (
    "DELETE FROM stock_claim WHERE shop_id = ? AND platform = ? AND order_id = ? AND line_id = ? AND part = ?"
)
COLUMNS = ", ".join("c." + name for name in NAMES)


def allocations_where(connection: Connection, condition: str, **values: Any) -> list[Allocation]:
    """The allocations that meet an SQL condition on `c`, in order of payment."""
    sql = (
        f"SELECT {COLUMNS} FROM stock_claim c WHERE {condition} "
        "ORDER BY c.paid_at, c.platform, c.order_id, c.line_id, c.part"
    )
    return [Allocation(*row) for row in cursor_of(connection).execute(sql, values)]


def allocation_of(connection: Connection, shop_id: int, key: Key) -> Allocation | None:
    """The allocation of one part of an order line; None where there is none."""
    platform, order, line, part = key
    rows = allocations_where(
        connection,
        "c.shop_id = :shop AND c.platform = :platform AND c.order_id = :order "
        "AND c.line_id = :line AND c.part = :part",
        shop=shop_id,
        platform=platform,
        order=order,
        line=line,
        part=part,
    )
    return rows[0] if rows else None


def save_allocations(connection: Connection, shop_id: int, rows: Iterable[Allocation]) -> None:
    """Insert or overwrite allocations."""
    values = [(shop_id, *(getattr(row, name) for name in NAMES)) for row in rows]
    cursor_of(connection).executemany(SAVE, values)


def delete_allocations(connection: Connection, shop_id: int, keys: Iterable[Key]) -> None:
    """Delete the allocations with these keys."""
    cursor_of(connection).executemany(DELETE, [(shop_id, *key) for key in keys])


def last_counts(connection: Connection, shop_id: int) -> dict[str, int]:
    """When each SKU was last counted (seconds UTC), by counts that are finished."""
    sql = (
        "SELECT l.sku, MAX(l.counted_at) FROM stocktake s JOIN stocktake_line l USING (count_id) "
        "WHERE s.shop_id = ? AND s.status = 'finished' AND l.counted IS NOT NULL GROUP BY l.sku"
    )
    return dict(cursor_of(connection).execute(sql, (shop_id,)).fetchall())
