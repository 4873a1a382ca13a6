"""Locations for tests and measures: cups in rows, each with a place, a count and (some) a photo."""

import io
from datetime import UTC, datetime

from PIL import Image

from shop.access.roles import OWNER
from shop.catalog import photos, products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.stock import counts

SIZES = ("小号", "中号", "大号", "特大号")
GLAZES = ("青瓷", "天青", "影青", "乌金", "粉青", "柴烧")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def fill(db: Database, skus: int, *, places: int = 1, pictures: int = 0) -> list[str]:
    """So many SKUs, four of a design, counted; their codes in the order of the locations' names."""
    result: list[str] = []
    counted: dict[str, int] = {}
    for design in range(-(-skus // 4)):
        glaze = GLAZES[design % len(GLAZES)]
        fields = [
            VariantFields(
                sku=f"S{number:04}",
                title=SIZES[number % 4],
                price_cents=12_800,
                place=f"{chr(65 + number % places // 8)}架-{number % places % 8 + 1}",
                reorder_point=3 if number % 2 else None,
            )
            for number in range(design * 4, min(design * 4 + 4, skus))
        ]
        product = ProductFields(f"{glaze}杯 {design + 1:03}", form="杯", glaze=glaze)
        products.add(db, product, fields, actor=OWNER, code=f"P{design:03}")
        if design < pictures:
            photos.add(db, "product", f"P{design:03}", [photos.prepare(_picture(design))], actor=OWNER)
        result += [item.sku for item in fields if item.sku]
        counted |= {item.sku: (7 * place) % 17 + 1 for place, item in enumerate(fields) if item.sku}
    counts.set_counts(db, counted, actor=OWNER, at=SINCE)
    return result


def _picture(design: int) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").rotate(design).save(file, "JPEG")
    return file.getvalue()
