"""Beijing wall-clock time as whole seconds, the one form of time inside the generator."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

DAY = 86_400
HOUR = 3_600
MINUTE = 60
BEIJING = timezone(timedelta(hours=8))


def seconds(day: date) -> int:
    """Return the Beijing midnight that begins a day, in wall-clock seconds since 1970."""
    return (day - date(1970, 1, 1)).days * DAY


def moment(at: datetime) -> int:
    """Return an instant in Beijing wall-clock seconds; a time without a zone is Beijing time."""
    local = at.astimezone(BEIJING) if at.tzinfo else at.replace(tzinfo=BEIJING)
    return int(local.replace(tzinfo=UTC).timestamp())


def day_of(at: int) -> date:
    """Return the Beijing day of a wall-clock second."""
    return date(1970, 1, 1) + timedelta(days=int(at) // DAY)


def text_of(at: int) -> str:
    """Return a wall-clock second as `yyyy-MM-dd HH:mm:ss`."""
    return str(np.datetime64(int(at), "s")).replace("T", " ")
