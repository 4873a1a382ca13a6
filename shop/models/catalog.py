"""What the potter makes and where it is offered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from shop.core.enumerations import values_of
from shop.models.base import Versioned, big, cents, count, day, instant, key, shop_key


class StockPolicy(StrEnum):
    """How a variant is sold: from stock, produced after the order, or as an object that exists once."""

    STOCKED = "stocked"
    TO_ORDER = "made_to_order"
    ONE_OF_A_KIND = "one_of_a_kind"


class ListingState(StrEnum):
    """How far a listing has come, in this order."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    RETIRED = "retired"


class PieceGrade(StrEnum):
    """正品, 微瑕, 孤品."""

    PRIME = "prime"
    SECOND = "second"
    UNIQUE = "unique"


POLICIES = values_of(StockPolicy)
LISTING_STATES = values_of(ListingState)
GRADES = values_of(PieceGrade)


class Product(Versioned, table=True):
    """One design, free of platforms (a celadon cup).

    `extras` (JSON) stores the further columns of a catalog file, by its own headers.
    """

    __tablename__ = "product"

    shop_id: int = shop_key()
    product_code: str = key()
    title: str
    family: str | None = None
    form: str | None = None
    glaze: str | None = None
    description: str | None = None
    clay: str | None = None
    size: str | None = None
    is_food_safe: bool | None = None
    is_archived: bool = False
    extras: str | None = Field(default=None, sa_type=Text)


class Variant(Versioned, table=True):
    """One buyable form of a product: our SKU, the key across platforms.

    `stock_policy` is one of POLICIES; produced to order has `lead_days`. Measures are mm, ml and g;
    `shelf_cm2` is the space that one piece takes in a kiln. `seconds_of` is the SKU of the first choice
    that this one is the second choice (微瑕) of. `parts` are those of a set (`CUP*4; BOX`); which were
    valid when: `SetPart`.
    """

    __tablename__ = "variant"
    __table_args__: ClassVar = (Index("variant_product", "shop_id", "product_code"),)

    shop_id: int = shop_key()
    sku: str = key()
    product_code: str
    title: str | None = None
    price_cents: int | None = cents(default=None)
    currency: str
    stock_policy: str = StockPolicy.STOCKED.value
    lead_days: int | None = count()
    grade: str = PieceGrade.PRIME.value
    seconds_of: str | None = None
    size: str | None = None
    height_mm: int | None = count()
    width_mm: int | None = count()
    volume_ml: int | None = count()
    weight_g: int | None = count()
    shelf_cm2: int | None = count()
    packing: str | None = None
    place: str | None = None
    reorder_point: int | None = count()
    is_archived: bool = False
    extras: str | None = Field(default=None, sa_type=Text)
    parts: str | None = None


class SetPart(SQLModel, table=True):
    """One part of one set from a moment on, and how many pieces of it one set takes.

    Orders paid at or after `from_at` and before `until_at` take these parts; without `until_at` it is valid now.
    `place` counts the parts of the set from 0.
    """

    __tablename__ = "set_part"
    __table_args__: ClassVar = (
        Index("set_part_part", "shop_id", "part_sku"),
        CheckConstraint("pieces > 0 AND place >= 0", name="set_part_pieces"),
        {"sqlite_with_rowid": False},
    )

    shop_id: int = shop_key()
    set_sku: str = key()
    from_at: datetime = instant(primary_key=True)
    part_sku: str = key()
    place: int
    pieces: int
    until_at: datetime | None = instant()


class Piece(SQLModel, table=True):
    """One numbered object that exists once: the SKU of its own carries price and stock of at most 1."""

    __tablename__ = "piece"
    __table_args__: ClassVar = (
        Index("piece_product", "shop_id", "product_code"),
        CheckConstraint("grade IN ('prime', 'second', 'unique')", name="piece_grade"),
    )

    shop_id: int = shop_key()
    sku: str = key()
    number: str
    product_code: str
    grade: str = PieceGrade.UNIQUE.value
    height_mm: int | None = count()
    width_mm: int | None = count()
    weight_g: int | None = count()
    batch_id: str | None = None
    firing_id: str | None = None
    maker: str | None = None
    made_on: date | None = day()
    note: str | None = None


class Photo(SQLModel, table=True):
    """One picture of a product or of one SKU (`owner_kind`), resized and without GPS data.

    `photo_id` is the SHA-256 of the stored JPEG; `thumb` is its small form for tables.
    """

    __tablename__ = "photo"

    shop_id: int = shop_key()
    owner_kind: str = key()
    owner: str = key()
    photo_id: str = key()
    position: int = 0
    width: int
    height: int
    image: bytes = Field(sa_type=LargeBinary)
    thumb: bytes = Field(sa_type=LargeBinary)
    added_at: datetime = instant()


class MatchRule(SQLModel, table=True):
    """What the owner confirmed once: sold things whose `field` reads `value` are this SKU.

    `field` is platform_sku, code (the merchant's), or title_spec; `value` is trimmed and folded.
    """

    __tablename__ = "match_rule"

    shop_id: int = shop_key()
    field: str = key()
    value: str = key()
    sku: str
    made_at: datetime = instant()
    made_by: str


class SoldMatch(SQLModel, table=True):
    """Which SKU of ours one sold wording is (`name_key` of sold_name), and how that is known.

    `how` is platform_sku, code, rule or ignored; without a SKU it waits in the queue, never guessed.
    """

    __tablename__ = "sold_match"
    __table_args__: ClassVar = (Index("sold_match_sku", "shop_id", "sku"), {"sqlite_with_rowid": False})

    shop_id: int = shop_key()
    name_key: int = big(primary_key=True)
    sku: str | None = None
    how: str | None = None
    matched_at: datetime | None = instant()


class Listing(Versioned, table=True):
    """One variant offered on one platform, with price, status and the quantity reported there.

    What the shop wants there instead (`wanted_*`) is typed by hand and never touched by a sync; once
    the platform states the same, it is done. A listing that no platform has reported yet (a draft) has
    an id of ours: own/SKU. `sku` is ours; where a rule decides it, `stated_sku` stores the platform's code.
    """

    __tablename__ = "listing"
    __table_args__: ClassVar = (Index("listing_sku", "shop_id", "sku"),)

    shop_id: int = shop_key()
    platform: str = key()
    listing_id: str = key()
    sku: str
    product_id: str | None = None
    title: str | None = None
    spec: str | None = None
    status: str = ListingState.LIVE.value
    price_cents: int | None = cents(default=None)
    currency: str
    quantity: int | None = count()
    wanted_price_cents: int | None = cents(default=None)
    state_changed_at: datetime | None = instant()
    wanted_title: str | None = None
    wanted_status: str | None = None
    stated_sku: str | None = None
    extras: str | None = Field(default=None, sa_type=Text)


class SoldName(SQLModel, table=True):
    """One wording under which a SKU was sold; `name_key` is a hash of it, order lines refer to it."""

    __tablename__ = "sold_name"
    __table_args__: ClassVar = (Index("sold_name_sku", "shop_id", "sku"),)

    shop_id: int = shop_key()
    name_key: int = big(primary_key=True)
    sku: str
    product_id: str | None = None
    platform_sku: str | None = None
    title: str | None = None
    spec: str | None = None


class SoldSku(SQLModel, table=True):
    """One SKU as order lines name it, so that figures can be read: by the wording of most of its recent lines.

    A wording that came with the platform's product id goes before one without; of equally common ones the latest.
    """

    __tablename__ = "sold_sku"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    sku: str = key()
    product: str
    title: str
    spec: str | None = None
    last_on: str
    has_product_id: bool
