"""New shop databases for tests: the migrations run once, every further database is a copy."""

import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from shop.connect import connect
from shop.db.database import Database, sqlite_driver
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


def new_database(path: Path) -> Database:
    """Open an empty shop in a new file."""
    return connect(str(empty_shop_file(path)))


def all_rows(db: Database) -> str:
    """Every row of every table of a shop as text, one a line."""
    with closing(sqlite_driver().connect(str(db.path))) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = (row for (name,) in names for row in connection.execute(f'SELECT * FROM "{name}"'))
        return "\n".join(map(repr, rows))
