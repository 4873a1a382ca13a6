"""Reading lists that shift while they are read, without a gap and with few requests more.

A list is requested in ascending order of change within a stretch of time that lies behind us. A record
that changes meanwhile leaves the stretch, and all after it move one place up: whoever counts pages
skips one. Lists by time are therefore read by time: each query requests the first page from
the last moment that was met. Cursors of the platforms are followed as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from etl.platforms.base import TimeWindow

PASSES = 3
MANY_PASSES = 50
STALLED_PAGES = 20  # so many in a row without a new record, and the list has no end
Page = list[dict[str, Any]]
Identify = Callable[[dict[str, Any]], object]


class EndlessList(Exception):
    """A platform that names a next page again and again, with nothing new on it."""


def listed(data: Any, *names: str, total: Any = None) -> Page:
    """The list under the first of these names that is there.

    An answer without any must say itself that it has no records (`total` is 0), else it is none; records that
    are no objects become empty ones, which are rejected later. Raises KeyError or TypeError.
    """
    for name in names:
        if data.get(name) is not None:
            if not isinstance(data[name], list):
                raise TypeError(name)
            return [record if isinstance(record, dict) else {} for record in data[name]]
    if total not in (0, "0"):
        raise KeyError(names[0])
    return []


def count_left(total: int | None, following: str) -> int | None:
    """What the last page of a chain may leave out: its list, where it has none; None where it may not."""
    return 0 if total is not None and not following else None


def tolerant(read: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """A reader of one value of a record; None where that record has another shape: it is rejected later, alone."""

    def reading(record: dict[str, Any]) -> Any:
        try:
            value = read(record)
            hash(value)
        except Exception:
            return None
        return value

    return reading


class Progress:
    """The records that have been met; raises EndlessList where page after page has nothing new."""

    def __init__(self, identify: Identify) -> None:
        self.seen: set[object] = set()
        self._identify, self._stalled = tolerant(identify), 0

    def add(self, page: Page) -> None:
        """Count a page."""
        before = len(self.seen)
        self.seen |= {self._identify(record) for record in page}
        self._stalled = 0 if len(self.seen) > before else self._stalled + 1
        if self._stalled > STALLED_PAGES:
            raise EndlessList


def timed(
    read: Callable[[TimeWindow, int], tuple[Page, int]],
    size: int,
    moment: Callable[[dict[str, Any]], int | None],
    identify: Identify,
    window: TimeWindow,
) -> Iterator[Page]:
    """All pages of a list in order of time; `read` gives a page (from 0) of a stretch and its total.

    Each page is the first one from the last moment of the page before, which is met twice. Only a
    second that fills a whole page is read by page numbers.
    """
    start, moment = window.start, tolerant(moment)
    while start < window.end:
        page, _ = read(TimeWindow(start, window.end), 0)
        if page:
            yield page
        if len(page) < size:
            return
        moments = (moment(record) or 0 for record in page)
        last = max((moment for moment in moments if moment < window.end), default=start)
        if last <= start:
            second = TimeWindow(start, start + 1)
            yield from numbered(partial(read, second), size, identify, passes=MANY_PASSES)
            last = start + 1
        start = last


def numbered(
    read: Callable[[int], tuple[Page, int]], size: int, identify: Identify, *, passes: int = PASSES
) -> Iterator[Page]:
    """All pages of a list with page numbers from 0; `read` gives a page and the total.

    Read once more where the total changed meanwhile, or fewer records came than it announces.
    """
    known = Progress(identify)
    for _ in range(passes):
        number, total, totals = 0, 1, set[int]()
        while number * size < total:
            page, total = read(number)
            totals.add(total)
            if page:
                yield page
            known.add(page)
            number += 1
            if not page:
                break
        if len(known.seen) >= total and len(totals) < 2:
            return


def chained(read: Callable[[str], tuple[Page, str, int | None]], identify: Identify) -> Iterator[Page]:
    """All pages of a list in which each answer names the next one ("" at the end).

    Read once more where fewer records came than the total announces.
    """
    known = Progress(identify)
    for _ in range(PASSES):
        token, tokens, total = "", {""}, None
        while True:
            page, token, total = read(token)
            if page:
                yield page
            known.add(page)
            if not token or token in tokens:
                break
            tokens.add(token)
        if total is None or len(known.seen) >= total:
            return
