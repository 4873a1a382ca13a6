"""The present moment, and moments as the database stores them: seconds UTC."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now_seconds() -> int:
    """The present moment in whole seconds UTC."""
    return int(time.time())


def to_seconds(moment: datetime | None) -> int:
    """A moment in whole seconds UTC; the present one where it is None."""
    return now_seconds() if moment is None else int(moment.timestamp())


def from_seconds(seconds: int) -> datetime:
    """Seconds UTC as a moment with the UTC time zone."""
    return datetime.fromtimestamp(seconds, UTC)


def today(time_zone: str) -> date:
    """The present calendar day in a time zone, such as the shop's."""
    return datetime.now(ZoneInfo(time_zone)).date()
