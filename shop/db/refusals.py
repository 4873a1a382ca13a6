"""What SQLite or PostgreSQL refuses and why, as errors with words: a full disk, a lock, what cannot be reached."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from shop.core.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    NotADatabase,
    ReadOnlyDatabase,
    ReadOnlyServer,
    ServerForbids,
    ShopError,
    UnreachableDatabase,
    UnreachableServer,
)

PRIMARY = 0xFF  # of an extended result code
SHARED_BYTES = 32 * 1024  # at least; https://www.sqlite.org/walformat.html#the_wal_index_file_format
LOCK_NOT_AVAILABLE, DISK_FULL, READ_ONLY, NO_PRIVILEGE = "55P03", "53100", "25006", "42501"
SHUT_DOWN = "57P"
NO_CONNECTION = {"08", "28", "3D"}  # none at all, not with this name and password, no such database


Meaning = Callable[[BaseException, Path | str], ShopError | None]


@contextmanager
def _raising(meaning: Meaning, path: Path | str) -> Iterator[None]:
    try:
        yield
    except Exception as problem:
        refusal = meaning(problem, path)
        if refusal is None:
            raise
        raise refusal from problem


def in_words(path: Path | str) -> AbstractContextManager[None]:
    """Raise what the database refuses inside the block as a ShopError; other errors pass."""
    return _raising(refusal_of, path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """As `in_words`, for a block that writes this file: a full or read-only disk is named by it."""
    with _raising(disk_refusal, path), in_words(path):
        yield


def refusal_of(problem: BaseException, path: Path | str) -> ShopError | None:
    """What an error of the driver or of SQLAlchemy means for the user; None where it is no such refusal."""
    if isinstance(problem, DBAPIError) and problem.orig is not None:
        problem = problem.orig
    if isinstance(problem, UnicodeDecodeError) and _is_of_driver(problem):
        return DamagedDatabase(path=str(path), found=str(problem)[:80])
    state = getattr(problem, "sqlstate", None)
    if isinstance(state, str):
        return _refusal_of_server(state, str(path), str(problem))
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
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN if _is_full(Path(path)):
            return DiskFull(path=place)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            return UnreachableDatabase(path=place, found=details)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return DatabaseBusy()
    return None


def _is_of_driver(problem: BaseException) -> bool:
    """Whether the driver raised it: also its own error may have bytes of a damaged page in its text."""
    place = problem.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    name = str(place.tb_frame.f_globals.get("__name__", "")) if place else ""
    return name.partition(".")[0] in ("sqlalchemy", "shop")


def _is_full(path: Path) -> bool:
    """Whether a disk has no room for the file that the readers of a database share."""
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < SHARED_BYTES
    return False


def disk_refusal(problem: BaseException, path: Path | str) -> ShopError | None:
    """What an error while a file is written means for the user: a full or a read-only disk; None for others."""
    code = problem.errno if isinstance(problem, OSError) else None
    if isinstance(problem, DiskFull) or code in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=str(path))
    return ReadOnlyDatabase(path=str(path)) if code == errno.EROFS else None


def _refusal_of_server(state: str, place: str, details: str) -> ShopError | None:
    """What an error of PostgreSQL means, by its SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    reason = details.strip().splitlines()[0][:200]
    if state == LOCK_NOT_AVAILABLE:
        return DatabaseBusy()
    if state == DISK_FULL:
        return DiskFull(path=place)
    if state == READ_ONLY:
        return ReadOnlyServer(url=place, found=reason)
    if state == NO_PRIVILEGE:
        return ServerForbids(url=place, found=reason)
    if state[:2] in NO_CONNECTION or state[:3] == SHUT_DOWN:
        return UnreachableServer(url=place, found=reason)
    return None
