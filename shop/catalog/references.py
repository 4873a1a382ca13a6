"""References to a product or a SKU: what is referenced can be archived, not deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from shop.core.errors import ShopError

OF_SKU = {
    "orders": "SELECT COUNT(*) FROM sold_match WHERE shop_id = :shop AND sku = :key",
    "stock": "SELECT COUNT(*) FROM stock_movement WHERE shop_id = :shop AND sku = :key",
    "listings": "SELECT COUNT(*) FROM listing WHERE shop_id = :shop AND sku = :key",
    "batches": "SELECT COUNT(*) FROM kiln_batch WHERE shop_id = :shop AND sku = :key",
    "rules": "SELECT COUNT(*) FROM match_rule WHERE shop_id = :shop AND sku = :key",
    "holds": "SELECT COUNT(*) FROM stock_hold WHERE shop_id = :shop AND sku = :key",
    "sets": "SELECT COUNT(*) FROM set_part WHERE shop_id = :shop AND part_sku = :key AND until_at IS NULL",
    "seconds": "SELECT COUNT(*) FROM variant WHERE shop_id = :shop AND seconds_of = :key",
    "costs": "SELECT COUNT(*) FROM unit_cost WHERE shop_id = :shop AND sku = :key",
}
OF_PRODUCT = {"variants": "SELECT COUNT(*) FROM variant WHERE shop_id = :shop AND product_code = :key"}
REFERENCES = {"variant": ("sku", OF_SKU), "product": ("product_code", OF_PRODUCT)}


class StillInUse(ShopError):
    """Something references what was to be deleted."""

    message = (
        "{what} cannot be deleted: sales, stock, listings or batches refer to it ({count} in all). "
        "Archive it instead."
    )


def references_to(connection: Connection, shop_id: int, table: str, key: str) -> dict[str, int]:
    """How many rows of each kind reference a variant (by SKU) or a product (by code)."""
    _, questions = REFERENCES[table]
    counts = {
        name: int(connection.execute(text(sql), {"shop": shop_id, "key": key}).scalar_one())
        for name, sql in questions.items()
    }
    return {name: count for name, count in counts.items() if count}


def refuse_if_in_use(
    connection: Connection,
    shop_id: int,
    table: str,
    key: Mapping[str, Any],
    *,
    ignoring: tuple[str, ...] = (),
) -> None:
    """Raise StillInUse where something references what is to be deleted."""
    if table not in REFERENCES:
        return
    what = str(key[REFERENCES[table][0]])
    counts = references_to(connection, shop_id, table, what)
    count = sum(number for name, number in counts.items() if name not in ignoring)
    if count:
        raise StillInUse(what=what, count=count)
