"""How to pack an order so that it survives: wrapping by size of the piece, distance to the box, the box itself.

Couriers ask for at least 5 cm of filling between fragile goods and every wall of the box; pieces that are tall
or heavy get more wrapping, and the largest a second box. Sizes are mm, weights g, from the catalog.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shop.db.database import Database
from shop.orders.search import OrderSummary
from shop.stock.ledger import cursor_of

SizeClass = Literal["small", "medium", "large", "unknown"]
LAYERS: dict[SizeClass, int] = {"small": 2, "medium": 3, "large": 4, "unknown": 3}
SMALL_MM, MEDIUM_MM = 90, 180  # longest side: a cup, a bowl or vase; above, a large vase or plate
HEAVY_G = 1500
LAYER_MM = 8  # one turn of bubble wrap
WALL_MM = 50
SIZES = """
SELECT sku, height_mm, width_mm, weight_g, packing FROM variant
WHERE shop_id = :shop AND sku IN (SELECT value FROM json_each(:skus))
"""


@dataclass(frozen=True)
class PieceSize:
    """What the catalog has of one SKU: height, width in mm, weight in g, how it is packed; None is unknown."""

    height_mm: int | None
    width_mm: int | None
    weight_g: int | None
    packing: str | None

    @property
    def size_class(self) -> SizeClass:
        """By the longest side; a heavy piece is large whatever its size."""
        lengths = [length for length in (self.height_mm, self.width_mm) if length]
        if not lengths:
            return "unknown"
        if max(lengths) > MEDIUM_MM or (self.weight_g or 0) > HEAVY_G:
            return "large"
        return "small" if max(lengths) <= SMALL_MM else "medium"


@dataclass(frozen=True)
class PackedLine:
    """One line to wrap: pieces, layers around each, and how the catalog wants it packed."""

    sku: str
    name: str
    pieces: int
    size_class: SizeClass
    layers: int
    packing: str | None


@dataclass(frozen=True)
class PackingAdvice:
    """How one order is packed; the box is the inner edge of a cube in cm that fits all of it, None if unknown.

    `is_double`: the wrapped pieces go into an inner box first. `weight_g` is without packing, None if unknown.
    """

    lines: tuple[PackedLine, ...]
    box_cm: int | None
    is_double: bool
    weight_g: int | None


UNKNOWN = PieceSize(None, None, None, None)


def piece_sizes(db: Database, skus: Iterable[str], *, shop_id: int = 1) -> dict[str, PieceSize]:
    """The sizes of these SKUs."""
    with db.read() as connection:
        values = {"shop": shop_id, "skus": json.dumps(sorted(set(skus)))}
        return {row[0]: PieceSize(*row[1:]) for row in cursor_of(connection).execute(SIZES, values)}


def advise(orders: Sequence[OrderSummary], sizes: dict[str, PieceSize]) -> PackingAdvice:
    """How these orders are packed into one parcel; the heaviest pieces come first, at the bottom."""
    lines = [line for order in orders for line in order.lines if line.is_unsent]
    known = [(line, sizes.get(line.sku, UNKNOWN)) for line in lines]
    known.sort(key=lambda pair: -(pair[1].weight_g or 0))
    packed = tuple(
        PackedLine(line.sku, line.name, line.quantity, size.size_class, LAYERS[size.size_class], size.packing)
        for line, size in known
    )
    weights = [None if size.weight_g is None else size.weight_g * line.quantity for line, size in known]
    return PackingAdvice(
        packed,
        _box_cm(packed, [size for _, size in known]),
        any(item.size_class == "large" for item in packed),
        None if None in weights else sum(weight or 0 for weight in weights),
    )


def _box_cm(lines: Sequence[PackedLine], sizes: Sequence[PieceSize]) -> int | None:
    """The cube around the wrapped pieces, a third of it lost between them, and the filling at the walls."""
    volume, longest = 0.0, 0.0
    for line, size in zip(lines, sizes, strict=True):
        if not size.height_mm or not size.width_mm:
            return None
        wrap = 2 * line.layers * LAYER_MM
        volume += line.pieces * (size.height_mm + wrap) * (size.width_mm + wrap) ** 2
        longest = max(longest, size.height_mm + wrap, size.width_mm + wrap)
    edge: float = max(longest, math.cbrt(volume * 4 / 3)) + 2 * WALL_MM
    return math.ceil(edge / 10)
