"""What was read in, from where, and what had to be set aside."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import day, instant


class Shop(SQLModel, table=True):
    """One shop: its name, its time zone (what a day is) and its main currency."""

    __tablename__ = "shop"

    shop_id: int = Field(primary_key=True)
    name: str
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"


class Meta(SQLModel, table=True):
    """One named number or word about the database itself, such as the data version."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


class SourceFile(SQLModel, table=True):
    """One file that was read: its content hash, its kind, what came of its rows."""

    __tablename__ = "source_file"
    __table_args__: ClassVar = (UniqueConstraint("shop_id", "sha256", "kind", "reader"),)

    source_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    sha256: str
    name: str
    kind: str
    reader: str
    bytes: int
    read: int
    stored: int
    unchanged: int
    set_aside: int
    first_on: date | None = day()
    last_on: date | None = day()
    imported_at: datetime | None = instant()
    profile: str | None = Field(default=None, sa_type=Text)


class RejectedRecord(SQLModel, table=True):
    """One row that could not be understood: where it stands, why, and its raw cells minus personal data."""

    __tablename__ = "rejected_record"
    __table_args__: ClassVar = (UniqueConstraint("source_id", "row"),)

    rejected_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    source_id: int
    row: int
    column: str | None = None
    code: str
    details: str = Field(default="{}", sa_type=Text)
    raw: str = Field(default="{}", sa_type=Text)
