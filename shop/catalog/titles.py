"""Display titles of the SKUs of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from shop.core.text import full_title

TITLES = """
SELECT v.sku, p.title, COALESCE(v.title, v.size, p.size) FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code WHERE v.shop_id = ?
"""


def titles(cursor: Any, shop_id: int, skus: Iterable[str] | None = None) -> dict[str, str]:
    """The display title of every SKU of the catalog; only of `skus` where given."""
    if skus is None:
        rows = cursor.execute(TITLES, (shop_id,))
    else:
        some = f"{TITLES} AND v.sku IN (SELECT value FROM json_each(?))"
        rows = cursor.execute(some, (shop_id, json.dumps(sorted(skus))))
    return {row[0]: full_title(row[1], row[2]) for row in rows}
