"""Opening stock: quantities reported by product files and platforms, for SKUs that nobody has counted.

A reported quantity is not stock yet. It becomes stock when somebody accepts it, as a count
(shop/stock/counts.py), which can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from shop.access.roles import Actor
from shop.db.database import Database
from shop.stock import counts

OPENING_QUANTITIES = """
SELECT l.sku, COALESCE(p.title, l.title, l.sku), MAX(l.quantity), MAX(l.platform)
FROM listing l
JOIN variant v ON v.shop_id = l.shop_id AND v.sku = l.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE l.shop_id = :shop AND l.quantity > 0 AND l.status <> 'retired'
  AND v.stock_policy <> 'made_to_order' AND NOT v.is_archived
  AND (:platform = '' OR l.platform = :platform)
  AND v.parts IS NULL AND NOT EXISTS (SELECT 1 FROM stock_balance b WHERE b.shop_id = l.shop_id AND b.sku = l.sku)
GROUP BY l.sku ORDER BY 2, 1
"""


@dataclass(frozen=True)
class OpeningQuantity:
    """One untracked SKU, and how many pieces a platform or its file states.

    Several platforms sell from one stock: the largest number reported is used.
    """

    sku: str
    title: str
    quantity: int
    platform: str


def opening_quantities(db: Database, platform: str = "", *, shop_id: int = 1) -> tuple[OpeningQuantity, ...]:
    """Quantities that could become opening stock; of one platform where given."""
    with db.read() as connection:
        rows = connection.execute(text(OPENING_QUANTITIES), {"shop": shop_id, "platform": platform}).all()
    return tuple(OpeningQuantity(row[0], row[1], int(row[2]), row[3]) for row in rows)


def accept(db: Database, rows: Sequence[OpeningQuantity], *, actor: Actor, shop_id: int = 1) -> int | None:
    """Accept these quantities as counted; the number of the count, None where there are none."""
    if not rows:
        return None
    counted = {row.sku: row.quantity for row in rows}
    return counts.set_counts(db, counted, actor=actor, shop_id=shop_id)


def total_pieces(rows: Sequence[OpeningQuantity]) -> int:
    """The sum of the quantities, in pieces."""
    return sum(row.quantity for row in rows)


def undo(db: Database, count_id: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Undo an accepted opening stock."""
    counts.undo(db, count_id, actor=actor, shop_id=shop_id)
