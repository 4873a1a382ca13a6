"""Photos of the practice shop's pots: drawn pictures, one per design, named by the design's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sample_data.studio.seed_database import ASSISTANT
from sample_data.studio.values import Workshop
from shop.catalog import photos
from shop.db.database import Database

FOLDER = Path(__file__).parent / "pictures"
PORTRAITS = 6


def pictures() -> dict[str, Path]:
    """Return the committed pictures (JPEG) by the product code of their design."""
    return {file.stem: file for file in sorted(FOLDER.glob("*.jpg"))}


def photographed(workshop: Workshop) -> Iterator[tuple[photos.Owner, str, Path]]:
    """Yield owner kind, owner and picture: designs by units sold, then the newest one-of-a-kind pieces."""
    files = pictures()
    product = {variant.sku: variant.product for variant in workshop.variants}
    sold = Counter(product.get(sale.sku) for sale in workshop.sales)
    designs = {product.code for product in workshop.products if not product.code.startswith("GP-")}
    for code in sorted(designs & set(files), key=lambda code: (-sold[code], code)):
        yield "product", code, files[code]
    pieces = [piece for piece in workshop.pieces if piece.product in files]
    for piece in pieces[-PORTRAITS:]:
        yield "sku", piece.sku, files[piece.product]


def add_photos(db: Database, workshop: Workshop, limit: int | None = None) -> None:
    """Add the photos of a workshop to its products and pieces, the first `limit` of them or all."""
    for kind, owner, file in list(photographed(workshop))[:limit]:
        photos.add(db, kind, owner, [photos.prepare(file.read_bytes())], actor=ASSISTANT)
