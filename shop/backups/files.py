"""The backups of a database as files: which there are.

They are in the folder `backups` next to the database, each a file that can be restored, named by its moment (UTC) and
reason; `shop/backups/retention.py` deletes those that are past their time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shop.backups.sealed import SUFFIX
from shop.db.backup import FOLDER, MOMENT

REASONS = ("daily", "manual", "migration", "restore", "undo", "salvage")
REGULAR = ("daily", "manual")
NAME = re.compile(rf"(?P<stem>.+)-(?P<at>\d{{8}}T\d{{6}}Z)-(?P<reason>{'|'.join(REASONS)})\.db(?:{SUFFIX})?")


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
            with suppress(FileNotFoundError):  # another program deletes those that are past their time too
                yield BackupFile(path, taken, parts["reason"], path.stat().st_size)
