from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from etl.imports.importer import import_file
from etl.imports.report import FileReport
from shop.db.database import Database, sqlite_driver
from tests.support.files_by_kind import DATA


@pytest.fixture
def load(db: Database) -> Callable[..., FileReport]:
    def load(name: str, kind: Any = None, **settings: Any) -> FileReport:
        return import_file(db, DATA / name, kind=kind, settings=settings)

    return load


@pytest.fixture
def rows(db: Database) -> Callable[[str], list[Any]]:
    def rows(query: str) -> list[Any]:
        # By the program's own SQLite: a second copy of the library in one process drops the locks of the first.
        with closing(sqlite_driver().connect(str(db.path))) as connection:
            return list(connection.execute(query).fetchall())

    return rows
