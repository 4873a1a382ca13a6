"""Photos of the practice shop's pots: drawn pictures, one per design, named by the design's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sample_data.studio.seed_database import ASSISTANT
from sample_data.studio.values import Workshop
from shop.catalog import photos
from shop.db.database import Database

FOLDER = Path(__file__).parent / "pictures"


def pictures() -> dict[str, Path]:
    """Return the committed pictures (JPEG) by the product code of their design."""
    return {file.stem: file for file in sorted(FOLDER.glob("*.jpg"))}


def photographed(workshop: Workshop) -> Iterator[tuple[str, Path]]:
    """Yield product code and picture, by units sold."""
    files = pictures()
    product = {variant.sku: variant.product for variant in workshop.variants}
    sold = Counter(product.get(sale.sku) for sale in workshop.sales)
    for code in sorted({item.code for item in workshop.products}, key=lambda code: (-sold[code], code)):
        if code in files:
            yield code, files[code]


def add_photos(db: Database, workshop: Workshop, limit: int | None = None) -> None:
    """Add the photos of a workshop to its products, the first `limit` of them or all."""
    chosen = list(photographed(workshop))[:limit]
    with ThreadPoolExecutor(2) as pool:
        prepared = pool.map(lambda item: photos.prepare(item[1].read_bytes()), chosen)
        for (code, _), photo in zip(chosen, prepared, strict=True):
            photos.add(db, "product", code, [photo], actor=ASSISTANT)
