"""The database file: opening with pragmas and migrations, transactions, the data version."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL as EngineURL
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from shop import migrations
from shop.core.errors import (
    MissingDatabase,
    NewerDatabase,
    NotADatabase,
    NotAFile,
    ReplacedDatabase,
    UnreachableDatabase,
    UnsupportedDatabase,
)
from shop.db import writes
from shop.db.buyer_key import BuyerKey
from shop.db.dialect import raw_cursor, write_index_hints
from shop.db.pragmas import BUSY_SECONDS, prepare
from shop.db.refusals import disk_refusal, in_words
from shop.db.urls import home_folder, is_server, without_password

ROLE_VARIABLE = "KILNBOARD_ROLE"  # a person at the command line may read as less than the owner
CACHED_STATEMENTS = 1_000  # once its cache is full, the driver prepares a new statement at every execution
READ_VERSION = "SELECT value FROM meta WHERE name = 'data_version'"
WAL_RESET_FIXED = (3, 51, 3)  # sqlite.org/wal.html: the WAL-reset bug is corrected from here on


def sqlite_driver() -> ModuleType:
    """The SQLite module to use: the newer pysqlite3 where a wheel exists, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def sqlite_is_sound() -> bool:
    """Whether the SQLite in use is free of the WAL-reset bug."""
    return tuple(map(int, sqlite_driver().sqlite_version.split("."))) >= WAL_RESET_FIXED


URL = re.compile(  # also one with a slip; C://studio is a path on a drive
    r"\s*(?:[A-Za-z][A-Za-z0-9+.-]+:/|postgres\w*:|(?:host|hostaddr|port|user|password|dbname|service)\s*=)",
    re.I,
)


def default_url() -> str:
    """The shop's own database: KILNBOARD_DB, or shop.db in the user's data folder."""
    if url := os.environ.get("KILNBOARD_DB"):
        return url
    return str(home_folder() / "shop.db")


def as_path(url: str) -> Path:
    """The file behind a database URL or path; other kinds of URL are rejected."""
    if url.startswith("sqlite:///"):
        url = url.removeprefix("sqlite:///")
    elif is_server(url):
        raise NotAFile(url=without_password(url))
    elif slip := URL.match(url):
        raise UnsupportedDatabase(url=f"{slip[0].strip()}…")  # behind it may be a password
    try:
        return Path(url).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as problem:  # a loop of links, no home, no path at all
        raise UnreachableDatabase(path=url, found=str(problem)) from problem


@dataclass(frozen=True)
class Database:
    """One open shop database; every command and every query takes it.

    `role` is the role that reads (see shop.access.roles): readers of money look at it. `identity` is that of the
    file that was opened: another one of the same name has another.
    """

    path: Path
    engine: Engine = field(repr=False, compare=False)
    role: str = "owner"
    identity: tuple[int, int] = field(default=(0, 0), repr=False, compare=False)
    _log: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def read_as(self, role: str) -> Database:
        """The same database, read by this role."""
        return replace(self, role=role)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database.

        What SQLite refuses is raised as a ShopError, here and in `write`.
        """
        self._check_file()
        with in_words(self.shown_name), self.engine.connect() as connection:
            yield connection

    def row(self, sql: str, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row of one SELECT with :named values, None where there is none.

        For what every request needs (the account, the data version): a tenth of the time of `read`, as the driver
        runs it outside of a transaction.
        """
        self._check_file()
        with in_words(self.shown_name), closing(self.engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            result: tuple[Any, ...] | None = driver.execute(sql, values or {}).fetchone()
        return result

    @contextmanager
    def write(self, *, quiet: bool = False, wait: bool = True) -> Iterator[Connection]:
        """One write transaction: all or nothing; a change bumps the data version.

        A `quiet` one (leases, cursors: nothing that a figure is read from) does not bump it.

        Raises DatabaseBusy when another writer has the file for longer than we wait; at once without
        `wait`.
        """
        self._check_file()
        with (
            in_words(self.shown_name),
            self.engine.connect().execution_options(kilnboard_write=True) as connection,
        ):
            try:
                self._wait_at_most(connection, BUSY_SECONDS if wait else 0)
                transaction = connection.begin()
            finally:
                self._wait_at_most(connection, BUSY_SECONDS)
            try:
                with transaction:
                    before = raw_cursor(connection).total_changes
                    yield connection
                    changes = raw_cursor(connection).total_changes
                    if changes != before and not quiet:
                        bump_version(connection)
            finally:
                writes.note()

    @property
    def is_file(self) -> bool:
        """Whether the shop is a file of SQLite."""
        return True

    @property
    def address(self) -> str:
        """The path or URL that opens this database again."""
        return str(self.path)

    @property
    def engine_version(self) -> str:
        """The version of SQLite or of the server."""
        return str(sqlite_driver().sqlite_version)

    @property
    def shown_name(self) -> str:
        """The database as people know it."""
        return str(self.path)

    def _wait_at_most(self, connection: Connection, seconds: int) -> None:
        raw_cursor(connection).execute(f"PRAGMA busy_timeout = {seconds * 1000}")

    def is_current(self) -> bool:
        """Whether the file at the path is still the one that was opened; raises MissingDatabase."""
        try:
            return _identity(self.path) == self.identity
        except FileNotFoundError as problem:
            raise MissingDatabase(path=str(self.path)) from problem
        except OSError as problem:
            raise UnreachableDatabase(path=str(self.path), found=problem.strerror) from problem

    def _check_file(self) -> None:
        """Refuse to work on a file that has lost its name: what is written to it would be lost."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if self.is_current():
            with suppress(OSError):
                self._log["identity"] = _identity(log)
            return
        self.engine.dispose()
        with suppress(OSError):
            if _identity(log) == self._log.get("identity"):  # never to be applied to another file
                log.unlink()
        raise ReplacedDatabase(path=str(self.path))

    @contextmanager
    def erase(self) -> Iterator[Connection]:
        """A write transaction after which nothing of what it deleted is left in the file or its log."""
        with self.write() as connection, self.without_traces(connection):
            yield connection
        with self.read() as connection:
            raw_cursor(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def without_traces(self, connection: Connection) -> Iterator[None]:
        """Nothing of what the block deletes is left in the pages that it frees."""
        cursor = raw_cursor(connection)
        cursor.execute("PRAGMA secure_delete = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete = OFF")

    def tables(self, connection: Connection) -> set[str]:
        """The names of the tables that are there."""
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return {row[0] for row in names}

    def copy_to(self, target: Path) -> None:
        """Write everything that is stored to a new file of SQLite."""
        with closing(sqlite_driver().connect(str(self.path))) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))

    def version(self) -> int:
        """The data version: a counter that every write transaction with a change bumps."""
        stored = self.row(READ_VERSION)
        return int(stored[0]) if stored else 0

    def secret(self) -> bytes:
        """The local key that buyers are hashed with; see `BuyerKey.secret`."""
        return BuyerKey(self).secret()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def read_version(connection: Connection) -> int:
    """The data version as this connection sees it."""
    return int(connection.execute(text(READ_VERSION)).scalar() or 0)


def bump_version(connection: Connection) -> None:
    """Count one more change of the data."""
    connection.execute(
        text(
            "INSERT INTO meta (name, value) VALUES ('data_version', '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
        )
    )


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kilnboard_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def open_database(
    url: str | None,
    after_upgrade: Callable[[Connection], None],
    before_upgrade: Callable[[Database], None],
    views: Mapping[str, str],
    step: str = migrations.HEAD,
) -> Database:
    """Open the database of a path or URL, else the shop's own; created and migrated as needed.

    `before_upgrade` is called with an older database before it is migrated, `after_upgrade` inside the transaction
    that migrated it, unless no step needs it. `views` are the statements of this version's views by name: they
    replace those of another version. A new file gets the schema of an earlier `step` where that is wanted.
    Raises NotADatabase, NewerDatabase, UnreleasedDatabase, UnsupportedDatabase, DatabaseBusy or what the
    file system or SQLite refuses (see shop.db.refusals). A database that is there is opened by SQLite alone: closing
    the file by other means would drop the locks of this process's connections (sqlite.org/howtocorrupt.html, 2.2).
    """
    path = as_path(url or default_url())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.is_file() and os.access(path, os.R_OK | os.W_OK)):
            path.open("ab").close()  # an empty file is a new database: from here on it is this one
        identity = _identity(path)
    except OSError as problem:
        refusal = disk_refusal(problem, path) or UnreachableDatabase(path=str(path), found=problem.strerror)
        raise refusal from problem
    engine = create_engine(
        EngineURL.create("sqlite", database=str(path)),  # as text, %20 would be a blank
        module=sqlite_driver(),
        connect_args={"check_same_thread": False, "cached_statements": CACHED_STATEMENTS},
    )
    write_index_hints(engine)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    database = Database(path, engine, os.environ.get(ROLE_VARIABLE) or "owner", identity)
    try:
        with in_words(path):
            _migrate(database, after_upgrade, before_upgrade, views, step)
    except Exception as problem:
        engine.dispose()
        if isinstance(problem, DatabaseError):
            raise NotADatabase(url=str(path)) from problem
        raise
    return database


def _identity(path: Path) -> tuple[int, int]:
    """What stays the same while a file has its name."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _stored(
    connection: Connection, path: Path, views: Mapping[str, str]
) -> tuple[str | None, str | None, dict[str, str]]:
    """The stamp of the schema that is there, its step, and its views of ours; raises NotADatabase, NewerDatabase."""
    tables = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    stamp = None
    if "alembic_version" in tables:
        stamp = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    elif tables:
        raise NotADatabase(url=str(path))
    stored = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    revision = migrations.known_revision(stamp, tables)
    if revision is not None and revision > migrations.HEAD:
        raise NewerDatabase(url=str(path), found=revision)
    return stamp, revision, {name: sql for name, sql in stored if name in views}


def _migrate(
    database: Database,
    after_upgrade: Callable[[Connection], None],
    before_upgrade: Callable[[Database], None],
    views: Mapping[str, str],
    step: str,
) -> None:
    with database.read() as connection:
        stamp, revision, stored_views = _stored(connection, database.path, views)
    if stamp == step and stored_views == views:
        return
    if revision not in (None, migrations.HEAD):
        before_upgrade(database)
    with database.write(quiet=revision == migrations.HEAD) as connection:
        stamp, revision, stored_views = _stored(connection, database.path, views)
        if stamp == step and stored_views == views:
            return  # another process was first
        if revision is not None and revision != stamp:
            migrations.stamp(connection, revision)
        for name in stored_views:  # no table can be altered while a view reads it
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        if revision != migrations.HEAD:
            migrations.upgrade(connection, step)
        for sql in views.values():
            connection.exec_driver_sql(sql)
        if revision is not None and migrations.is_rebuild_needed(revision):
            after_upgrade(connection)
