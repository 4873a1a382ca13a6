"""Photos come upright, small and without GPS data; what is no photo or unpacks too large is rejected."""

import io
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.catalog import photos, products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.stock.ledger import UnknownSku
from shop.undo.catalog import undo
from tests.support.pictures import GPS, picture


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.fixture
def cup(db: Database) -> str:
    return products.add(db, ProductFields("青瓷杯"), [VariantFields()], actor=OWNER).skus[0]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_a_photos_metadata_remains(format: str):
    content = picture(format=format)
    assert dict(opened(content).getexif().get_ifd(GPS))
    created = photos.prepare(content)
    for small in (created.image, created.thumb):
        result = opened(small)
        assert result.format == "JPEG"
        assert not dict(result.getexif())
        assert not {"exif", "xmp", "icc_profile", "photoshop", "comment"} & set(result.info)
        assert b"Exif" not in small and b"A camera" not in small


def test_a_photo_taken_sideways_stands_upright():
    created = photos.prepare(picture((400, 300), turned=6))
    assert (created.width, created.height) == (300, 400)
    red, _, blue = opened(created.image).getpixel((290, 10))
    assert red > 200 > 100 > blue, "its corner went from the top left to the top right"


def test_a_large_photo_is_reduced_with_its_proportions():
    created = photos.prepare(picture((4800, 3600)))
    assert (created.width, created.height) == (1600, 1200)
    assert opened(created.thumb).size == (160, 120)
    assert photos.prepare(picture((300, 200))).width == 300, "a small one is not blown up"


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    file = io.BytesIO()
    image.save(file, "PNG")
    assert opened(photos.prepare(file.getvalue()).image).getpixel((25, 25)) == (255, 255, 255)


def bomb(item: int) -> bytes:
    """A PNG of a few kilobytes whose header declares width x width pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + check

    size = item.to_bytes(4, "big")
    body = zlib.compress(b"\0" * (item // 8 + 1) * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + size + b"\x01\0\0\0\0")
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("item", [11_000, 13_000, 60_000])
def test_a_picture_that_unpacks_to_more_than_any_camera_makes_is_rejected(item: int):
    with pytest.raises((photos.PhotoTooLarge, photos.NotAPhoto)) as error:
        photos.prepare(bomb(item), "bomb.png")
    assert item < 11_001 or error.type is photos.PhotoTooLarge


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload='x'></svg>",
        b"%PDF-1.7",
        picture()[:400],
        b"GIF89a" + bytes(30),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
    ],
)
def test_what_is_no_photo_is_rejected_by_name(content: bytes):
    with pytest.raises(photos.NotAPhoto, match=r"cup\.jpg"):
        photos.prepare(content, "cup.jpg")


def test_a_phones_heic_is_read_where_its_reader_is_there():
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    created = photos.prepare(picture((640, 480), format="HEIF", turned=1))
    assert (created.width, created.height) == (640, 480)
    assert not dict(opened(created.image).getexif())


def test_without_its_reader_a_heic_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    content = b"\0\0\0\x18ftypheic" + bytes(40)
    with pytest.raises(photos.HeicNotThere, match="kilnboard\\[heic\\]"):
        photos.prepare(content, "IMG_1.HEIC")


def ids(db: Database, sku: str) -> list[str]:
    return [item.photo_id for item in photos.of_owner(db, "sku", sku)]


def test_photos_are_ordered_reordered_and_removed_with_undo(db: Database, cup: str):
    three = [photos.prepare(picture(colour=colour)) for colour in ("red", "green", "blue")]
    red, green, blue = (item.photo_id for item in three)
    photos.add(db, "sku", cup, three, actor=OWNER)
    assert ids(db, cup) == [red, green, blue]
    photos.add(db, "sku", cup, three[:1], actor=OWNER)
    assert ids(db, cup) == [red, green, blue], "the same picture stays one"
    photos.move(db, "sku", cup, blue, 0, actor=OWNER)
    assert ids(db, cup) == [blue, red, green]
    gone = photos.remove(db, "sku", cup, red, actor=OWNER)
    assert ids(db, cup) == [blue, green]
    undo(db, gone, actor=OWNER)
    assert ids(db, cup) == [blue, red, green]
    with pytest.raises(photos.NoSuchPhoto):
        photos.remove(db, "sku", cup, "nothing", actor=OWNER)


def test_a_removed_photo_that_is_taken_again_comes_back(db: Database, cup: str):
    item = photos.prepare(picture())
    photos.add(db, "sku", cup, [item], actor=OWNER)
    photos.remove(db, "sku", cup, item.photo_id, actor=OWNER)
    assert ids(db, cup) == []
    photos.add(db, "sku", cup, [item], actor=OWNER)
    assert ids(db, cup) == [item.photo_id]


def test_adding_a_photo_can_be_undone(db: Database, cup: str):
    number = photos.add(db, "sku", cup, [photos.prepare(picture())], actor=OWNER)
    undo(db, number, actor=OWNER)
    assert ids(db, cup) == []
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM photo").scalar() == 0


def test_a_sku_shows_its_own_photo_before_its_products(db: Database, cup: str):
    product, own = (photos.prepare(picture(colour=item)) for item in ("black", "white"))
    photos.add(db, "product", "K0001", [product], actor=OWNER)
    assert photos.thumbs(db, [cup]) == {cup: product.thumb}
    photos.add(db, "sku", cup, [own], actor=OWNER)
    assert photos.thumbs(db) == {cup: own.thumb}
    assert photos.image(db, "sku", cup, own.photo_id) == own.image


def test_twenty_photos_are_enough_and_a_creator_adds_none(db: Database, cup: str):
    many = [photos.prepare(picture((20 + n, 20))) for n in range(21)]
    with pytest.raises(photos.TooManyPhotos):
        photos.add(db, "sku", cup, many, actor=OWNER)
    assert ids(db, cup) == [], "all or none"
    with pytest.raises(NotAllowed):
        photos.add(db, "sku", cup, many[:1], actor=Actor("li", "creator"))


def test_a_photo_of_nothing_is_rejected(db: Database, tmp_path: Path):
    with pytest.raises(UnknownSku):
        photos.add(db, "sku", "no such", [photos.prepare(picture())], actor=OWNER)
    with pytest.raises(products.UnknownProduct):
        photos.add(db, "product", "no such", [photos.prepare(picture())], actor=OWNER)
