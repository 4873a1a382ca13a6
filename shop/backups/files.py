"""The backups of a database as files: which there are, and which of them stay.

They are in the folder `backups` next to the database, each a file that can be restored, named by its moment (UTC) and
reason. Of the regular ones the newest of each of the last DAYS days and WEEKS weeks stay, of each other reason the
newest OTHERS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shop.backups.sealed import SUFFIX
from shop.db.backup import FOLDER, MOMENT
from shop.db.buyer_key import key_of

REASONS = ("daily", "manual", "migration", "restore", "undo", "salvage")
REGULAR = ("daily", "manual")
DAYS, WEEKS, OTHERS = 14, 8, 5
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


def prune(place: Path, folder: Path | None = None, now: datetime | None = None) -> None:
    """Delete the backups of a folder that are past their time.

    Those of a clock that was ahead take the place of no others; the newest OTHERS of them stay.
    """
    moment = now or datetime.now(UTC)
    listed = backups_of(place, folder)
    ahead = [item for item in listed if item.taken_at > moment]
    stay = {*_staying(listed[len(ahead) :]), *(item.path for item in ahead[:OTHERS])}
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
