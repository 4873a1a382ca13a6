"""Workbooks: XLSX and XLS, one table per sheet that has rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.errors import DamagedFile, EmptyFile, LockedFile, TooManyColumns
from etl.tables.base import HEAD_ROWS, MAX_COLUMNS, Chunk, Table, cell_text, chunks_of_rows, clean
from etl.tables.zip_guard import check_zip


@dataclass(frozen=True)
class WorkbookTable(Table):
    """One sheet of a workbook, all of its cells in memory."""

    cells: Sequence[Sequence[Any]] = field(repr=False)
    worksheet_name: str

    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below the header; there is one reader, `careful` or not."""
        return chunks_of_rows(iter(self.cells[header + 1 :]), header, len(self.head[header]), wanted)

    def raw_rows(self) -> Iterator[Sequence[str | None]]:
        """All rows, every cell as it was written."""
        yield from ([cell_text(cell) for cell in row] for row in self.cells)

    def share_read(self, rows: int) -> float:
        """Which share of the sheet these rows are."""
        return min(rows / max(len(self.cells), 1), 1.0)


def open_workbook(path: Path, name: str, head: bytes) -> list[WorkbookTable]:
    """Open the sheets of a workbook that have rows; raises the FileRejected that says what is wrong with it."""
    if head.startswith(b"PK"):
        check_zip(path, name)
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(str(path))
        worksheets = [book.get_sheet_by_name(worksheet).to_python() for worksheet in book.sheet_names]
    except PasswordError as problem:
        raise LockedFile(file=name) from problem
    except Exception as problem:  # the library's errors share no base below Exception
        raise DamagedFile(file=name, found=type(problem).__name__) from problem
    tables = []
    for worksheet_name, worksheet in zip(book.sheet_names, worksheets, strict=True):
        head_rows = [[clean(cell_text(cell) or "") for cell in row] for row in worksheet[:HEAD_ROWS]]
        if not any(any(row) for row in head_rows):
            continue
        width = len(head_rows[0])
        if width > MAX_COLUMNS:
            raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
        tables.append(WorkbookTable(path, name, head_rows, worksheet, worksheet_name))
    if not tables:
        raise EmptyFile(file=name)
    return tables


def table_of_records(path: Path, name: str, rows: Sequence[Sequence[str]]) -> WorkbookTable:
    """Rows that were read from a file of records (see `etl.tables.records`) as a table."""
    head = [[clean(cell) for cell in row] for row in rows[:HEAD_ROWS]]
    return WorkbookTable(path, name, head, rows, "records")
