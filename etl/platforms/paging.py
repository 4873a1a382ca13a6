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
Page = list[dict[str, Any]]
Identify = Callable[[dict[str, Any]], object]


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
    start = window.start
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
    seen: set[object] = set()
    for _ in range(passes):
        number, total, totals = 0, 1, set[int]()
        while number * size < total:
            page, total = read(number)
            totals.add(total)
            if page:
                yield page
            seen |= {identify(record) for record in page}
            number += 1
            if not page:
                break
        if len(seen) >= total and len(totals) < 2:
            return


def chained(read: Callable[[str], tuple[Page, str, int | None]], identify: Identify) -> Iterator[Page]:
    """All pages of a list in which each answer names the next one ("" at the end).

    Read once more where fewer records came than the total announces.
    """
    seen: set[object] = set()
    for _ in range(PASSES):
        token, tokens, total = "", {""}, None
        while True:
            page, token, total = read(token)
            if page:
                yield page
            seen |= {identify(record) for record in page}
            if not token or token in tokens:
                break
            tokens.add(token)
        if total is None or len(seen) >= total:
            return
