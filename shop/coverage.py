"""Import coverage: which days each kind of file covers, what is missing, and which rows were rejected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, text

from shop.core.periods import Period, stretches
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.metrics.tables import records

OUTSIDE, MISSING, COVERED_EMPTY, COVERED = range(4)
AT_ONCE = pd.Timedelta(minutes=10)  # from a file of an import to the next one

# The days that a large table has records of, from its index: one look-up a day instead of all rows.
DAYS_OF = """
WITH RECURSIVE found (day) AS (
  SELECT MIN({day}) FROM {table} WHERE shop_id = :shop
  UNION ALL
  SELECT (SELECT MIN({day}) FROM {table} WHERE shop_id = :shop AND {day} > found.day) FROM found
  WHERE found.day IS NOT NULL
)
SELECT found.day FROM found WHERE EXISTS (
  SELECT 1 FROM {table} INDEXED BY {table}_{day} WHERE shop_id = :shop AND {day} = found.day
    AND platform LIKE :platform {more})
"""
# Which days a kind of file has records of; a kind is named platform_subject, or subject alone.
RECORDS = {
    "orders": "SELECT DISTINCT day FROM fact_day WHERE shop_id = :shop AND platform LIKE :platform "
    "AND orders > 0",
    "aftersale": DAYS_OF.format(table="refund", day="refunded_on", more="AND NOT is_estimate"),
    "settlement": DAYS_OF.format(table="settlement", day="settled_on", more=""),
    "sessions": "SELECT DISTINCT started_on FROM live_session WHERE shop_id = :shop "
    "AND platform LIKE :platform",
    "works": "SELECT DISTINCT published_on FROM video WHERE shop_id = :shop AND platform LIKE :platform",
    "comments": DAYS_OF.format(table="comment", day="written_on", more=""),
}
OF_SESSIONS = ("danmaku", "live_minutes")  # recordings of single sessions: a day without one is no gap


@dataclass(frozen=True)
class FileCoverage:
    """One kind of file over its days: what each day is, and when it was last read.

    `states` runs from `first` on, one number per day: MISSING, COVERED_EMPTY or COVERED; OUTSIDE between recordings
    of single sessions.
    """

    kind: str
    first: date
    last: date
    states: tuple[int, ...]
    files: int
    imported_on: date

    @property
    def missing(self) -> tuple[Period, ...]:
        """The stretches of days between the first and the last that no file covers."""
        days = [self.first + timedelta(days=n) for n, state in enumerate(self.states) if state == MISSING]
        return tuple(stretches(days))


def sources(db: Database, shop: int = 1, subject: str | None = None) -> tuple[FileCoverage, ...]:
    """Every kind that was read or pulled, with the days that its files and syncs cover, by name.

    With a `subject` (orders, aftersale ...) its kinds alone, whatever the platform.
    """
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        spans: dict[str, list[Any]] = {}
        for row in connection.execute(
            text(
                "SELECT kind, first_on, last_on, imported_at FROM source_file "
                "WHERE shop_id = :shop "
                "AND first_on IS NOT NULL ORDER BY kind, first_on"
            ),
            {"shop": shop},
        ):
            spans.setdefault(str(row.kind), []).append(row)
        for kind, span in _synced(connection, shop, zone):
            spans.setdefault(kind, []).append(span)
        return tuple(
            _source(kind, rows, _recorded(connection, shop, kind), zone)
            for kind, rows in sorted(spans.items())
            if subject in (None, kind.rpartition("_")[2])
        )


# What a resource that is pulled brings, as the kind of file that would bring the same.
PULLED = {"orders": "{}_orders", "refunds": "{}_aftersale", "live": "{}_sessions", "comments": "comments"}


@dataclass(frozen=True)
class _Span:
    """The days that syncs read without a break."""

    first_on: date
    last_on: date
    imported_at: int
    is_file: bool = False


def _synced(connection: Connection, shop: int, zone: ZoneInfo) -> Iterable[tuple[str, _Span]]:
    rows = connection.execute(
        text(
            "SELECT r.platform, r.kind, r.since_at, r.until_at, s.ended_at FROM read_stretch r LEFT JOIN ("
            "SELECT platform, kind, MAX(ended_at) AS ended_at FROM sync_run WHERE shop_id = :shop "
            "GROUP BY platform, kind) s ON s.platform = r.platform AND s.kind = r.kind WHERE r.shop_id = :shop"
        ),
        {"shop": shop},
    )
    for row in rows:
        if row.kind in PULLED:
            days = [
                datetime.fromtimestamp(moment, UTC).astimezone(zone).date()
                for moment in (row.since_at, row.until_at)
            ]
            kind = PULLED[row.kind].format(row.platform.partition("_")[0])
            yield kind, _Span(days[0], days[1], row.ended_at or row.until_at)


def _recorded(connection: Connection, shop: int, kind: str) -> set[str] | None:
    """The days with a record of this kind; None where the kind has no days."""
    platform, _, subject = kind.rpartition("_")
    sql = RECORDS.get(subject)
    if sql is None:
        return None
    rows = connection.execute(text(sql), {"shop": shop, "platform": platform or "%"})
    return {str(row[0]) for row in rows if row[0] is not None}


def _source(kind: str, rows: list[Any], recorded: set[str] | None, zone: ZoneInfo) -> FileCoverage:
    periods = [Period(_day(row.first_on), _day(row.last_on)) for row in rows]
    first, last = min(p.start for p in periods), max(p.end for p in periods)
    covered = {period.start + timedelta(days=shift) for period in periods for shift in range(period.days)}
    days = [first + timedelta(days=shift) for shift in range((last - first).days + 1)]
    states = tuple(
        (OUTSIDE if kind in OF_SESSIONS else MISSING)
        if day not in covered
        else COVERED
        if recorded is None or day.isoformat() in recorded
        else COVERED_EMPTY
        for day in days
    )
    imported = max(row.imported_at for row in rows)
    on = datetime.fromtimestamp(imported, UTC).astimezone(zone).date()
    files = sum(getattr(row, "is_file", True) for row in rows)
    return FileCoverage(kind, first, last, states, files, on)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


@dataclass(frozen=True)
class Strips:
    """All sources over the same days, for a calendar: one row of states per source."""

    days: tuple[str, ...]
    kinds: tuple[str, ...]
    states: tuple[tuple[int, ...], ...]


def strips(sources_shown: tuple[FileCoverage, ...], most_days: int = 400) -> Strips:
    """The states of all sources aligned by day, over the latest days that any of them
    covers.
    """
    end = max(source.last for source in sources_shown)
    start = max(min(source.first for source in sources_shown), end - timedelta(days=most_days - 1))
    days = [start + timedelta(days=shift) for shift in range((end - start).days + 1)]
    return Strips(
        tuple(day.isoformat() for day in days),
        tuple(source.kind for source in sources_shown),
        tuple(tuple(_state(source, day) for day in days) for source in sources_shown),
    )


def _state(source: FileCoverage, day: date) -> int:
    if not source.first <= day <= source.last:
        return OUTSIDE
    return source.states[(day - source.first).days]


def files(db: Database, shop: int = 1) -> pd.DataFrame:
    """The files that were read, the latest first.

    One row per file and reader. Columns: number (by which it is undone), name, kind, first_on,
    last_on, read, stored, unchanged, rejected (rows), imported (shop time).
    """
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        rows = connection.execute(
            text(
                "SELECT source_id, name, kind, first_on, last_on, read, stored, unchanged, set_aside, "
                "imported_at FROM source_file WHERE shop_id = :shop ORDER BY source_id DESC"
            ),
            {"shop": shop},
        ).fetchall()
    table = pd.DataFrame(
        [(*row[:9], _minute(row[9], zone)) for row in rows],
        columns=[
            "number",
            "name",
            "kind",
            "first_on",
            "last_on",
            "read",
            "stored",
            "unchanged",
            "set_aside",
            "imported",
        ],
    )
    return table.astype(dict.fromkeys(("read", "stored", "unchanged", "set_aside"), "Int64"))


def imports_of(table: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """The rows of `files` by import: the files of one archive, or the kinds of one workbook's worksheets, together.

    A file of an archive is named `archive/file`. The same file read again is another import.
    """
    result: list[list[dict[str, Any]]] = []
    for item in records(table):
        if result and _is_same_import(result[-1], item):
            result[-1].append(item)
        else:
            result.append([item])
    return result


def _is_same_import(later: list[dict[str, Any]], item: dict[str, Any]) -> bool:
    """Whether a file is of the import that was stored right after it."""
    near = pd.Timestamp(later[-1]["imported"]) - pd.Timestamp(item["imported"]) <= AT_ONCE
    archive, mark, _ = item["name"].partition("/")
    is_same = later[-1]["name"].partition("/")[:2] == (archive, mark)
    known = {(other["name"], other["kind"]) for other in later}
    return near and is_same and (item["name"], item["kind"]) not in known


def runs(db: Database, shop: int = 1, *, latest: int = 200) -> pd.DataFrame:
    """The latest runs of a sync, the last first.

    Columns: platform, kind, started, ended (shop time), outcome, error (a code), read, stored,
    unchanged, rejected (records), requests.
    """
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        rows = connection.execute(
            text(
                "SELECT platform, kind, outcome, error, read, stored, unchanged, set_aside, "
                "requests, started_at, ended_at FROM sync_run WHERE shop_id = :shop "
                "ORDER BY run_id DESC LIMIT :latest"
            ),
            {"shop": shop, "latest": latest},
        ).fetchall()
    counts = ["read", "stored", "unchanged", "set_aside", "requests"]
    table = pd.DataFrame(
        [(*row[:9], _minute(row[9], zone), _minute(row[10], zone)) for row in rows],
        columns=["platform", "kind", "outcome", "error", *counts, "started", "ended"],
    )
    return table.astype(dict.fromkeys(counts, "Int64"))


def _minute(moment: int | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return f"{datetime.fromtimestamp(moment, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class RejectedRow:
    """One row of a file that could not be understood: where it stands, and why as a code with
    details.
    """

    file: str
    row: int
    column: str | None
    code: str
    details: dict[str, Any]


def rejected_rows(db: Database, shop: int = 1, most: int = 1_000) -> tuple[RejectedRow, ...]:
    """The rows that wait to be understood, file by file."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                'SELECT s.name, r.row, r."column", r.code, r.details FROM rejected_record r '
                "JOIN source_file s USING (source_id) WHERE r.shop_id = :shop "
                "ORDER BY s.source_id DESC, r.row LIMIT :most"
            ),
            {"shop": shop, "most": most},
        ).fetchall()
    return tuple(RejectedRow(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows)


@dataclass(frozen=True)
class KindSummary:
    """One kind of file: how many files and rows were read, how many wait, over which shop days."""

    kind: str
    files: int
    rows: int
    rejected: int
    first: date | None
    last: date | None


def summary_by_kind(db: Database, *, shop_id: int = 1) -> list[KindSummary]:
    """Every kind that was read, in the order of its first day."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT kind, COUNT(*), SUM(read), SUM(set_aside), MIN(first_on), MAX(last_on) "
                "FROM source_file WHERE shop_id = :shop GROUP BY kind ORDER BY 5, 1"
            ),
            {"shop": shop_id},
        ).all()
    return [
        KindSummary(kind, files, read, rejected, first and _day(first), last and _day(last))
        for kind, files, read, rejected, first, last in rows
    ]
