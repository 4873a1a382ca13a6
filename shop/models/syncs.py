"""What was read in, from where, and what was rejected."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shop.models.base import day, instant, key, shop_key


class Shop(SQLModel, table=True):
    """One shop: its name, its time zone (what a day is) and its main currency."""

    __tablename__ = "shop"

    shop_id: int = Field(primary_key=True)
    name: str
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"


class ShopClock(SQLModel, table=True):
    """How many seconds a shop's clock is ahead of UTC from a moment on: one row per change, since 1970.

    For views, which show moments on the shop's clock without knowing time zones.
    """

    __tablename__ = "shop_clock"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    from_at: datetime = instant(primary_key=True)
    seconds: int


class Preference(SQLModel, table=True):
    """What a studio chose for its shop besides time zone and currency; without a row its defaults apply.

    `language` is that of pages opened without one and of messages ("" for Chinese), `up` the colour of more ("" follows
    the language), `week_start` the first day of the week (ISO, Monday is 1), `sync_minutes` the pause between syncs (0:
    none by themselves); `skipped_steps` are steps of the first hour that were passed over, separated by spaces.
    """

    __tablename__ = "preference"

    shop_id: int = shop_key()
    language: str = ""
    up: str = ""
    week_start: int = 1
    sync_minutes: int = 30
    skipped_steps: str = ""


class BackgroundJob(SQLModel, table=True):
    """The last run of one job that the dashboard runs by itself; `error` and `details` (JSON) where it failed."""

    __tablename__ = "background_job"

    shop_id: int = shop_key()
    name: str = key()
    started_at: datetime = instant()
    ended_at: datetime | None = instant()
    error: str | None = None
    details: str = Field(default="{}", sa_type=Text)


class Meta(SQLModel, table=True):
    """One named number or word about the database itself, such as the data version."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str


class SourceFile(SQLModel, table=True):
    """One file that was read: its content hash, its kind, what came of its rows.

    `platform` is set for a file of orders; `states_refunds` shows whether it also states which were refunded.
    """

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
    platform: str | None = None
    states_refunds: bool | None = None
    exported_at: datetime | None = instant()
    worksheet: str | None = None


class RowStatement(SQLModel, table=True):
    """One content of a row that several imports give: their sources and the content.

    Stored only where a row was given more than once; a row without any is what its own `source_id`
    states. `first_key` is the first part of the row's key (its order), `rest_key` the other parts as
    JSON; `sources` are the ids of files between commas, 0 for an API. `body` (JSON) is empty while
    there is no second content: then it is the row itself.
    """

    __tablename__ = "row_statement"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    fact: str = key()
    platform: str = key()
    first_key: str = key()
    rest_key: str = key()
    updated_at: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    payload_hash: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    sources: str = Field(sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)


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


class StatusWord(SQLModel, table=True):
    """What a status word of a kind of file means, as the user gave it."""

    __tablename__ = "status_word"
    __table_args__: ClassVar = ({"sqlite_with_rowid": False},)

    shop_id: int = shop_key()
    kind: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    meaning: str


class SyncRun(SQLModel, table=True):
    """One run of one resource of one connector: what it requested and what came of it.

    read = stored + unchanged + rejected, in records as the platform gives them (orders, not lines).
    `outcome` is running, done, stopped (Ctrl-C, budget) or failed; `error` the code of what failed.
    """

    __tablename__ = "sync_run"

    run_id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    platform: str
    kind: str
    started_at: datetime | None = instant()
    ended_at: datetime | None = instant()
    since_at: datetime | None = instant()
    until_at: datetime | None = instant()
    outcome: str = "running"
    error: str | None = None
    requests: int = 0
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    set_aside: int = 0


class Cursor(SQLModel, table=True):
    """How far one resource of one connector has been read: all that changed before `read_until`."""

    __tablename__ = "cursor"

    shop_id: int = shop_key()
    platform: str = key()
    kind: str = key()
    read_until: datetime = instant()


class ReadStretch(SQLModel, table=True):
    """What one resource of one connector has read without a break; stretches do not meet.

    A break is what a platform no longer gave when it was asked again late. `has_records`: it held any record.
    """

    __tablename__ = "read_stretch"

    shop_id: int = shop_key()
    platform: str = key()
    kind: str = key()
    since_at: datetime = instant(primary_key=True, default=..., sa_column_kwargs={"autoincrement": False})
    until_at: datetime = instant()
    has_records: bool


class Lease(SQLModel, table=True):
    """Who may work on a thing alone (a connector, its token), until when; a dead holder's lease ends."""

    __tablename__ = "lease"

    shop_id: int = shop_key()
    name: str = key()
    holder: str
    expires_at: datetime = instant()


class RawPage(SQLModel, table=True):
    """One page of a platform's answer minus personal data (JSON, zlib), stored for 30 days.

    The key is the content's hash: the same page read twice is landed once.
    """

    __tablename__ = "raw_page"

    shop_id: int = shop_key()
    platform: str = key()
    kind: str = key()
    digest: str = key()
    fetched_at: datetime = instant()
    records: int
    body: bytes = Field(sa_type=LargeBinary)


class RejectedAnswer(SQLModel, table=True):
    """One record of a platform that could not be understood; goes when it is understood later."""

    __tablename__ = "rejected_answer"

    shop_id: int = shop_key()
    platform: str = key()
    kind: str = key()
    record_id: str = key()
    column: str | None = None
    code: str
    details: str = Field(default="{}", sa_type=Text)
