"""The record of a file that was read: by its content, its reader and its counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from etl.files.base import Recognised
from etl.imports.export_moment import export_moment
from etl.imports.report import REASONS_SHOWN, FileReport, ImportTally, RejectReason, Unread, covered_days
from etl.tables.workbook import WorkbookTable
from shop.orders.upsert import Upsert


def seen_before(
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
        rejected=row.set_aside,
        reasons=tuple(_stored_reasons(connection, row.source_id)),
        first_on=row.first_on,
        last_on=row.last_on,
        seen_before=True,
    )


def _stored_reasons(connection: Connection, source_id: int) -> Iterable[RejectReason]:
    rows = connection.execute(
        text(
            'SELECT "row", "column", code, details FROM rejected_record WHERE source_id = :source '
            'ORDER BY "row" LIMIT :most'
        ),
        {"source": source_id, "most": REASONS_SHOWN},
    )
    return [RejectReason(r.row, r.column, r.code, json.loads(r.details)) for r in rows]


def open_source(
    connection: Connection, shop_id: int, digest: str, reader: str, recognised: Recognised, time_zone: str
) -> int:
    """The id of a new record of a file, its counts still 0.

    A file that does not say when it was exported counts as exported after all that were read before.
    """
    row = connection.execute(
        text(
            "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, "
            "unchanged, set_aside, imported_at, profile, exported_at, worksheet) VALUES (:shop, :digest, "
            ":name, :kind, :reader, :bytes, 0, 0, 0, 0, :now, :profile, COALESCE(:exported, "
            "(SELECT MAX(exported_at) FROM source_file WHERE shop_id = :shop)), :worksheet) "
            "RETURNING source_id"
        ),
        {
            "shop": shop_id,
            "digest": digest,
            "name": recognised.table.name,
            "kind": recognised.kind.NAME,
            "reader": reader,
            "bytes": recognised.table.path.stat().st_size,
            "now": int(datetime.now(UTC).timestamp()),
            "profile": getattr(recognised.kind, "profile_text", None),
            "exported": export_moment(recognised, time_zone),
            "worksheet": worksheet_of(recognised),
        },
    )
    return int(row.scalar_one())


def worksheet_of(recognised: Recognised) -> str | None:
    """The worksheet that is read; None for other tables."""
    table = recognised.table
    return table.worksheet_name if isinstance(table, WorkbookTable) else None


def other_readings(connection: Connection, shop_id: int, digest: str, worksheet: str | None) -> list[int]:
    """The ids of earlier readings of the same bytes and worksheet, by another kind, profile or setting."""
    rows = connection.execute(
        text(
            "SELECT source_id FROM source_file WHERE shop_id = :shop AND sha256 = :digest "
            "AND (worksheet IS NULL OR worksheet IS :worksheet) ORDER BY source_id"
        ),
        {"shop": shop_id, "digest": digest, "worksheet": worksheet},
    )
    return [int(row[0]) for row in rows]


def close_source(load: Upsert, report: FileReport, tally: ImportTally, *, states_refunds: bool) -> FileReport:
    """Store the counts and the days of a file that was read; its full report."""
    first_on, last_on = covered_days(report.file, tally.days)
    report = replace(
        report,
        read=tally.read,
        stored=tally.stored,
        rejected=tally.rejected,
        unchanged=tally.read - tally.stored - tally.rejected,
        reasons=tuple(tally.reasons),
        unread=tuple(Unread(*key, len(cells), cells[0]) for key, cells in tally.unread.items()),
        first_on=first_on,
        last_on=last_on,
        rounded=tally.rounded,
        rounded_by=tally.rounded_by,
    )
    load.connection.execute(
        text(
            "UPDATE source_file SET read = :read, stored = :stored, unchanged = :unchanged, "
            "set_aside = :aside, first_on = :first, last_on = :last, platform = :platform, "
            "states_refunds = :refunds WHERE source_id = :source"
        ),
        {
            "read": report.read,
            "stored": report.stored,
            "unchanged": report.unchanged,
            "aside": report.rejected,
            "first": report.first_on,
            "last": report.last_on,
            "source": load.source_id,
            "platform": tally.platform,
            "refunds": None if tally.platform is None else states_refunds or tally.has_refunds,
        },
    )
    return report
