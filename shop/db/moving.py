"""Carrying a shop from one database to another, of the same engine or not: every row of every table, and the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.core.errors import ShopError
from shop.db.buyer_key import BuyerKey, next_key_of, take_next_key, write_key
from shop.db.database import Database
from shop.db.dialect import raw_cursor, stream


class FilledTarget(ShopError):
    """A shop was to be carried into a database that has one."""

    message = "{url} has a shop already. Name an empty database or a new file."


class NoShop(ShopError):
    """There is no shop to carry."""

    message = "There is no shop in {url}. Nothing was carried."


def move(source: Database, target: Database) -> int:
    """Carry every row of a shop and its key into another database, all or nothing; the number of rows.

    The source stays as it is. Raises NoShop, and FilledTarget where the target has a shop, and
    MissingKey, OtherKey or DamagedKey where the key of the source is not there.
    """
    if not _has_rows(source):
        raise NoShop(url=source.shown_name)
    if _has_rows(target):
        raise FilledTarget(url=target.shown_name)
    source.secret()
    return carry(source, target, only_empty=True)


def carry(source: Database, target: Database, *, only_empty: bool = False) -> int:
    """Replace the rows and the key of a target by those of a source, whatever is in either.

    With `only_empty` nothing is replaced: raises FilledTarget where another program has filled the target meanwhile.
    """
    key = BuyerKey(source).own()
    rows = 0
    with source.read() as old, target.write(quiet=True) as new:
        if not old.in_transaction():
            old.begin()  # of one unchanging state
        cursor = raw_cursor(new)
        if only_empty and _has_row(cursor):
            raise FilledTarget(url=target.shown_name)
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name in source.tables(old)]
        there = target.tables(new)  # one of an earlier version has fewer of those that are computed
        for table in reversed(tables):
            if table.name in there or not table.info.get("is_computed"):
                cursor.execute(f"DELETE FROM {table.name}")
        for table in (table for table in tables if not table.info.get("is_computed")):
            rows += _carry(raw_cursor(old), cursor, table)
        if key is not None:  # it takes its name once the rows are in place
            write_key(next_key_of(target.path), key, replace=True)
    if key is not None:
        take_next_key(target.path)
    return rows


def _carry(old: Any, new: Any, table: Table) -> int:
    there = _columns(old, table)
    columns = [name for name in _columns(new, table) if name in there]
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    count = 0

    def counted() -> Iterator[Any]:
        nonlocal count
        for row in stream(old, f"SELECT {names} FROM {table.name}"):
            count += 1
            yield row

    new.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", counted())
    return count


def _columns(cursor: Any, table: Table) -> list[str]:
    """The columns that are there; an earlier version has fewer."""
    return [column[0] for column in cursor.execute(f"SELECT * FROM {table.name} LIMIT 0").description]


def _has_rows(db: Database) -> bool:
    with db.read() as connection:
        return _has_row(raw_cursor(connection))


def _has_row(cursor: Any) -> bool:
    tables = (table.name for table in SQLModel.metadata.sorted_tables if table.name != "meta")
    return any(cursor.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in tables)
