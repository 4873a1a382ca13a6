"""The comments of each day as arrays, which are searched and counted without reading their rows.

For each day, newest first: the text of every comment (a NUL, then UTF-16 with a to z for A to Z, as LIKE compares) and
where it starts, its author, its id, and the number of its group: the combination of all that comments are narrowed by.
A million texts are searched in some 50 ms. An index of their words would take more room, and could not count its
results as fast (docs/decisions/011-comments-as-arrays.md).

Triggers of the database (shop/models/triggers.py) note a day whose comments or labels change. `fill` computes the noted
days, which the dashboard does in the background; meanwhile a reader computes them for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.db.version_cache import per_version

UNIT = np.dtype("<u2")
NUMBER = np.dtype("<u4")
AUTHOR = np.dtype("<i8")
NOBODY = -1  # the author of a comment whose author is unknown
DAYS_AT_ONCE = 32
KIND = "CASE WHEN is_review THEN 'review' WHEN is_live OR session_id IS NOT NULL THEN 'live' ELSE 'video' END"
"""What a comment was written on, as SQL over the columns of `comment`."""
ROWS = f"""
SELECT c.platform, c.language, {KIND} AS place, c.is_own, c.is_question, COALESCE(l.intents, ''),
  COALESCE(l.sentiment, ''), c.author_key, c.text, c.comment_id
FROM comment c LEFT JOIN comment_label l ON l.shop_id = c.shop_id AND l.platform = c.platform
  AND l.comment_id = c.comment_id
WHERE c.shop_id = :shop AND c.written_on {{of_day}} ORDER BY c.written_at DESC, c.comment_id, c.platform
"""
STALE = "SELECT day FROM stale_comment_day WHERE shop_id = :shop"


class Group(NamedTuple):
    """What comments of one group have in common; `intents` are joined with commas."""

    platform: str
    language: str
    place: str
    is_own: bool
    is_question: bool
    intents: str
    sentiment: str


class DayArrays(NamedTuple):
    """The comments of one day, newest first, in bytes: see the columns of `comment_day`."""

    day: str
    groups: bytes
    authors: bytes
    texts: bytes
    starts: bytes
    ids: bytes


def _group(row: Sequence[Any]) -> Group:
    platform, language, place, is_own, is_question, intents, sentiment, *_ = row
    return Group(platform, language, place, bool(is_own), bool(is_question), intents, sentiment)


class Groups:
    """The groups of a shop by their numbers; new ones get the next number."""

    def __init__(self, stored: Sequence[Group]) -> None:
        self.known = list(stored)
        self.stored = len(stored)
        self._numbers: dict[Group, int] = {}

    def number(self, group: Group) -> int:
        """The number of a group."""
        if not self._numbers:
            self._numbers = {one: number for number, one in enumerate(self.known)}
        if group not in self._numbers:
            self._numbers[group] = len(self.known)
            self.known.append(group)
        return self._numbers[group]


def read_groups(connection: Connection, shop_id: int) -> Groups:
    """The stored groups of a shop."""
    values = {"shop": shop_id}
    stored = connection.execute(
        text("SELECT MAX(number) FROM comment_group WHERE shop_id = :shop"), values
    ).scalar()

    def read() -> list[Group]:
        rows = connection.execute(
            text(
                f"SELECT {', '.join(Group._fields)} FROM comment_group WHERE shop_id = :shop ORDER BY number"
            ),
            values,
        )
        return [_group(row) for row in rows]

    return Groups(per_version(connection, ("comment groups", shop_id, stored), read))


def arrays_of(connection: Connection, shop_id: int, day: str, groups: Groups) -> DayArrays:
    """The arrays of one day ("" for comments without a day), from their rows."""
    of_day = "= :day" if day else "IS NULL"
    rows = connection.execute(text(ROWS.format(of_day=of_day)), {"shop": shop_id, "day": day}).all()
    numbers = [groups.number(_group(row)) for row in rows]
    units = np.frombuffer(
        "".join(f"\0{row[8].partition(chr(0))[0]}" for row in rows).encode("utf-16-le"), UNIT
    )
    return DayArrays(
        day,
        np.array(numbers, NUMBER).tobytes(),
        np.array([NOBODY if row[7] is None else row[7] for row in rows], AUTHOR).tobytes(),
        small(units).tobytes(),
        np.flatnonzero(units == 0).astype(NUMBER).tobytes(),
        "\0".join(row[9] for row in rows).encode(),
    )


def small(units: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """A to Z as a to z; other scripts stay, as LIKE has it."""
    return np.where((units >= 65) & (units <= 90), units + 32, units).astype(UNIT)


def fill(db: Database, shop_id: int = 1, *, after_each: Callable[[], None] = lambda: None) -> None:
    """Compute the noted days, a month at a time; raises DatabaseBusy while another is writing.

    `after_each` is called after each of these transactions.
    """
    while days := _stale_days(db, shop_id):
        with db.write(quiet=True, wait=False) as connection, db.without_traces(connection):
            groups = read_groups(connection, shop_id)
            cursor = raw_cursor(connection)
            for day in days:
                arrays = arrays_of(connection, shop_id, day, groups)
                key = (shop_id, day)
                cursor.execute("DELETE FROM comment_day WHERE shop_id = ? AND day = ?", key)
                if arrays.groups:
                    cursor.execute(
                        "INSERT INTO comment_day (shop_id, day, group_numbers, authors, texts, starts, ids) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?)",
                        (*key, *arrays[1:]),
                    )
                cursor.execute("DELETE FROM stale_comment_day WHERE shop_id = ? AND day = ?", key)
            marks = ", ".join("?" * (2 + len(Group._fields)))
            cursor.executemany(
                f"INSERT INTO comment_group (shop_id, number, {', '.join(Group._fields)}) VALUES ({marks})",
                [
                    (shop_id, number, *groups.known[number])
                    for number in range(groups.stored, len(groups.known))
                ],
            )
        after_each()


def is_stale(db: Database, shop_id: int = 1) -> bool:
    """Whether days are noted that are not computed yet."""
    return bool(_stale_days(db, shop_id))


def _stale_days(db: Database, shop_id: int) -> list[str]:
    with db.read() as connection:
        sql = text(f"{STALE} ORDER BY day DESC LIMIT :most")
        return list(connection.scalars(sql, {"shop": shop_id, "most": DAYS_AT_ONCE}))
