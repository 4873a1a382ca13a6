"""New shop databases for tests: the migrations run once, every further database is a copy."""

import os
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import pytest

from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.database import Database, as_path, sqlite_driver
from tests.support.shared import built_once

_factory: list[pytest.TempPathFactory] = []  # of the folders of this run, where tests run


def share_with_other_processes(factory: pytest.TempPathFactory) -> None:
    """Let all test processes of a run copy one file."""
    _factory[:] = [factory]


@cache
def _migrated() -> bytes:
    def build(folder: Path) -> None:
        connect(str(folder / "shop.db")).close()

    if _factory:
        return (built_once(_factory[0], "migrated", build) / "shop.db").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        return (Path(folder) / "shop.db").read_bytes()


def empty_shop_file(path: Path) -> Path:
    """Write the file of an empty, migrated shop; its path again."""
    with path.open("xb") as file:
        file.write(_migrated())
    return path


def begin_as_copy(url: str) -> None:
    """Let a shop that is not there yet begin as a copy of an empty one; nothing happens where that cannot be."""
    with suppress(OSError, ShopError):
        path = as_path(url)
        if not os.path.lexists(path):
            with tempfile.NamedTemporaryFile(dir=path.parent) as file:
                file.write(_migrated())
                file.flush()
                os.link(file.name, path)  # whole at once, and never over another one


def new_database(path: Path) -> Database:
    """Open an empty shop in a new file."""
    return connect(str(empty_shop_file(path)))


def all_rows(db: Database) -> str:
    """Every row of every table of a shop as text, one a line."""
    with closing(sqlite_driver().connect(str(db.path))) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = (row for (name,) in names for row in connection.execute(f'SELECT * FROM "{name}"'))
        return "\n".join(map(repr, rows))
