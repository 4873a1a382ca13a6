"""What the potter makes and where it is offered."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import SQLModel

from shop.models.base import Versioned, big, cents, count, key, shop_key


class Product(Versioned, table=True):
    """One design, free of platforms (a celadon cup)."""

    __tablename__ = "product"

    shop_id: int = shop_key()
    product_code: str = key()
    title: str
    family: str | None = None
    form: str | None = None
    glaze: str | None = None
    description: str | None = None


class Variant(Versioned, table=True):
    """One buyable form of a product: our SKU, the key across platforms."""

    __tablename__ = "variant"
    __table_args__: ClassVar = (Index("variant_product", "shop_id", "product_code"),)

    shop_id: int = shop_key()
    sku: str = key()
    product_code: str
    title: str | None = None
    price_cents: int | None = cents(default=None)
    currency: str
    stock_policy: str = "stocked"


class Listing(Versioned, table=True):
    """One variant offered on one platform, with price, status and the quantity stated there."""

    __tablename__ = "listing"
    __table_args__: ClassVar = (Index("listing_sku", "shop_id", "sku"),)

    shop_id: int = shop_key()
    platform: str = key()
    listing_id: str = key()
    sku: str
    product_id: str | None = None
    title: str | None = None
    spec: str | None = None
    status: str = "live"
    price_cents: int | None = cents(default=None)
    currency: str
    quantity: int | None = count()


class SoldName(SQLModel, table=True):
    """One wording under which a SKU was sold; `name_key` is a hash of it, order lines refer to it."""

    __tablename__ = "sold_name"

    shop_id: int = shop_key()
    name_key: int = big(primary_key=True)
    sku: str
    product_id: str | None = None
    platform_sku: str | None = None
    title: str | None = None
    spec: str | None = None


class SoldSku(SQLModel, table=True):
    """One SKU as order lines name it: its latest title, so that a table of figures can be read.

    A wording that came with the platform's product id goes before one without.
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
