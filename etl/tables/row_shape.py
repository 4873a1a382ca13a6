"""Whether a record fits under its header: too long, broken, cut off, or with a note typed next to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MAX_COLUMNS = 1_000
SHORTEST_WORD = 4
OPEN_QUOTE = "\0open quote"  # the first cell of a record that could not be read, followed by its text
BROKEN_OFF = "\0broken off"  # the first cell of a last record that ends in the middle of its line
BROKEN_RECORD = "\0broken record"  # the first cell of a record that is none, such as half a line of JSON
BROKEN = re.compile("[�\0]")
SHAPES = (
    ("", re.compile(r"[-—\s]*")),
    ("number", re.compile(r"[-+(]?[\d.,\s]+[%)]?")),
    ("time", re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")),
)


@dataclass(frozen=True)
class BadRow:
    """One record that does not fit the header: its row number, its cells and what was expected."""

    row: int
    code: str
    details: Mapping[str, Any]
    text: str


def words_of_bad(rows: Sequence[BadRow]) -> list[str]:
    """What stands in the cells of rows that could not be read, without what is no id.

    That is a short word, which may mean anything, and what cannot be printed, such as half of a character.
    """
    words = (word.strip() for row in rows for word in re.split("[\\t,;\"'=]", row.text))
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST_WORD and word.isprintable()]


class RowShape:
    """The shape of the rows of a table: how many cells its header has, and what its columns look like."""

    def __init__(self, width: int, sample: Sequence[Sequence[str]]) -> None:
        self.width, self.sample = width, sample

    def problem(self, record: Sequence[Any], number: int) -> BadRow | None:
        """Why a record is no row of the table, None where it is one or is empty."""
        text = "\t".join(str(cell) for cell in record[:MAX_COLUMNS])
        if record and record[0] == OPEN_QUOTE:
            return BadRow(number, "OpenQuote", {}, text)
        if record and record[0] == BROKEN_RECORD:
            return BadRow(number, "BrokenRecord", {}, text)
        cells = record[1:] if record and record[0] == BROKEN_OFF else record
        if BROKEN.search(text) and len(cells) == len(record):
            return BadRow(number, "BrokenBytes", {}, text)
        if len(cells) != len(record) or (len(cells) > self.width and not self._fits(cells)):
            return BadRow(number, "WrongWidth", {"found": len(cells), "expected": self.width}, text)
        return None

    def _fits(self, cells: Sequence[Any]) -> bool:
        """Whether the cells of a longer row stand under their own headers.

        Empty cells beyond the header are nothing, and a note may be typed next to the table; a separator inside
        a cell, though, has shifted all cells after it to the right. Which of the two it is shows in what the
        columns contain in other rows; where it does not, a row with something beyond the header does not fit.
        """
        filled = [place for place, cell in enumerate(cells) if not _is_blank(cell)]
        beyond = bool(filled) and filled[-1] >= self.width
        shift = filled[-1] + 1 - self.width if beyond else len(cells) - self.width
        in_place = shifted = 0
        for place, known in enumerate(self._columns):
            if known:
                in_place += _shape(cells[place]) not in known
                shifted += _shape(cells[place + shift]) not in known
        return in_place < shifted or (in_place == shifted and not beyond)

    @cached_property
    def _columns(self) -> list[set[str]]:
        """The shapes that each column has in the rows as wide as the header, else in those with nothing beyond."""
        exact = [row for row in self.sample if len(row) == self.width and any(row)]
        longer = (row for row in self.sample if len(row) > self.width and not any(row[self.width :]))
        rows = exact or [row for row in longer if any(row)]
        return [{_shape(row[place]) for row in rows} for place in range(self.width)]


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _shape(cell: Any) -> str:
    text = str(cell or "").strip().strip("'")
    return next((name for name, pattern in SHAPES if pattern.fullmatch(text)), "text")
