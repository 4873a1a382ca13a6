"""What a SKU is called: its design, and what of the variant the design's name does not say already."""

from __future__ import annotations

from typing import Any


def full_title(design: str, variant: str | None) -> str:
    """The design's title with those words of the variant that it lacks: 影青杯 + 影青 大号 = 影青杯 大号."""
    more = [word for word in (variant or "").split() if word.casefold() not in design.casefold()]
    return " ".join((design, *more))


def called(sku: str, design: str | None, variant: str | None) -> str:
    """What one SKU is called; its code where the catalog does not know it."""
    return full_title(design, variant) if design else variant or sku


TITLES = """
SELECT v.sku, p.title, COALESCE(v.title, v.size, p.size) FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code WHERE v.shop_id = ?
"""


def titles(cursor: Any, shop_id: int) -> dict[str, str]:
    """What every SKU of the catalog is called."""
    return {row[0]: full_title(row[1], row[2]) for row in cursor.execute(TITLES, (shop_id,))}
