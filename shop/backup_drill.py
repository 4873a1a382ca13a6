"""The drill: the newest backup is restored to a temporary place and checked against itself, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shop.backups.contents import BackupSummary, opened, summary_of
from shop.backups.files import BackupFile, backups_of
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.backup import examine_copy, restore
from shop.db.buyer_key import key_of
from shop.db.database import sqlite_driver
from shop.db.partial import temporary_folder
from shop.maintenance import Check, figures_are_true

OF_THE_FILE = {"alembic_version", "meta"}  # what opening a database may change


class NoBackup(ShopError):
    """There is no backup to try."""

    message = "There is no backup yet. Take one: kilnboard backup now"


@dataclass(frozen=True)
class Drill:
    """The outcome of restoring one backup for trial: what was in it, and each comparison with its verdict."""

    name: str
    taken_at: datetime
    summary: BackupSummary
    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        """Whether the backup can be restored whole."""
        return all(check.ok for check in self.checks)


def drill(place: Path, source: Path | None = None, passphrase: str = "") -> Drill:
    """Restore the newest backup of a database, or the one given, to a temporary folder, and compare.

    Raises NoBackup, what `restore` raises, WrongPassphrase, DamagedSealedBackup.
    """
    listed = backups_of(place, source.parent if source else None)
    chosen: BackupFile | None = next((item for item in listed if source in (None, item.path)), None)
    if chosen is None:
        raise NoBackup
    with temporary_folder("drill") as folder:
        file = opened(chosen.path, folder, passphrase)
        target = folder / "restored" / "shop.db"
        restore(file, target, connect)
        return Drill(chosen.path.name, chosen.taken_at, summary_of(file), tuple(_checks(file, target)))


def _checks(source: Path, target: Path) -> Iterator[Check]:
    before, after = _digests(source), _digests(target)
    common = before.keys() & after.keys()
    changed = sorted(name for name in common if before[name][1] != after[name][1])
    lost = sorted(name for name in before if before[name][0] > after.get(name, (0, ""))[0])
    rows = sum(before[name][0] for name in common)
    is_same_version = _revision(source) == _revision(target)  # a migration may rewrite rows, never lose them
    yield Check(
        "rows",
        not lost and not (is_same_version and changed),
        "ill" if lost or (is_same_version and changed) else "well",
        {"tables": len(common), "rows": rows, "names": ", ".join(lost or changed)},
    )
    is_keyed = key_of(source).exists() and key_of(source).read_bytes() == key_of(target).read_bytes()
    yield Check("key", is_keyed, "well" if is_keyed else "ill")
    photos = _damaged_photos(target)
    yield Check("photos", not photos, "ill" if photos else "well", {"count": photos})
    db = connect(str(target))
    try:
        is_true = figures_are_true(db)
    finally:
        db.close()
    yield Check("figures", is_true, "well" if is_true else "ill")
    examine_copy(target)


def _revision(path: Path) -> str:
    with closing(sqlite_driver().connect(str(path))) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _digests(path: Path) -> dict[str, tuple[int, str]]:
    """The number of rows and a hash of all their values, by table."""
    digests: dict[str, tuple[int, str]] = {}
    with closing(sqlite_driver().connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (name,) in names:
            if name in OF_THE_FILE:
                continue
            digest, rows = hashlib.blake2b(digest_size=16), 0
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                digest.update(repr(row).encode())
                rows += 1
            digests[name] = rows, digest.hexdigest()
    return digests


def _damaged_photos(path: Path) -> int:
    """How many photos are not the bytes that their number is the hash of."""
    with closing(sqlite_driver().connect(str(path))) as connection:
        rows = connection.execute("SELECT photo_id, image FROM photo")
        return sum(hashlib.sha256(image).hexdigest() != number for number, image in rows)
