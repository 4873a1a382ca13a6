"""Which backups stay.

Of the regular ones the newest of each of the last DAYS days and WEEKS weeks, of each other reason the newest OTHERS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shop.backups.files import REGULAR, BackupFile, backups_of
from shop.db.buyer_key import key_of

DAYS, WEEKS, OTHERS = 14, 8, 5


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
