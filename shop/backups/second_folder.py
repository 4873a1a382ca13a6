"""A second folder for backups, such as another drive: a copy of every one, encrypted where a passphrase was set."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.backups.files import BackupFile, backups_of, folder_of
from shop.backups.retention import prune
from shop.backups.sealed import SUFFIX, seal_files
from shop.core.errors import ShopError
from shop.core.passphrase import KeyPair, new_key_pair
from shop.db.buyer_key import key_of
from shop.db.database import Database
from shop.db.partial import fresh_copy

SETTINGS = "backup"  # the row of `meta`


class UnreachableFolder(ShopError):
    """The second folder for backups is not there or cannot be written."""

    message = "The folder {path} for backups cannot be written ({found}). Connect the drive, or choose another folder."


class OwnFolder(ShopError):
    """The second folder would be the one of the database or of its backups."""

    message = "{path} is where the shop itself is. Choose a folder on another drive."


@dataclass(frozen=True)
class BackupSettings:
    """The second folder, "" for none, and the key pair of the passphrase for it."""

    folder: str = ""
    pair: KeyPair | None = None


def backup_settings(db: Database) -> BackupSettings:
    """The second folder and its key pair."""
    with db.read() as connection:
        value = connection.execute(
            text("SELECT value FROM meta WHERE name = :name"), {"name": SETTINGS}
        ).scalar()
    stored = json.loads(value) if value else {}
    pair = stored.get("pair")
    return BackupSettings(stored.get("folder", ""), KeyPair(**pair) if pair else None)


def choose_second_folder(db: Database, folder: str, passphrase: str = "", *, actor: Actor) -> BackupSettings:
    """Store the second folder ("" for none); copies there are encrypted where a passphrase is given.

    Raises NotAllowed, OwnFolder, UnreachableFolder, PassphraseTooShort.
    """
    require(actor, "manage_shop")
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
        log_action(connection, actor, "backup.folder", chosen.folder)
    return chosen


def _check_folder(folder: Path, place: Path) -> None:
    if folder in (place.parent, folder_of(place)):
        raise OwnFolder(path=str(folder))
    try:
        if not folder.is_dir():
            raise NotADirectoryError("no such folder")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise UnreachableFolder(path=str(folder), found=problem.strerror or str(problem)) from problem


def has_missing(db: Database) -> bool:
    """Whether there is a second folder that lacks a backup."""
    folder = backup_settings(db).folder
    return bool(folder and _missing(db.path, Path(folder)))


def _missing(place: Path, folder: Path) -> list[BackupFile]:
    there = {item.path.name.removesuffix(SUFFIX) for item in backups_of(place, folder)}
    return [item for item in backups_of(place) if item.path.name not in there]


def copy_to_second_folder(db: Database) -> int:
    """Copy the backups that the second folder lacks; how many. Raises UnreachableFolder."""
    chosen = backup_settings(db)
    if not chosen.folder:
        return 0
    folder = Path(chosen.folder)
    _check_folder(folder, db.path)
    missing = _missing(db.path, folder)
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
    with fresh_copy(target) as partial:
        if pair is None:
            shutil.copyfile(source, partial)
            if key_of(source).exists():
                shutil.copyfile(key_of(source), key_of(target))
                key_of(target).chmod(0o600)
        else:
            seal_files({path.name: path for path in (source, key_of(source)) if path.exists()}, partial, pair)
        partial.replace(target)
