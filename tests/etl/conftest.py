import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from etl.imports.importer import import_file
from etl.imports.report import FileReport
from shop.db.database import Database
from tests.support.files_by_kind import DATA


@pytest.fixture
def load(db: Database) -> Callable[..., FileReport]:
    def load(name: str, kind: Any = None, **settings: Any) -> FileReport:
        return import_file(db, DATA / name, kind=kind, settings=settings)

    return load


@pytest.fixture
def rows(db: Database) -> Callable[[str], list[Any]]:
    def rows(query: str) -> list[Any]:
        with sqlite3.connect(db.path) as connection:
            return connection.execute(query).fetchall()

    return rows
