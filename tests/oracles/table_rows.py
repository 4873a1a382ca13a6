"""A slow second reading of exported tables: plain csv, nothing of this project.

It says which records a table has, by the names of its columns, so that what an import stored can be held
against it.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal


def records(text: str, delimiter: str) -> list[dict[str, str]]:
    """The records of a delimited text whose first row is its header, cells without blanks around them."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = [cell.strip() for cell in rows[0]]
    filled = (row for row in rows[1:] if any(cell.strip() for cell in row))
    return [dict(zip(header, [cell.strip() for cell in row], strict=False)) for row in filled]


def total(rows: list[dict[str, str]], column: str) -> int:
    """The sum of a column of plain amounts in cents."""
    return sum(int(Decimal(row[column].strip("¥￥元 ").replace(",", "")) * 100) for row in rows)
