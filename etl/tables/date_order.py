"""Dates whose day and month may be either way round: detected from the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from etl.errors import AmbiguousDates
from etl.tables.base import Chunk, Reread, Table

PATTERN = r"^(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?:\d{4}|\d{2})(?:\D|$)"
SHORT = r"^(?P<first>\d\d)[.-]\d{1,2}[.-](?P<third>\d\d)(?:\D|$)"
CLEAR = 20  # one slip in twenty readable dates does not make a file ambiguous


def scan(table: Table, header: int, places: Mapping[str, int], wanted: Iterable[str]) -> Iterator[Chunk]:
    """A first reading of a few columns of the whole file, by whichever reader can do it.

    Rows may come twice when the fast reader gives up half way.
    """
    columns = {name: places[name] for name in wanted if name in places}
    if not columns:
        return
    try:
        yield from table.chunks(header, columns)
    except Reread:
        yield from table.chunks(header, columns, careful=True)


class DateOrder:
    """Which way round the dates of a file stand, judged by all of them."""

    def __init__(self) -> None:
        self.day_first = self.month_first = 0
        self.sample = ""
        self.firsts: set[str] = set()
        self.thirds: set[str] = set()

    def see(self, cells: pa.StringArray) -> None:
        """Take in one column's cells."""
        parts = pc.extract_regex(cells, PATTERN)
        first = pc.struct_field(parts, "first").cast(pa.int64())
        second = pc.struct_field(parts, "second").cast(pa.int64())
        if not self.sample and first.null_count < len(first):
            place = pc.index(pc.is_valid(first), True).as_py()
            self.sample = cells[place].as_py()
        short = pc.extract_regex(cells, SHORT)
        self.firsts.update(pc.unique(pc.struct_field(short, "first").drop_null()).to_pylist())
        self.thirds.update(pc.unique(pc.struct_field(short, "third").drop_null()).to_pylist())
        self.day_first += pc.sum(pc.greater(first, 12)).as_py() or 0
        self.month_first += pc.sum(pc.greater(second, 12)).as_py() or 0

    def decide(self, file: str, given: str | None) -> str:
        """dmy, mdy or ymd (no date has its year last); raises AmbiguousDates.

        26-01-10 has its year first where the first parts of a file vary less than the last ones.
        """
        if given in ("dmy", "mdy", "ymd"):
            return given
        if not self.sample or (
            self.firsts and min(self.firsts) > "12" and len(self.firsts) < len(self.thirds)
        ):
            return "ymd"
        if self.day_first > CLEAR * self.month_first:
            return "dmy"
        if self.month_first > CLEAR * self.day_first:
            return "mdy"
        raise AmbiguousDates(file=file, sample=self.sample)
