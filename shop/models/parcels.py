"""What the studio does with orders: parcels, picked lines, searchable numbers, and the codes on labels."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import instant, key, shop_key


class OrderNumbers(SQLModel, table=True):
    """The numbers of some thousand orders as one text, so that any part of a number is matched in one pass.

    One line per order line: the order's number, then the line's where it differs. A number may be in
    several texts, and may outlive its order.
    """

    __tablename__ = "order_numbers"

    chunk_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    platform: str
    numbers: str = Field(sa_type=Text)


class Parcel(SQLModel, table=True):
    """What the studio notes of one order: that it was sent, what it waits for, a note without personal data.

    `sent_at` counts until the platform itself reports that the order was sent. `waits_for` is stock, kiln or return.
    """

    __tablename__ = "parcel"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    sent_at: datetime | None = instant()
    sent_by: str | None = None
    waits_for: str | None = None
    note: str | None = None


class PickedLine(SQLModel, table=True):
    """One order line whose pieces were taken from their place to be packed."""

    __tablename__ = "picked_line"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    platform: str = key()
    order_id: str = key()
    line_id: str = key()
    picked_at: datetime | None = instant()
    picked_by: str


class LabelCode(SQLModel, table=True):
    """The short code that a printed label carries; `kind` is sku, piece or place, `subject` which one."""

    __tablename__ = "label_code"
    __table_args__: ClassVar = (UniqueConstraint("shop_id", "kind", "subject"), {"sqlite_with_rowid": False})

    shop_id: int = shop_key()
    code: str = key()
    kind: str
    subject: str
