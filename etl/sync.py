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

from etl import credentials, landing, platforms, windows
from etl.client import (
    Budget,
    BudgetSpent,
    Client,
    Clock,
    NotAuthorised,
    NotConnected,
    PlatformError,
    Refused,
    SyncRunning,
    TryLater,
)
from etl.connector import DAY, Account, Connector, Keys, Resource, Window
from etl.files.kind import Context
from etl.landing import Counts, Place
from etl.leases import Lease, held
from etl.records import Record, Told
from etl.steps import step
from etl.storing import store
from etl.tokens import renewed
from shop.db import Database
from shop.errors import ShopError
from shop.loads import Load
from shop.shops import ShopFacts, shop_facts

RECORDS_AT_ONCE = 2_000


@dataclass(frozen=True)
class RunReport:
    """What came of one run; `cursor` is up to when (seconds UTC) the resource has been read.

    read = stored + unchanged + set_aside, in records as the platform gives them. `seconds_waited` and
    `seconds_abroad` were spent in waits (rate limit, back-off) and in exchange with the platform.
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
    seconds_abroad: float = 0.0


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
            facts = shop_facts(connection, shop_id)
        account = open_account(db, connector, keys, facts, options, lease)
        try:
            with db.write(quiet=True) as connection:
                landing.drop_old_pages(connection, shop_id, int(options.clock.now()))
            yield Worker(db, shop_id, connector, account, lease, options)
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
    facts: ShopFacts,
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
        beat=lease.beat if lease else lambda: None,
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


@dataclass
class _Run:
    """One resource being read."""

    worker: Worker
    resource: Resource
    counts: Counts = field(default_factory=Counts)
    run_id: int = 0

    def __post_init__(self) -> None:
        worker, client = self.worker, self.worker.account.client
        self.db, self.clock = worker.db, worker.options.clock
        self._people = Context(secret=worker.db.secret())
        self.place = Place(worker.shop_id, worker.connector.NAME, self.resource.kind)
        self._spent, self._waited, self._abroad = client.budget.spent, client.waited, client.abroad

    def read(self, since: int | None) -> RunReport | None:
        """Read what is to be read; None where there is nothing to do yet."""
        now = int(self.clock.now())
        with self.db.read() as connection:
            cursor = landing.read_cursor(connection, self.place)
        whole = windows.span(self.resource, now, cursor, since)
        if whole is None:
            return None
        with self.db.write(quiet=True) as connection:
            self.run_id = landing.open_run(connection, self.place, now, whole.start, whole.end)
            if since is not None and cursor is not None and whole.start < cursor:
                landing.move_cursor(connection, self.place, whole.start)
        step("run-opened")
        try:
            with _without_gc():
                self._windows(whole)
        except KeyboardInterrupt:
            self._close("stopped", "Interrupted")
            raise
        except PlatformError as problem:
            self._close("stopped" if isinstance(problem, BudgetSpent) else "failed", problem.code)
            return self._report(problem)
        self._close("done", None)
        return self._report(None)

    def _windows(self, whole: Window) -> None:
        pieces = windows.split(self.resource, whole, self.worker.account.told)
        for number, window in enumerate(pieces):
            pages: list[list[dict[str, Any]]] = []
            for page in self.resource.fetch(self.worker.account, window):
                step("page-fetched")
                pages.append([self._strip(record) for record in page])
                if sum(map(len, pages)) >= RECORDS_AT_ONCE:
                    self._store(pages, None)
                    pages = []
                    self._tell(number / len(pieces))
            self._store(pages, min(window.end, whole.end))
            self._tell((number + 1) / len(pieces))

    def _strip(self, record: Record) -> dict[str, Any]:
        return self.worker.connector.strip_personal(record, self._people.person)

    def _tell(self, done: float) -> None:
        self.worker.options.progress(
            Doing(self.place.platform, self.place.kind, done, self.counts.read, self.counts.requests)
        )

    def _store(self, pages: Sequence[Sequence[Record]], cursor: int | None) -> None:
        """Rows, landed pages and cursor in one transaction."""
        self.counts.requests = self.worker.account.client.budget.spent - self._spent
        with self.db.write(quiet=True) as connection:
            self.worker.lease.check(connection)
            load = Load(connection, self.worker.shop_id)
            store(
                load,
                self.resource,
                self.worker.account.told,
                self.place,
                pages,
                int(self.clock.now()),
                self.counts,
            )
            if cursor is not None:
                landing.move_cursor(connection, self.place, cursor)
                step("cursor-moved")
            landing.tell_run(connection, self.run_id, self.counts)
        step("window-committed")

    def _close(self, outcome: str, error: str | None) -> None:
        self.counts.requests = self.worker.account.client.budget.spent - self._spent
        with self.db.write(quiet=True) as connection:
            landing.tell_run(connection, self.run_id, self.counts)
            landing.close_run(connection, self.run_id, int(self.clock.now()), outcome, error)
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
            client.waited - self._waited,
            client.abroad - self._abroad,
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
        facts = shop_facts(connection, shop_id)
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
        facts = shop_facts(connection, shop_id)
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
