"""Storing a file in one transaction: the batches of its chunks, its rejected rows, and the counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress
from typing import Any

from sqlalchemy import text

from etl.files.base import Recognised
from etl.files.fields import Reject
from etl.imports.report import REASONS_SHOWN, FileReport, ImportTally, Progress, RejectReason, days_of_batch
from etl.imports.source_file import close_source, open_source, other_readings, seen_before, worksheet_of
from etl.imports.worker import ParsedChunk
from shop.core.personal import hide_contacts
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, store_settings
from shop.orders.batch import plain_values
from shop.orders.undo_import import remove_rows
from shop.orders.upsert import Upsert

REJECT = text(
    'INSERT INTO rejected_record (shop_id, source_id, "row", "column", code, details, raw) '
    "VALUES (:shop, :source, :row, :column, :code, :details, :raw) ON CONFLICT DO NOTHING"
)


class _DryRunRollback(Exception):
    """Ends a dry run: what would have been stored is undone."""


@dataclass(frozen=True)
class FileToStore:
    """A recognised file, by the digest of its bytes and by what reads it.

    `facts` are the settings of the shop, stored with the file where it `is_first`.
    """

    shop_id: int
    digest: str
    reader: str
    recognised: Recognised
    report: FileReport
    facts: ShopSettings
    is_first: bool


def store_file(
    db: Database,
    file: FileToStore,
    chunks: Iterable[ParsedChunk],
    *,
    progress: Progress | None,
    dry_run: bool,
) -> FileReport:
    """Store the chunks of a file, all or nothing; what was read of the same bytes otherwise is undone first."""
    shop_id, recognised, report, tally = file.shop_id, file.recognised, file.report, ImportTally()
    with suppress(_DryRunRollback), db.write() as connection:
        if seen := seen_before(connection, shop_id, file.digest, file.reader, report):
            return seen
        if file.is_first:
            store_settings(connection, file.facts)
        load = Upsert(connection, shop_id)
        for earlier in other_readings(connection, shop_id, file.digest, worksheet_of(recognised)):
            remove_rows(load, earlier)
        zone = file.facts.time_zone
        load.source_id = open_source(connection, shop_id, file.digest, file.reader, recognised, zone)
        for chunk in chunks:
            store_chunk(load, chunk, tally)
            if progress:
                progress(recognised.table.share_read(tally.read), tally.read)
        load.finish()
        report = close_source(load, report, tally, states_refunds=_states_refunds(recognised))
        if dry_run:
            raise _DryRunRollback
    return report


def _states_refunds(recognised: Recognised) -> bool:
    """Whether a file of orders states which of them were refunded, by a column or a profile's rule of returns."""
    profile = getattr(recognised.kind, "profile", None)
    return bool({"refund", "after_sale", "returned"} & recognised.places.keys()) or bool(
        profile is not None and profile.returns
    )


def store_chunk(load: Upsert, chunk: ParsedChunk, tally: ImportTally) -> None:
    """Store one chunk; every row of it is counted once."""
    stored: set[int] = set()
    for batch in chunk.batches:
        changed = load.put(batch)
        stored.update(compress(plain_values(batch.rows), changed))
        tally.days.update(days_of_batch(batch))
        if batch.table == "order_line":
            tally.platform = batch.platform
            load.touched.lines += len(batch)
            load.touched.orders += len(set(plain_values(batch.columns["order_id"])))
        tally.has_refunds |= batch.table == "refund"
    _store_rejects(load, chunk.rejects, tally)
    for (column, code), cells in chunk.unread.items():
        tally.unread.setdefault((column, code), []).extend(map(hide_contacts, cells))
    tally.read += chunk.read
    tally.rounded += chunk.rounded
    tally.rounded_by += chunk.rounded_by
    tally.stored += len(stored - {reject.row for reject in chunk.rejects})


def _store_rejects(load: Upsert, rejects: Sequence[Reject], tally: ImportTally) -> None:
    """Store why rows were rejected, the first reason of each row."""
    by_row = {reject.row: reject for reject in reversed(rejects)}
    ordered = [by_row[row] for row in sorted(by_row)]
    if not ordered:
        return
    load.connection.execute(
        REJECT,
        [
            {
                "shop": load.shop_id,
                "source": load.source_id,
                "row": reject.row,
                "column": reject.column,
                "code": reject.code,
                "details": json.dumps(_hidden(reject.details), ensure_ascii=False, default=str),
                "raw": json.dumps(_hidden(reject.raw), ensure_ascii=False),
            }
            for reject in ordered
        ],
    )
    tally.rejected += len(ordered)
    for reject in ordered[: max(REASONS_SHOWN - len(tally.reasons), 0)]:
        tally.reasons.append(RejectReason(reject.row, reject.column, reject.code, _hidden(reject.details)))


def _hidden(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {name: hide_contacts(cell, name) for name, cell in cells.items()}
