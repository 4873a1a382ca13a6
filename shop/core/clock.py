"""The present moment, and moments as the database stores them: seconds UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEK = 7 * 86_400  # no clock is changed twice within one
CENTURY_END = 4_102_444_800  # 2100-01-01 UTC


def now_seconds() -> int:
    """The present moment in whole seconds UTC."""
    return int(time.time())


def to_seconds(moment: datetime | None) -> int:
    """A moment in whole seconds UTC; the present one where it is None."""
    return now_seconds() if moment is None else int(moment.timestamp())


def from_seconds(seconds: int) -> datetime:
    """Seconds UTC as a moment with the UTC time zone."""
    return datetime.fromtimestamp(seconds, UTC)


def offsets(time_zone: str) -> Iterator[tuple[int, int]]:
    """The changes of a time zone's clock from 1970 to 2100: (moment, seconds ahead of UTC from then on)."""
    zone = ZoneInfo(time_zone)

    def ahead(moment: int) -> int:
        return int((datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()).total_seconds())

    now = ahead(0)
    yield 0, now
    for end in range(WEEK, CENTURY_END, WEEK):
        if ahead(end) == now:
            continue
        low, high = end - WEEK, end
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if ahead(middle) == now else (low, middle)
        now = ahead(end)
        yield high, now


def day_of(moment: int, time_zone: str) -> date:
    """The calendar day of a moment (seconds UTC) in a time zone, such as the shop's."""
    return from_seconds(moment).astimezone(ZoneInfo(time_zone)).date()


def today(time_zone: str) -> date:
    """The present calendar day in a time zone, such as the shop's."""
    return datetime.now(ZoneInfo(time_zone)).date()
