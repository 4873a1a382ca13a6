"""Wall-clock time of the studio as whole seconds, the one form of time inside the generator.

The studio's clock is Beijing's, unless `studio_clock` sets another: the platforms' files state Beijing time in any
case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

DAY = 86_400
HOUR = 3_600
MINUTE = 60
BEIJING = timezone(timedelta(hours=8))
BEIJING_AHEAD = 8 * HOUR
Times = TypeVar("Times", int, NDArray[np.int64])

_clock = {"ahead": BEIJING_AHEAD}  # of the process: the mock platforms answer from threads


@contextmanager
def studio_clock(hours: int) -> Iterator[None]:
    """Let the studio's clock be so many hours ahead of UTC meanwhile, in all threads."""
    before = _clock["ahead"]
    _clock["ahead"] = hours * HOUR
    try:
        yield
    finally:
        _clock["ahead"] = before


def unix(walls: Times) -> Times:
    """Return wall-clock seconds of the studio as Unix seconds; 0 stays 0."""
    result: Times = walls - _clock["ahead"] * (walls != 0)
    return result


def wall(second: int) -> int:
    """Return Unix seconds as a wall-clock second of the studio."""
    return int(second) + _clock["ahead"]


def beijing(walls: Times) -> Times:
    """Return wall-clock seconds of the studio on the Beijing clock, as files state them; 0 stays 0."""
    result: Times = walls + (BEIJING_AHEAD - _clock["ahead"]) * (walls != 0)
    return result


def seconds(day: date) -> int:
    """Return the midnight that begins a day of the studio, in wall-clock seconds since 1970."""
    return (day - date(1970, 1, 1)).days * DAY


def moment(at: datetime) -> int:
    """Return an instant in wall-clock seconds of the studio; a time without a zone is on the studio's clock."""
    return wall(int(at.timestamp())) if at.tzinfo else int(at.replace(tzinfo=UTC).timestamp())


def day_of(at: int) -> date:
    """Return the studio's day of a wall-clock second."""
    return date(1970, 1, 1) + timedelta(days=int(at) // DAY)


def text_of(at: int) -> str:
    """Return a wall-clock second as `yyyy-MM-dd HH:mm:ss`."""
    return str(np.datetime64(int(at), "s")).replace("T", " ")


def beijing_text(at: int) -> str:
    """Return a wall-clock second of the studio as files state it: Beijing time, `yyyy-MM-dd HH:mm:ss`."""
    return text_of(beijing(at))
