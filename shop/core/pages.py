"""Pages of a list."""

from __future__ import annotations


def page_start(number: int, size: int, total: int) -> int:
    """The first row (from 0) of a page (from 1) of `size` rows; of the last page where the number is beyond it."""
    return max(min(number, -(-total // size)) - 1, 0) * size
