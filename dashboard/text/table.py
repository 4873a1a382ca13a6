"""A table in plain text, for the terminal and for messages; Chinese characters count two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """How many terminal columns a text takes."""
    return sum(1 + (unicodedata.east_asian_width(message) in "WF") for message in text)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Aligned columns: the first `left` to the left, the others to the right."""
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(headers))]
    return "\n".join(_line(line, widths, left) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = []
    for place, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (wide - width(cell))
        padded.append(cell + gap if place < left else gap + cell)
    return "  ".join(padded).rstrip()
