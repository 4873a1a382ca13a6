"""Which separator a delimited text has: judged by its header row and by most of its rows."""

from __future__ import annotations

import io
from itertools import islice
from statistics import median

from etl.tables.text.csv_records import records

DELIMITERS = ",\t;|"
SAMPLE_ROWS = 60
HEADER_ROWS = 20


def detect_delimiter(text: str) -> str:
    """The separator that cuts both the header row and most rows into the most cells.

    One row that is wider than the others (a typed note, a header whose rows lack their empty cells)
    decides nothing.
    """
    return max(DELIMITERS, key=lambda delimiter: _score(text, delimiter))


def _score(text: str, delimiter: str) -> tuple[float, float]:
    rows = [row for row in islice(records(io.StringIO(text, newline=""), delimiter), SAMPLE_ROWS) if any(row)]
    if not rows:
        return 0, 0
    header = max(map(_names, rows[:HEADER_ROWS]))
    width = median(map(len, rows))
    return min(header, width), header


def _names(row: list[str]) -> int:
    """How many cells of a row may be names of columns: they contain a character."""
    return sum(any(sign.isalpha() for sign in cell) for cell in row)
