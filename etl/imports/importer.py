"""Import of one file: recognise, parse, store and refresh the figures, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from etl.files.base import Kind, Recognised
from etl.files.fields import Context
from etl.garbage import no_gc
from etl.imports import registry
from etl.imports.report import FileReport, Tally
from etl.imports.source_file import close_source, open_source, seen_before
from etl.imports.store import store_chunk
from etl.imports.worker import open_chunks
from etl.tables.base import Reread
from etl.tables.open import open_table
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, has_settings, shop_settings, store_settings
from shop.orders.upsert import Upsert

Progress = Callable[[float, int], None]


class _Rollback(Exception):
    """Ends a dry run: what would have been stored is undone."""


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
    """Import one exported file, all or nothing; rows that cannot be understood are rejected.

    `settings` are what the user says where the file leaves it open (dates: dmy or mdy; period; ...).
    `progress` is called with the share of the file done (0 to 1) and the rows read so far.
    Raises a FileRejected when nothing of the file can be read, DatabaseBusy when another import runs.
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
    recognised = _recognise(path, name, kind, careful)
    report = FileReport(recognised.table.name, recognised.kind.NAME)
    reader = f"{recognised.kind.NAME} {recognised.kind.VERSION} {_settings_key(settings)}"
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
        first = first_settings(connection, facts, recognised.kind)
    facts = first or facts
    if first:
        report = replace(report, shop=first)
    context = Context(facts.time_zone, facts.currency, db.secret(), report.file, dict(settings))
    prepare = getattr(recognised.kind, "prepare", None)
    if prepare is not None:
        prepare(recognised, context)
    tally = Tally()
    with open_chunks(recognised, context, careful=careful) as chunks, no_gc():
        digest = _digest(path)
        try:
            with db.write() as connection:
                if seen := seen_before(connection, shop_id, digest, reader, report):
                    return seen
                if first:
                    store_settings(connection, first)
                load = Upsert(connection, shop_id)
                load.source_id = open_source(connection, shop_id, digest, reader, recognised)
                for chunk in chunks:
                    store_chunk(load, chunk, tally)
                    if progress:
                        progress(recognised.table.share_read(tally.read), tally.read)
                load.finish()
                report = close_source(load, report, tally)
                if dry_run:
                    raise _Rollback
        except _Rollback:
            pass
    return report


def first_settings(connection: Connection, facts: ShopSettings, kind: Kind) -> ShopSettings | None:
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
