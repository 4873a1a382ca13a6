"""Taking backups: daily, and before a migration, a restore and the undo of an import."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from shop.backups.files import REGULAR, BackupFile, backups_of
from shop.backups.retention import prune
from shop.backups.second_folder import UnreachableFolder, copy_to_second_folder
from shop.db.backup import EmptyBackup, TargetExists, backup, backup_path, examine_copy
from shop.db.database import Database


def is_due(db: Database, now: datetime) -> bool:
    """Whether no regular backup was taken on this day (UTC); a clock that was ahead hides none."""
    if not db.version():  # nothing was ever stored
        return False
    days = {item.taken_at.date() for item in backups_of(db.path) if item.reason in REGULAR}
    return now.astimezone(UTC).date() not in days


def back_up(db: Database, reason: str, now: datetime | None = None) -> BackupFile:
    """Take a backup, check it by opening it, copy it to the second folder, and delete those that are past their time.

    The backup is there also where the second folder cannot be written: then raises UnreachableFolder.
    Raises EmptyBackup for a shop in which nothing was ever stored, DamagedBackup where what was written cannot be read.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    if not db.version():
        raise EmptyBackup(path=str(db.path))
    path = backup_path(db.path, reason, moment)
    with suppress(TargetExists):  # two within the same second are equal
        backup(db, path)
        examine_copy(path)
    prune(db.path, now=moment)
    copy_to_second_folder(db)
    return BackupFile(path, moment.replace(microsecond=0), reason, path.stat().st_size)


def before(db: Database, reason: str) -> None:
    """Take a backup before something that changes much; a second folder that is away does not stop it.

    A shop in which nothing was ever stored has none.
    """
    if not db.version():
        return
    try:
        back_up(db, reason)
    except UnreachableFolder:
        return  # it is copied as soon as the folder is back
