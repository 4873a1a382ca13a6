"""`pytest --engine postgresql`: every shop that a test opens at a path is a database of a PostgreSQL server instead.

At the path is a small file that names the database. A file of SQLite that lies there is carried over when it is opened;
a copy of the small file becomes a copy of the database. Processes that a test starts do the same (see `child`), and
whoever opens the small file by SQLite's own module reads the database.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

import shop.connect
from shop.db.database import Database, as_path, sqlite_driver
from shop.db.moving import carry
from shop.db.opening import open_shop
from shop.db.urls import is_server
from tests.support import fresh
from tests.support.engines.postgres import new_database, server

OPTION = "--engine"
VARIABLE = "KILNBOARD_TEST_ENGINE"  # the URL of the server, for processes that tests start
TEMPLATE = "shop_template"
CHILD = Path(__file__).parent / "child"
MARK = b"postgresql://"
TABLES = (
    "CREATE TEMP VIEW sqlite_master AS SELECT c.relname::text AS name, "
    "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'index' END AS type FROM pg_class c "
    "WHERE c.relnamespace = current_schema()::regnamespace"
)


class OnServer:
    """What opens shops while the option is given."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.has_template = VARIABLE in os.environ
        self.on_files = False  # a test about files runs

    def open(
        self,
        url: str | None,
        after_upgrade: Callable[[Any], None],
        before_upgrade: Callable[[Database], None],
        views: Mapping[str, str],
    ) -> Database:
        """Open the database that stands for a path, under that path."""

        def opened(place: str | None) -> Database:
            return open_shop(place, after_upgrade, before_upgrade, views)

        place = url or os.environ.get("KILNBOARD_DB")
        if place is None or self.on_files or is_server(place) or place.endswith(".partial"):
            return opened(url)
        path = as_path(place)
        if path.is_dir():
            return opened(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = _content(path)
        named, owner = content if content is not None else ("", None)
        if owner != path:
            if not self.has_template:
                opened(new_database(self.url, TEMPLATE)).close()
                self.has_template = True
            if owner is None or (owner.exists() and _content(owner) == content):
                source = opened(named) if named else opened(str(path)) if _size(path) else None
                named = new_database(self.url, f"shop_{uuid.uuid4().hex[:24]}", template=TEMPLATE)
                if source is not None:
                    target = opened(named)
                    carry(source, target)
                    target.close()
                    source.close()
            path.write_text(f"{named}\n{path}")
        return replace(opened(named), path=path)

    def drop(self, folder: Path) -> None:
        """Drop the databases whose files are in a folder."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for path in folder.rglob("*.db"):
                if content := _content(path):
                    name = content[0].split("?")[0].rsplit("/", 1)[1]
                    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _content(path: Path) -> tuple[str, Path] | None:
    """The database that a file names and the path that it was written for; None where it names none."""
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(MARK)) == MARK:
            named, owner = path.read_text().split("\n")
            return named, Path(owner)
    return None


def follow() -> None:
    """Let this process open its shops on the server that the tests have; SQLite's own module opens them too."""
    engine = OnServer(os.environ[VARIABLE])
    _redirect(engine)


def _redirect(engine: OnServer) -> None:
    shop.connect.open_shop = engine.open  # type: ignore[attr-defined]
    driver: Any = sqlite_driver()
    connect = driver.connect

    def connect_to(database: Any, *values: Any, **options: Any) -> Any:
        content = None if database == ":memory:" else _content(Path(os.fspath(database)))
        if content is None:
            return connect(database, *values, **options)
        return client(content[0])

    driver.connect = connect_to


def client(url: str) -> Any:
    """A connection to a database that is used as one of SQLite's module."""
    from shop.db.postgresql.driver import Connection

    class Client(Connection):
        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None:
            self.commit()

    result = Client(url)
    result.raw.execute(TABLES)
    return result


def configure(config: pytest.Config) -> None:
    """Let all shops be opened on a server where the option asks for it."""
    if config.getoption(OPTION) != "postgresql":
        return
    stack = ExitStack()
    engine = OnServer(stack.enter_context(server()))
    _redirect(engine)
    os.environ[VARIABLE] = engine.url
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(CHILD), os.environ.get("PYTHONPATH"))))
    config.add_cleanup(stack.close)
    config.pluginmanager.register(_Tests(engine))
    fresh._migrated = lambda: b""  # type: ignore[assignment]  # an empty file becomes a shop when it is opened


class _Tests:
    """What each test needs: its databases are dropped, and tests about files of SQLite have their shops in files."""

    def __init__(self, engine: OnServer) -> None:
        self.engine = engine

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.engine.on_files = item.get_closest_marker("sqlite_file") is not None
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Any:
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        result = yield
        if folder is not None:
            self.engine.drop(folder)
        return result
