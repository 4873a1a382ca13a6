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
    assert len(pictures()) == 24 and set(pictures()) <= codes
    for file in pictures().values():
        assert file.stat().st_size < 20_000, file.name
        with Image.open(file) as image:
            assert (image.format, image.size) == ("JPEG", (480, 480))


def test_designs_that_sell_most_and_the_newest_pieces_have_photos(studio: Studio, tmp_path: Path) -> None:
    kinds = Counter(kind for kind, _, _ in photographed(studio.plan))
    assert kinds == {"product": 18, "sku": 6}
    shutil.copy(studio.path, tmp_path / "shop.db")
    db = connect(str(tmp_path / "shop.db"))
    add_photos(db, studio.plan)
    with db.read() as connection:
        owners = connection.execute(text("SELECT COUNT(DISTINCT owner) FROM photo")).scalar()
    db.close()
    assert owners == 24
