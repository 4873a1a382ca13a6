"""Backups that are taken by themselves: daily, and before a migration, a restore and the undo of an import.

They are in the folder `backups` next to the database, each a file that can be restored, named by its moment (UTC) and
reason. Of the daily ones the newest of the last DAYS days and of WEEKS weeks stay, of each other reason the newest
OTHERS. A second folder gets a copy of every one, encrypted where a passphrase was set.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from shop.core.errors import ShopError
from shop.core.passphrase import KeyPair, new_key_pair
from shop.db.backup import PARTIAL, backup, examine_copy, key_of
from shop.db.database import Database, sqlite_driver
from shop.db.sealed_backup import SUFFIX, open_sealed, seal_files

FOLDER = "backups"
REASONS = ("daily", "manual", "migration", "restore", "undo")
REGULAR = ("daily", "manual")
DAYS, WEEKS, OTHERS = 14, 8, 5
NAME = re.compile(rf"(?P<stem>.+)-(?P<at>\d{{8}}T\d{{6}}Z)-(?P<reason>{'|'.join(REASONS)})\.db(?:{SUFFIX})?")
MOMENT = "%Y%m%dT%H%M%SZ"
SETTINGS = "backup"  # the row of `meta`


class UnreachableFolder(ShopError):
    """The second folder for backups is not there or cannot be written."""

    message = "The folder {path} for backups cannot be written ({found}). Connect the drive, or choose another folder."


@dataclass(frozen=True)
class BackupFile:
    """One backup in a folder: when it was taken (UTC), why, its size; encrypted ones need the passphrase."""

    path: Path
    taken_at: datetime
    reason: str
    bytes: int

    @property
    def is_sealed(self) -> bool:
        """Whether it is encrypted."""
        return self.path.suffix == SUFFIX


@dataclass(frozen=True)
class BackupSettings:
    """The second folder, "" for none, and the key pair of the passphrase for it."""

    folder: str = ""
    pair: KeyPair | None = None


def folder_of(place: Path) -> Path:
    """The folder of the backups of a database."""
    return place.parent / FOLDER


def backups_of(place: Path, folder: Path | None = None) -> list[BackupFile]:
    """The backups of a database, the newest first; in its own folder unless another one is given."""
    return sorted(_listed(place, folder or folder_of(place)), key=lambda item: item.path.name, reverse=True)


def _listed(place: Path, folder: Path) -> Iterator[BackupFile]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        parts = NAME.fullmatch(path.name)
        if parts and parts["stem"] == place.stem:
            taken = datetime.strptime(parts["at"], MOMENT).replace(tzinfo=UTC)
            yield BackupFile(path, taken, parts["reason"], path.stat().st_size)


def is_due(db: Database, now: datetime) -> bool:
    """Whether no regular backup was taken on this day (UTC); a clock that was ahead hides none."""
    days = {item.taken_at.date() for item in backups_of(db.path) if item.reason in REGULAR}
    return now.astimezone(UTC).date() not in days


def back_up(db: Database, reason: str, now: datetime | None = None) -> BackupFile:
    """Take a backup, check it by opening it, copy it to the second folder, and delete those that are past their time.

    The backup is there also where the second folder cannot be written: then raises UnreachableFolder.
    Raises DamagedBackup where what was written cannot be read.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    folder = folder_of(db.path)
    name = f"{db.path.stem}-{moment:{MOMENT}}-{reason}.db"
    if not (folder / name).exists():  # a second one within the same second says the same
        backup(db, folder / name)
        examine_copy(folder / name)
    prune(db.path)
    copy_to_second_folder(db)
    return BackupFile(folder / name, moment.replace(microsecond=0), reason, (folder / name).stat().st_size)


def before(db: Database, reason: str) -> None:
    """Take a backup before something that changes much; a second folder that is away does not stop it."""
    try:
        back_up(db, reason)
    except UnreachableFolder:
        return  # it is copied as soon as the folder is back


def prune(place: Path, folder: Path | None = None) -> None:
    """Delete the backups of a folder that are past their time."""
    listed = backups_of(place, folder)
    stay = set(_staying(listed))
    for item in listed:
        if item.path not in stay:
            item.path.unlink(missing_ok=True)
            key_of(item.path).unlink(missing_ok=True)


def _staying(newest_first: Iterable[BackupFile]) -> Iterator[Path]:
    days: dict[Any, Path] = {}
    weeks: dict[Any, Path] = {}
    others: dict[str, int] = {}
    for item in newest_first:
        if item.reason in REGULAR:
            days.setdefault(item.taken_at.date(), item.path)
            weeks.setdefault(item.taken_at.isocalendar()[:2], item.path)
        else:
            others[item.reason] = others.get(item.reason, 0) + 1
            if others[item.reason] <= OTHERS:
                yield item.path
    yield from list(days.values())[:DAYS]
    yield from list(weeks.values())[:WEEKS]


# --- the second folder -------------------------------------------------------------------------------


def backup_settings(db: Database) -> BackupSettings:
    """The second folder and its key pair."""
    with db.read() as connection:
        value = connection.execute(
            text("SELECT value FROM meta WHERE name = :name"), {"name": SETTINGS}
        ).scalar()
    stored = json.loads(value) if value else {}
    pair = stored.get("pair")
    return BackupSettings(stored.get("folder", ""), KeyPair(**pair) if pair else None)


def choose_second_folder(db: Database, folder: str, passphrase: str = "") -> BackupSettings:
    """Store the second folder ("" for none); copies there are encrypted where a passphrase is given.

    Raises UnreachableFolder, PassphraseTooShort.
    """
    chosen = BackupSettings(str(Path(folder).expanduser().absolute()) if folder.strip() else "")
    if chosen.folder:
        _check_folder(Path(chosen.folder), db.path)
        if passphrase:
            chosen = replace(chosen, pair=new_key_pair(passphrase))
    value = {"folder": chosen.folder, "pair": vars(chosen.pair) if chosen.pair else None}
    with db.write(quiet=True) as connection:
        connection.execute(
            text(
                "INSERT INTO meta (name, value) VALUES (:name, :value) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            {"name": SETTINGS, "value": json.dumps(value)},
        )
    return chosen


def _check_folder(folder: Path, place: Path) -> None:
    if folder in (place.parent, folder_of(place)):
        raise UnreachableFolder(path=str(folder), found="the shop's own folder")
    try:
        if not folder.is_dir():
            raise NotADirectoryError("no such folder")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise UnreachableFolder(path=str(folder), found=problem.strerror or str(problem)) from problem


def copy_to_second_folder(db: Database) -> int:
    """Copy the backups that the second folder lacks; how many. Raises UnreachableFolder."""
    chosen = backup_settings(db)
    if not chosen.folder:
        return 0
    folder = Path(chosen.folder)
    _check_folder(folder, db.path)
    there = {item.path.name.removesuffix(SUFFIX) for item in backups_of(db.path, folder)}
    missing = [item for item in backups_of(db.path) if item.path.name not in there]
    try:
        for item in missing:
            _copy_whole(item.path, folder, chosen.pair)
    except OSError as problem:
        raise UnreachableFolder(path=chosen.folder, found=problem.strerror or str(problem)) from problem
    prune(db.path, folder)
    return len(missing)


def _copy_whole(source: Path, folder: Path, pair: KeyPair | None) -> None:
    """A copy that has its name only when it is whole."""
    target = folder / (source.name + SUFFIX if pair else source.name)
    partial = target.with_name(target.name + PARTIAL)
    partial.unlink(missing_ok=True)
    if pair is None:
        shutil.copyfile(source, partial)
        if key_of(source).exists():
            shutil.copyfile(key_of(source), key_of(target))
            key_of(target).chmod(0o600)
    else:
        seal_files({path.name: path for path in (source, key_of(source)) if path.exists()}, partial, pair)
    partial.replace(target)


# --- looking at a backup ------------------------------------------------------------------------------


def opened(source: Path, folder: Path, passphrase: str = "") -> Path:
    """The file to restore of a backup; an encrypted one is decrypted into `folder`.

    Raises WrongPassphrase, DamagedSealedBackup.
    """
    if source.suffix != SUFFIX:
        return source
    files = open_sealed(source, passphrase, folder)
    return next(path for path in files if path.suffix == ".db")


@dataclass(frozen=True)
class BackupSummary:
    """What is in a backup: the newest order update (UTC), rows that a studio would miss, and whether its key is there.

    `changes` is the data version: how many changes it has seen.
    """

    changes: int
    newest: datetime | None
    orders: int
    products: int
    photos: int
    comments: int
    has_key: bool


COUNTED = {
    "orders": ("order_line", "COUNT(DISTINCT platform || char(31) || order_id)"),
    "products": ("product", "COUNT(*)"),
    "photos": ("photo", "COUNT(*)"),
    "comments": ("comment", "COUNT(*)"),
}


def summary_of(path: Path) -> BackupSummary:
    """What is in a database file that is not encrypted; raises what `examine_copy` raises."""
    contents = examine_copy(path)
    with closing(sqlite_driver().connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        counts = {
            name: connection.execute(f"SELECT {count} FROM {table}").fetchone()[0] if table in tables else 0
            for name, (table, count) in COUNTED.items()
        }
    newest = datetime.fromtimestamp(contents.newest, UTC) if contents.newest else None
    return BackupSummary(contents.data_version, newest, has_key=key_of(path).exists(), **counts)
