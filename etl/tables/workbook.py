"""Workbooks: XLSX and XLS, and tables in disguise, one table per worksheet that has rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from etl.errors import EmptyFile, TooManyColumns
from etl.tables.base import HEAD_ROWS, Chunk, Table, cell_text, chunks_of_rows, clean
from etl.tables.row_shape import MAX_COLUMNS
from etl.tables.workbooks.locked import COMPOUND, is_locked
from etl.tables.workbooks.reading_process import read_in_process
from etl.tables.workbooks.worksheets import read_worksheets
from etl.tables.zip_guard import SMALL_BYTES, check_zip


@dataclass(frozen=True)
class WorkbookTable(Table):
    """One worksheet of a workbook, all of its cells in memory."""

    cells: Sequence[Sequence[Any]] = field(repr=False)
    worksheet_name: str
    starts: tuple[int, ...] = ()  # where the rows of the workbook's further worksheets begin among the cells

    def sections(
        self, header: int, wanted: Mapping[str, int], *, careful: bool = False
    ) -> Iterator[Iterator[Chunk]]:
        """The chunks of each worksheet."""
        for start, stop in pairwise((header + 1, *self.starts, len(self.cells))):
            records = iter(self.cells[start:stop])
            yield chunks_of_rows(records, header, self.head, wanted, above=start - header - 1)

    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below the header; there is one reader, `careful` or not."""
        return chunks_of_rows(iter(self.cells[header + 1 :]), header, self.head, wanted)

    def raw_rows(self) -> Iterator[Sequence[str | None]]:
        """All rows, every cell as it was written."""
        yield from ([cell_text(cell) for cell in row] for row in self.cells)

    def share_read(self, rows: int) -> float:
        """Which share of the worksheet these rows are."""
        return min(rows / max(len(self.cells), 1), 1.0)


def open_workbook(path: Path, name: str, head: bytes, password: str | None = None) -> list[WorkbookTable]:
    """Open the worksheets of a workbook that have rows; raises the FileRejected that explains the problem."""
    is_small = check_zip(path, name) if head.startswith(b"PK") else path.stat().st_size <= SMALL_BYTES
    if is_small and not (head.startswith(COMPOUND) and is_locked(path)):
        return tables_of_worksheets(path, name, [*read_worksheets(path, name)])
    return tables_of_worksheets(path, name, read_in_process(read_worksheets, name, path, name, password))


def tables_of_worksheets(
    path: Path, name: str, worksheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]
) -> list[WorkbookTable]:
    """The worksheets that have rows as tables; raises EmptyFile, TooManyColumns."""
    tables = []
    for worksheet_name, cells in worksheets:
        head_rows = [[clean(cell_text(cell) or "") for cell in row] for row in cells[:HEAD_ROWS]]
        if not any(any(row) for row in head_rows):
            continue
        width = max(map(len, head_rows))
        if width > MAX_COLUMNS:
            raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
        tables.append(WorkbookTable(path, name, head_rows, cells, worksheet_name))
    if not tables:
        raise EmptyFile(file=name)
    return tables
