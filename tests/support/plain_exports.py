"""Read export files the plain way, with none of the generator's or the importer's code."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import python_calamine


def table(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a CSV or workbook as text, header rows included."""
    if path.suffix == ".xlsx":
        worksheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        yield from ([str(cell) for cell in row] for row in worksheet.to_python())
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_bytes().decode("gb18030")
    yield from csv.reader(text.splitlines())


def rows(folder: Path, pattern: str, *, header_rows: int = 1) -> Iterator[dict[str, str]]:
    """Yield the records of all files of a name pattern, marks around ids taken off."""
    for path in sorted(folder.glob(pattern)):
        lines = list(table(path))
        for line in lines[header_rows:]:
            cells = (cell.strip("\t'") for cell in line)
            yield dict(zip(lines[0], cells, strict=True))


def cents(amount: str) -> int:
    """Return an amount in whole cents."""
    return int(Decimal(amount) * 100)
