"""The jobs that bring data in: fetch or open, parse, save, refresh the figures, in one transaction."""

from __future__ import annotations

import gc
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, text

from etl.files.base import Kind, Recognised
from etl.files.fields import Context, Reject
from etl.imports import registry
from etl.imports.worker import Piece, open_pieces, piece_of
from etl.tables.base import Chunk, Reread
from etl.tables.open import open_table
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, shop_settings
from shop.orders.batch import Batch, plain_values
from shop.orders.upsert import Load

REASONS_SHOWN = 1_000
Progress = Callable[[float, int], None]  # share of the file done, rows read so far


@dataclass(frozen=True)
class Reason:
    """Why one row was set aside: its number, the column, and a code with details for the words."""

    row: int
    column: str | None
    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class FileReport:
    """What came of one file; read = stored + unchanged + set_aside, counted in rows of the file."""

    file: str
    kind: str
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    set_aside: int = 0
    reasons: tuple[Reason, ...] = ()
    first_on: str | None = None
    last_on: str | None = None
    seen_before: bool = False


@dataclass
class Tally:
    """The running count of one file, and the days that its records cover."""

    read: int = 0
    stored: int = 0
    set_aside: int = 0
    reasons: list[Reason] = field(default_factory=list)
    days: set[str] = field(default_factory=set)


class _Rollback(Exception):
    """Ends a dry run: what would have been stored is taken back."""


def import_file(
    db: Database,
    path: Path,
    *,
    name: str | None = None,
    kind: str | Kind | None = None,
    shop_id: int = 1,
    settings: dict[str, Any] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> FileReport:
    """Import one exported file, all or nothing; rows that cannot be understood are set aside.

    `settings` are the user's words on what the file leaves open (dates: dmy or mdy; period; …).
    Raises a FileRefused when nothing of the file can be read, DatabaseBusy when another import runs.
    """
    try:
        return _import(db, path, name, kind, shop_id, settings or {}, dry_run, progress, False)
    except Reread:
        return _import(db, path, name, kind, shop_id, settings or {}, dry_run, progress, True)


def _import(
    db: Database,
    path: Path,
    name: str | None,
    kind: str | Kind | None,
    shop_id: int,
    settings: dict[str, Any],
    dry_run: bool,
    progress: Progress | None,
    careful: bool,
) -> FileReport:
    found = _recognise(path, name, kind, careful)
    report = FileReport(found.table.name, found.kind.NAME)
    reader = f"{found.kind.NAME} {found.kind.VERSION} {_settings_key(settings)}"
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
    context = Context(facts.time_zone, facts.currency, db.secret(), report.file, dict(settings))
    prepare = getattr(found.kind, "prepare", None)
    if prepare is not None:
        prepare(found, context)
    tally = Tally()
    with open_pieces(found, context, careful=careful) as pieces, _without_gc():
        digest = _digest(path)
        try:
            with db.write() as connection:
                if seen := _seen_before(connection, shop_id, digest, reader, report):
                    return seen
                load = Load(connection, shop_id)
                load.source_id = _open_source(connection, shop_id, digest, reader, found)
                for piece in pieces:
                    _store(load, piece, tally)
                    if progress:
                        progress(found.table.share_read(tally.read), tally.read)
                load.finish()
                report = _close_source(load, report, tally)
                if dry_run:
                    raise _Rollback
        except _Rollback:
            pass
    return report


@contextmanager
def _without_gc() -> Iterator[None]:
    """A load makes millions of values and no cycles: looking for cycles among them is waste."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _recognise(path: Path, name: str | None, kind: str | Kind | None, careful: bool) -> Recognised:
    wanted = registry.kind_named(kind) if isinstance(kind, str) else kind
    csv_settings = getattr(wanted, "csv_settings", {})
    tables = open_table(path, name=name, thorough=careful, **csv_settings)
    return registry.recognise(tables, registry.all_kinds() if wanted is None else [wanted])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings_key(settings: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:12]


# --- one piece -----------------------------------------------------------------------------------


def _store(load: Load, piece: Piece, tally: Tally) -> None:
    """Store one piece; every row of it is counted once."""
    stored: set[int] = set()
    for batch in piece.batches:
        changed = load.put(batch)
        stored.update(row for row, new in zip(plain_values(batch.rows), changed, strict=True) if new)
        tally.days.update(_days(batch))
    _set_aside(load, piece.rejects, tally)
    tally.read += piece.read
    tally.stored += len(stored - {reject.row for reject in piece.rejects})


DAY_COLUMNS = (
    "paid_on",
    "refunded_on",
    "settled_on",
    "started_on",
    "published_on",
    "written_on",
    "first_on",
    "last_on",
)


def _days(batch: Batch) -> set[str]:
    """The shop days that these records are of; of a sheet of totals its first and last day."""
    found = (batch.columns[column] for column in DAY_COLUMNS if column in batch.columns)
    return {day for column in found for day in column if day is not None}


QUIET_DAYS = timedelta(days=4)  # a month's file may begin and end with a few days without a sale


def _covered(name: str, days: set[str]) -> tuple[str | None, str | None]:
    """The days that a file covers: those of its records, widened to what its name says.

    Two days in the name count where all records lie between them; a month counts where the records
    come close to its ends, for the file may have been exported before the month was over.
    """
    if not days:
        return None, None
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    if found := re.search(r"(20\d\d-\d\d-\d\d)\D{1,3}(20\d\d-\d\d-\d\d)", name):
        if found[1] <= min(days) and max(days) <= found[2]:
            return found[1], found[2]
    elif found := re.search(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?![-\d])", name):
        start = date(int(found[1]), int(found[2]), 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if start <= first <= start + QUIET_DAYS and end - QUIET_DAYS <= last <= end:
            first, last = start, end
    return first.isoformat(), last.isoformat()


def _set_aside(load: Load, rejects: Sequence[Reject], tally: Tally) -> None:
    by_row = {reject.row: reject for reject in reversed(rejects)}
    rows = [
        (
            load.shop_id,
            load.source_id,
            r.row,
            r.column,
            r.code,
            json.dumps(r.details, ensure_ascii=False, default=str),
            json.dumps(r.raw, ensure_ascii=False),
        )
        for r in sorted(by_row.values(), key=lambda reject: reject.row)
    ]
    load.cursor.executemany(
        'INSERT INTO rejected_record (shop_id, source_id, row, "column", code, details, raw) '
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        rows,
    )
    tally.set_aside += len(rows)
    for reject in sorted(by_row.values(), key=lambda reject: reject.row):
        if len(tally.reasons) < REASONS_SHOWN:
            tally.reasons.append(Reason(reject.row, reject.column, reject.code, dict(reject.details)))


# --- the file's own record -----------------------------------------------------------------------


def _seen_before(
    connection: Connection, shop_id: int, digest: str, reader: str, report: FileReport
) -> FileReport | None:
    """The report of a file whose very bytes were read before by the same reader: nothing can change."""
    row = connection.execute(
        text(
            "SELECT source_id, read, set_aside, first_on, last_on FROM source_file WHERE shop_id = "
            ":shop AND sha256 = :digest AND kind = :kind AND reader = :reader"
        ),
        {"shop": shop_id, "digest": digest, "kind": report.kind, "reader": reader},
    ).one_or_none()
    if row is None:
        return None
    return replace(
        report,
        read=row.read,
        unchanged=row.read - row.set_aside,
        set_aside=row.set_aside,
        reasons=tuple(_stored_reasons(connection, row.source_id)),
        first_on=row.first_on,
        last_on=row.last_on,
        seen_before=True,
    )


def _stored_reasons(connection: Connection, source_id: int) -> Iterable[Reason]:
    rows = connection.execute(
        text(
            'SELECT row, "column", code, details FROM rejected_record WHERE source_id = :source '
            "ORDER BY row LIMIT :most"
        ),
        {"source": source_id, "most": REASONS_SHOWN},
    )
    return [Reason(r.row, r.column, r.code, json.loads(r.details)) for r in rows]


def _open_source(connection: Connection, shop_id: int, digest: str, reader: str, found: Recognised) -> int:
    row = connection.execute(
        text(
            "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, "
            "unchanged, set_aside, imported_at, profile) VALUES (:shop, :digest, :name, :kind, "
            ":reader, :bytes, 0, 0, 0, 0, :now, :profile) RETURNING source_id"
        ),
        {
            "shop": shop_id,
            "digest": digest,
            "name": found.table.name,
            "kind": found.kind.NAME,
            "reader": reader,
            "bytes": found.table.path.stat().st_size,
            "now": int(datetime.now(UTC).timestamp()),
            "profile": getattr(found.kind, "profile_text", None),
        },
    )
    return int(row.scalar_one())


def _close_source(load: Load, report: FileReport, tally: Tally) -> FileReport:
    first_on, last_on = _covered(report.file, tally.days)
    report = replace(
        report,
        read=tally.read,
        stored=tally.stored,
        set_aside=tally.set_aside,
        unchanged=tally.read - tally.stored - tally.set_aside,
        reasons=tuple(tally.reasons),
        first_on=first_on,
        last_on=last_on,
    )
    load.connection.execute(
        text(
            "UPDATE source_file SET read = :read, stored = :stored, unchanged = :unchanged, "
            "set_aside = :aside, first_on = :first, last_on = :last WHERE source_id = :source"
        ),
        {
            "read": report.read,
            "stored": report.stored,
            "unchanged": report.unchanged,
            "aside": report.set_aside,
            "first": report.first_on,
            "last": report.last_on,
            "source": load.source_id,
        },
    )
    return report


# --- set aside rows, tried again -----------------------------------------------------------------


def retry(db: Database, *, shop_id: int = 1) -> list[FileReport]:
    """Read the rows that were set aside once more: those that are understood now are stored.

    One report per file that has such rows; `read` counts the rows tried.
    """
    reports = []
    with db.write() as connection:
        facts = shop_settings(connection, shop_id)
        waiting = connection.execute(
            text(
                "SELECT s.source_id, s.name, s.kind, s.profile, r.rejected_id, r.row, r.raw "
                "FROM rejected_record r JOIN source_file s USING (source_id) "
                "WHERE r.shop_id = :shop ORDER BY s.source_id, r.row"
            ),
            {"shop": shop_id},
        ).all()
        by_file = defaultdict(list)
        for row in waiting:
            by_file[row.source_id].append(row)
        load = Load(connection, shop_id)
        for rows in by_file.values():
            reports.append(_retry_file(db, load, facts, rows))
        load.finish()
    return reports


def _retry_file(db: Database, load: Load, facts: ShopSettings, rows: Sequence[Any]) -> FileReport:
    first = rows[0]
    kind = registry.kind_of_source(first.kind, first.profile)
    load.source_id = first.source_id
    context = Context(facts.time_zone, facts.currency, db.secret(), first.name)
    tally = Tally()
    usable = [row for row in rows if row.raw != "{}"]
    ids = [row.rejected_id for row in usable]
    marks = ", ".join(map(str, ids)) or "NULL"
    load.cursor.execute(f"DELETE FROM rejected_record WHERE rejected_id IN ({marks})")
    if usable:
        _store(load, piece_of(kind, context, _chunk_of_raw(usable)), tally)
    left = len(rows) - len(usable)
    solved = tally.read - tally.set_aside
    load.cursor.execute(
        "UPDATE source_file SET set_aside = set_aside - ?, stored = stored + ?, "
        "unchanged = unchanged + ? WHERE source_id = ?",
        (solved, tally.stored, solved - tally.stored, first.source_id),
    )
    return FileReport(
        first.name,
        first.kind,
        tally.read + left,
        tally.stored,
        solved - tally.stored,
        tally.set_aside + left,
        tuple(tally.reasons),
    )


def _chunk_of_raw(rows: Sequence[Any]) -> Chunk:
    raws = [json.loads(row.raw) for row in rows]
    names = dict.fromkeys(name for raw in raws for name in raw)
    columns = {name: pa.array([raw.get(name) for raw in raws], pa.string()) for name in names}
    return Chunk(columns, np.array([row.row for row in rows], np.int64))
