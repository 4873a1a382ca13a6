"""The rejected rows of files, read again by the parsers of this version."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import text

from etl.files.fields import Context
from etl.imports import registry
from etl.imports.report import FileReport, ImportTally
from etl.imports.status_words import taught_words
from etl.imports.store import store_chunk
from etl.imports.worker import parse_chunk
from etl.tables.base import Chunk
from shop.comments.vault import public_key
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, shop_settings
from shop.orders.upsert import Upsert

FORGET = text("DELETE FROM rejected_record WHERE rejected_id = :id")
RECOUNT = text(
    "UPDATE source_file SET set_aside = set_aside - :solved, stored = stored + :stored, "
    "unchanged = unchanged + :unchanged WHERE source_id = :source"
)


def retry(db: Database, *, shop_id: int = 1, kind: str | None = None) -> list[FileReport]:
    """Read the rejected rows (of one kind of file) once more: those that are understood now are stored.

    One report per file that has such rows; `read` counts the rows tried.
    """
    reports = []
    with db.write() as connection:
        facts = shop_settings(connection, shop_id)
        rejected = connection.execute(
            text(
                'SELECT s.source_id, s.name, s.kind, s.profile, r.rejected_id, r."row", r.raw '
                "FROM rejected_record r JOIN source_file s ON s.source_id = r.source_id "
                "WHERE r.shop_id = :shop AND (:kind IS NULL OR s.kind = :kind) "
                'ORDER BY s.source_id, r."row"'
            ),
            {"shop": shop_id, "kind": kind},
        ).all()
        by_file = defaultdict(list)
        for row in rejected:
            by_file[row.source_id].append(row)
        load = Upsert(connection, shop_id)
        for rows in by_file.values():
            reports.append(_retry_file(db, load, facts, rows))
        load.finish()
    return reports


def _retry_file(db: Database, load: Upsert, facts: ShopSettings, rows: Sequence[Any]) -> FileReport:
    first = rows[0]
    kind = registry.kind_of_source(first.kind, first.profile)
    load.source_id = first.source_id
    taught = taught_words(load.connection, load.shop_id, first.kind)
    context = Context(facts.time_zone, facts.currency, db.secret(), first.name, taught=taught)
    context.contact_key = public_key(load.connection, load.shop_id)
    tally = ImportTally()
    usable = [row for row in rows if row.raw != "{}"]
    if usable:
        load.connection.execute(FORGET, [{"id": row.rejected_id} for row in usable])
        store_chunk(load, parse_chunk(kind, context, _chunk_of_raw(usable)), tally)
    left = len(rows) - len(usable)
    solved = tally.read - tally.rejected
    load.connection.execute(
        RECOUNT,
        {
            "solved": solved,
            "stored": tally.stored,
            "unchanged": solved - tally.stored,
            "source": first.source_id,
        },
    )
    return FileReport(
        first.name,
        first.kind,
        tally.read + left,
        tally.stored,
        solved - tally.stored,
        tally.rejected + left,
        tuple(tally.reasons),
    )


def _chunk_of_raw(rows: Sequence[Any]) -> Chunk:
    raws = [json.loads(row.raw) for row in rows]
    names = dict.fromkeys(name for raw in raws for name in raw)
    columns = {name: pa.array([raw.get(name) for raw in raws], pa.string()) for name in names}
    return Chunk(columns, np.array([row.row for row in rows], np.int64))
