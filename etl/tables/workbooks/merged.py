"""Cells merged over several rows: a text, an id or a moment is every row's, an amount or a count is counted once.

What belongs to a whole order stands so in tables that people make of them. An amount stays on its first row, from
where it is shared among the lines of the order (`etl.tables.order_amounts`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etl.tables.amounts import MARKED
from etl.tables.cells import COUNTED, LONGEST

MOST_ROWS = 1_000  # of one merged cell
ID_DIGITS = 10  # a number of so many digits is no amount
Range = tuple[tuple[int, int], tuple[int, int]]


def fill_merged(rows: list[list[Any]], ranges: Iterable[Range], start: tuple[int, int] = (0, 0)) -> None:
    """Write what a merged cell contains into its further rows; `start` is the row and column of the first cell.

    Each range is its first and its last (row, column), 0-based, both within it.
    """
    for (top, left), (bottom, _) in ranges:
        first, column = top - start[0], left - start[1]
        if not 0 < bottom - top < MOST_ROWS or not 0 <= first < len(rows) or column < 0:
            continue
        cell = rows[first][column] if column < len(rows[first]) else ""
        if not is_repeated(cell):
            continue
        for row in rows[first + 1 : first + 1 + bottom - top]:
            row.extend([""] * (column + 1 - len(row)))
            if row[column] in ("", None):
                row[column] = cell


def is_repeated(cell: Any) -> bool:
    """Whether the content of a merged cell is that of each of its rows: it is neither empty nor an amount."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return bool(abs(cell) >= 10 ** (ID_DIGITS - 1))
    text = str(cell or "").strip()
    if not text or len(text) > LONGEST or not MARKED.match(COUNTED.sub("", text)):
        return bool(text)
    return sum(map(str.isdigit, text)) >= ID_DIGITS
