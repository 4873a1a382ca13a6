"""The chunk of text cells that every reader of tables gives, and the rules of one cell and one row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.tables.row_shape import BadRow, RowShape

ROWS_AT_ONCE = 10_000


HEAD_ROWS = 40


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table: text columns by name (null for an empty cell) and their row numbers."""

    columns: Mapping[str, pa.StringArray]
    rows: np.ndarray
    bad: Sequence[BadRow] = ()

    def __len__(self) -> int:
        return len(self.rows)


class Reread(Exception):
    """The fast reader met something that only the careful one can read; start again with it."""


@dataclass(frozen=True)
class Table(ABC):
    """One opened table: where it is, what it is called, and its first rows as cleaned text."""

    path: Path
    name: str
    head: Sequence[Sequence[str]]

    @abstractmethod
    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below row `header` (0-based), only the columns `wanted` (name: position).

        Raises Reread when the fast reader gives up, BadEncoding when no reader can go on.
        """

    def sections(
        self, header: int, wanted: Mapping[str, int], *, careful: bool = False
    ) -> Iterator[Iterator[Chunk]]:
        """The chunks of each part that was exported by itself: the table, or each of a workbook's worksheets."""
        yield self.chunks(header, wanted, careful=careful)

    @abstractmethod
    def raw_rows(self) -> Iterator[Sequence[str | None]]:
        """All rows from the first one on, every cell as it was written."""

    @abstractmethod
    def share_read(self, rows: int) -> float:
        """About which share of the table (0 to 1) so many rows are."""


def clean(cell: str) -> str:
    """A cell without what spreadsheets and exports wrap around it: blanks, tabs, ' and ="…"."""
    cell = cell.strip().strip("\ufeff\u200b")
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1].strip()
    return cell.removeprefix("'")


def trimmed(cells: pa.StringArray) -> pa.StringArray:
    """Cells as `clean` leaves them, null where nothing is left."""
    cells = pc.utf8_trim(cells, " \t\r\n\u00a0\u3000\ufeff\u200b")
    if pc.any(pc.starts_with(cells, '="')).as_py():
        cells = pc.replace_substring_regex(cells, '^="(.*)"$', r"\1")
    if pc.any(pc.starts_with(cells, "'")).as_py():
        cells = pc.replace_substring_regex(cells, "^'", "")
    return pc.if_else(pc.is_in(cells, _empty()), pa.scalar(None, pa.string()), cells)


def words_of(cells: pa.StringArray) -> tuple[list[str], np.ndarray]:
    """The different texts of a column, and the place of each row's; an empty cell has the place behind the last."""
    encoded = cells.dictionary_encode()
    words: list[str] = encoded.dictionary.to_pylist()
    return words, np.asarray(pc.fill_null(encoded.indices, len(words)))


@cache
def _empty() -> pa.StringArray:
    """The texts that an empty cell may have, as an array at first use: the first array of pyarrow loads pandas."""
    return pa.array(["", "-", "--", "—", "null", "NULL", "None", "N/A", "n/a"])


def without_blank_rows(chunk: Chunk) -> Chunk:
    """The chunk without rows in which every wanted cell is empty (they are no records)."""
    blank = np.ones(len(chunk), bool)
    for cells in chunk.columns.values():
        if not blank.any():
            return chunk
        blank &= np.asarray(cells.is_null())
    if not blank.any():
        return chunk
    filled = pa.array(~blank)
    columns = {name: cells.filter(filled) for name, cells in chunk.columns.items()}
    return Chunk(columns, chunk.rows[~blank], chunk.bad)


def chunks_of_rows(
    records: Iterator[Sequence[Any]],
    header: int,
    head: Sequence[Sequence[str]],
    wanted: Mapping[str, int],
    *,
    above: int = 0,
) -> Iterator[Chunk]:
    """Records below row `header` as chunks; one that does not fit under the header is a bad row.

    Empty cells beyond the header are nothing, missing cells at the end of a row are empty. `above` rows between
    the header and the first record are not among the records.
    """
    number = header + 1 + above
    shape = RowShape(len(head[header]), [[cell_text(c) or "" for c in row] for row in head[header + 1 :]])
    while batch := list(islice(records, ROWS_AT_ONCE)):
        good: list[Sequence[Any]] = []
        rows: list[int] = []
        bad: list[BadRow] = []
        for record in batch:
            number += 1
            problem = shape.problem(record, number)
            if problem is not None:
                bad.append(problem)
            elif len(record):
                good.append(record)
                rows.append(number)
        columns = {
            name: trimmed(
                pa.array([cell_text(r[place]) if place < len(r) else None for r in good], pa.string())
            )
            for name, place in wanted.items()
        }
        yield without_blank_rows(Chunk(columns, np.array(rows, np.int64), bad))


def cell_text(cell: Any) -> str | None:
    """A workbook cell as the text that its export would have had; an exact number retains its digits.

    A number beyond 15 digits has lost some in the spreadsheet: it stays in the form 6.9E+18, which
    no id column accepts.
    """
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell).upper()
    return str(cell)


def joined(chunks: list[Chunk]) -> Chunk:
    """Chunks of the same columns as one."""
    columns = {
        name: pa.concat_arrays([chunk.columns[name] for chunk in chunks]) for name in chunks[0].columns
    }
    return Chunk(
        columns, np.concatenate([chunk.rows for chunk in chunks]), [row for c in chunks for row in c.bad]
    )


def without_last(chunk: Chunk, column: str) -> tuple[Chunk, Chunk]:
    """A chunk in two: its end is the rows with the last text of a column; an empty cell is no text."""
    cells = chunk.columns[column]
    is_last = np.asarray(pc.fill_null(pc.equal(cells, cells[-1]), False))
    start = 0 if is_last.all() else len(chunk) - int(np.argmin(is_last[::-1]))
    before = {name: cells.slice(0, start) for name, cells in chunk.columns.items()}
    last = {name: cells.slice(start) for name, cells in chunk.columns.items()}
    above = int(chunk.rows[start - 1]) if start else 0
    bad = [[row for row in chunk.bad if (row.row > above) == is_below] for is_below in (False, True)]
    return Chunk(before, chunk.rows[:start], bad[0]), Chunk(last, chunk.rows[start:], bad[1])


def unbroken(chunks: Iterable[Chunk], column: str) -> Iterator[Chunk]:
    """The chunks, cut where the text of a column changes: rows of one order that follow each other stay together."""
    current: Chunk | None = None  # what comes next shows where to cut; the last one stays whole
    for chunk in chunks:
        if current is None or not len(current) or column not in current.columns:
            ready, rest = current, None
        else:
            before, rest = without_last(current, column)
            ready, rest = (before, rest) if len(before) else (current, None)
        if ready is not None:
            yield ready
        current = chunk if rest is None else joined([rest, chunk])
    if current is not None:
        yield current
