"""Search and counts of comments over the arrays of their days."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from shop.metrics.comment_days.arrays import (
    DAYS_AT_ONCE,
    NUMBER,
    STALE,
    UNIT,
    DayArrays,
    Group,
    Groups,
    arrays_of,
    read_groups,
    small,
)

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
ALL_DAYS = ("", "9999-12-31")  # those without a day are in ""


@dataclass(frozen=True)
class CommentMatches:
    """The comments that match, newest first: the days, and of each the positions in its arrays."""

    days: tuple[str, ...]
    places: tuple[Numbers, ...]

    @property
    def total(self) -> int:
        """How many match."""
        return sum(map(len, self.places))

    def by_day(self) -> Mapping[str, int]:
        """How many match on each day with any."""
        return {day: len(rows) for day, rows in zip(self.days, self.places, strict=True) if len(rows)}

    def part(self, skipped: int, rows: int) -> dict[str, list[int]]:
        """One page of them: the positions by day."""
        result = {}
        for day, matching in zip(self.days, self.places, strict=True):
            if rows > 0 and skipped < len(matching):
                result[day] = matching[skipped : skipped + rows].tolist()
                rows -= len(result[day])
            skipped = max(skipped - len(matching), 0)
        return result


@dataclass(frozen=True)
class CommentDays:
    """The arrays of a shop's days, read over one connection."""

    connection: Connection
    shop_id: int
    groups: Groups

    @classmethod
    def of(cls, connection: Connection, shop_id: int) -> CommentDays:
        """Those of a shop."""
        return cls(connection, shop_id, read_groups(connection, shop_id))

    def read(
        self, start: str, end: str, *columns: str, only: Sequence[str] | None = None
    ) -> Iterator[DayArrays]:
        """The days from start to end (or only some of them) that have comments, newest first; groups and `columns`."""
        values = {"shop": self.shop_id, "start": start, "end": end, "only": json.dumps(only)}
        within = "day BETWEEN :start AND :end"
        if only is not None:
            within += " AND day IN (SELECT value FROM json_each(:only))"
        to_compute = list(self.connection.scalars(text(f"{STALE} AND {within} ORDER BY day"), values))
        chosen = ", ".join(
            name if name in columns else "NULL" for name in ("authors", "texts", "starts", "ids")
        )
        stored = self.connection.execute(
            text(
                f"SELECT day, group_numbers, {chosen} FROM comment_day WHERE shop_id = :shop AND {within} "
                f"AND day NOT IN ({STALE}) ORDER BY day DESC"
            ),
            values,
        )
        for row in stored:
            while to_compute and to_compute[-1] > row[0]:
                yield arrays_of(self.connection, self.shop_id, to_compute.pop(), self.groups)
            yield DayArrays(*row)
        while to_compute:
            yield arrays_of(self.connection, self.shop_id, to_compute.pop(), self.groups)

    def read_some(self, start: str, end: str, *columns: str) -> Iterator[list[DayArrays]]:
        """The same, some at a time: as arrays of a few days they are read fastest."""
        reading = self.read(start, end, *columns)
        while some := list(islice(reading, DAYS_AT_ONCE)):
            yield some

    def find(
        self,
        start: str,
        end: str,
        wanted: Callable[[Group], bool] = lambda group: True,
        words: str = "",
        least: int | None = None,
    ) -> CommentMatches:
        """The comments of wanted groups from start to end that contain some words, as LIKE has it.

        With `least` the newest alone: so many of them, or more.
        """
        looked_for = small(np.frombuffer(words.partition("\0")[0].encode("utf-16-le"), UNIT))
        days: list[str] = []
        places: list[Numbers] = []
        allowed = self.allowed(wanted)
        for some in self.read_some(start, end, *(("texts", "starts") if words else ())):
            if len(allowed) < len(self.groups.known):
                allowed = self.allowed(wanted)
            marks = allowed[np.frombuffer(b"".join(day.groups for day in some), NUMBER)]
            if len(looked_for):
                marks &= _containing(some, looked_for)
            matching = np.flatnonzero(marks)
            ends = np.cumsum([len(day.groups) // NUMBER.itemsize for day in some])
            borders = np.searchsorted(matching, ends).tolist()
            first, start_of_day = 0, 0
            for day, border, end_of_day in zip(some, borders, ends.tolist(), strict=True):
                days.append(day.day)
                places.append(matching[first:border] - start_of_day)
                first, start_of_day = border, end_of_day
            if least is not None and sum(map(len, places)) >= least:
                break
        return CommentMatches(tuple(days), tuple(places))

    def allowed(self, wanted: Callable[[Group], bool]) -> Marks:
        """Of each group known by now, whether it is wanted."""
        return np.fromiter(map(wanted, self.groups.known), bool, len(self.groups.known))

    def keys(self, places: Mapping[str, Sequence[int]]) -> list[tuple[str, str]]:
        """Platform and id of the comments at these places of days, newest first."""
        result = []
        for day in self.read(*ALL_DAYS, "ids", only=list(places)):
            numbers, ids = np.frombuffer(day.groups, NUMBER), bytes(day.ids).decode().split("\0")
            result += [(self.groups.known[numbers[place]].platform, ids[place]) for place in places[day.day]]
        return result

    def count(self, start: str, end: str) -> Mapping[Group, int]:
        """How many comments each group has from start to end."""
        total = np.zeros(len(self.groups.known), np.int64)
        for some in self.read_some(start, end):
            numbers = np.frombuffer(b"".join(day.groups for day in some), NUMBER)
            total = np.pad(total, (0, len(self.groups.known) - len(total)))
            total += np.bincount(numbers, minlength=len(total))
        return {group: count for group, count in zip(self.groups.known, total.tolist(), strict=True) if count}


def _containing(days: Sequence[DayArrays], looked_for: npt.NDArray[np.uint16]) -> Marks:
    """Of each comment of some days, whether its text contains the units looked for."""
    units = np.frombuffer(b"".join([*(day.texts for day in days), b"\0\0"]), UNIT)
    places = np.flatnonzero(units == looked_for[0])
    for further, unit in enumerate(looked_for[1:], 1):
        places = places[units[places + further] == unit]
    starts = np.frombuffer(b"".join(day.starts for day in days), NUMBER).astype(np.int64)
    result = np.zeros(len(starts), bool)
    if len(places):
        ends = np.cumsum([len(day.texts) // UNIT.itemsize for day in days])
        starts[:] += np.repeat([0, *ends[:-1]], [len(day.starts) // NUMBER.itemsize for day in days])
        result[np.searchsorted(starts, places) - 1] = True
    return result
