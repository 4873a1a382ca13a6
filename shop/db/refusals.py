"""What SQLite refuses and why, as errors with words: a full disk, a damaged, locked or unreachable file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from shop.core.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    NotADatabase,
    ReadOnlyDatabase,
    ShopError,
    UnreachableDatabase,
)

PRIMARY = 0xFF  # of an extended result code


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise what SQLite refuses inside the block as a ShopError; other errors pass."""
    try:
        yield
    except Exception as problem:
        refusal = refusal_of(problem, path)
        if refusal is None:
            raise
        raise refusal from problem


def refusal_of(problem: BaseException, path: Path) -> ShopError | None:
    """What an error of the driver or of SQLAlchemy means for the user; None where it is no such refusal."""
    if isinstance(problem, DBAPIError) and problem.orig is not None:
        problem = problem.orig
    code = getattr(problem, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    place, details = str(path), str(problem)[:80]
    match code & PRIMARY:  # https://www.sqlite.org/rescode.html
        case sqlite3.SQLITE_FULL:
            return DiskFull(path=place)
        case sqlite3.SQLITE_READONLY:
            return ReadOnlyDatabase(path=place)
        case sqlite3.SQLITE_CORRUPT:
            return DamagedDatabase(path=place, found=details)
        case sqlite3.SQLITE_NOTADB:
            return NotADatabase(url=place)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            return UnreachableDatabase(path=place, found=details)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return DatabaseBusy()
    return None
