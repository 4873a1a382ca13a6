"""What all tables share: column types for instants, days and money, and the version of a row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, DefaultClause, Dialect, Integer, String, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

COMPUTED = {"is_computed": True}
"""The `info` of a table that the program fills from others by itself: it is not carried to another database."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, stored as whole seconds since 1970 so that it sorts and stays small."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Dialect) -> int | None:
        """Seconds since 1970; raises ValueError for a datetime without a zone."""
        if value is None or isinstance(value, int):
            return value
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return int(value.timestamp())

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment as an aware datetime in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Day(TypeDecorator[date]):
    """A shop day (the shop's own calendar day), stored as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | str | None, dialect: Dialect) -> str | None:
        """ISO text of the day."""
        return value.isoformat() if isinstance(value, date) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """The day as a date."""
        return None if value is None else date.fromisoformat(value)


def instant(**options: Any) -> Any:
    """Column of a moment in UTC."""
    return Field(sa_type=Instant, **({"default": None} | options))


def day(**options: Any) -> Any:
    """Column of a shop day."""
    return Field(sa_type=Day, **({"default": None} | options))


def cents(**options: Any) -> Any:
    """Column of money in minor units (分) of the row's currency."""
    return Field(sa_type=BigInteger, **({"default": 0} | options))


def count(**options: Any) -> Any:
    """Column of a count that the source may not give: missing is unknown, never 0."""
    return Field(sa_type=BigInteger, **({"default": None} | options))


def big(**options: Any) -> Any:
    """Column of a 64-bit key or hash."""
    return Field(sa_type=BigInteger, **options)


def key(**options: Any) -> Any:
    """Column of a natural key, part of the primary key."""
    return Field(primary_key=True, **options)


def shop_key() -> Any:
    """Column of the shop that a row belongs to: the first part of every key."""
    return Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})


class Versioned(SQLModel):
    """A row that comes from a platform: newer `updated_at` wins, equal time: greater hash.

    `updated_at` is seconds UTC; `payload_hash` is 63 bits whose leading bits are the rank of the
    row's state, so that a further state wins over an earlier one where the source has no update time.
    """

    updated_at: datetime = Field(sa_type=Instant)
    payload_hash: int = Field(sa_type=BigInteger)
    source_id: int | None = Field(default=None, sa_type=Integer)


def default_in_database(metadata: Any) -> None:
    """Let the database know every plain default too, for rows that are written without the models."""
    for table in metadata.tables.values():
        for column in table.columns:
            if column.default is not None and column.default.is_scalar and not column.nullable:
                value = column.default.arg
                column.server_default = DefaultClause(str(int(value) if isinstance(value, bool) else value))


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for expressions that are no rows of the model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
