"""The committed pictures of the practice shop's pots, and what they are added to."""

import shutil
from collections import Counter
from pathlib import Path

from PIL import Image
from sqlalchemy import text

from sample_data.studio.catalog import products
from sample_data.studio.photos import add_photos, photographed, pictures
from shop.connect import connect
from tests.support.shops.practice_studio import Studio


def test_every_picture_is_a_small_square_of_a_design_on_offer() -> None:
    codes = {product.code for product in products()}
    assert set(pictures()) == codes
    for file in pictures().values():
        assert file.stat().st_size < 20_000, file.name
        with Image.open(file) as image:
            assert (image.format, image.size) == ("JPEG", (480, 480))


def test_every_product_has_its_photo_those_first_that_sell_most(studio: Studio, tmp_path: Path) -> None:
    codes = [code for code, _ in photographed(studio.plan)]
    product = {variant.sku: variant.product for variant in studio.plan.variants}
    sold = Counter(product.get(sale.sku) for sale in studio.plan.sales)
    assert sold[codes[0]] == max(sold[code] for code in codes) and not codes[0].startswith("GP-")
    shutil.copy(studio.path, tmp_path / "shop.db")
    db = connect(str(tmp_path / "shop.db"))
    add_photos(db, studio.plan)
    with db.read() as connection:
        owners = connection.execute(text("SELECT COUNT(DISTINCT owner) FROM photo")).scalar()
    db.close()
    assert owners == len(codes) == len(set(codes)) > 24
