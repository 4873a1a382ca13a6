"""What a sync stores besides the rows: its runs, cursors, landed pages and rejected records.

Every function works inside the caller's transaction, so that a cursor moves with the rows or not at all.
`platform` is the connector's name here. A page lands without personal data, and only what changed.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from etl.platforms.records import Record, UnreadableRecord
from shop.db.database import bump_version
from shop.metrics.settings import shop_settings
from shop.privacy.retention import days_of

RUN_LIFETIME = 90 * 86_400  # seconds


@dataclass(frozen=True)
class Place:
    """One resource of one connector of one shop."""

    shop_id: int
    platform: str
    kind: str

    def values(self, **more: Any) -> dict[str, Any]:
        """As parameters of a statement."""
        return {"shop": self.shop_id, "platform": self.platform, "kind": self.kind, **more}


@dataclass
class Counts:
    """The running account of one run; read = stored + unchanged + rejected."""

    requests: int = 0
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0


HERE = "shop_id = :shop AND platform = :platform AND kind = :kind"


# --- cursors --------------------------------------------------------------------------------------


def read_cursor(connection: Connection, place: Place) -> int | None:
    """Up to when this resource has been read (seconds UTC), None when never."""
    result = connection.execute(text(f"SELECT read_until FROM cursor WHERE {HERE}"), place.values())
    value = result.scalar()
    return None if value is None else int(value)


def move_cursor(connection: Connection, place: Place, until: int) -> None:
    """Everything that changed before `until` has been read."""
    connection.execute(
        text(
            "INSERT INTO cursor (shop_id, platform, kind, read_until) VALUES (:shop, :platform, "
            ":kind, :until) ON CONFLICT (shop_id, platform, kind) "
            "DO UPDATE SET read_until = excluded.read_until"
        ),
        place.values(until=until),
    )


def last_confirmed(connection: Connection, place: Place, now: int) -> int | None:
    """Up to when this resource was read before a clock ran ahead of `now` (seconds UTC), None for never."""
    result = connection.execute(
        text(
            f"SELECT MAX(until_at) FROM sync_run WHERE {HERE} AND outcome = 'done' AND run_id < "
            f"(SELECT COALESCE(MIN(run_id), 0) FROM sync_run WHERE {HERE} AND until_at > :now)"
        ),
        place.values(now=now),
    )
    value = result.scalar()
    return None if value is None else int(value)


def add_stretch(connection: Connection, place: Place, since: int, until: int, *, has_records: bool) -> None:
    """Everything that changed between `since` and `until` (seconds UTC) has been read; stretches that meet are one.

    Where days become known by it the data version moves, although no record may be new.
    """
    here = f"{HERE} AND since_at <= :until AND until_at >= :since"
    values = place.values(since=since, until=until)
    first, last, had_records = connection.execute(
        text(
            f"SELECT MIN(since_at), MAX(until_at), COUNT(NULLIF(has_records, false)) FROM read_stretch WHERE {here}"
        ),
        values,
    ).one()
    connection.execute(text(f"DELETE FROM read_stretch WHERE {here}"), values)
    start = since if first is None else min(first, since)
    end = until if last is None else max(last, until)
    connection.execute(
        text(
            "INSERT INTO read_stretch (shop_id, platform, kind, since_at, until_at, has_records) "
            "VALUES (:shop, :platform, :kind, :since, :until, :has_records)"
        ),
        place.values(since=start, until=end, has_records=has_records or had_records > 0),
    )
    zone = ZoneInfo(shop_settings(connection, place.shop_id).time_zone)
    days = [
        None if at is None else datetime.fromtimestamp(at, zone).date() for at in (first, last, start, end)
    ]
    if days[:2] != days[2:]:
        bump_version(connection)


def end_stretches(connection: Connection, place: Place, until: int) -> None:
    """Nothing after this moment (seconds UTC) was read in truth."""
    values = place.values(until=until)
    connection.execute(text(f"DELETE FROM read_stretch WHERE {HERE} AND since_at >= :until"), values)
    connection.execute(
        text(f"UPDATE read_stretch SET until_at = :until WHERE {HERE} AND until_at > :until"), values
    )
    bump_version(connection)


def forget_cursor(connection: Connection, place: Place) -> None:
    """Let this resource be read from the beginning."""
    connection.execute(text(f"DELETE FROM cursor WHERE {HERE}"), place.values())


# --- runs -----------------------------------------------------------------------------------------


def open_run(connection: Connection, place: Place, now: int, since: int, until: int) -> int:
    """The number of a new run; runs of this connector that died are marked as stopped."""
    connection.execute(
        text(
            "UPDATE sync_run SET outcome = 'stopped', ended_at = :now WHERE outcome = 'running' "
            "AND shop_id = :shop AND platform = :platform"
        ),
        place.values(now=now),
    )
    result = connection.execute(
        text(
            "INSERT INTO sync_run (shop_id, platform, kind, started_at, since_at, until_at) "
            "VALUES (:shop, :platform, :kind, :now, :since, :until) RETURNING run_id"
        ),
        place.values(now=now, since=since, until=until),
    )
    return int(result.scalar_one())


def move_run(connection: Connection, run_id: int, now: int, since: int, until: int) -> None:
    """Write down by the platform's time what a run that began by a wrong clock reads."""
    connection.execute(
        text(
            "UPDATE sync_run SET started_at = :now, since_at = :since, until_at = :until WHERE run_id = :run"
        ),
        {"now": now, "since": since, "until": until, "run": run_id},
    )


def update_run(connection: Connection, run_id: int, counts: Counts) -> None:
    """Write down how far a run has come."""
    connection.execute(
        text(
            "UPDATE sync_run SET requests = :requests, read = :read, stored = :stored, "
            "unchanged = :unchanged, set_aside = :rejected WHERE run_id = :run"
        ),
        {**asdict(counts), "run": run_id},
    )


def close_run(connection: Connection, run_id: int, now: int, outcome: str, error: str | None) -> None:
    """Write down how a run ended."""
    connection.execute(
        text("UPDATE sync_run SET ended_at = :now, outcome = :outcome, error = :error WHERE run_id = :run"),
        {"now": now, "outcome": outcome, "error": error, "run": run_id},
    )


def store_clock_difference(connection: Connection, seconds: int) -> None:
    """Write down how far the platform's clock is ahead of this machine's (see `shop.maintenance.clock_difference`)."""
    connection.execute(
        text(
            "INSERT INTO meta (name, value) VALUES ('clock_difference', :seconds) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"seconds": str(seconds)},
    )


# --- landed pages ---------------------------------------------------------------------------------


def land(connection: Connection, place: Place, records: Sequence[Record], fetched_at: int) -> None:
    """Store these records of a page, so that a corrected parser can read them again."""
    if not records:
        return
    body = json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode()
    connection.execute(
        text(
            "INSERT INTO raw_page (shop_id, platform, kind, digest, fetched_at, records, body) "
            "VALUES (:shop, :platform, :kind, :digest, :fetched, :records, :body) "
            "ON CONFLICT DO NOTHING"
        ),
        place.values(
            digest=hashlib.sha256(body).hexdigest()[:32],
            fetched=fetched_at,
            records=len(records),
            body=zlib.compress(body, 3),
        ),
    )


def landed(connection: Connection, place: Place) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The landed pages in the order in which they were fetched, each with its moment."""
    rows = connection.execute(
        text(f"SELECT fetched_at, body FROM raw_page WHERE {HERE} ORDER BY fetched_at, digest"),
        place.values(),
    )
    for fetched_at, body in rows:
        yield int(fetched_at), json.loads(zlib.decompress(body))


def drop_old_pages(connection: Connection, shop_id: int, now: int) -> None:
    """Delete the pages that are older than the shop stores them (standard: 30 days)."""
    days = days_of(connection, "pages", shop_id)
    if days is not None:
        connection.execute(
            text("DELETE FROM raw_page WHERE shop_id = :shop AND fetched_at < :before"),
            {"shop": shop_id, "before": now - days * 86_400},
        )


def drop_old_runs(connection: Connection, shop_id: int, now: int) -> None:
    """Delete the runs of more than 90 days ago, except the last one of each resource that was done."""
    connection.execute(
        text(
            "DELETE FROM sync_run WHERE shop_id = :shop AND ended_at < :before AND run_id NOT IN "
            "(SELECT MAX(run_id) FROM sync_run WHERE outcome = 'done' GROUP BY shop_id, platform, kind)"
        ),
        {"shop": shop_id, "before": now - RUN_LIFETIME},
    )


# --- rejected records ------------------------------------------------------------------------------


def store_rejected(
    connection: Connection, place: Place, refusals: Sequence[UnreadableRecord], understood: Sequence[str]
) -> set[int]:
    """Store rejected records and delete those that are understood now; the rows newly rejected."""
    known = _rejected_codes(connection, place)
    if known:
        _forget(connection, place, known.keys() & set(understood))
    fresh = {record.row for record in refusals if known.get(record.record_id) != record.code}
    for record in refusals:
        if record.row in fresh:
            connection.execute(
                text(
                    'INSERT INTO rejected_answer (shop_id, platform, kind, record_id, "column", '
                    "code, details) VALUES (:shop, :platform, :kind, :record, :column, :code, "
                    ":details) ON CONFLICT (shop_id, platform, kind, record_id) "
                    'DO UPDATE SET "column" = excluded."column", '
                    "code = excluded.code, details = excluded.details"
                ),
                place.values(
                    record=record.record_id,
                    column=record.column,
                    code=record.code,
                    details=_details(record.details),
                ),
            )
    return fresh


def _details(details: Mapping[str, Any]) -> str:
    return json.dumps(dict(details), ensure_ascii=False, default=str)


def _rejected_codes(connection: Connection, place: Place) -> dict[str, str]:
    rows = connection.execute(
        text(f"SELECT record_id, code FROM rejected_answer WHERE {HERE}"), place.values()
    )
    return {row[0]: row[1] for row in rows}


def _forget(connection: Connection, place: Place, records: set[str]) -> None:
    for record in sorted(records):
        connection.execute(
            text(f"DELETE FROM rejected_answer WHERE {HERE} AND record_id = :record"),
            place.values(record=record),
        )
