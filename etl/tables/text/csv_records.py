"""Records of delimited text read with care: no byte and no quotation mark of a file stops the reading.

A quotation mark that is never closed costs its line, a broken character its record, a record that the
csv module refuses only itself.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from etl.tables.row_shape import BROKEN_OFF, OPEN_QUOTE

MAX_RECORD_LINES = 200  # a quote that stays open longer is damage, not a cell with line breaks
MAX_RECORD_CHARACTERS = 1 << 20
MAX_LINE_CHARACTERS = 4 << 20  # a longer line is read in parts, none of which is a row

csv.field_size_limit(min(sys.maxsize, 1 << 30))


class _Runaway(Exception):
    """An open quote has taken in too many lines."""


class _Lines:
    """Lines handed to the csv module, which can be returned when a record ran away."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.source = iter(lines)
        self.pending: deque[str] = deque()
        self.taken: list[str] = []
        self.characters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) > MAX_RECORD_LINES or self.characters > MAX_RECORD_CHARACTERS:
            raise _Runaway
        line = self.pending.popleft() if self.pending else next(self.source)
        self.taken.append(line)
        self.characters += len(line)
        return line

    def begin(self) -> None:
        """A new record begins."""
        self.taken, self.characters = [], 0

    def return_lines(self) -> str:
        """All lines of this record but the first one are read again; the first line."""
        first, *rest = self.taken
        self.pending.extendleft(reversed(rest))
        return first


def records(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The records of these lines; one that cannot be read is `[OPEN_QUOTE, its text]`."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        source.begin()
        try:
            record = next(reader)
        except StopIteration:
            return
        except (_Runaway, csv.Error):
            if not source.taken:
                return
            yield [OPEN_QUOTE, source.return_lines().rstrip("\r\n")]
            reader = csv.reader(source, delimiter=delimiter)
            continue
        if _never_closed(source.taken, delimiter):
            yield [OPEN_QUOTE, source.return_lines().rstrip("\r\n")]
            reader = csv.reader(source, delimiter=delimiter)
            continue
        yield record


def _never_closed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a quotation mark opens a cell that is not closed as it should be.

    Over several lines any misplaced mark counts: the cell would have taken in rows of the table. Within
    one line a mark in the middle of a cell is an inch mark.
    """
    if len(lines) == 1 and lines[0].count('"') % 2 == 0:
        return False
    try:
        next(csv.reader(iter(lines), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        return len(lines) > 1 or "end of data" in str(problem)
    return False


def file_records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """All records of a file, its byte order mark left out; characters that cannot be read are �."""
    encoding = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    if encoding == "utf-16" and not _has_mark(path):
        encoding = "utf-16-le"
    with path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding, errors="replace", newline="")
        lines = iter(lambda: text.readline(MAX_LINE_CHARACTERS), "")
        yield from _marked_end(records(lines, delimiter), path)


def _has_mark(path: Path) -> bool:
    with path.open("rb") as raw:
        return raw.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _marked_end(result: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    """The records; a last one that breaks off in the middle of its line is no record."""
    width, is_even = 0, True
    last: list[str] | None = None
    for record in result:
        if last is not None:
            is_even = is_even and (not last or len(last) >= width)
            width = max(width, len(last))
            yield last
        last = record
    if last is None:
        return
    if is_even and 0 < len(last) < width and last[0] != OPEN_QUOTE and not _ends_line(path):
        last = [BROKEN_OFF, *last]
    yield last


def _ends_line(path: Path) -> bool:
    with path.open("rb") as raw:
        raw.seek(max(path.stat().st_size - 2, 0))
        return any(mark in raw.read() for mark in (b"\n", b"\r"))
