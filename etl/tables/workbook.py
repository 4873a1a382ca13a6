"""Workbooks: XLSX and XLS, and tables in disguise, one table per worksheet that has rows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from etl.errors import DamagedFile, EmptyFile, LockedFile, TooManyColumns
from etl.tables.base import HEAD_ROWS, Chunk, Table, cell_text, chunks_of_rows, clean
from etl.tables.locked import COMPOUND, unlocked
from etl.tables.row_shape import MAX_COLUMNS
from etl.tables.zip_guard import check_zip


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
    content = unlocked(path, name, password) if head.startswith(COMPOUND) else None
    if content is None and head.startswith(b"PK"):
        check_zip(path, name)
    elif content is not None and content.startswith(b"PK"):
        check_zip(io.BytesIO(content), name)
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = (
            CalamineWorkbook.from_path(str(path))
            if content is None
            else CalamineWorkbook.from_filelike(io.BytesIO(content))
        )
        worksheets = [book.get_sheet_by_name(worksheet).to_python() for worksheet in book.sheet_names]
    except PasswordError as problem:
        raise LockedFile(file=name) from problem
    except Exception as problem:  # the library's errors share no base below Exception
        raise DamagedFile(file=name, found=type(problem).__name__) from problem
    return tables_of_worksheets(path, name, list(zip(book.sheet_names, worksheets, strict=True)))


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
