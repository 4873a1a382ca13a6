"""A migrated shop without rows, with its key, to be copied."""

from pathlib import Path

import pytest

from shop.db.database import sqlite_driver
from tests.support.fresh import new_database


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    database = new_database(path)
    database.secret()
    database.close()
    with sqlite_driver().connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path
