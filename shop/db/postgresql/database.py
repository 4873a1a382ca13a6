"""Opening a shop in PostgreSQL: the engine, transactions, schema and version."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import QueuePool

from shop import migrations
from shop.core.errors import NewerDatabase, NotADatabase, UnknownShop
from shop.db.buyer_key import key_of
from shop.db.database import ROLE_VARIABLE, Database, open_database, sqlite_driver
from shop.db.dialect import raw_cursor, write_index_hints
from shop.db.moving import carry
from shop.db.postgresql import pools, roles, schema
from shop.db.postgresql.driver import Connection, errors_of_sqlite
from shop.db.refusals import in_words
from shop.db.urls import check_server, home_folder, shop_name, shop_of, with_shop, without_password

STORED_VIEWS = (
    "SELECT c.relname, d.description FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0 "
    "WHERE n.nspname = current_schema() AND c.relkind = 'v'"
)
STORED_FUNCTIONS = "SELECT obj_description(to_regnamespace('sqlite'), 'pg_namespace')"
STORED_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"
)
SHOPS = (
    "SELECT substr(nspname, 6) FROM pg_namespace WHERE starts_with(nspname, 'shop_') "
    "AND has_schema_privilege(oid, 'USAGE') ORDER BY 1"
)
SCHEMA = "kilnboard_schema"  # the option of an engine that names it
FUNCTION_WRITERS = 0x6B696C66  # the advisory lock of whoever replaces the functions


class SqliteOnServer(SQLiteDialect_pysqlite):
    """SQLAlchemy writes SQLite's SQL; the driver translates it."""

    supports_statement_cache = True
    insert_returning = True
    postfetch_lastrowid = False
    favor_returning_over_lastrowid = True

    def on_connect(self) -> Callable[[Any], None]:
        """Nothing of SQLite is set on a connection."""
        return lambda _: None

    def get_default_isolation_level(self, dbapi_conn: Any) -> Any:
        """Transactions begin with their own level."""
        return "SERIALIZABLE"

    def do_savepoint(self, connection: Any, name: str) -> None:
        """As the standard has it."""
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """Whether the server has let go of the connection."""
        state = getattr(e, "sqlstate", None) or ""
        return state.startswith(("08", "57P"))


registry.register("sqlite.postgresql", __name__, "SqliteOnServer")


@dataclass(frozen=True)
class ServerDatabase(Database):
    """A shop in a PostgreSQL database: the only one, or the one in the schema that its URL names.

    No file has its `path`, next to which its key and its backups are.
    """

    url: str = field(default="", repr=False)  # it may have a password in it
    share: pools.PoolShare | None = field(default=None, repr=False, compare=False)

    @property
    def schema(self) -> str:
        """The schema of its tables; "" for that of the role."""
        return schema_of(self.url)

    @property
    def is_file(self) -> bool:
        """It is none."""
        return False

    @property
    def address(self) -> str:
        """The URL."""
        return self.url

    @property
    def engine_version(self) -> str:
        """The version of the server, such as 15.4."""
        with self.read() as connection:
            number: int = raw_cursor(connection).raw.info.server_version
        return f"{number // 10_000}.{number % 10_000}"

    @property
    def shown_name(self) -> str:
        """The URL, without its password."""
        return without_password(self.url)

    def is_current(self) -> bool:
        """No other database takes the name of a server's."""
        return True

    def _check_file(self) -> None:
        """There is no file that could lose its name."""

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A connection that sees one unchanging state of the database."""
        with super().read() as connection:
            connection.begin()
            yield connection

    @contextmanager
    def administer(self) -> Iterator[Any]:
        """A connection of the server's own driver, outside of any transaction."""
        with in_words(self.shown_name), closing(self.engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            with errors_of_sqlite():
                yield driver.raw

    def row(self, sql: str, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row of one SELECT, as that of a file."""
        with in_words(self.shown_name), closing(self.engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            driver.use(self.schema)
            result: tuple[Any, ...] | None = driver.execute(sql, values or {}).fetchone()
        return result

    def close(self) -> None:
        """Let go of the connections; those that other shops of the database use stay."""
        if self.share is not None:
            pools.give_back(self.share)

    def _wait_at_most(self, connection: Transaction, seconds: int) -> None:
        raw_cursor(connection).lock_seconds = seconds

    @contextmanager
    def erase(self) -> Iterator[Transaction]:
        """A write transaction, after which the server makes the room of what was deleted free for other rows."""
        with self.write() as connection:
            yield connection
        with self.engine.connect() as connection:
            cursor = raw_cursor(connection)
            cursor.use(self.schema)
            for table in sorted(row[0] for row in cursor.raw.execute(STORED_TABLES)):
                cursor.raw.execute(f'VACUUM "{table}"')

    @contextmanager
    def without_traces(self, connection: Transaction) -> Iterator[None]:
        """What the block deletes is left until the server makes its room free."""
        yield

    def tables(self, connection: Transaction) -> set[str]:
        """The names of the tables that are there."""
        return {row[0] for row in raw_cursor(connection).raw.execute(STORED_TABLES)}

    def copy_to(self, target: Path) -> None:
        """Write everything that is stored to a new file of SQLite, which any Kilnboard opens."""
        with self.read() as connection:
            step = raw_cursor(connection).raw.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        file = open_database(str(target), lambda _: None, lambda _: None, {}, step)
        try:
            carry(self, file)
            with file.read() as connection:
                raw_cursor(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            file.close()
            key_of(target).unlink(missing_ok=True)  # whoever wants the copy writes the key next to it


def schema_of(url: str) -> str:
    """The schema of the shop that a URL names; "" where it names none. Raises BadShopName."""
    name = shop_of(url)
    return f"shop_{shop_name(name)}" if name else ""


def nominal_path(url: str) -> Path:
    """Next to which path the key and the backups of a server's shop are."""
    plain = without_password(url).split("://", 1)[1].split("@")[-1]
    database, _, options = plain.partition("?")
    folder, name = home_folder() / "postgresql", shop_of(url)
    if not name:
        return folder / f"{_file_name(database)}.db"
    where = [option for option in options.split("&") if option.startswith(("host=", "port="))]
    return folder / _file_name("-".join((database, *where))) / f"{shop_name(name)}.db"


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-")


def open_server(
    url: str,
    after_upgrade: Callable[[Transaction], None],
    before_upgrade: Callable[[Database], None],
    views: Mapping[str, str],
    *,
    is_new: bool = False,
) -> ServerDatabase:
    """Open a shop of a PostgreSQL database; its tables are created or migrated as needed.

    The schema of a named shop is created where it `is_new`; else one that is not there raises UnknownShop.
    Raises BadServerUrl, NotADatabase, NewerDatabase, UnreachableServer, DatabaseBusy and what else the server refuses.
    """
    check_server(url)
    path, name, own = nominal_path(url), without_password(url), schema_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    conninfo = with_shop(url, "")
    share = pools.take(conninfo, lambda: _engine(conninfo))
    engine = share.engine.execution_options(**{SCHEMA: own})
    role = os.environ.get(ROLE_VARIABLE) or "owner"
    database = ServerDatabase(path, engine, role, url=url, share=share)
    try:
        with in_words(name):
            if own:
                _settle_schema(database, is_new=is_new)
            _migrate(database, after_upgrade, before_upgrade, views)
    except Exception:
        database.close()
        raise
    return database


def _engine(conninfo: str) -> Engine:
    engine = create_engine(
        "sqlite+postgresql://",
        module=sqlite_driver(),
        creator=lambda: Connection(conninfo),
        poolclass=QueuePool,
        max_overflow=40,  # many shops at once, see shop.group
        pool_pre_ping=True,
    )
    write_index_hints(engine)
    event.listen(engine, "begin", _begin)
    return engine


def _settle_schema(database: ServerDatabase, *, is_new: bool) -> None:
    """See that the schema of a named shop is there."""
    name = shop_of(database.url)
    with closing(database.engine.raw_connection()) as connection:
        run = connection.driver_connection.raw.execute  # type: ignore[union-attr]
        known = [row[0] for row in run(SHOPS)]
        if name in known:
            return
        if not is_new:
            place = with_shop(database.shown_name, "")
            raise UnknownShop(name=name, url=place, known=", ".join(known) or "–")
        run(f'CREATE SCHEMA IF NOT EXISTS "{database.schema}"')


def _begin(connection: Transaction) -> None:
    options, cursor = connection.get_execution_options(), raw_cursor(connection)
    cursor.use(options[SCHEMA])
    cursor.begin(writes=bool(options.get("kilnboard_write")))


def _migrate(
    database: ServerDatabase,
    after_upgrade: Callable[[Transaction], None],
    before_upgrade: Callable[[Database], None],
    views: Mapping[str, str],
) -> None:
    marks = {name: schema.mark_of(sql) for name, sql in views.items()}
    newest = (migrations.HEAD, marks, schema.functions_mark())
    with database.read() as connection:
        stamp, stored_views, functions = _stored(connection, database, marks)
    if (stamp, stored_views, functions) == newest:
        return
    if stamp not in (None, migrations.HEAD):
        before_upgrade(database)
    with database.write(quiet=stamp == migrations.HEAD) as connection:
        stamp, stored_views, functions = _stored(connection, database, marks)
        if (stamp, stored_views, functions) == newest:
            return  # another process was first
        run = raw_cursor(connection).raw.execute
        of_users = schema.drop_views(run, stored_views)
        if functions != schema.functions_mark():
            _replace_functions(run)
        if stamp is None:
            for statement in schema.create_statements():
                run(statement)
            run("CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY)")
            raw_cursor(connection).execute(
                "INSERT INTO alembic_version (version_num) VALUES (?)", (migrations.HEAD,)
            )
        elif stamp != migrations.HEAD:
            schema.upgrade(raw_cursor(connection).raw)
        for name, statement in schema.view_statements(views).items():
            run(statement)
            run(f"COMMENT ON VIEW {name} IS '{marks[name]}'")
        schema.restore_views(run, of_users)
        if stamp is not None and migrations.is_rebuild_needed(stamp):
            after_upgrade(connection)
        if database.schema:
            roles.renew_grants(raw_cursor(connection).raw, database.schema)


def _replace_functions(run: Callable[[str], Any]) -> None:
    """Bring the functions that all shops of the database use to those of this version, one program at a time."""
    run(f"SELECT pg_advisory_xact_lock({FUNCTION_WRITERS})")
    if run(STORED_FUNCTIONS).fetchone()[0] != schema.functions_mark():
        for statement in schema.function_statements():
            run(statement)


def _stored(
    connection: Transaction, database: ServerDatabase, marks: Mapping[str, str]
) -> tuple[str | None, dict[str, str], str | None]:
    """The step of the schema that is there, the views with their marks, and the mark of the functions.

    Raises NotADatabase, NewerDatabase.
    """
    run = raw_cursor(connection).raw.execute
    tables = database.tables(connection)
    views = {name: mark for name, mark in run(STORED_VIEWS) if name in marks}
    if "alembic_version" not in tables:
        if tables:
            raise NotADatabase(url=database.shown_name)
        return None, views, run(STORED_FUNCTIONS).fetchone()[0]
    stamp: str = run("SELECT version_num FROM alembic_version").fetchone()[0]
    if stamp > migrations.HEAD:
        raise NewerDatabase(url=database.shown_name, found=stamp)
    return stamp, views, run(STORED_FUNCTIONS).fetchone()[0]
