"""How many write transactions of this process have ended, in any database: what was read before may be old."""

from __future__ import annotations


class _Ended:
    count = 0


def count() -> int:
    """The number of write transactions that have ended, successfully or not."""
    return _Ended.count


def note() -> None:
    """Count one more; two threads at once may count one together, which changes the number all the same."""
    _Ended.count += 1
