"""What the kinds about videos, sessions and products share: figures that only grow."""

from __future__ import annotations

import numpy as np

from etl.files.fields import Values
from etl.files.rows import Rows
from shop.orders.batch import MISSING

HALF = 2**23


def length_and_end(rows: Rows, started_at: Values, zone: str) -> tuple[Values, Values]:
    """The length of a session in seconds and its end in seconds UTC: each from the other where one is reported."""
    seconds, ended_at = rows.seconds("seconds"), rows.instant("ended_at", zone)
    both = (started_at != MISSING) & (ended_at != MISSING)
    rows.refuse_where(both & (ended_at < started_at), "ended_at", "EndsBeforeStart")
    has_length = (started_at != MISSING) & (seconds != MISSING)
    from_length = np.where(has_length, started_at + np.maximum(seconds, 0), MISSING)
    from_times = np.where(both, ended_at - started_at, MISSING)
    return (
        np.where(seconds == MISSING, from_times, seconds),
        np.where(ended_at == MISSING, from_length, ended_at),
    )


def growing(*counts: Values) -> Values:
    """A rank of 0 to 2**24-1 for totals that only grow, so that the later reading of two wins.

    Exact up to eight million, then in steps of a thousand.
    """
    total = sum((np.where(values == MISSING, 0, values) for values in counts), np.int64(0))
    total = np.maximum(total, 0)
    beyond = HALF + np.minimum((total - HALF) >> 10, HALF - 1)
    return np.where(total < HALF, total, beyond)


def counts_of(rows: Rows, names: tuple[str, ...]) -> dict[str, Values]:
    """Counts by column name; missing is unknown, and no count is negative."""
    result = {}
    for name in names:
        result[name] = rows.whole(name)
        rows.refuse_where((result[name] < 0) & (result[name] != MISSING), name, "Negative")
    return result


def known_rates(rows: Rows, names: tuple[str, ...]) -> dict[str, Values]:
    """Rates by column name as numbers between 0 and 1."""
    return {name: rows.ratio(name) for name in names}
