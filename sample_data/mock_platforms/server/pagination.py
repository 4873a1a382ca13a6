"""Pages of changing things: by number, where pages shift, or by a cursor, where they do not."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from sample_data.generator.columns import Ints
from sample_data.mock_platforms.history.time_index import Changing, TimeIndex
from sample_data.mock_platforms.server.faults import RequestFaults
from sample_data.mock_platforms.server.platform import dumps

OVERLAP = 3
T = TypeVar("T", bound=Changing)


class Window(NamedTuple):
    """A requested window: created or updated from `start` until before `end`."""

    by: str
    start: int
    end: int
    newest_first: bool = False
    kind: Hashable = None


class Position(NamedTuple):
    """Where a cursor stands: the moment and place of the last thing that was handed out."""

    moment: int
    place: int


class Page(NamedTuple):
    """One page: its things as JSON, how many there are in all, and where the next page begins."""

    things: list[bytes]
    total: int
    after: Position | None

    @property
    def joined(self) -> bytes:
        """The things as the inside of a JSON list."""
        return b",".join(self.things)


class Listing(Generic[T]):
    """One kind of thing that a platform lists page by page, each rendered once per version.

    `matches` is whether an object is in a window of some kind (a requested status); `arrive` adds a
    new one.
    """

    def __init__(
        self,
        index: TimeIndex[T],
        render: Callable[[T, int, int], Any],
        *,
        matches: Callable[[T, Hashable, int], bool] | None = None,
        arrive: Callable[[], None] | None = None,
    ) -> None:
        self.index, self.render, self.matches, self.arrive = index, render, matches, arrive
        self._rendered: dict[int, tuple[int, bytes]] = {}
        self._overlap: Counter[Window] = Counter()

    def find(self, window: Window) -> Ints:
        """Return the places of all things in a window, in its order."""
        places = self.index.between(window.by, window.start, window.end, newest_first=window.newest_first)
        if window.kind is None or self.matches is None:
            return places
        now, things = self.index.now, self.index.things
        matching = [place for place in places.tolist() if self.matches(things[place], window.kind, now)]
        return np.array(matching, dtype=np.int64)

    def numbered(self, window: Window, page: int, size: int, request_faults: RequestFaults) -> Page:
        """Return a page by its number, from 0: what leaves the window moves all that follows up."""
        places = self.find(window)
        if request_faults.shift and self.disturb(places[: page * size], request_faults):
            places = self.find(window)
        if request_faults.duplicate:
            self._overlap[window] += OVERLAP
        overlap = self._overlap[window]
        first = max(0, page * size - overlap)
        return self._page(places[first : first + size], len(places) + overlap, None, request_faults)

    def following(
        self, window: Window, after: Position | None, size: int, request_faults: RequestFaults
    ) -> Page:
        """Return the page after a position; nothing that stays in the window is passed over."""
        places = self.find(window)
        first = self._first(places, window, after)
        if request_faults.shift and self.disturb(places[:first], request_faults):
            places = self.find(window)
            first = self._first(places, window, after)
        if request_faults.duplicate:
            first = max(0, first - min(OVERLAP, size - 1))
        chunk = places[first : first + size]
        last = None
        if len(chunk) == size:
            last = Position(int(self.index.moments(window.by)[chunk[-1]]), int(chunk[-1]))
        return self._page(chunk, len(places), last, request_faults)

    def _first(self, places: Ints, window: Window, after: Position | None) -> int:
        if after is None:
            return 0
        moments = self.index.moments(window.by)[places]
        tie = moments == after.moment
        if window.newest_first:
            passed = (moments > after.moment) | (tie & (places >= after.place))
        else:
            passed = (moments < after.moment) | (tie & (places <= after.place))
        return int(passed.sum())

    def disturb(self, read: Ints, request_faults: RequestFaults) -> bool:
        """Change a thing that was handed out already, or let a new one come in."""
        if request_faults.choice % 3 == 0 and self.arrive:
            self.arrive()
            return True
        if not len(read):
            return False
        self.index.change(int(read[request_faults.choice % len(read)]))
        return True

    def _page(self, places: Ints, total: int, after: Position | None, request_faults: RequestFaults) -> Page:
        things = list(self.bytes_of(places.tolist()))
        if request_faults.reorder:
            random.Random(request_faults.choice).shuffle(things)
        return Page(things, total, after)

    def bytes_of(self, places: Iterable[int]) -> Iterator[bytes]:
        """Yield the things at some places as JSON."""
        for place in places:
            version = self.index.versions[place]
            known = self._rendered.get(place)
            if known is None or known[0] != version:
                thing = self.index.things[place]
                rendered = self.render(thing, self.index.now, self.index.updated(place))
                known = self._rendered[place] = (version, dumps(rendered))
            yield known[1]
