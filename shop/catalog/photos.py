"""Photos of products and pieces: scaled down, turned upright, without GPS or camera data, in the database.

JPEG, PNG and WebP are always readable; HEIC (what phones take) where the extra `heic` is installed. A
picture is decoded once and encoded again as JPEG, so none of its metadata remains. A file that unpacks to
more pixels than any camera takes is rejected before it is unpacked."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database

if TYPE_CHECKING:
    from PIL import Image

LONGEST, THUMB = 1600, 160
QUALITY, THUMB_QUALITY = 86, 80
MOST_BYTES = 40 << 20
MOST_PIXELS = 120_000_000
MOST_PHOTOS = 20
RESTORE_DAYS = 30  # a removed photo can be brought back that long
READ = ("JPEG", "PNG", "WEBP")
Owner = Literal["sku", "product"]


class NotAPhoto(ShopError):
    """The file is no picture that can be read."""

    message = "{file} is not a photo that can be read. Take JPEG, PNG or HEIC."


class PhotoTooLarge(ShopError):
    """More bytes or pixels than any camera makes."""

    message = "{file} is too large ({found}; the limit is {most}). Send a smaller copy."


class HeicNotThere(ShopError):
    """A HEIC picture, and the extra that reads it is not installed."""

    message = (
        "{file} is a HEIC photo. Install its reader (pip install 'kilnboard[heic]'), or set the "
        "phone's camera to “most compatible” (JPEG)."
    )


class TooManyPhotos(ShopError):
    """One thing has more photos than anybody looks at."""

    message = "{owner} has {most} photos already. Remove one first."


class NoSuchPhoto(ShopError):
    """There is no such photo to remove or move."""

    message = "{owner} has no such photo."


@dataclass(frozen=True)
class Prepared:
    """A picture as it will be stored; `photo_id` is the SHA-256 of its JPEG."""

    photo_id: str
    width: int
    height: int
    image: bytes
    thumb: bytes


def prepare(content: bytes, file: str = "photo") -> Prepared:
    """Read a picture, turn it upright, make it small and drop everything but its pixels.

    Raises NotAPhoto, PhotoTooLarge, HeicNotThere.
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge(file=file, found=f"{len(content) >> 20} MB", most=f"{MOST_BYTES >> 20} MB")
    upright = _opened(content, file)
    large = _within(upright, LONGEST)
    image = _jpeg(large, QUALITY)
    return Prepared(
        hashlib.sha256(image).hexdigest(),
        large.width,
        large.height,
        image,
        _jpeg(_within(large, THUMB), THUMB_QUALITY),
    )


def _opened(content: bytes, file: str) -> Image.Image:
    from PIL import Image, ImageOps, UnidentifiedImageError

    formats: tuple[str, ...] = READ
    if _is_heic(content):
        _with_heic(file)
        formats = ("HEIF",)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=formats) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise PhotoTooLarge(
                        file=file,
                        found=f"{opened.width} x {opened.height}",
                        most=f"{MOST_PIXELS // 1_000_000} MP",
                    )
                opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded at a fraction of its size
                opened.load()
                return _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        raise NotAPhoto(file=file) from problem
    except Image.DecompressionBombError as problem:
        raise PhotoTooLarge(file=file, found="?", most=f"{MOST_PIXELS // 1_000_000} MP") from problem


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in (
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"mif1",
        b"msf1",
        b"heif",
    )


def _with_heic(file: str) -> None:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as problem:
        raise HeicNotThere(file=file) from problem
    register_heif_opener()


def _on_white(image: Image.Image) -> Image.Image:
    """Plain colours: what is transparent becomes white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    return image.convert("RGB")


def _within(image: Image.Image, longest: int) -> Image.Image:
    from PIL import Image

    if max(image.size) <= longest:
        return image
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return small


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.info.clear()
    image.save(file, "JPEG", quality=quality, optimize=True, progressive=quality == QUALITY)
    return file.getvalue()


# --- commands ---------------------------------------------------------------------------------------


def add(
    db: Database,
    owner_kind: Owner,
    owner: str,
    pictures: Sequence[Prepared],
    *,
    actor: Actor,
    shop_id: int = 1,
) -> int:
    """Put pictures behind those that a product or a SKU has; the same picture stays one."""
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        add_to(edits, owner_kind, owner, pictures)
        _purge_removed(connection, shop_id)
        return log_action(
            connection, actor, "photo.add", owner, changes=len(pictures), undo=edits.undo, shop_id=shop_id
        )


def add_to(edits: Edits, owner_kind: Owner, owner: str, pictures: Sequence[Prepared]) -> None:
    """Write pictures inside the caller's transaction; raises TooManyPhotos, UnknownSku, UnknownProduct."""
    _must_be_there(edits, owner_kind, owner)
    shown = _shown(edits.connection, edits.shop_id, owner_kind, owner)
    place = len(shown)
    for picture in pictures:
        if picture.photo_id in shown:
            continue
        if place >= MOST_PHOTOS:
            raise TooManyPhotos(owner=owner, most=MOST_PHOTOS)
        key = {"owner_kind": owner_kind, "owner": owner, "photo_id": picture.photo_id}
        if edits.read("photo", key, ("position",)) is not None:  # removed before, and back again
            edits.update("photo", key, {"position": place})
        else:
            edits.insert(
                "photo",
                key,
                {
                    "position": place,
                    "width": picture.width,
                    "height": picture.height,
                    "image": picture.image,
                    "thumb": picture.thumb,
                    "added_at": _now(),
                },
            )
        place += 1


def remove(
    db: Database, owner_kind: Owner, owner: str, photo_id: str, *, actor: Actor, shop_id: int = 1
) -> int:
    """Take a photo away; it can be brought back for a month. Raises NoSuchPhoto."""
    return _reordered(db, owner_kind, owner, photo_id, None, actor, shop_id)


def move(
    db: Database, owner_kind: Owner, owner: str, photo_id: str, to: int, *, actor: Actor, shop_id: int = 1
) -> int:
    """Put a photo at another place among its owner's, 0 is the first. Raises NoSuchPhoto."""
    return _reordered(db, owner_kind, owner, photo_id, to, actor, shop_id)


def _reordered(
    db: Database, owner_kind: Owner, owner: str, photo_id: str, to: int | None, actor: Actor, shop_id: int
) -> int:
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        shown = _shown(connection, shop_id, owner_kind, owner)
        if photo_id not in shown:
            raise NoSuchPhoto(owner=owner)
        shown.remove(photo_id)
        key = {"owner_kind": owner_kind, "owner": owner}
        if to is None:
            edits.update("photo", {**key, "photo_id": photo_id}, {"position": -_now()})
        else:
            shown.insert(max(to, 0), photo_id)
        for place, shown_id in enumerate(shown):
            edits.update("photo", {**key, "photo_id": shown_id}, {"position": place})
        action = "photo.remove" if to is None else "photo.move"
        return log_action(connection, actor, action, owner, undo=edits.undo, shop_id=shop_id)


def _shown(connection: Connection, shop_id: int, owner_kind: str, owner: str) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT photo_id FROM photo WHERE shop_id = :shop AND owner_kind = :kind "
            "AND owner = :owner AND position >= 0 ORDER BY position, photo_id"
        ),
        {"shop": shop_id, "kind": owner_kind, "owner": owner},
    )
    return [row[0] for row in rows]


def _must_be_there(edits: Edits, owner_kind: Owner, owner: str) -> None:
    from shop.catalog.products import UnknownProduct
    from shop.stock.ledger import UnknownSku

    key = "sku" if owner_kind == "sku" else "product_code"
    table = "variant" if owner_kind == "sku" else "product"
    if edits.read(table, {key: owner}, (key,)) is None:
        raise UnknownSku(sku=owner) if owner_kind == "sku" else UnknownProduct(code=owner)


def _purge_removed(connection: Connection, shop_id: int) -> None:
    """Let go of photos that were removed long ago."""
    connection.execute(
        text("DELETE FROM photo WHERE shop_id = :shop AND position < 0 AND position > -:until"),
        {"shop": shop_id, "until": _now() - RESTORE_DAYS * 86_400},
    )


def _now() -> int:
    from shop.catalog.products import now

    return now()


# --- reading -------------------------------------------------------------------------------------

THUMBS = """
SELECT sku, thumb FROM (
  SELECT v.sku, h.thumb, ROW_NUMBER() OVER (PARTITION BY v.sku
    ORDER BY h.owner_kind = 'product', h.position, h.photo_id) AS place
  FROM variant v JOIN photo h ON h.shop_id = v.shop_id AND h.position >= 0
    AND (h.owner_kind = 'sku' AND h.owner = v.sku
      OR h.owner_kind = 'product' AND h.owner = v.product_code)
  WHERE v.shop_id = :shop AND (:all OR v.sku IN (SELECT value FROM json_each(:skus)))
) WHERE place = 1
"""


def thumbs(db: Database, skus: Iterable[str] | None = None, *, shop_id: int = 1) -> dict[str, bytes]:
    """The small picture (JPEG) of each of these SKUs (all without): its own first, else its product's."""
    import json

    wanted = None if skus is None else json.dumps(sorted(skus))
    with db.read() as connection:
        rows = connection.execute(
            text(THUMBS), {"shop": shop_id, "all": wanted is None, "skus": wanted or "[]"}
        )
        return {row[0]: bytes(row[1]) for row in rows}


@dataclass(frozen=True)
class PhotoThumb:
    """One photo of a product or a SKU as a page shows it."""

    photo_id: str
    width: int
    height: int
    thumb: bytes


def of_owner(db: Database, owner_kind: Owner, owner: str, *, shop_id: int = 1) -> list[PhotoThumb]:
    """The photos of a product or a SKU, in their order."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT photo_id, width, height, thumb FROM photo WHERE shop_id = :shop AND "
                "owner_kind = :kind AND owner = :owner AND position >= 0 ORDER BY position, photo_id"
            ),
            {"shop": shop_id, "kind": owner_kind, "owner": owner},
        ).all()
    return [PhotoThumb(r[0], r[1], r[2], bytes(r[3])) for r in rows]


def image(db: Database, owner_kind: Owner, owner: str, photo_id: str, *, shop_id: int = 1) -> bytes:
    """A photo in full (JPEG). Raises NoSuchPhoto."""
    with db.read() as connection:
        content = connection.execute(
            text(
                "SELECT image FROM photo WHERE shop_id = :shop AND owner_kind = :kind "
                "AND owner = :owner AND photo_id = :photo"
            ),
            {"shop": shop_id, "kind": owner_kind, "owner": owner, "photo": photo_id},
        ).scalar()
    if content is None:
        raise NoSuchPhoto(owner=owner)
    return bytes(content)
