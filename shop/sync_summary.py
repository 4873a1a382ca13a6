"""What was read in so far, by kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from shop.db.database import Database


@dataclass(frozen=True)
class ReadSoFar:
    """One kind of file: how many files and rows were read, how many wait, over which shop days."""

    kind: str
    files: int
    rows: int
    set_aside: int
    first: date | None
    last: date | None


def read_so_far(db: Database, *, shop_id: int = 1) -> list[ReadSoFar]:
    """Every kind that was read, in the order of its first day."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT kind, COUNT(*), SUM(read), SUM(set_aside), MIN(first_on), MAX(last_on) "
                "FROM source_file WHERE shop_id = :shop GROUP BY kind ORDER BY 5, 1"
            ),
            {"shop": shop_id},
        ).all()
    return [
        ReadSoFar(kind, files, read, aside, _day(first), _day(last))
        for kind, files, read, aside, first, last in rows
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
