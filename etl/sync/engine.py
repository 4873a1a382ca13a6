"""Pull from the platforms: `sync` reads what changed, `reparse` reads what landed, `connect` logs in.

A run reads one resource of one connector from its cursor less a look-back, a window at a time. The rows,
the landed pages and the cursor of a window are one transaction under a lease, so a crash at any
instruction loses nothing and doubles nothing: the next run goes on where this one was.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from etl import credentials, platforms
from etl.files.fields import Context
from etl.http.client import Client
from etl.http.errors import (
    BudgetSpent,
    NotAuthorised,
    NotConnected,
    PlatformError,
    Refused,
    SyncRunning,
    TryLater,
)
from etl.http.rate_limit import Budget, Clock
from etl.platforms.base import DAY, Account, Connector, Keys, Resource, Window
from etl.platforms.records import Record, Told
from etl.sync import landing, windows
from etl.sync.failpoints import step
from etl.sync.landing import Counts, Place
from etl.sync.lease import Lease, held
from etl.sync.store import store
from etl.sync.tokens import renewed
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, shop_settings
from shop.orders.upsert import Load

RECORDS_AT_ONCE = 2_000
WRONG_BY = 60  # seconds between two clocks from which on a run is planned again


@dataclass(frozen=True)
class RunReport:
    """What came of one run; `cursor` is up to when (seconds UTC) the resource has been read.

    read = stored + unchanged + set_aside, in records as the platform gives them. `seconds_waited` and
    `network_seconds` were spent in waits (rate limit, back-off) and in exchange with the platform.
    """

    platform: str
    kind: str
    requests: int = 0
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    set_aside: int = 0
    cursor: int | None = None
    error: ShopError | None = None
    seconds_waited: float = 0.0
    network_seconds: float = 0.0


@dataclass(frozen=True)
class Doing:
    """What a running sync is at: the share of its windows that are done, records read so far."""

    platform: str
    kind: str
    done: float
    read: int
    requests: int


Progress = Callable[[Doing], None]


@dataclass
class Options:
    """What a sync may be told: the clock, a budget of requests, who hears of progress."""

    clock: Clock = field(default_factory=Clock)
    budget: int = 0  # requests per connector and run; 0: the usual
    progress: Progress = lambda doing: None
    client: dict[str, Any] = field(default_factory=dict)


def connected() -> list[str]:
    """The connectors whose keys are there."""
    found = []
    for name in platforms.names():
        try:
            credentials.load(platforms.connector(name))
        except NotConnected:
            continue
        found.append(name)
    return found


def sync(
    db: Database,
    platform: str | None = None,
    *,
    since: int | None = None,
    shop_id: int = 1,
    kinds: Sequence[str] = (),
    options: Options | None = None,
) -> list[RunReport]:
    """Read what changed on one platform or on all that are connected; one report per resource.

    `since` (seconds UTC) reads again from there. What goes wrong with a platform is told in its
    report's `error`; raises NotConnected or UnknownPlatform before anything is asked.
    """
    options = options or Options()
    names = [platform] if platform else connected()
    if not names:
        raise NotConnected(platform="PLATFORM", missing="all of " + ", ".join(platforms.names()))
    chosen = [platforms.connector(name) for name in names]
    keys = [credentials.load(connector) for connector in chosen]
    reports: list[RunReport] = []
    for connector, key in zip(chosen, keys, strict=True):
        try:
            with _working(db, shop_id, connector, key, options) as worker:
                reports += worker.run(since, kinds)
        except SyncRunning as problem:
            reports.append(RunReport(connector.NAME, "", error=problem))
    return reports


@contextmanager
def _working(
    db: Database, shop_id: int, connector: Connector, keys: Keys, options: Options
) -> Iterator[Worker]:
    with held(db, shop_id, connector.NAME, options.clock) as lease:
        step("lease-taken")
        with db.read() as connection:
            facts = shop_settings(connection, shop_id)
        account = open_account(db, connector, keys, facts, options, lease)
        try:
            yield Worker(db, shop_id, connector, account, lease, options)
            confirmed = account.confirmed()
            if confirmed is not None:
                with db.write(quiet=True) as connection:
                    landing.drop_old_pages(connection, shop_id, confirmed)
        finally:
            account.client.close()


@contextmanager
def _without_gc() -> Iterator[None]:
    """Pages are millions of values and no cycles: looking for cycles among them is waste."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def open_account(
    db: Database,
    connector: Connector,
    keys: Keys,
    facts: ShopSettings,
    options: Options,
    lease: Lease | None = None,
) -> Account:
    """An account that is ready to be called."""
    settings = credentials.settings_of(connector)
    budget = Budget(options.budget) if options.budget else Budget()
    client = Client(
        connector.NAME,
        credentials.hosts_of(connector, settings),
        rate=float(settings.get("rate") or connector.RATE),
        clock=options.clock,
        budget=budget,
        heartbeat=lease.renew if lease else lambda: None,
        **options.client,
    )
    account = Account(connector, client, keys, Told(facts.time_zone, facts.currency), settings)
    account.renew = lambda old: renewed(db, facts.shop_id, account, old)
    return account


STOPPING = (SyncRunning, NotAuthorised, TryLater)


@dataclass
class Worker:
    """One connector at work under its lease."""

    db: Database
    shop_id: int
    connector: Connector
    account: Account
    lease: Lease
    options: Options

    def run(self, since: int | None, kinds: Sequence[str]) -> list[RunReport]:
        """Every resource in turn; trouble that all of them would have ends the connector's turn."""
        reports = []
        for resource in self.connector.RESOURCES:
            if kinds and resource.kind not in kinds:
                continue
            report = _Run(self, resource).read(since)
            if report is not None:
                reports.append(report)
                if isinstance(report.error, STOPPING):
                    break
        return reports


class _WrongClock(Exception):
    """The platform's first answer shows that this machine's clock, or the cursor, is wrong."""


@dataclass
class _Run:
    """One resource being read."""

    worker: Worker
    resource: Resource
    counts: Counts = field(default_factory=Counts)
    run_id: int = 0
    _planned: tuple[int, float] | None = None  # the moment of an unconfirmed plan, and the stopwatch then
    _cursor: int | None = None
    _was_ahead: bool = False

    def __post_init__(self) -> None:
        worker, client = self.worker, self.worker.account.client
        self.db, self.clock = worker.db, worker.options.clock
        self._people = Context(secret=worker.db.secret())
        self.place = Place(worker.shop_id, worker.connector.NAME, self.resource.kind)
        self._spent, self._seconds_waited, self._network = (
            client.budget.spent,
            client.seconds_waited,
            client.network_seconds,
        )

    def read(self, since: int | None) -> RunReport | None:
        """Read what is to be read; None where there is nothing to do yet."""
        whole = self._plan(since)
        if whole is None:
            return None
        step("run-opened")
        try:
            with _without_gc():
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

    def _plan(self, since: int | None) -> Window | None:
        """What is to be read by the platform's time, or by this machine's until that is known.

        A cursor after the platform's time was moved by a clock that was ahead: it goes back to where
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
                if cursor is None:
                    landing.forget_cursor(connection, self.place)
                else:
                    landing.move_cursor(connection, self.place, cursor)
            self._cursor = cursor
            whole = windows.span(self.resource, now, cursor, since)
            if whole is None and confirmed is None and cursor is not None and cursor > now:
                whole = Window(now - DAY, now)  # its answer tells which of the two clocks is wrong
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
        """Raises _WrongClock once, when the first answer shows that the plan was made by a wrong clock."""
        confirmed = self.worker.account.confirmed()
        if self._planned is None or confirmed is None:
            return
        now, then = self._planned
        self._planned = None
        if self._cursor is not None and self._cursor > confirmed:
            raise _WrongClock
        if abs(confirmed - now - (self.clock.stopwatch() - then)) > WRONG_BY:
            raise _WrongClock

    def _windows(self, whole: Window) -> None:
        pieces = windows.split(self.resource, whole, self.worker.account.told)
        for number, window in enumerate(pieces):
            pages: list[list[dict[str, Any]]] = []
            begun, newest = self.worker.account.confirmed(), 0
            for page in self._fetch(window):
                begun = begun or self.worker.account.confirmed()
                step("page-fetched")
                pages.append([self._strip(record) for record in page])
                if sum(map(len, pages)) >= RECORDS_AT_ONCE:
                    newest = max(newest, self._store(pages, None))
                    pages = []
                    self._tell(number / len(pieces))
            begun = begun or self.worker.account.confirmed()
            self._store(pages, min(window.end, whole.end), begun, newest)
            self._tell((number + 1) / len(pieces))

    def _fetch(self, window: Window) -> Iterator[list[dict[str, Any]]]:
        """The pages of a window; raises _WrongClock where its first answer shows a wrong clock."""
        try:
            for page in self.resource.fetch(self.worker.account, window):
                self._check_clock()
                yield page
        except Refused:  # the window may lie outside what the platform answers, by its own time
            self._check_clock()
            raise
        self._check_clock()

    def _strip(self, record: Record) -> dict[str, Any]:
        return self.worker.connector.strip_personal(record, self._people.person)

    def _tell(self, done: float) -> None:
        self.worker.options.progress(
            Doing(self.place.platform, self.place.kind, done, self.counts.read, self.counts.requests)
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
        began to answer, or, where it tells no time, the newest update time in its records.
        """
        account = self.worker.account
        self.counts.requests = account.client.budget.spent - self._spent
        with self.db.write(quiet=True) as connection:
            self.worker.lease.check(connection)
            newest = max(
                newest,
                store(
                    Load(connection, self.worker.shop_id),
                    self.resource,
                    account.told,
                    self.place,
                    pages,
                    account.now(),
                    self.counts,
                    was_ahead=self._was_ahead,
                ),
            )
            if until is not None:
                self._move_cursor(connection, until, confirmed, newest)
            landing.tell_run(connection, self.run_id, self.counts)
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
            landing.tell_run(connection, self.run_id, self.counts)
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
            counts.set_aside,
            cursor,
            error,
            client.seconds_waited - self._seconds_waited,
            client.network_seconds - self._network,
        )


def reparse(
    db: Database, platform: str | None = None, *, shop_id: int = 1, clock: Clock | None = None
) -> list[RunReport]:
    """Read all landed pages again with the parsers of this version; asks no platform."""
    clock, reports = clock or Clock(), []
    for name in [platform] if platform else platforms.names():
        connector = platforms.connector(name)
        with held(db, shop_id, name, clock) as lease:
            for resource in connector.RESOURCES:
                report = _reparse(db, shop_id, connector, resource, lease)
                if report.read:
                    reports.append(report)
    return reports


def _reparse(db: Database, shop_id: int, connector: Connector, resource: Resource, lease: Lease) -> RunReport:
    place, counts = Place(shop_id, connector.NAME, resource.kind), Counts()
    with db.write(quiet=True) as connection:
        lease.check(connection)
        facts = shop_settings(connection, shop_id)
        told = Told(facts.time_zone, facts.currency)
        load = Load(connection, shop_id)
        for fetched_at, page in list(landing.landed(connection, place)):
            store(load, resource, told, place, [page], fetched_at, counts, again=True)
    return RunReport(
        place.platform, place.kind, 0, counts.read, counts.stored, counts.unchanged, counts.set_aside
    )


# --- logging in -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """Whether one resource answers for this login; `error` where it does not."""

    kind: str
    error: ShopError | None = None


def connect(
    db: Database, platform: str, values: dict[str, str], *, shop_id: int = 1, options: Options | None = None
) -> list[Tried]:
    """Log in with what the owner pasted, keep keys and token, and try one call of each resource.

    Raises NotConnected when something is missing and NotAuthorised when the platform says no.
    """
    options = options or Options()
    connector = platforms.connector(platform)
    missing = [one.name for one in connector.CREDENTIALS if not one.optional and not values.get(one.name)]
    if missing:
        raise NotConnected(platform=platform, missing=", ".join(missing))
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    keys = Keys(given, given.pop("access_token", ""), given.get("refresh_token", ""))
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
    account = open_account(db, connector, keys, facts, options)
    try:
        if not keys.access_token:
            account.keys = _first_token(account)
        credentials.save(connector, account.keys)
        return [_tried(account, resource) for resource in connector.RESOURCES]
    finally:
        account.client.close()


def _first_token(account: Account) -> Keys:
    try:
        return account.connector.first_token(account)
    except Refused as problem:  # whatever the platform says here, it is about the login
        found = str(problem.details.get("found", "?"))
        raise NotAuthorised(platform=account.connector.NAME, found=found) from None


def _tried(account: Account, resource: Resource) -> Tried:
    now = account.now()
    try:
        window = windows.split(resource, Window(now - DAY, now), account.told)[0]
        next(resource.fetch(account, window), None)
    except (Refused, TryLater) as problem:
        return Tried(resource.kind, problem)
    return Tried(resource.kind)
