"""Salvage: the rows of a damaged database that can still be read go into a new file, and what is lost is counted.

SQLite reads a table from both ends up to a damaged page; rows between them are looked up by the keys that an index
still has. The new file has the schema of the old one and new indexes; figures and costs are computed again from
the rows, so that damage to them loses nothing. Other damage that still reads as rows of the right types goes
unnoticed: SQLite writes no checksums.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.backup import backup_path
from shop.db.buyer_key import key_of
from shop.db.database import sqlite_driver
from shop.db.partial import fresh_copy
from shop.db.refusals import refusal_of, writing
from shop.kiln.batch_costs import recompute_batch_costs
from shop.maintenance import COSTS
from shop.metrics.rollups import TABLES, rebuild

DERIVED = frozenset({*TABLES, *COSTS})
REASON = "salvage"
ZEROES = "\0" * 8
TYPES = {"INTEGER": int, "BIGINT": int, "VARCHAR": str, "TEXT": str, "DATE": str}


class Unsalvageable(ShopError):
    """Not even the list of tables of a damaged database can be read."""

    message = "Nothing can be read of {path} ({found}). Restore a backup: kilnboard restore FILE"


@dataclass(frozen=True)
class TableLoss:
    """How many rows of a damaged table were saved and lost; `lost` is None where the number is not known."""

    table: str
    kept: int
    lost: int | None


@dataclass(frozen=True)
class Salvage:
    """The new file, and each table that could not be read to its end."""

    path: Path
    losses: tuple[TableLoss, ...]


def salvage(place: Path, *, actor: Actor, now: datetime | None = None) -> Salvage:
    """Write what can be read of the database at a path into a new file among its backups; `restore` takes it.

    The database itself is not changed. Raises NotAllowed, Unsalvageable and DiskFull.
    """
    require(actor, "manage_shop")
    target = backup_path(place, REASON, now or datetime.now(UTC))
    target.parent.mkdir(parents=True, exist_ok=True)
    with writing(target), fresh_copy(target) as partial:
        losses = _write_readable(place, partial)
        _complete(partial, actor, place.name)
        if key_of(place).exists():
            shutil.copyfile(key_of(place), key_of(target))
            key_of(target).chmod(0o600)
        partial.replace(target)
    return Salvage(target, tuple(losses))


def _write_readable(place: Path, target: Path) -> list[TableLoss]:
    """Write all rows that can be read to a new file; the tables that lost some."""
    driver = sqlite_driver()
    with (
        closing(
            driver.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as source,
        closing(driver.connect(str(target), isolation_level=None)) as result,
    ):
        try:
            source.execute("PRAGMA writable_schema = ON")  # a view that cannot be read does not stop the rest
            source.execute("BEGIN")
            created = source.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') "
                "AND sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY type DESC"
            ).fetchall()
        except (driver.DatabaseError, ValueError, TypeError) as problem:  # a damaged page reads as anything
            raise Unsalvageable(path=str(place), found=str(problem)[:80]) from problem
        result.execute("BEGIN")
        try:
            for _, _, sql in created:
                result.execute(sql)
        except (driver.DatabaseError, ValueError, TypeError) as problem:
            if refusal_of(problem, target) is not None:  # the disk has no room for the new file
                raise
            raise Unsalvageable(path=str(place), found=str(problem)[:80]) from problem
        tables = [name for kind, name, _ in created if kind == "table" and name not in DERIVED]
        losses = [loss for name in tables if (loss := _Copy(source, result, name).loss()) is not None]
        result.execute("COMMIT")
    return losses


class _Damage(Exception):
    """What is to be read is on a damaged page."""


class _Copy:
    """One table on its way to the new file, read around its damaged pages."""

    def __init__(self, source: Any, result: Any, name: str) -> None:
        self.source, self.result, self.name = source, result, name
        columns = source.execute(f'PRAGMA table_info("{name}")').fetchall()
        self.types = [TYPES.get(str(column[2]).partition("(")[0].upper()) for column in columns]
        self.columns = [f'"{column[1]}"' for column in columns]
        primary = sorted((column for column in columns if column[5]), key=lambda column: column[5])
        self.has_row_numbers = self._has_row_numbers()
        self.key = ["rowid"] if self.has_row_numbers else [f'"{column[1]}"' for column in primary]
        self.where = " AND ".join(f"{name} = ?" for name in self.key)
        self.missing: set[tuple[Any, ...]] = set()

    def _has_row_numbers(self) -> bool:
        try:
            self.source.execute(f'SELECT rowid FROM "{self.name}" LIMIT 0')
        except sqlite_driver().OperationalError:
            return False
        return True

    def loss(self) -> TableLoss | None:
        """Copy what can be read; what could not, None where that is nothing."""
        last = self._copy_scan("")
        if last is not None:
            self._copy_scan(" DESC", until=last)
        is_counted = self._note_missing(is_whole=last is None)
        for key in sorted(self.missing):
            self._copy_one(key)
        lost = sum(not self._has(key) for key in self.missing)
        if not lost and (is_counted or (last is None and self._is_sound())):
            return None
        return TableLoss(self.name, self._count(), lost if is_counted else None)

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self.source.execute(sql, values)
        except (sqlite_driver().DatabaseError, UnicodeDecodeError) as problem:
            raise _Damage from problem

    def _copy_scan(self, order: str, until: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """Copy row by row in the order of the keys, up to `until` or to a damaged page; the last key before that one.

        None where there was no damaged page, () where the first row was on it.
        """
        key: tuple[Any, ...] = ()
        by = ", ".join(f"{name}{order}" for name in self.key)
        wanted = ", ".join([*self.key, *self.columns])
        try:
            for row in self._read(f'SELECT {wanted} FROM "{self.name}" NOT INDEXED ORDER BY {by}'):
                if until and row[: len(self.key)] <= until:
                    break
                key = row[: len(self.key)]
                self._put(key, row[len(self.key) :])
        except _Damage:
            return key
        return None

    def _note_missing(self, *, is_whole: bool) -> bool:
        """Note the keys that an index has and the copy has not; whether one index was read to its end."""
        is_counted = False
        indexes = self.source.execute(f'PRAGMA index_list("{self.name}")').fetchall()
        for _, index, _, origin, partial in indexes:
            if partial or (origin == "pk" and not self.has_row_numbers):  # the latter is the table itself
                continue
            with suppress(_Damage):
                listed = f'FROM "{self.name}" INDEXED BY "{index}"'
                if not is_whole or next(self._read(f"SELECT COUNT(*) {listed}"))[0] != self._count():
                    self._note_keys(index, listed)
                is_counted = True
        return is_counted

    def _note_keys(self, index: str, listed: str) -> None:
        leading = self.source.execute(f'PRAGMA index_info("{index}")').fetchone()[2]
        keys = f'SELECT {", ".join(self.key)} {listed} ORDER BY "{leading}"'
        try:
            self.missing.update(key for key in self._read(keys) if not self._has(key))
        except _Damage:
            self.missing.update(key for key in self._read(f"{keys} DESC") if not self._has(key))
            raise

    def _copy_one(self, key: tuple[Any, ...]) -> None:
        wanted = ", ".join(self.columns)
        with suppress(_Damage):
            for row in self._read(f'SELECT {wanted} FROM "{self.name}" NOT INDEXED WHERE {self.where}', key):
                self._put(key, row)

    def _put(self, key: tuple[Any, ...], row: tuple[Any, ...]) -> None:
        """Store a row; one that is no sound row of the table is noted as missing."""
        names, values = self.columns, row
        if self.has_row_numbers:
            names, values = ["rowid", *names], (*key, *row)
        is_sound = all(
            kind is None or value is None or (isinstance(value, kind) and not _is_blank(value))
            for kind, value in zip(self.types, row, strict=True)
        )
        if is_sound:
            marks = ", ".join("?" for _ in values)
            with suppress(sqlite_driver().IntegrityError):
                self.result.execute(
                    f'INSERT INTO "{self.name}" ({", ".join(names)}) VALUES ({marks})', values
                )
                return
        self.missing.add(key)

    def _has(self, key: tuple[Any, ...]) -> bool:
        row = self.result.execute(f'SELECT 1 FROM "{self.name}" WHERE {self.where}', key).fetchone()
        return row is not None

    def _count(self) -> int:
        return int(self.result.execute(f'SELECT COUNT(*) FROM "{self.name}"').fetchone()[0])

    def _is_sound(self) -> bool:
        """Whether SQLite finds nothing wrong with the tree of the table itself, whatever its indexes are like."""
        root = next(self._read("SELECT rootpage FROM sqlite_master WHERE name = ?", (self.name,)))[0]
        try:
            return not any(
                f"Tree {root} " in row[0] for row in self._read(f'PRAGMA quick_check("{self.name}")')
            )
        except _Damage:
            return False


def _is_blank(value: Any) -> bool:
    """Whether a text has the zeroes of a page that was emptied; such a page has the end of a long text."""
    return isinstance(value, str) and ZEROES in value


def _complete(path: Path, actor: Actor, name: str) -> None:
    """Bring the new file to the schema of this version, drop what refers to lost rows, compute what is derived."""
    db = connect(str(path))
    try:
        with db.write() as connection:
            for table, row, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))
            for shop_id in connection.scalars(text("SELECT shop_id FROM shop")).all() or [1]:
                rebuild(connection, shop_id)
                recompute_batch_costs(connection, shop_id)
            log_action(connection, actor, "backup.salvage", name)
        with db.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
