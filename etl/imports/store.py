"""Storing a chunk of a file: its batches, its rejected rows, and the counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

from sqlalchemy import text

from etl.files.fields import Reject
from etl.imports.report import REASONS_SHOWN, ImportTally, RejectReason, days_of_batch
from etl.imports.worker import ParsedChunk
from shop.core.personal import hide_contacts
from shop.orders.batch import plain_values
from shop.orders.upsert import Upsert

REJECT = text(
    'INSERT INTO rejected_record (shop_id, source_id, "row", "column", code, details, raw) '
    "VALUES (:shop, :source, :row, :column, :code, :details, :raw) ON CONFLICT DO NOTHING"
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
