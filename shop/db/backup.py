"""Copies of the database: a backup that is whole even while the shop is in use, and its restoring.

Every copy is written next to its target under a temporary name, checked, and then renamed: a process that
is killed leaves the old state or the new one, and at most a temporary file that the next run replaces.
"""

from __future__ import annotations

import glob
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shop.core.errors import DatabaseBusy, NewerDatabase, NotADatabase, ShopError
from shop.db import writes
from shop.db.buyer_key import BuyerKey, key_of, next_key_of, read_key, take_next_key, write_key
from shop.db.database import Database, sqlite_driver
from shop.db.partial import PARTIAL, fresh_copy, give_name, journals, temporary_folder
from shop.db.pragmas import BUSY_SECONDS
from shop.db.refusals import refusal_of, writing
from shop.migrations import HEAD, known_revision

FOLDER, MOMENT = "backups", "%Y%m%dT%H%M%SZ"  # of backups that are taken by themselves
LOCK_ATTEMPTS = 300  # one each tenth of a second: a reader that uses the log may finish


class TargetExists(ShopError):
    """A backup never overwrites a file."""

    message = "{path} is there already. Name a new file."


class DamagedBackup(ShopError):
    """A copy of the database does not pass SQLite's integrity check."""

    message = "{path} is damaged ({found}). Take another backup; --anyway restores this one all the same."


class EmptyBackup(ShopError):
    """A copy of the database is empty, as a backup is that was stopped half-way."""

    message = "{path} holds no data. Take another backup; --anyway restores this one all the same."


class OlderBackup(ShopError):
    """A backup is older than the database that it would replace."""

    message = (
        "{path} is older than the database that it would replace: {found} changes against {known}. "
        "What came after it would be missing. --anyway restores it; the database of now is kept as a copy."
    )


@dataclass(frozen=True)
class Contents:
    """What is in a database file: its data version, and its newest order update in seconds UTC (0: none)."""

    data_version: int
    newest: int


def backup(db: Database, target: Path) -> None:
    """Write the database, and its key where it is there, to a new file; raises TargetExists or DamagedBackup."""
    if target.exists():
        raise TargetExists(path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    key = BuyerKey(db).own()
    with writing(target), fresh_copy(target) as partial:
        db.copy_to(partial)
        _check_integrity(partial)
        if key is not None:
            write_key(key_of(target), key, replace=True)
        _sync_to_disk(partial)
        if not give_name(partial, target):
            raise TargetExists(path=str(target))
        partial.unlink(missing_ok=True)
        _sync_folder(target)


def examine_copy(path: Path) -> Contents:
    """What is in a copy of the database; the file is not changed.

    Raises NotADatabase, NewerDatabase, UnreleasedDatabase, EmptyBackup or DamagedBackup.
    """
    driver = sqlite_driver()
    try:
        with closing(driver.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in names}
            if "alembic_version" not in tables:
                raise NotADatabase(url=str(path))
            stamp = connection.execute("SELECT MAX(version_num) FROM alembic_version").fetchone()[0]
            revision = known_revision(stamp, tables)
            if revision is not None and revision > HEAD:
                raise NewerDatabase(url=str(path), found=revision)
            result = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if result != "ok":
                raise DamagedBackup(path=str(path), found=str(result)[:80])
            rows = connection.execute("SELECT value FROM meta WHERE name = 'data_version'").fetchone()
            version = int(rows[0]) if rows else 0
            newest = connection.execute("SELECT MAX(updated_at) FROM order_line").fetchone()[0]
    except (driver.DatabaseError, ValueError, TypeError) as problem:  # a damaged page reads as anything
        if "not a database" in str(problem):
            raise NotADatabase(url=str(path)) from problem
        raise DamagedBackup(path=str(path), found=str(problem)[:80]) from problem
    if revision is None or not version:
        raise EmptyBackup(path=str(path))
    return Contents(version, int(newest or 0))


def restore(
    source: Path, place: Path, connect: Callable[[str], Database], *, anyway: bool = False
) -> Path | None:
    """Put a backup at `place`; the path of the copy of the database that was there, if any.

    `connect` opens a database and brings it to the schema of this version.
    Raises NotADatabase, NewerDatabase, and, unless `anyway`, EmptyBackup, DamagedBackup or OlderBackup
    before anything is changed. The backup itself is never changed.
    """
    try:
        _refuse_older(source, examine_copy(source), place)
    except (EmptyBackup, DamagedBackup, OlderBackup):
        if not anyway:
            raise
    place.parent.mkdir(parents=True, exist_ok=True)
    with writing(place), fresh_copy(place) as fresh:
        _copy(source, fresh, damaged=anyway)
        restored = connect(str(fresh))
        key = read_key(key_of(source))
        if key is not None:
            BuyerKey(restored).bind(key)
            write_key(next_key_of(place), key, replace=True)
        restored.close()
        with _no_other_writer(place):
            copy = _store_copy(place) if place.exists() else None
            _rename(fresh, place)
            writes.note()
            if key is not None:
                take_next_key(place)
            for left in journals(place):
                left.unlink(missing_ok=True)
    return copy


def restore_shop(
    db: Database, source: Path, connect: Callable[[str], Database], *, anyway: bool = False
) -> Path | None:
    """Put a backup in the place of an open shop; the path of the copy of what was there, if any.

    In PostgreSQL the rows are replaced in one transaction, after a backup. Raises what `restore` raises.
    """
    if db.is_file:
        return restore(source, db.path, connect, anyway=anyway)
    try:
        contents = examine_copy(source)
        if contents.data_version < db.version():
            raise OlderBackup(path=str(source), found=contents.data_version, known=db.version())
    except (EmptyBackup, DamagedBackup, OlderBackup):
        if not anyway:
            raise
    from shop.db.moving import carry  # it needs all models, which opening a shop does not

    with temporary_folder("restore") as folder:
        fresh = folder / "shop.db"
        restore(source, fresh, connect, anyway=anyway)
        copy = backup_path(db.path, "restore", datetime.now(UTC))
        backup(db, copy)
        file = connect(str(fresh))
        try:
            carry(file, db)
        finally:
            file.close()
    return copy


def backup_path(place: Path, reason: str, moment: datetime) -> Path:
    """Where a backup of a database lies that is taken for a reason at a moment (UTC)."""
    return place.parent / FOLDER / f"{place.stem}-{moment:{MOMENT}}-{reason}.db"


def suspect_copies(place: Path) -> Iterator[Path]:
    """Files that a killed copy left, and copies of before a restore that cannot be restored themselves."""
    folder, stem = place.parent / FOLDER, glob.escape(place.stem)
    for where in (place.parent, folder):
        yield from sorted(path for mark in "-." for path in where.glob(f"{stem}{mark}*{PARTIAL}"))
    earlier = place.parent.glob(f"{stem}.before-*{place.suffix}")  # where earlier versions put them
    for path in sorted([*folder.glob(f"{stem}-*-restore.db"), *earlier]):
        try:
            examine_copy(path)
        except ShopError:
            yield path


def _refuse_older(source: Path, contents: Contents, place: Path) -> None:
    if not place.exists():
        return
    try:
        now = examine_copy(place)
    except ShopError:  # whatever is there, the backup is better
        return
    if contents.data_version < now.data_version or contents.newest < now.newest:
        raise OlderBackup(path=str(source), found=contents.data_version, known=now.data_version)


def _store_copy(place: Path) -> Path:
    """A dated copy of the database of now, with its key; as the bare file where it cannot be read."""
    copy = backup_path(place, "restore", datetime.now(UTC))
    if copy.exists():
        raise TargetExists(path=str(copy))
    copy.parent.mkdir(exist_ok=True)
    with writing(copy), fresh_copy(copy) as partial:
        _copy(place, partial, damaged=True)
        if key_of(place).exists():
            shutil.copyfile(key_of(place), key_of(copy))
            key_of(copy).chmod(0o600)
        _rename(partial, copy)
    return copy


@contextmanager
def _no_other_writer(place: Path) -> Iterator[None]:
    """Let no other program write to the database for the block, with nothing left in its log.

    A log that outlived its file would be applied to the one that takes its name.
    """
    if not place.exists():
        yield
        return
    driver = sqlite_driver()
    with closing(driver.connect(str(place), isolation_level=None, timeout=BUSY_SECONDS)) as connection:
        try:
            is_readable = _lock_empty_log(connection, place)
        except (driver.DatabaseError, UnicodeDecodeError) as problem:
            refusal = refusal_of(problem, place)
            if isinstance(refusal, DatabaseBusy):
                raise refusal from problem
            is_readable = False  # whatever is there, its bytes stay as a copy
        yield
        if is_readable:
            connection.execute("ROLLBACK")


def _lock_empty_log(connection: Any, place: Path) -> bool:
    log = journals(place)[0]
    for _ in range(LOCK_ATTEMPTS):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")
        if not log.exists() or not log.stat().st_size:
            return True
        connection.execute("ROLLBACK")
        time.sleep(0.1)
    raise DatabaseBusy()


def _copy(source: Path, target: Path, *, damaged: bool = False) -> None:
    """Write the database of `source` to a new file; as bare bytes where it is `damaged`."""
    try:
        with closing(sqlite_driver().connect(str(source))) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except (sqlite_driver().DatabaseError, UnicodeDecodeError):
        if not damaged:
            raise
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _check_integrity(path: Path) -> None:
    with closing(sqlite_driver().connect(str(path))) as connection:
        result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        raise DamagedBackup(path=str(path), found=str(result)[:80])


def _rename(partial: Path, target: Path) -> None:
    """Bring the file to the disk, then give it its name in one step."""
    _sync_to_disk(partial)
    os.replace(partial, target)
    _sync_folder(target)


def _sync_folder(path: Path) -> None:
    if os.name == "posix":
        _sync_to_disk(path.parent)


def _sync_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
