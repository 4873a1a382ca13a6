"""What can be shown in a live session: the pieces of the catalog, else what was sold, each with how it is called."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from shop.db.database import Database
from shop.stock.levels import stock_levels

MOST = 600
NUMBERS = "SELECT sku, number FROM piece WHERE shop_id = :shop"
SOLD = """
SELECT sku, MAX(title || COALESCE(' ' || NULLIF(spec, ''), '')) FROM sold_sku
WHERE shop_id = :shop AND sku <> '' GROUP BY sku ORDER BY 2, 1 LIMIT :most
"""


@dataclass(frozen=True)
class ShowableItem:
    """One piece: the number of a one-of-a-kind piece or the SKU as `item`, our SKU, title, free pieces (None: not
    counted).
    """

    item: str
    sku: str
    title: str
    free: int | None = None


def showable_items(db: Database, *, shop: int = 1) -> list[ShowableItem]:
    """The pieces of the catalog that are in stock or were never counted, by title; without a catalog what was sold."""
    with db.read() as connection:
        numbers = {row[0]: row[1] for row in connection.execute(text(NUMBERS), {"shop": shop})}
        sold = connection.execute(text(SOLD), {"shop": shop, "most": MOST}).all()
    levels = stock_levels(db, shop_id=shop)
    items = [
        ShowableItem(numbers.get(level.sku, level.sku), level.sku, level.title, level.free)
        for level in levels
        if level.free != 0
    ]
    if not levels:
        items = [ShowableItem(row[0], row[0], row[1]) for row in sold]
    return sorted(items, key=lambda item: (item.title, item.item))[:MOST]
