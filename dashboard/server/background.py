"""What the dashboard does by itself while it is open: late figures, backups, syncs, messages, erasing old records.

A thread of the server looks every few seconds which job is due; one process per database works on them, under a lease.
A new job is one entry in JOBS.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.reports import morning
from dashboard.server.late_figures import THREAD
from dashboard.text.errors import Unexpected, error
from etl import credentials
from etl.sync import schedule
from etl.sync.account import connected
from etl.sync.engine import sync
from etl.sync.lease import SyncLease
from etl.sync.options import Options
from etl.sync.stock_push import push_due
from shop.backups import automatic, second_folder
from shop.core.errors import DatabaseBusy, ShopError
from shop.db.database import Database
from shop.group.shops import ShopEntry, database_of, group_shops
from shop.maintenance import MOST_CLOCK_MINUTES, clock_difference
from shop.metrics.comment_days import arrays as comment_arrays
from shop.metrics.deferred_rollups import is_stale, up_to_date
from shop.metrics.preferences import read_preferences
from shop.privacy.retention import apply_daily

SWITCH = "KILNBOARD_BACKGROUND"
LOOKS_EVERY_SECONDS = 20


@dataclass(frozen=True)
class Job:
    """One thing done by itself: `is_due` decides at a moment (UTC), `run` does it; its result or error is recorded.

    `run` is given the lease, to renew it while it works for long.
    """

    name: str
    is_due: Callable[[Database, datetime], bool]
    run: Callable[[Database, SyncLease], ShopError | None]


def _sync_is_due(db: Database, now: datetime) -> bool:
    minutes = read_preferences(db).sync_minutes
    return bool(minutes and connected() and schedule.is_due(db, "sync", timedelta(minutes=minutes), now))


def _sync(db: Database, lease: SyncLease) -> ShopError | None:
    """Pull from every connected platform, send the stock that is due, and look for the alert of the day."""
    problems: list[ShopError] = []
    for name in connected():
        reports = sync(db, name, options=Options(progress=lambda doing: lease.renew()))
        problems += [report.error for report in reports if report.error is not None]
        problems += [item.error for item in push_due(db, name) if item.error is not None]
    morning.alert_lines(db, morning.shop_now(db))
    return problems[0] if problems else None


def _message_is_due(db: Database, now: datetime) -> bool:
    return bool(morning.due(db)) and schedule.is_due(db, "message", timedelta(minutes=10), now)


def _send_messages(db: Database, _lease: SyncLease) -> ShopError | None:
    """Send the morning message to everybody who is due."""
    reports = morning.send_due(db)
    return next((report.error for report in reports if report.error is not None), None)


def _backup_is_due(db: Database, now: datetime) -> bool:
    return automatic.is_due(db, now) or (
        schedule.is_due(db, "backup", timedelta(hours=1), now) and second_folder.has_missing(db)
    )


def _back_up(db: Database, _lease: SyncLease) -> ShopError | None:
    """Take the backup of the day, or copy what a second folder lacks that was away."""
    if automatic.is_due(db, datetime.now(UTC)):
        automatic.back_up(db, "daily")
    else:
        second_folder.copy_to_second_folder(db)
    return None


def _retention_is_due(db: Database, now: datetime) -> bool:
    is_right = abs(clock_difference(db)) <= MOST_CLOCK_MINUTES * 60  # what is erased does not come back
    return is_right and schedule.is_due(db, "retention", timedelta(days=1), now)


def _apply_retention(db: Database, _lease: SyncLease) -> ShopError | None:
    """Erase what is past its time."""
    with db.erase() as connection:
        apply_daily(connection)
    return None


def _figures_are_due(db: Database, _now: datetime) -> bool:
    return is_stale(db) or comment_arrays.is_stale(db)


def _compute_figures(db: Database, lease: SyncLease) -> ShopError | None:
    """Compute the hours, provinces and buyers of the days that imports touched, and the arrays of comments.

    While an import runs, at a later look.
    """
    with suppress(DatabaseBusy):
        up_to_date(db, after_each=lease.renew)
        comment_arrays.fill(db, after_each=lease.renew)
    return None


JOBS: tuple[Job, ...] = (
    Job("figures", _figures_are_due, _compute_figures),
    Job("backup", _backup_is_due, _back_up),
    Job("retention", _retention_is_due, _apply_retention),
    Job("sync", _sync_is_due, _sync),
    Job("message", _message_is_due, _send_messages),
)


def run_due(db: Database, jobs: tuple[Job, ...] = JOBS, now: datetime | None = None) -> list[str]:
    """Run the jobs that are due, unless another process does; the names of those that ran."""
    now = now or datetime.now(UTC)
    if not any(job.is_due(db, now) for job in jobs):
        return []
    done: list[str] = []
    with schedule.alone(db) as lease:
        for job in jobs if lease is not None else ():
            assert lease is not None
            if job.is_due(db, now):
                schedule.started(db, job.name)
                schedule.ended(db, job.name, _outcome(job, db, lease))
                done.append(job.name)
    return done


def _outcome(job: Job, db: Database, lease: SyncLease) -> ShopError | None:
    language = read_preferences(db).language
    use_language(language if language in LANGUAGES else LANGUAGES[0])
    try:
        return job.run(db, lease)
    except ShopError as problem:
        return problem
    except Exception as fault:
        traceback.print_exc(file=sys.stderr)
        return Unexpected(kind=type(fault).__name__)


class BackgroundWorker:
    """The thread that runs the jobs; `stop` lets the job at work end its step."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._stopped = threading.Event()
        self._last: dict[str, str] = {}  # by listed shop, why it could not be used at the last look
        self._thread = threading.Thread(target=self._work, name=THREAD, daemon=True)

    def start(self) -> None:
        """Begin, unless KILNBOARD_BACKGROUND is off."""
        if os.environ.get(SWITCH, "on") != "off":
            self._thread.start()

    def stop(self) -> None:
        """End after the job at work."""
        self._stopped.set()

    def _work(self) -> None:
        last = ""
        while not self._stopped.wait(LOOKS_EVERY_SECONDS):
            last = self.look(last)

    def look(self, last: str) -> str:
        """Run what is due; why the shop cannot be used now, printed unless it is as the `last` time; nothing else."""
        opened: list[Database] = []

        def home() -> Database:
            opened.append(self._database())
            return opened[-1]

        words = self._run(home, last)
        for db in opened:
            self._look_at_group(db)
        return words

    def _look_at_group(self, home: Database) -> None:
        """The same for every shop of the group: one that cannot be used stops no other."""
        entries: list[ShopEntry] = []
        with suppress(ShopError):
            entries = group_shops(home)
        for entry in entries:
            with credentials.of_shop(entry.name):
                last = self._last.get(entry.name, "")
                self._last[entry.name] = self._run(partial(database_of, home, entry), last)

    def _run(self, database: Callable[[], Database], last: str) -> str:
        try:
            run_due(database())
        except DatabaseBusy:
            return last  # an import is running
        except ShopError as problem:
            words = error(problem)
            if words != last:
                print(words, file=sys.stderr)
            return words
        except Exception:
            traceback.print_exc(file=sys.stderr)
        return ""
