"""Import of one file: recognise, parse, store and refresh the figures, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from etl.errors import ContraryHeader, FileRejected, MissingColumns, UnknownTable
from etl.files.base import FileKind, Recognised
from etl.files.fields import Context
from etl.garbage import no_gc
from etl.imports import registry
from etl.imports.archive import Member, is_archive, unpacked
from etl.imports.layouts import recognise_layout, stored_profiles
from etl.imports.questions import answer
from etl.imports.report import FileReport, Progress, report_of_archive
from etl.imports.status_words import meanings_of, taught_words, teach
from etl.imports.worker import open_chunks
from etl.tables.base import Reread
from etl.tables.open import guard, open_table
from etl.tables.workbook import WorkbookTable
from shop.comments.live_remarks import start_of_session
from shop.comments.vault import public_key
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, has_settings, shop_settings


def import_file(
    db: Database,
    path: Path,
    *,
    name: str | None = None,
    kind: str | FileKind | None = None,
    shop_id: int = 1,
    settings: dict[str, Any] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    password: str | None = None,
    status_words: Mapping[str, str] | None = None,
) -> FileReport:
    """Import one exported file, all or nothing; rows that cannot be understood are rejected.

    The same bytes read before by another kind, profile or setting are undone first.
    `settings` are what the user chose where the file leaves it open (dates: dmy or mdy; period; platform ...).
    `password` opens a locked file and is stored nowhere. `status_words` are what words of the file's status
    column mean: they are stored for its kind, and its rejected rows are read again. The files of an archive
    are imported one after another, each of them all or nothing; `members` in `settings` has what was chosen for
    single ones, by their name in the archive.
    `progress` is called with the share of the file done (0 to 1) and the rows read so far.
    Raises a FileRejected when nothing of the file can be read, DatabaseBusy when another import runs.
    """
    given = _Given(
        path,
        name or path.name or str(path),
        kind,
        shop_id,
        settings or {},
        dry_run,
        password,
        status_words or {},
    )
    if is_archive(path):
        return _import_archive(db, given, progress)
    return _import_table(db, given, progress)


@dataclass(frozen=True)
class _Given:
    """What an import was started with."""

    path: Path
    name: str
    kind: str | FileKind | None
    shop_id: int
    settings: dict[str, Any]
    dry_run: bool
    password: str | None
    status_words: Mapping[str, str]
    worksheets: tuple[str, ...] | None = None  # only these of a workbook


def _import_archive(db: Database, given: _Given, progress: Progress | None) -> FileReport:
    """Import the files of an archive; raises the refusal where all of them are rejected."""
    parts: list[FileReport] = []
    rejected: list[tuple[str, ShopError]] = []
    with unpacked(given.path, given.name, given.password) as (members, left):
        for member in members:
            try:
                parts.append(_import_table(db, _given_for(given, member), progress))
            except FileRejected as problem:
                rejected.append((member.name, problem))
    if not parts:
        raise rejected[0][1]
    return report_of_archive(given.name, parts, rejected, left)


def _given_for(given: _Given, member: Member) -> _Given:
    """What the import of an archive was started with, for one of its files."""
    settings = {name: value for name, value in given.settings.items() if name != "members"}
    settings |= given.settings.get("members", {}).get(member.name, {})
    password = settings.pop("password", given.password)
    name = f"{given.name}/{member.name}"
    return replace(given, path=member.path, name=name, settings=settings, password=password)


def _import_table(db: Database, given: _Given, progress: Progress | None) -> FileReport:
    try:
        report = _import(db, given, progress, careful=False)
    except Reread:
        report = _import(db, given, progress, careful=True)
    if not report.worksheets_left or given.kind is not None:
        return report
    return _with_other_kinds(db, replace(given, worksheets=report.worksheets_left), progress, report)


def _with_other_kinds(
    db: Database, given: _Given, progress: Progress | None, report: FileReport
) -> FileReport:
    """The report of a workbook whose further worksheets may be of other kinds; what is of none is named in it."""
    try:
        other = _import_table(db, given, progress)
    except (UnknownTable, MissingColumns, ContraryHeader):
        return report
    except FileRejected as problem:
        names = "、".join(report.worksheets_left)
        return report_of_archive(report.file, [report], [(names, problem)], ())
    first = replace(report, worksheets_left=())
    parts = (first, *(other.parts or (replace(other, worksheets_left=()),)))
    return report_of_archive(report.file, parts, other.rejected_files, other.worksheets_left)


def _import(db: Database, given: _Given, progress: Progress | None, *, careful: bool) -> FileReport:
    shop_id, settings = given.shop_id, given.settings
    recognised = _recognise(db, given)
    report = FileReport(recognised.table.name, recognised.kind.NAME, worksheets_left=recognised.unread)
    if given.status_words:
        from etl.imports.retry import retry

        teach(db, recognised.kind.NAME, given.status_words, meanings_of(recognised.kind), shop_id=shop_id)
        retry(db, shop_id=shop_id, kind=recognised.kind.NAME)
    reader = f"{recognised.kind.NAME} {recognised.kind.VERSION} {_settings_key(settings)}"
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
        first = first_settings(connection, facts, recognised.kind)
        taught = taught_words(connection, shop_id, recognised.kind.NAME)
        contact_key = public_key(connection, shop_id)
        start = start_of_session(connection, shop_id, str(settings.get("session") or ""))
    facts = first or facts
    if first:
        report = replace(report, shop=first)
    context = Context(facts.time_zone, facts.currency, db.secret(), report.file, dict(settings), taught)
    context.contact_key = contact_key
    if start is not None:
        context.settings["session_start"] = start
    with guard(report.file):
        answer(recognised, context)
        prepare = getattr(recognised.kind, "prepare", None)
        if prepare is not None:
            prepare(recognised, context)
        if (lacks := getattr(recognised.kind, "lacks_session", None)) is not None:
            report = replace(report, lacks_session=lacks(recognised, context))
        if (by_order_day := getattr(recognised.kind, "counts_by_order_day", None)) is not None:
            report = replace(report, by_order_day=by_order_day(recognised))
    with open_chunks(recognised, context, careful=careful) as chunks, no_gc():
        from etl.imports.store import FileToStore, store_file  # is loaded while the other process starts

        digest = _digest(given.path)
        to_store = FileToStore(shop_id, digest, reader, recognised, report, facts, is_first=first is not None)
        return store_file(db, to_store, chunks, progress=progress, dry_run=given.dry_run)


def first_settings(connection: Connection, facts: ShopSettings, kind: FileKind) -> ShopSettings | None:
    """The shop's time zone and currency as a profile names them, for a shop without settings or records."""
    profile = getattr(kind, "profile", None)
    if profile is None or profile.time_zone is None or has_settings(connection, facts.shop_id):
        return None
    for table in ("source_file", "sync_run", "order_line"):
        sql = text(f"SELECT 1 FROM {table} WHERE shop_id = :shop LIMIT 1")
        if connection.execute(sql, {"shop": facts.shop_id}).first():
            return None
    currency = profile.constants.get("currency", "shop")
    return replace(
        facts, time_zone=profile.time_zone, currency=facts.currency if currency == "shop" else currency
    )


def _recognise(db: Database, given: _Given) -> Recognised:
    """The table by the kinds that we know, else by a layout that the shop has read before."""
    try:
        return _recognise_kind(given)
    except (UnknownTable, MissingColumns, ContraryHeader):
        if given.kind is not None:
            raise
        with db.read() as connection:
            profiles = stored_profiles(connection, given.shop_id)
        recognised = recognise_layout(profiles, given.path, given.name, given.password)
        if recognised is None:
            raise
        return recognised


def _recognise_kind(given: _Given) -> Recognised:
    wanted = registry.kind_named(given.kind) if isinstance(given.kind, str) else given.kind
    csv_settings = getattr(wanted, "csv_settings", {})
    tables = open_table(given.path, name=given.name, password=given.password, **csv_settings)
    if given.worksheets is not None:
        tables = [t for t in tables if isinstance(t, WorkbookTable) and t.worksheet_name in given.worksheets]
    with guard(given.name):
        kinds = registry.all_kinds(given.settings.get("platform")) if wanted is None else [wanted]
        return registry.recognise(tables, kinds)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings_key(settings: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:12]
