"""The stock level of one SKU; that of a set follows from its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from shop.core.text import full_title
from shop.stock import ledger
from shop.stock.allocation_store import SET_STRIDE

PARTS = """
SELECT s.set_sku, s.part_sku, s.pieces, COALESCE(p.title || COALESCE(' ' || v.title, ''), v.title, s.part_sku),
  COALESCE(v.stock_policy = 'made_to_order', 0)
FROM set_part s
LEFT JOIN variant v ON v.shop_id = s.shop_id AND v.sku = s.part_sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE s.shop_id = :shop AND s.until_at IS NULL ORDER BY s.set_sku, s.place
"""
SHORT_SETS = f"""
SELECT set_sku, SUM(sets) FROM (
  SELECT c.set_sku, MAX((c.short + s.pieces - 1) / s.pieces) AS sets FROM stock_claim c
  JOIN set_part s ON s.shop_id = c.shop_id AND s.set_sku = c.set_sku AND s.place = c.part / {SET_STRIDE}
    AND s.from_at <= c.paid_at AND (s.until_at IS NULL OR c.paid_at < s.until_at)
  WHERE c.shop_id = :shop AND c.short > 0
  GROUP BY c.set_sku, c.platform, c.order_id, c.line_id
) GROUP BY set_sku
"""
"""Sets sold for which a part is short, each order line by the part that it lacks most."""


@dataclass(frozen=True)
class PartLevel:
    """One part of a set: how many pieces one set takes, how many are free (None: never counted), how many are short.

    `limits` marks those for which the set's stock is not more; one produced to order never limits it.
    """

    sku: str
    title: str
    pieces: int
    free: int | None
    short: int
    limits: bool


@dataclass(frozen=True)
class StockLevel:
    """Stock of one SKU, in pieces; `on_hand` is None where it was never counted, `short` is oversold.

    Of a set (with `parts`), `on_hand` is what its parts allow now; reservations are those of the parts.
    """

    sku: str
    product: str
    spec: str
    place: str
    policy: str
    reorder_point: int | None
    on_hand: int | None
    reserved: int
    presale: int
    short: int
    is_low: bool
    cover_days: float | None = None
    parts: tuple[PartLevel, ...] = ()

    @property
    def title(self) -> str:
        """The product and which form of it."""
        return full_title(self.product, self.spec)

    @property
    def is_counted(self) -> bool:
        """Whether its stock is tracked."""
        return self.on_hand is not None

    @property
    def is_set(self) -> bool:
        """Whether it is a set: its stock is that of its parts."""
        return bool(self.parts)

    @property
    def free(self) -> int | None:
        """Pieces on hand that are neither sold nor reserved."""
        return None if self.on_hand is None else max(self.on_hand - self.reserved, 0)

    @property
    def available(self) -> int:
        """Pieces that can still be sold, pre-sale included."""
        return max((self.on_hand or 0) - self.reserved + self.presale, 0)

    @property
    def is_unique(self) -> bool:
        """Whether it is one of a kind."""
        return self.policy == "one_of_a_kind"

    @property
    def is_out(self) -> bool:
        """Whether no piece is free of a SKU that can be computed again."""
        return self.free == 0 and not self.is_unique

    @property
    def is_gone(self) -> bool:
        """Whether it is one of a kind and has left."""
        return self.is_unique and self.is_counted and not self.on_hand and not self.short

    @property
    def mark(self) -> str:
        """The most urgent state: short, out, low, or "" where there is none."""
        return "short" if self.short else "out" if self.is_out else "low" if self.is_low else ""


class SetPartRow(NamedTuple):
    """One part of a set as it is valid now."""

    sku: str
    pieces: int
    title: str
    is_produced_to_order: bool


def parts_of_sets(connection: Connection, shop_id: int) -> dict[str, list[SetPartRow]]:
    """The parts of every set as they are valid now, by the set's SKU."""
    parts: dict[str, list[SetPartRow]] = {}
    for of, sku, pieces, title, to_order in ledger.cursor_of(connection).execute(PARTS, {"shop": shop_id}):
        parts.setdefault(of, []).append(SetPartRow(sku, pieces, title, bool(to_order)))
    return parts


def short_sets(connection: Connection, shop_id: int) -> dict[str, int]:
    """How many sets were sold whose parts are not all there, by the set's SKU."""
    return dict(ledger.cursor_of(connection).execute(SHORT_SETS, {"shop": shop_id}).fetchall())


def set_level(
    level: StockLevel, parts: Sequence[SetPartRow], levels: Mapping[str, StockLevel], short: int
) -> StockLevel:
    """The level of a set from those of its parts; unknown while a part that could limit it was never counted."""
    free = {part.sku: levels[part.sku].free if part.sku in levels else None for part in parts}
    limiting = [part for part in parts if part.sku in levels or not part.is_produced_to_order]
    counts = {part.sku: (free[part.sku] or 0) // part.pieces for part in limiting}
    is_known = bool(limiting) and all(free[part.sku] is not None for part in limiting)
    sellable = min(counts.values(), default=0)
    with_presale = min(
        (levels[part.sku].available // part.pieces for part in limiting if is_known), default=0
    )
    rows = (
        PartLevel(
            part.sku,
            part.title,
            part.pieces,
            free[part.sku],
            levels[part.sku].short if part.sku in levels else 0,
            is_known and counts.get(part.sku) == sellable,
        )
        for part in parts
    )
    point = level.reorder_point
    return replace(
        level,
        on_hand=sellable if is_known else None,
        reserved=0,
        presale=max(with_presale - sellable, 0),
        short=short,
        is_low=is_known and point is not None and sellable <= point,
        parts=tuple(rows),
    )
