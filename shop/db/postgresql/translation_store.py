"""Translations of earlier processes: a file in the user's data folder stores them.

A translation takes some milliseconds, a page or an import needs some hundred. The file is an aid alone: where it cannot
be read or written, the statement is translated again. What another version of this program wrote is not used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from functools import cache
from importlib.metadata import version
from pathlib import Path

import shop.models
from shop.db.database import sqlite_driver
from shop.db.urls import home_folder

MOST = 10_000  # of which the oldest go
TABLE = "CREATE TABLE IF NOT EXISTS statement (mark TEXT PRIMARY KEY, translation TEXT, version TEXT)"
FORGET = "DELETE FROM statement WHERE version <> ? OR rowid <= (SELECT MAX(rowid) FROM statement) - ?"
FIND = "SELECT translation FROM statement WHERE mark = ? AND version = ?"


def translation_of(text: str, translate: Callable[[], str]) -> str:
    """The stored translation of a text, else the one that `translate` gives, which is stored."""
    mark, file = hashlib.sha256(text.encode(errors="replace")).hexdigest(), place()
    driver = sqlite_driver()
    try:
        with closing(
            driver.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0)
        ) as connection:
            row = connection.execute(FIND, (mark, _version())).fetchone()
        if row is not None:
            return str(row[0])
    except driver.Error:
        pass
    translation = translate()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(driver.connect(file, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(TABLE)
            connection.execute(FORGET, (_version(), MOST))
            connection.execute(
                "INSERT OR REPLACE INTO statement VALUES (?, ?, ?)", (mark, translation, _version())
            )
    except (driver.Error, OSError):
        pass
    return translation


def place() -> Path:
    """The file."""
    return home_folder() / "postgresql" / "statements.db"


@cache
def _version() -> str:
    """What a translation depends on: this package, the models and the translator."""
    digest = hashlib.sha256(version("sqlglot").encode())
    for folder in (Path(__file__).parent, Path(shop.models.__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
