"""Looking into a backup: all that there are, the file to restore, and what is in it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shop.backups.files import BackupFile, backups_of
from shop.backups.sealed import SUFFIX, open_sealed
from shop.backups.second_folder import backup_settings
from shop.db.backup import examine_copy
from shop.db.buyer_key import key_of
from shop.db.database import Database, sqlite_driver
from shop.db.dialect import raw_cursor


def all_backups(db: Database) -> list[BackupFile]:
    """The backups in the shop's own folder and in the second one, the newest first."""
    second = backup_settings(db).folder
    there = backups_of(db.path, Path(second)) if second else []
    return sorted([*backups_of(db.path), *there], key=lambda item: item.taken_at, reverse=True)


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


def summary_of_shop(db: Database) -> BackupSummary:
    """The same of the shop as it is now; raises what `examine_copy` raises of a file."""
    if db.is_file:
        return summary_of(db.path)
    with db.read() as connection:
        cursor = raw_cursor(connection)
        newest = cursor.execute("SELECT MAX(updated_at) FROM order_line").fetchone()[0]
        counts = {
            name: cursor.execute(f"SELECT {count} FROM {table}").fetchone()[0]
            for name, (table, count) in COUNTED.items()
        }
    moment = datetime.fromtimestamp(newest, UTC) if newest else None
    return BackupSummary(db.version(), moment, has_key=key_of(db.path).exists(), **counts)


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
