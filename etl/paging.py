"""Reading lists that shift while they are read, without a gap and with few requests more.

A list is asked for in ascending order of change within a stretch of time that lies behind us. A record
that changes meanwhile leaves the stretch, and all after it move one place up: whoever reads forward
skips one. Numbered pages are therefore read from the last to the first, so that what moves up is met
again; and where the platform tells a total, fewer records than that are read once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

PASSES = 6
Page = list[dict[str, Any]]
Identify = Callable[[dict[str, Any]], object]


class TooMany(Exception):
    """The stretch holds more than the platform pages through: ask for a shorter one."""


def numbered(
    read: Callable[[int], tuple[Page, int]], size: int, identify: Identify, *, most: int
) -> Iterator[Page]:
    """All pages of a list with page numbers from 0; `read` gives a page and the total at that time.

    Raises TooMany, before anything is given out, where the list is longer than `most`.
    """
    seen: set[object] = set()
    suspects: set[int] | None = None
    for _ in range(PASSES):
        first, total = read(0)
        if total > most:
            raise TooMany
        yield first
        fresh = {0: _note(first, identify, seen)}
        at_first = total
        for page in range(-(-total // size) - 1, 0, -1):
            if suspects is None or page in suspects:
                records, total = read(page)
                yield records
                fresh[page] = _note(records, identify, seen)
        if total != at_first and len(fresh) > 1:
            first, total = read(0)
            yield first
            _note(first, identify, seen)
        if len(seen) >= total:
            return
        dull = {page for page, new in fresh.items() if new < min(size, total - page * size)}
        suspects = (
            {page + step for page in dull for step in (-1, 0, 1)} if suspects is None else None
        )


def chained(
    read: Callable[[str], tuple[Page, str, int | None]], identify: Identify
) -> Iterator[Page]:
    """All pages of a list in which each answer names the next one ("" at the end).

    Read again when the total changed meanwhile, or more is told of than came, or a page came twice.
    """
    seen: set[object] = set()
    for _ in range(PASSES):
        token, totals, doubled, reading = "", set(), False, set[object]()
        tokens = {""}
        while True:
            records, token, total = read(token)
            totals.add(total)
            if records:
                yield records
            now = {identify(record) for record in records}
            doubled |= bool(now & reading)
            reading |= now
            if not token or token in tokens:
                break
            tokens.add(token)
        nothing_new = reading <= seen
        seen |= reading
        short = total is not None and len(seen) < total
        if nothing_new or not (doubled or short or len(totals) > 1):
            return


def _note(records: Page, identify: Identify, seen: set[object]) -> int:
    """How many of the records are new; remember them."""
    now = {identify(record) for record in records}
    fresh = len(now - seen)
    seen |= now
    return fresh
