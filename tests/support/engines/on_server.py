"""Shops at paths as databases of a PostgreSQL server: see `redirect`."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from psycopg import ClientCursor

import shop.connect
from shop.db.database import Database, as_path, sqlite_driver
from shop.db.moving import carry
from shop.db.opening import open_shop
from shop.db.postgresql.driver import Connection
from shop.db.urls import is_server
from tests.support import fresh, shared
from tests.support.engines.postgres import new_database, server
from tests.support.engines.redirect import VARIABLE

TEMPLATE = "shop_template"
CHILD = Path(__file__).parent / "child"
MOST_TRIES = 100  # to copy a database that others use
STEPS = 5  # that a statement counts for, before and after
MARK = b"postgresql://"
SMALLEST_PAGE = 512  # bytes, of a file of SQLite
TABLES = (
    "CREATE TEMP VIEW sqlite_master AS SELECT c.relname::text AS name, "
    "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'index' END AS type FROM pg_class c "
    "WHERE c.relnamespace = current_schema()::regnamespace"
)
OTHERS_AT_WORK = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
    "AND pid <> pg_backend_pid()"
)

END_IDLE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state = 'idle'"


class OnServer:
    """What opens shops while the option is given."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.on_files = False  # a test about files runs

    def open(
        self,
        url: str | None,
        after_upgrade: Callable[[Any], None],
        before_upgrade: Callable[[Database], None],
        views: Mapping[str, str],
        *,
        is_new: bool = False,
    ) -> Database:
        """Open the database that stands for a path, under that path."""

        def opened(place: str | None) -> Database:
            return open_shop(place, after_upgrade, before_upgrade, views, is_new=is_new)

        place = url or os.environ.get("KILNBOARD_DB")
        if place is None or is_server(place) or place.endswith(".partial"):
            return opened(url)
        path = as_path(place)
        if self.on_files and (content := _content(path)):  # a shop that several tests share
            path.unlink()
            source, target = opened(content[0]), opened(str(path))
            carry(source, target)
            source.close()
            target.close()
        if self.on_files or path.is_dir():
            return opened(url)
        named = self.named_by(path)
        if named is None:
            named = self._new(TEMPLATE)
            if path.exists() and path.stat().st_size:
                source, target = opened(str(path)), opened(named)
                carry(source, target)
                source.close()
                target.close()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{named}\n{path}")
        return replace(opened(named), path=path)

    def named_by(self, path: Path) -> str | None:
        """The URL of the database that a file names, of a copied or renamed file a copy; None where it names none."""
        content = _content(path)
        if content is None:
            return None
        named, owner = content
        if owner != path:
            named = self._new(_name_in(named))
            path.write_text(f"{named}\n{path}")
        return named

    def _new(self, template: str) -> str:
        """A new database, a copy of another: no connection may be in that one; pools open new ones."""
        name = f"shop_{uuid.uuid4().hex[:24]}"
        for _ in range(MOST_TRIES):
            if template != TEMPLATE:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    connection.execute(END_IDLE, (template,))
            with suppress(psycopg.errors.ObjectInUse):
                return new_database(self.url, name, template=template)
            time.sleep(0.1)
        return new_database(self.url, name, template=template)

    def drop(self, names: Iterable[str]) -> None:
        """Drop these databases."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _name_in(url: str) -> str:
    return url.split("?")[0].rsplit("/", 1)[1]


def _content(path: Path) -> tuple[str, Path] | None:
    """The database that a file names and the path that it was written for; None where it names none.

    No file of SQLite is opened: whoever closes one drops the locks that its process has on it.
    """
    with suppress(OSError):
        if 0 < path.stat().st_size < SMALLEST_PAGE:
            content = path.read_bytes()
            if content.startswith(MARK):
                named, owner = content.decode().split("\n")
                return named, Path(owner)
    return None


def _databases_in(folder: Path) -> list[str]:
    """The databases whose files are in a folder; a copy never opened names that of another."""
    contents = ((path, _content(path)) for path in folder.rglob("*.db"))
    return [_name_in(content[0]) for path, content in contents if content and content[1] == path]


def follow() -> None:
    """Let this process open its shops on the server that the tests have; SQLite's own module opens them too."""
    if VARIABLE in os.environ:
        _redirect(OnServer(os.environ[VARIABLE]))


def variables(url: str) -> dict[str, str]:
    """What lets the processes that are started with it open their shops on this server."""
    return {
        VARIABLE: url,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(CHILD), os.environ.get("PYTHONPATH")))),
    }


def forget(folder: Path) -> None:
    """Drop the databases of the shops in a folder, where a process that follows has them on the server."""
    if VARIABLE in os.environ:
        OnServer(os.environ[VARIABLE]).drop(_databases_in(folder))


def _redirect(engine: OnServer) -> None:
    shop.connect.open_shop = engine.open  # type: ignore[attr-defined]
    driver: Any = sqlite_driver()
    connect = driver.connect

    def connect_to(database: Any, *values: Any, **options: Any) -> Any:
        text = os.fsdecode(database)
        path = Path(unquote(urlsplit(text).path) if text.startswith("file:") else text).resolve()
        named = None if engine.on_files else engine.named_by(path)
        return connect(database, *values, **options) if named is None else client(named)

    driver.connect = connect_to
    Connection.set_progress_handler = _follow_steps  # type: ignore[attr-defined]
    Connection.set_trace_callback = lambda *_: None  # type: ignore[attr-defined]


def _follow_steps(connection: Connection, step: Callable[[], Any] | None, _every: int) -> None:
    """Call `step` some times before and after each statement that the server is sent."""

    class Counted(ClientCursor[Any]):
        def execute(self, *given: Any, **more: Any) -> Any:
            for _ in range(STEPS):
                step and step()
            result = super().execute(*given, **more)
            for _ in range(STEPS):
                step and step()
            return result

    connection.raw.cursor_factory = ClientCursor if step is None else Counted


def client(url: str) -> Any:
    """A connection to a database that is used as one of SQLite's module."""

    class Client(Connection):
        """As a test expects it; what SQLite's PRAGMA would check, the server checks by itself."""

        def execute(self, sql: str, values: Any = ()) -> Any:
            return super().execute("SELECT 'ok'" if sql.startswith("PRAGMA") else sql, values)

        def __del__(self) -> None:
            self.raw.close()  # a file of SQLite is let go of without a word

        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None:
            self.commit()

    result = Client(url)
    while result.raw.execute(OTHERS_AT_WORK).fetchone():  # left by a process that was ended
        time.sleep(0.01)
    result.raw.execute(TABLES)
    return result


def start(config: pytest.Config) -> None:
    """Start the server; all shops of this process and of those that it starts are opened there."""
    stack = ExitStack()
    engine = OnServer(stack.enter_context(server()))
    _redirect(engine)
    os.environ.update(variables(engine.url))
    config.add_cleanup(stack.close)
    config.pluginmanager.register(_Tests(engine))
    shop.connect.connect(new_database(engine.url, TEMPLATE)).close()
    shared.are_folders_shared = False
    fresh._migrated = lambda: b""  # type: ignore[assignment]  # an empty file becomes a shop when it is opened


class _Tests:
    """What each test needs: its databases are dropped, and tests about files of SQLite have their shops in files."""

    def __init__(self, engine: OnServer) -> None:
        self.engine = engine

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.engine.on_files = item.get_closest_marker("sqlite_file") is not None
        with pytest.MonkeyPatch.context() as patch:
            if self.engine.on_files:
                patch.delenv(VARIABLE)
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Any:
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        used = [] if folder is None else _databases_in(folder)  # the folder of a test that passed is deleted
        result = yield
        if used:
            self.engine.drop(used)
        return result
