"""Display titles of all SKUs of the catalog."""

from __future__ import annotations

from typing import Any

from shop.core.text import full_title

TITLES = """
SELECT v.sku, p.title, COALESCE(v.title, v.size, p.size) FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code WHERE v.shop_id = ?
"""


def titles(cursor: Any, shop_id: int) -> dict[str, str]:
    """The display title of every SKU of the catalog."""
    return {row[0]: full_title(row[1], row[2]) for row in cursor.execute(TITLES, (shop_id,))}
