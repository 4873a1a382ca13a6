"""Objects that change over time, indexed by when they were created or last changed."""

import heapq
from bisect import bisect_right
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

import numpy as np

from sample_data.generator.columns import Ints


class Changing(Protocol):
    """Anything with a moment of creation and moments of change (Unix seconds)."""

    created: int

    def moments(self) -> list[int]:
        """Return when it was created and changed, in order."""


T = TypeVar("T", bound=Changing)


class TimeIndex(Generic[T]):
    """All things of one kind, those of the future included; `at` brings it up to a moment.

    `versions` counts the changes of each thing: equal versions look equal.
    """

    def __init__(self, things: list[T], now: int) -> None:
        self.things: list[T] = []
        self.versions: list[int] = []
        self._created: list[int] = []
        self._updated: list[int] = []
        self._coming: list[tuple[int, int]] = []
        self._arrays: tuple[Ints, Ints] | None = None
        self.now = now
        for thing in things:
            self.add(thing)

    def add(self, thing: T) -> None:
        """Add an object to the index."""
        place, moments = len(self.things), thing.moments()
        past = bisect_right(moments, self.now)
        self.things.append(thing)
        self.versions.append(past)
        self._created.append(thing.created)
        self._updated.append(moments[past - 1] if past else 0)
        self._arrays = None
        if past < len(moments):
            heapq.heappush(self._coming, (moments[past], place))

    def at(self, now: int) -> None:
        """Let everything happen that happens up to a moment."""
        self.now = max(now, self.now)
        while self._coming and self._coming[0][0] <= self.now:
            moment, place = heapq.heappop(self._coming)
            if moment > self._updated[place]:
                self._updated[place] = moment
            self.versions[place] += 1
            self._arrays = None
            moments = self.things[place].moments()
            following = bisect_right(moments, moment)
            if following < len(moments):
                heapq.heappush(self._coming, (moments[following], place))

    def change(self, place: int) -> None:
        """Mark that a thing changed just now."""
        self._updated[place] = self.now
        self.versions[place] += 1
        self._arrays = None

    def updated(self, place: int) -> int:
        """Return when a thing last changed."""
        return self._updated[place]

    def moments(self, by: str) -> Ints:
        """Return when each thing was "created" or last "updated"."""
        return self._columns()[by == "updated"]

    def between(self, by: str, start: int, end: int, *, newest_first: bool = False) -> Ints:
        """Return the places of what was created or updated from `start` until before `end`."""
        moments, created = self.moments(by), self.moments("created")
        here = (moments >= start) & (moments < end) & (created <= self.now)
        places = np.flatnonzero(here)
        ordered: Ints = places[np.argsort(moments[places], kind="stable")]
        return ordered[::-1] if newest_first else ordered

    def _columns(self) -> tuple[Ints, Ints]:
        if self._arrays is None:
            self._arrays = np.array(self._created, np.int64), np.array(self._updated, np.int64)
        return self._arrays

    def known(self) -> Iterator[tuple[int, T]]:
        """Yield the places and things that exist by now."""
        for place, thing in enumerate(self.things):
            if thing.created <= self.now:
                yield place, thing
