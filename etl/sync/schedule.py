"""What the dashboard does by itself, job by job: when each ran last and how that ended.

The jobs themselves are in `dashboard.server.background`; one process of a database runs them at a time, under a lease.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from etl.http.rate_limit import Clock
from etl.sync.lease import SyncLease
from shop.core.clock import from_seconds, now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database

LEASE = "background"
STARTED = """
INSERT INTO background_job (shop_id, name, started_at) VALUES (:shop, :name, :now)
ON CONFLICT (shop_id, name) DO UPDATE
  SET started_at = excluded.started_at, ended_at = NULL, error = NULL, details = '{}'
"""
ENDED = """
UPDATE background_job SET ended_at = :now, error = :error, details = :details WHERE shop_id = :shop AND name = :name
"""


@dataclass(frozen=True)
class JobRun:
    """The last run of one job; moments are UTC. `error` is the code of what went wrong, with its details."""

    name: str
    started_at: datetime
    ended_at: datetime | None
    error: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def last_runs(db: Database, shop_id: int = 1) -> dict[str, JobRun]:
    """The last run of every job that ever ran, by name."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT name, started_at, ended_at, error, details FROM background_job WHERE shop_id = :shop"
            ),
            {"shop": shop_id},
        ).all()
    return {
        row.name: JobRun(
            row.name,
            from_seconds(row.started_at),
            None if row.ended_at is None else from_seconds(row.ended_at),
            row.error,
            json.loads(row.details),
        )
        for row in rows
    }


def is_due(db: Database, name: str, every: timedelta, now: datetime, shop_id: int = 1) -> bool:
    """Whether a job that runs again and again with this pause is due at a moment (aware).

    One that seems to have run later than now did so by a clock that was ahead: it is due.
    """
    last = last_runs(db, shop_id).get(name)
    return last is None or not timedelta(0) <= now - last.started_at < every


@contextmanager
def alone(db: Database, shop_id: int = 1) -> Iterator[SyncLease | None]:
    """The lease of this database's jobs for the block; None where another process works on them."""
    lease = SyncLease(db, shop_id, LEASE, Clock())
    if not lease.take():
        yield None
        return
    try:
        yield lease
    finally:
        lease.release()


def started(db: Database, name: str, shop_id: int = 1) -> None:
    """Record that a job begins."""
    with db.write(quiet=True) as connection:
        connection.execute(text(STARTED), {"shop": shop_id, "name": name, "now": now_seconds()})


def ended(db: Database, name: str, problem: ShopError | None = None, shop_id: int = 1) -> None:
    """Record how a job ended."""
    details = json.dumps(problem.details, ensure_ascii=False, default=str) if problem else "{}"
    with db.write(quiet=True) as connection:
        connection.execute(
            text(ENDED),
            {
                "shop": shop_id,
                "name": name,
                "now": now_seconds(),
                "error": problem.code if problem else None,
                "details": details,
            },
        )
