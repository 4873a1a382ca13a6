"""The count page: the lines of a stock count, its progress and its differences.

The lines of a count are the SKUs that belong to its place, and whatever else was counted into it. Pieces
that are sold but not shipped are not counted; each line shows how many those are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from shop.core.clock import from_seconds, now_seconds
from shop.core.pages import page_start
from shop.core.text import has_words
from shop.db.database import Database
from shop.stock import levels
from shop.stock.ledger import cursor_of
from shop.stock.stock_level import StockLevel

COUNTS = """
SELECT t.count_id, t.place, t.status, t.started_at, t.started_by, t.finished_at, t.finished_by,
  COUNT(l.counted), COALESCE(SUM(l.expected = l.counted), 0),
  COALESCE(SUM(MAX(l.expected, l.counted)), 0), COALESCE(SUM(MIN(l.expected, l.counted)), 0)
FROM stocktake t LEFT JOIN stocktake_line l ON l.count_id = t.count_id AND l.counted IS NOT NULL
WHERE t.shop_id = :shop AND {}
GROUP BY t.count_id ORDER BY t.count_id DESC LIMIT :most
"""
OPEN = "t.status = 'open'"
# A real count, not numbers that were typed into a table.
PAST = """t.status IN ('finished', 'taken_back') AND EXISTS (SELECT 1 FROM audit a
  WHERE a.shop_id = t.shop_id AND a.verb = 'count' AND a.subject = CAST(t.count_id AS TEXT))"""
COUNTED = """
SELECT sku, expected, counted, counted_by FROM stocktake_line
WHERE count_id = ? AND counted IS NOT NULL
"""
TO_SEND = """
SELECT c.sku, SUM(c.taken - c.counted_out) FROM json_each(:skus) j
JOIN stock_claim c ON c.shop_id = :shop AND c.sku = j.value
WHERE NOT c.is_shipped AND c.taken > c.counted_out GROUP BY c.sku
"""


@dataclass(frozen=True)
class StockCount:
    """One count: place, people, lines, and how many lines and pieces agreed with the ledger."""

    count_id: int
    place: str | None
    status: str
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    finished_by: str | None
    lines: int
    lines_right: int
    pieces: int
    pieces_right: int


@dataclass(frozen=True)
class CountLine:
    """One SKU of a count: expected, counted (None: not yet), and sold but not shipped pieces."""

    level: StockLevel
    expected: int
    counted: int | None = None
    counted_by: str | None = None
    to_send: int = 0

    @property
    def difference(self) -> int:
        """Counted less expected pieces; 0 while it was not counted."""
        return 0 if self.counted is None else self.counted - self.expected


@dataclass(frozen=True)
class CountPage:
    """A count with its lines of one page; `done` of `total` lines are counted."""

    lines: tuple[CountLine, ...]
    shown: int
    done: int
    total: int
    differences: tuple[CountLine, ...]


def counts(db: Database, *, past: bool = False, limit: int = 12, shop_id: int = 1) -> list[StockCount]:
    """The counts that are open, or those that were finished; the latest first."""
    sql = COUNTS.format(PAST if past else OPEN)
    with db.read() as connection:
        rows = cursor_of(connection).execute(sql, {"shop": shop_id, "most": limit}).fetchall()
    return [_count(row) for row in rows]


def count_of(db: Database, count_id: int, *, shop_id: int = 1) -> StockCount | None:
    """One count by its number."""
    sql = COUNTS.format("t.count_id = :number")
    with db.read() as connection:
        row = cursor_of(connection).execute(sql, {"shop": shop_id, "most": 1, "number": count_id}).fetchone()
    return None if row is None else _count(row)


def _count(row: Any) -> StockCount:
    number, place, status, started, by, finished, finisher, *figures = row
    return StockCount(
        number,
        place,
        status,
        from_seconds(started),
        by,
        None if finished is None else from_seconds(finished),
        finisher,
        *figures,
    )


def count_page(
    db: Database,
    count_id: int,
    place: str | None,
    *,
    text: str = "",
    left: bool = False,
    number: int = 1,
    size: int = 20,
    shop_id: int = 1,
) -> CountPage:
    """One page of the lines of a count, by place and name.

    With `text`, the SKUs that contain its words, of other places too (for a misplaced piece); with
    `left`, only what was not counted yet.
    """
    with db.read() as connection:
        rows = [
            item for item in levels.levels_of(connection, now_seconds(), shop_id=shop_id) if not item.is_set
        ]
        counted = {row[0]: row[1:] for row in cursor_of(connection).execute(COUNTED, (count_id,))}
        known = {item.sku: item for item in rows}
        belong = {
            item.sku for item in rows if not item.is_gone and (place is None or item.place == place)
        } | counted.keys()
        wanted = _searched(rows, text) if text.strip() else belong
        lines = [_line(known[sku], counted.get(sku)) for sku in sorted(wanted & known.keys())]
        shown = sorted((item for item in lines if not left or item.counted is None), key=_by_place)
        start = page_start(number, size, len(shown))
        page = _with_parcels(connection, shown[start : start + size], shop_id)
    differ = (_line(known[sku], row) for sku, row in counted.items() if sku in known)
    differences = sorted((item for item in differ if item.difference), key=_by_place)
    return CountPage(tuple(page), len(shown), len(counted), len(belong), tuple(differences))


def _searched(rows: Iterable[StockLevel], text: str) -> set[str]:
    return {level.sku for level in rows if has_words((level.title, level.sku, level.place), text)}


def _line(level: StockLevel, counted: tuple[int, int, str] | None) -> CountLine:
    if counted is None:
        return CountLine(level, max(level.on_hand or 0, 0))
    return CountLine(level, *counted)


def _by_place(line: CountLine) -> tuple[bool, str, str, str, str]:
    level = line.level
    return not level.place, level.place, level.product, level.spec, level.sku


def _with_parcels(connection: Connection, lines: list[CountLine], shop_id: int) -> list[CountLine]:
    """The lines, each with its pieces that are sold but not shipped."""
    skus = json.dumps([line.level.sku for line in lines])
    rows = cursor_of(connection).execute(TO_SEND, {"shop": shop_id, "skus": skus})
    unshipped = dict(rows.fetchall())
    return [
        CountLine(line.level, line.expected, line.counted, line.counted_by, unshipped.get(line.level.sku, 0))
        for line in lines
    ]
