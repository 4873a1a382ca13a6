"""Salvage: the rows of a damaged database that can still be read go into a new file, and what is lost is counted.

SQLite reads a table from both ends up to a damaged page; between them, the keys that an index still has are asked for
one by one. The new file has the schema of the old one and new indexes; figures and costs are computed again from
the rows, so that damage to them loses nothing. Damage inside a page that still reads as rows of the right types goes
unnoticed: SQLite keeps no checksums.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from shop.access.roles import Actor, require
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.backup import PARTIAL, backup_path
from shop.db.buyer_key import key_of
from shop.db.database import sqlite_driver
from shop.kiln.batch_costs import recompute_batch_costs
from shop.maintenance import COSTS
from shop.metrics.rollups import TABLES, rebuild

DERIVED = frozenset({*TABLES, *COSTS})
REASON = "salvage"
BATCH = 500
MOST_PROBED = 1_000_000  # row numbers that are tried one by one where no index knows them
TYPES = {"INTEGER": int, "BIGINT": int, "VARCHAR": str, "TEXT": str, "DATE": str}


class Unsalvageable(ShopError):
    """Not even the list of tables of a damaged database can be read."""

    message = "Nothing can be read of {path} ({found}). Restore a backup: kilnboard restore FILE"


@dataclass(frozen=True)
class TableLoss:
    """How many rows of a damaged table were kept and lost; None where the number of lost ones is not known."""

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

    The database itself is not changed. Raises NotAllowed and Unsalvageable.
    """
    require(actor, "manage_shop")
    target = backup_path(place, REASON, now or datetime.now(UTC))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + PARTIAL)
    partial.unlink(missing_ok=True)
    driver = sqlite_driver()
    with (
        closing(
            driver.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as source,
        closing(driver.connect(str(partial), isolation_level=None)) as result,
    ):
        try:
            source.execute("BEGIN")
            tables = _create_schema(source, result)
        except driver.DatabaseError as problem:
            raise Unsalvageable(path=str(place), found=str(problem)[:80]) from problem
        result.execute("BEGIN")
        losses = [loss for name in tables if (loss := _copy_table(source, result, name)) is not None]
        result.execute("COMMIT")
    _complete(partial)
    if key_of(place).exists():
        shutil.copyfile(key_of(place), key_of(target))
        key_of(target).chmod(0o600)
    partial.replace(target)
    return Salvage(target, tuple(losses))


def _create_schema(source: Any, result: Any) -> list[str]:
    """Create the tables and indexes of a database; the names of the tables."""
    kinds = ("table", "index")
    found = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    created = [item for item in found if item[0] in kinds and not item[1].startswith("sqlite_")]
    for _, _, sql in sorted(created, key=lambda item: kinds.index(item[0])):
        result.execute(sql)
    return [name for kind, name, _ in created if kind == "table"]


def _copy_table(source: Any, result: Any, name: str) -> TableLoss | None:
    """Copy the readable rows of a table; its loss, None where it was read to the end."""
    if name in DERIVED:
        return None
    table = _Table(source, name)
    kept = 0
    for batch in _batches(table.rows()):
        kept += table.put(result, batch)
    if not table.is_damaged and not table.rejected:
        return None
    lost = None if table.lost is None else table.lost + table.rejected
    return TableLoss(name, kept, lost)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


class _Table:
    """One table of a damaged database, read around its damaged pages."""

    def __init__(self, source: Any, name: str) -> None:
        self.source, self.name, self.error = source, name, sqlite_driver().DatabaseError
        columns = source.execute(f'PRAGMA table_info("{name}")').fetchall()
        self.columns = ", ".join(f'"{column[1]}"' for column in columns)
        self.types = [TYPES.get(str(column[2]).partition("(")[0].upper()) for column in columns]
        self.numbered = self._is_numbered()
        primary = sorted((column for column in columns if column[5]), key=lambda column: column[5])
        self.key = ("rowid",) if self.numbered else tuple(f'"{column[1]}"' for column in primary)
        self.is_damaged, self.rejected = False, 0
        self.lost: int | None = 0

    def _is_numbered(self) -> bool:
        try:
            self.source.execute(f'SELECT rowid FROM "{self.name}" LIMIT 0')
        except self.error:
            return False
        return True

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows that can be read: from the first on, then from the last back, then those between by their keys."""
        last: tuple[Any, ...] | None = None
        for last, row in self._scan(""):
            yield row
        if not self.is_damaged:
            return
        first: tuple[Any, ...] | None = None
        for key, row in self._scan(" DESC"):
            if last is not None and key <= last:
                break
            first = key
            yield row
        yield from self._between(last, first)

    def _scan(self, order: str) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """Key and row in the order of the keys, up to a damaged page."""
        width = len(self.key)
        by = ", ".join(f"{name}{order}" for name in self.key)
        try:
            yield from (
                (tuple(row[:width]), tuple(row[width:]))
                for row in self.source.execute(
                    f'SELECT {", ".join(self.key)}, {self.columns} FROM "{self.name}" NOT INDEXED ORDER BY {by}'
                )
            )
        except self.error:
            self.is_damaged = True

    def _between(
        self, last: tuple[Any, ...] | None, first: tuple[Any, ...] | None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of the keys between two, as far as they can be read; counts the others."""
        keys = {
            key
            for key in self._keys_of_indexes()
            if (last is None or key > last) and (first is None or key < first)
        }
        where = " AND ".join(f"{name} = ?" for name in self.key)
        is_counted = bool(keys)
        if not keys and self.numbered and last is not None and first is not None:
            numbers = range(last[0] + 1, min(first[0], last[0] + MOST_PROBED))
            keys = {(number,) for number in numbers}
        lost = 0
        for key in sorted(keys):
            try:
                row = self.source.execute(
                    f'SELECT {self.columns} FROM "{self.name}" NOT INDEXED WHERE {where}', key
                ).fetchone()
            except self.error:
                row = None
            if row is None:
                lost += 1
            else:
                yield tuple(row)
        self.lost = lost if is_counted else None

    def _keys_of_indexes(self) -> Iterator[tuple[Any, ...]]:
        """The keys that the indexes of all rows have, each read from both ends."""
        indexes = self.source.execute(f'PRAGMA index_list("{self.name}")').fetchall()
        for _, index, _, origin, partial in indexes:
            if partial or (origin == "pk" and not self.numbered):  # the latter is the table itself
                continue
            (leading, *_) = self.source.execute(f'PRAGMA index_info("{index}")').fetchall()
            for order in ("", " DESC"):
                with suppress(self.error, TypeError):
                    for row in self.source.execute(
                        f'SELECT {", ".join(self.key)} FROM "{self.name}" INDEXED BY "{index}" '
                        f'ORDER BY "{leading[2]}"{order}'
                    ):
                        yield tuple(row)

    def put(self, result: Any, batch: list[tuple[Any, ...]]) -> int:
        """Store rows; how many. Those that are no sound rows of the table are counted as rejected."""
        marks = ", ".join("?" for _ in self.types)
        sql = f'INSERT INTO "{self.name}" ({self.columns}) VALUES ({marks})'
        sound = [row for row in batch if self._fits(row)]
        self.rejected += len(batch) - len(sound)
        stored = 0
        for row in sound:
            try:
                result.execute(sql, row)
                stored += 1
            except self.error:
                self.rejected += 1
        return stored

    def _fits(self, row: tuple[Any, ...]) -> bool:
        """Whether each value has the type of its column."""
        return all(
            kind is None or value is None or isinstance(value, kind)
            for kind, value in zip(self.types, row, strict=True)
        )


def _complete(path: Path) -> None:
    """Bring the new file to the schema of this version, drop what refers to lost rows, compute what is derived."""
    db = connect(str(path))
    try:
        with db.write() as connection:
            for table, row, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))
            for shop_id in connection.scalars(text("SELECT shop_id FROM shop")).all() or [1]:
                rebuild(connection, shop_id)
                recompute_batch_costs(connection, shop_id)
        with db.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
