"""One run: one resource of one connector, read window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from etl.files.fields import Context
from etl.garbage import no_gc
from etl.http.errors import (
    BudgetSpent,
    NotAuthorised,
    PlatformError,
    Refused,
    SyncRunning,
    TryLater,
    of_answers,
)
from etl.platforms.base import DAY, Account, Connector, Resource, TimeWindow
from etl.platforms.records import Record
from etl.sync import landing, windows
from etl.sync.failpoints import step
from etl.sync.landing import Counts, Place
from etl.sync.lease import SyncLease
from etl.sync.options import Options, RunReport, SyncProgress
from etl.sync.store import store
from shop.comments.vault import mask_and_seal, public_key
from shop.core.errors import ShopError
from shop.core.personal import without_contacts
from shop.db.database import Database
from shop.orders.upsert import Upsert

RECORDS_AT_ONCE = 2_000
SECONDS_AT_ONCE = 2  # what a power cut loses at most is fetched again
WRONG_BY = 60  # seconds between two clocks from which on a run is planned again


class _WrongClock(Exception):
    """The platform's first answer shows that this machine's clock, or the cursor, is wrong."""


class _Privacy:
    """The keyed hash of ids, and the mask of remarks, of one shop."""

    def __init__(self, db: Database, shop_id: int) -> None:
        with db.read() as connection:
            self._context = Context(secret=db.secret(), contact_key=public_key(connection, shop_id))

    def __call__(self, identity: str) -> int | None:
        return self._context.person(identity)

    def masked(self, remark: str) -> dict[str, Any]:
        """See `etl.platforms.base.Person`."""
        sealed = mask_and_seal(remark, self._context.contact_key)
        return {"content": sealed.text} | ({"sealed_contact": sealed.contact} if sealed.contact else {})


@dataclass
class _ResourceRun:
    """One resource being read."""

    worker: Worker
    resource: Resource
    counts: Counts = field(default_factory=Counts)
    run_id: int = 0
    _planned: tuple[int, float] | None = None  # the moment of an unconfirmed plan, and the stopwatch then
    _cursor: int | None = None
    _was_ahead: bool = False
    _start: int = 0  # of what this run reads, in seconds UTC

    def __post_init__(self) -> None:
        worker, client = self.worker, self.worker.account.client
        self.db, self.clock = worker.db, worker.options.clock
        self._people = _Privacy(worker.db, worker.shop_id)
        self.place = Place(worker.shop_id, worker.connector.NAME, self.resource.kind)
        self._spent, self._wait_seconds, self._network = (
            client.budget.spent,
            client.wait_seconds,
            client.network_seconds,
        )

    def read(self, since: int | None) -> RunReport | None:
        """Read what is to be read; None where there is nothing to do yet."""
        whole = self._plan(since)
        if whole is None:
            return None
        step("run-opened")
        try:
            with no_gc():
                while whole is not None:
                    try:
                        self._windows(whole)
                        break
                    except _WrongClock:
                        whole = self._plan(since)
        except KeyboardInterrupt:
            self._close("stopped", "Interrupted")
            raise
        except PlatformError as problem:
            self._close("stopped" if isinstance(problem, BudgetSpent) else "failed", problem.code)
            return self._report(problem)
        self._close("done", None)
        return self._report(None)

    def _plan(self, since: int | None) -> TimeWindow | None:
        """What is to be read by the platform's time, or by this machine's until that is known.

        A cursor after the platform's time was set by a clock that was ahead: it goes back to where
        the resource was last read before.
        """
        now, confirmed = self.worker.account.now(), self.worker.account.confirmed()
        self._planned = None if confirmed is not None else (now, self.clock.stopwatch())
        with self.db.write(quiet=True) as connection:
            self.worker.lease.check(connection)
            cursor = landing.read_cursor(connection, self.place)
            if confirmed is not None and cursor is not None and cursor > confirmed:
                self._was_ahead = True
                cursor = landing.last_confirmed(connection, self.place, confirmed)
                landing.end_stretches(connection, self.place, cursor or 0)
                if cursor is None:
                    landing.forget_cursor(connection, self.place)
                else:
                    landing.move_cursor(connection, self.place, cursor)
            self._cursor = cursor
            whole = windows.span(self.resource, now, cursor, since)
            if whole is None and confirmed is None and cursor is not None and cursor > now:
                whole = TimeWindow(now - DAY, now)  # its answer shows which of the two clocks is wrong
            if whole is None:
                if self.run_id:
                    landing.move_run(connection, self.run_id, now, now, cursor or now)
                return None
            if self.run_id:
                landing.move_run(connection, self.run_id, now, whole.start, whole.end)
            else:
                self.run_id = landing.open_run(connection, self.place, now, whole.start, whole.end)
            if since is not None and cursor is not None and whole.start < cursor:
                landing.move_cursor(connection, self.place, whole.start)
        return whole

    def _check_clock(self) -> None:
        """Raises _WrongClock once, when the first answer shows that the plan was based on a wrong clock."""
        confirmed = self.worker.account.confirmed()
        if self._planned is None or confirmed is None:
            return
        now, then = self._planned
        self._planned = None
        if self._cursor is not None and self._cursor > confirmed:
            raise _WrongClock
        if abs(confirmed - now - (self.clock.stopwatch() - then)) > WRONG_BY:
            raise _WrongClock

    def _windows(self, whole: TimeWindow) -> None:
        """Read window by window; short ones are stored together, so that each day's figures are computed once."""
        self._start = whole.start
        pieces = windows.split(self.resource, whole, self.worker.account.context)
        pages: list[list[dict[str, Any]]] = []  # fetched, not stored yet
        # The end of the last whole window, and the time confirmed for it.
        done: tuple[int | None, int | None] = (None, None)
        newest, stored_at = 0, self.clock.stopwatch()
        try:
            for number, window in enumerate(pieces, 1):
                begun = self.worker.account.confirmed()
                for page in self._fetch(window):
                    begun = begun or self.worker.account.confirmed()
                    step("page-fetched")
                    pages.append([self._strip(record) for record in page])
                    if sum(map(len, pages)) >= RECORDS_AT_ONCE:
                        newest = max(newest, self._store(pages, *done, newest))
                        pages, stored_at = [], self.clock.stopwatch()
                        self._report_progress((number - 1) / len(pieces))
                done = min(window.end, whole.end), begun or self.worker.account.confirmed()
                if number == len(pieces) or self.clock.stopwatch() - stored_at >= SECONDS_AT_ONCE:
                    newest = max(newest, self._store(pages, *done, newest))
                    pages, stored_at = [], self.clock.stopwatch()
                self._report_progress(number / len(pieces))
        except (PlatformError, KeyboardInterrupt):
            self._store(pages, *done, newest)  # what came before the trouble; the cursor stays before it
            raise

    def _fetch(self, window: TimeWindow) -> Iterator[list[dict[str, Any]]]:
        """The pages of a window; raises _WrongClock where its first answer shows a wrong clock."""
        pages = self.resource.fetch(self.worker.account, window)
        try:
            while True:
                with of_answers(self.place.platform):
                    page = next(pages, None)
                if page is None:
                    break
                self._check_clock()
                yield page
        except Refused:  # the window may lie outside what the platform answers, by its own time
            self._check_clock()
            raise
        self._check_clock()

    def _strip(self, record: Record) -> dict[str, Any]:
        """The record without personal data; an empty one, which is rejected, where it is of another shape."""
        try:
            cleaned: dict[str, Any] = without_contacts(
                self.worker.connector.strip_personal(record, self._people)
            )
        except Exception:
            return {}
        return cleaned

    def _report_progress(self, done: float) -> None:
        self.worker.options.progress(
            SyncProgress(self.place.platform, self.place.kind, done, self.counts.read, self.counts.requests)
        )

    def _store(
        self,
        pages: Sequence[Sequence[Record]],
        until: int | None,
        confirmed: int | None = None,
        newest: int = 0,
    ) -> int:
        """Rows, landed pages and cursor in one transaction; the newest update time in the records.

        The cursor moves to `until`, but never past what the platform has confirmed: its time when it
        began to answer, or, where it gives no time, the newest update time in its records.
        """
        account = self.worker.account
        counts = replace(self.counts, requests=account.client.budget.spent - self._spent)
        with self.db.write(quiet=True) as connection:
            self.worker.lease.check(connection)
            newest = max(
                newest,
                store(
                    Upsert(connection, self.worker.shop_id),
                    self.resource,
                    account.context,
                    self.place,
                    pages,
                    account.now(),
                    counts,
                    was_ahead=self._was_ahead,
                ),
            )
            if until is not None:
                self._move_cursor(connection, until, confirmed, newest)
                reached = min(until, confirmed or until)
                if self._start < reached:
                    landing.add_stretch(
                        connection, self.place, self._start, reached, has_records=counts.read > 0
                    )
            landing.update_run(connection, self.run_id, counts)
        self.counts = counts  # not before: what was not committed is stored again
        step("window-committed")
        return newest

    def _move_cursor(self, connection: Connection, until: int, confirmed: int | None, newest: int) -> None:
        if confirmed is None:
            if newest <= (landing.read_cursor(connection, self.place) or 0):
                return
            confirmed = newest
        landing.move_cursor(connection, self.place, min(until, confirmed))
        step("cursor-moved")

    def _close(self, outcome: str, error: str | None) -> None:
        self.counts.requests = self.worker.account.client.budget.spent - self._spent
        with self.db.write(quiet=True) as connection:
            landing.update_run(connection, self.run_id, self.counts)
            landing.close_run(connection, self.run_id, self.worker.account.now(), outcome, error)
        step("run-closed")

    def _report(self, error: ShopError | None) -> RunReport:
        client, counts = self.worker.account.client, self.counts
        with self.db.read() as connection:
            cursor = landing.read_cursor(connection, self.place)
        return RunReport(
            self.place.platform,
            self.place.kind,
            counts.requests,
            counts.read,
            counts.stored,
            counts.unchanged,
            counts.rejected,
            cursor,
            error,
            client.wait_seconds - self._wait_seconds,
            client.network_seconds - self._network,
        )


STOPPING = (SyncRunning, NotAuthorised, TryLater)


@dataclass
class Worker:
    """One connector at work under its lease."""

    db: Database
    shop_id: int
    connector: Connector
    account: Account
    lease: SyncLease
    options: Options

    def run(self, since: int | None, kinds: Sequence[str]) -> list[RunReport]:
        """Every resource in turn; trouble that all of them would have ends the connector's turn."""
        reports = []
        for resource in self.connector.RESOURCES:
            if kinds and resource.kind not in kinds:
                continue
            report = _ResourceRun(self, resource).read(since)
            if report is not None:
                reports.append(report)
                if isinstance(report.error, STOPPING):
                    break
        return reports
