"""The cells of a workbook, XLSX, XLSB, ODS or XLS, all of them in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from etl.errors import DamagedFile, LockedFile
from etl.tables.workbooks.locked import unlocked
from etl.tables.workbooks.merged import fill_merged
from etl.tables.zip_guard import check_zip

BLANK_ABOVE = 20  # rows above the first cell: a table has its header among the first twenty rows


def read_worksheets(
    path: Path, name: str, password: str | None = None
) -> Iterator[tuple[str, Sequence[Sequence[Any]]]]:
    """Each worksheet with its rows; raises the FileRejected that explains the problem."""
    content = unlocked(path, name, password)
    if content is not None and content.startswith(b"PK"):
        check_zip(io.BytesIO(content), name)
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = (
            CalamineWorkbook.from_path(str(path))
            if content is None
            else CalamineWorkbook.from_filelike(io.BytesIO(content))
        )
        for worksheet in book.sheet_names:
            cells = book.get_sheet_by_name(worksheet)
            rows = cells.to_python()
            if cells.start is not None:
                fill_merged(rows, cells.merged_cell_ranges or (), cells.start)
                rows[:0] = [[] for _ in range(min(cells.start[0], BLANK_ABOVE))]
            yield worksheet, rows
    except MemoryError:
        raise
    except PasswordError as problem:
        raise LockedFile(file=name) from problem
    except Exception as problem:  # the library's errors share no base below Exception
        raise DamagedFile(file=name, found=type(problem).__name__) from problem
