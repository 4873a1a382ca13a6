"""A connection to PostgreSQL that behaves as one of Python's sqlite3 module.

It takes SQLite's SQL with its marks (`?`, `?1`, `:name`), counts changes, and raises the errors of the SQLite module in
use, each with the `sqlstate` of PostgreSQL, so that the program knows one driver.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from types import ModuleType
from typing import Any

import psycopg
import sqlglot.errors
from psycopg import ClientCursor, errors
from psycopg.adapt import Dumper
from psycopg.types.numeric import FloatLoader

from shop.core.errors import BadServerUrl, OldServer
from shop.db.database import sqlite_driver
from shop.db.postgresql import batch_statements
from shop.db.postgresql.inserts import Insert
from shop.db.postgresql.translation import TranslatedSql, translate
from shop.db.urls import without_password

WRITERS = 0x6B696C6E  # the advisory lock of the one writer, in each schema
CONNECTS_WITHIN_SECONDS = 10
OLDEST_SERVER = 15
FROM_ROWS = 64  # rows of one INSERT that are worth a COPY
ROWS_AT_ONCE = 50_000
STREAMED_ROWS = 5_000
MARK_OF_STATEMENT = re.compile(r"\s*(\w+)")
INDEXED = (  # the columns that are in an index: by these, tables are joined and looked up
    "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute a WHERE attrelid = %s::regclass "
    "AND attnum = ANY (SELECT unnest(indkey) FROM pg_index WHERE indrelid = a.attrelid)"
)
OWN_WORDS = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}  # the same in both


class _Truth(Dumper):
    """SQLite has no type for truth: True is 1."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"

    def quote(self, obj: bool) -> bytes:
        return self.dump(obj)


class _Float(Dumper):
    """A float stays one: PostgreSQL reads a written fraction as numeric."""

    oid = psycopg.adapters.types["float8"].oid

    def dump(self, obj: float) -> bytes:
        return repr(obj).encode()

    def quote(self, obj: float) -> bytes:
        return b"'" + self.dump(obj) + b"'::float8"


def _error_classes(driver: ModuleType) -> list[tuple[type[Exception], type[Exception]]]:
    names = ("IntegrityError", "OperationalError", "ProgrammingError", "DataError", "InternalError")
    return [(getattr(psycopg, name), getattr(driver, name)) for name in names]


@contextmanager
def errors_of_sqlite() -> Iterator[None]:
    """Raise what the server refuses inside the block as an error of the SQLite module."""
    driver = sqlite_driver()
    try:
        yield
    except psycopg.Error as problem:
        kinds = (ours for theirs, ours in _error_classes(driver) if isinstance(problem, theirs))
        error: Any = next(kinds, driver.DatabaseError)(str(problem))
        error.sqlstate = problem.sqlstate or (
            "08006" if isinstance(problem, errors.OperationalError) else None
        )
        raise error from problem
    except sqlglot.errors.ParseError as problem:
        raise driver.ProgrammingError(str(problem)) from problem


def _time_to_connect(conninfo: str) -> dict[str, Any]:
    """The limit of the time to connect; the URL or the environment may set another one."""
    is_given = "connect_timeout" in conninfo or "PGCONNECT_TIMEOUT" in os.environ
    return {} if is_given else {"connect_timeout": CONNECTS_WITHIN_SECONDS}


def _connect(conninfo: str) -> psycopg.Connection[Any]:
    with errors_of_sqlite():
        try:
            result = psycopg.connect(
                conninfo, autocommit=True, cursor_factory=ClientCursor, **_time_to_connect(conninfo)
            )
        except psycopg.ProgrammingError:  # an option that the server's library does not know
            raise BadServerUrl from None
    version = result.info.server_version // 10_000
    if version < OLDEST_SERVER:
        result.close()
        raise OldServer(url=without_password(conninfo), found=version, needed=OLDEST_SERVER)
    return result


class ServerCursor:
    """What sqlite3.Cursor is, of one statement."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arraysize = 1
        self.lastrowid: int | None = None
        self.rowcount = -1
        self._cursor: psycopg.Cursor[Any] = connection.raw.cursor()

    @property
    def description(self) -> list[tuple[Any, ...]] | None:
        """A sequence for each column of the result, its name first."""
        known = self._cursor.description
        return None if known is None else [(column.name, *(None,) * 6) for column in known]

    def execute(self, sql: str, values: Any = ()) -> ServerCursor:
        """Run one statement."""
        with errors_of_sqlite():
            statement = _statement(sql)
            self._execute(statement, values)
            self._count(statement, self._cursor.rowcount)
        return self

    def _execute(self, statement: TranslatedSql, values: Any) -> None:
        given = _values(statement, values)
        try:
            self._cursor.execute(statement.sql, given)
        except psycopg.DataError as problem:
            if problem.sqlstate is not None or not given:
                raise
            self._cursor.execute(statement.sql, _without_nul(given))

    def executemany(self, sql: str, rows: Iterable[Any]) -> ServerCursor:
        """Run one statement for each of many rows, in their order."""
        with errors_of_sqlite():
            statement = _statement(sql)
            total = 0
            remaining = iter(rows)
            while part := list(islice(remaining, ROWS_AT_ONCE)):
                total += self._run_many(sql, statement, part)
            self._count(statement, total)
        return self

    def _run_many(self, sql: str, statement: TranslatedSql, rows: list[Any]) -> int:
        into = statement.insert
        if into is not None and len(rows) >= FROM_ROWS and not isinstance(rows[0], dict):
            result = self._at_once(lambda: self._copy(into, rows))
        elif (
            into is None
            and len(rows) >= batch_statements.FROM_ROWS
            and (one := batch_statements.combine(sql, rows))
        ):
            result = self._at_once(lambda: self._cursor.execute(*one).rowcount)
        else:
            result = None
        if result is not None:
            return result
        total = 0
        for row in rows:
            self._execute(statement, row)
            total += max(self._cursor.rowcount, 0)
        return total

    def _at_once(self, run: Callable[[], int]) -> int | None:
        """Run what stands for many statements; None, and nothing done, where these have to run one by one.

        A row twice: the later one meets the earlier one only one by one. A NUL is seen before it is sent.
        """
        if self.connection.raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            return None
        self._cursor.execute("SAVEPOINT at_once")
        try:
            result = run()
        except (errors.CardinalityViolation, psycopg.DataError) as problem:
            if problem.sqlstate not in (None, errors.CardinalityViolation.sqlstate):
                raise
            self._cursor.execute("ROLLBACK TO SAVEPOINT at_once")
            return None
        self._cursor.execute("RELEASE SAVEPOINT at_once")
        return result

    def _copy(self, into: Insert, rows: list[Any]) -> int:
        """Insert rows by COPY; where they may meet others, by way of a temporary table of the same columns."""
        run = self._cursor.execute
        if not into.rest and into.number is None and set(into.values) == {None}:
            names = ", ".join(f'"{name}"' for name in into.columns)
            self._send(f"COPY {into.table} {names and f'({names})'} FROM STDIN", rows)
            self.connection.note_growth(into.table, len(rows))
            return len(rows)
        given = [name for name, value in zip(into.columns, into.values, strict=True) if value is None]
        names = ", ".join(f'"{name}"' for name in given)
        run(
            f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT {names or '1 AS none'} FROM {into.table} LIMIT 0"
        )
        self._send(f"COPY pg_temp.copied ({names}) FROM STDIN", rows)
        values: Iterator[str] = (
            f'"{name}"' if value is None else value
            for name, value in zip(into.columns, into.values, strict=True)
        )
        columns: Sequence[str] = into.columns
        if into.number:
            number = f'COALESCE((SELECT MAX("{into.number}") FROM {into.table}), 0) + ROW_NUMBER() OVER ()'
            columns, values = (*columns, into.number), chain(values, (number,))
        target = ", ".join(f'"{name}"' for name in columns)
        run(f"INSERT INTO {into.table} ({target}) SELECT {', '.join(values)} FROM pg_temp.copied {into.rest}")
        result = self._cursor.rowcount
        run("DROP TABLE pg_temp.copied")
        self.connection.note_growth(into.table, result)
        return result

    def _send(self, copy_statement: str, rows: list[Any]) -> None:
        with self._cursor.copy(copy_statement) as copy:
            for row in rows:
                copy.write_row(row)

    def _count(self, statement: TranslatedSql, rows: int) -> None:
        self.rowcount = rows
        if statement.is_change:
            self.connection.total_changes += max(rows, 0)

    def fetchone(self) -> Any:
        """The next row; None after the last one."""
        return self._cursor.fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return self._cursor.fetchmany(size or self.arraysize)

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def close(self) -> None:
        """Let go of the result."""
        self._cursor.close()


class Connection:
    """What sqlite3.Connection is; `raw` is psycopg's own. Transactions begin with `begin`."""

    copies_rows = True  # of many rows nothing is written into the statement: see bulk_insert

    def __init__(self, conninfo: str) -> None:
        self.total_changes = 0
        self.lock_seconds = 0
        self.schema = ""
        self._known_rows: dict[str, int] = {}
        self._new_rows: dict[str, int] = {}
        self.raw = _connect(conninfo)
        adapters = self.raw.adapters
        adapters.register_dumper(bool, _Truth)
        adapters.register_dumper(float, _Float)
        adapters.register_loader("numeric", FloatLoader)

    def use(self, schema: str) -> None:
        """Let table names be those of a schema, without a name those of the role's own."""
        if schema == self.schema:
            return
        with errors_of_sqlite():
            self.raw.execute("DISCARD TEMP")  # nothing that the last shop computed is left
            self.raw.execute(f'SET search_path TO "{schema}"' if schema else "RESET search_path")
        self.schema = schema
        self._known_rows.clear()
        self._new_rows.clear()

    def begin(self, *, writes: bool) -> None:
        """Begin a transaction: of one unchanging state, or the one that may write, after the writer before.

        Raises what `refusals` calls busy where the other writer takes longer than `lock_seconds`.
        """
        with errors_of_sqlite():
            if not writes:
                self.raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                return
            self.raw.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
            try:
                self.raw.execute(f"SET LOCAL lock_timeout = {max(self.lock_seconds * 1000, 1)}")
                self.raw.execute(f"SELECT pg_advisory_xact_lock({WRITERS}, hashtext(current_schema()))")
                self.raw.execute("SET LOCAL lock_timeout = 0")
            except psycopg.Error:
                self.raw.execute("ROLLBACK")
                raise

    def cursor(self, *_: Any) -> ServerCursor:
        """A cursor for one statement at a time."""
        return ServerCursor(self)

    def execute(self, sql: str, values: Any = ()) -> ServerCursor:
        """Run one statement with a cursor of its own."""
        return ServerCursor(self).execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Any]) -> ServerCursor:
        """Run one statement for each of many rows."""
        return ServerCursor(self).executemany(sql, rows)

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of a query by a cursor of the server, some thousands at a time."""
        with errors_of_sqlite():
            self.raw.execute(
                f"DECLARE streamed NO SCROLL CURSOR FOR {_statement(sql).sql.replace('%%', '%')}"
            )
            while rows := self.raw.execute(f"FETCH {STREAMED_ROWS} FROM streamed").fetchall():
                yield from rows
            self.raw.execute("CLOSE streamed")

    def note_growth(self, table: str, rows: int) -> None:
        """Let the planner look at a table again that became twice as large within this connection."""
        if table not in self._known_rows:
            known = self.raw.execute(
                "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", (table,)
            ).fetchone()
            self._known_rows[table] = max(int(known[0]), 0) if known else 0
            self._new_rows[table] = 0
        self._new_rows[table] += rows
        if self._new_rows[table] > self._known_rows[table]:
            names = self.raw.execute(INDEXED, (table,)).fetchone()
            self.raw.execute(f"ANALYZE {table} ({names[0]})" if names and names[0] else f"ANALYZE {table}")
            self._known_rows[table] += self._new_rows[table]
            self._new_rows[table] = 0

    def commit(self) -> None:
        """Make the changes of the transaction last."""
        with errors_of_sqlite():
            if self.raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self.raw.execute("COMMIT")

    def rollback(self) -> None:
        """Take the changes of the transaction back; where a statement was interrupted, by closing the connection."""
        status = self.raw.info.transaction_status
        with errors_of_sqlite():
            if status == psycopg.pq.TransactionStatus.ACTIVE:
                self.raw.close()
            elif not self.raw.closed and status != psycopg.pq.TransactionStatus.IDLE:
                self.raw.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


def _statement(sql: str) -> TranslatedSql:
    first = MARK_OF_STATEMENT.match(sql)
    if first and first[1].upper() in OWN_WORDS:
        return TranslatedSql(sql, False, False, None)
    return translate(sql)


def _without_nul(values: Any) -> Any:
    """Values whose texts have no NUL, which SQLite stores and PostgreSQL does not."""

    def clean(value: Any) -> Any:
        return value.replace("\0", "") if isinstance(value, str) else value

    if isinstance(values, dict):
        return {name: clean(value) for name, value in values.items()}
    return tuple(map(clean, values))


def _values(statement: TranslatedSql, values: Any) -> Any:
    if statement.is_numbered:
        return {f"p{place}": value for place, value in enumerate(values, 1)}
    return values if isinstance(values, dict) else tuple(values)
