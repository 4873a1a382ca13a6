"""Copies of the database: a backup that is whole even while the shop is in use, and the way back."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

from shop.db import Database, connect, sqlite_driver
from shop.errors import ShopError


class TargetExists(ShopError):
    """A backup never overwrites a file."""

    message = "{path} is there already. Name a new file."


def key_of(path: Path) -> Path:
    """The file that holds the key with which this database knows its buyers again."""
    return path.with_suffix(path.suffix + ".key")


def backup(db: Database, target: Path) -> None:
    """Write the database and its key to a new file; raises TargetExists."""
    if target.exists():
        raise TargetExists(path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite_driver().connect(str(db.path))) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    db.secret()
    _copy_key(key_of(db.path), key_of(target))


def restore(source: Path, place: Path) -> Path | None:
    """Put a backup at `place`; the database that was there is kept beside it and its path returned.

    The backup is opened first: NotADatabase or NewerDatabase is raised before anything is moved.
    """
    connect(str(source)).close()
    kept = None
    if place.exists():
        kept = place.with_name(f"{place.stem}.before-{datetime.now():%Y%m%d-%H%M%S}{place.suffix}")
        backup_of = connect(str(place))
        backup(backup_of, kept)
        backup_of.close()
    fresh = place.with_suffix(".restoring")
    shutil.copyfile(source, fresh)
    for left in (place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
        left.unlink(missing_ok=True)
    os.replace(fresh, place)
    if key_of(source).exists():
        _copy_key(key_of(source), key_of(place))
    return kept


def _copy_key(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(source.read_bytes())
