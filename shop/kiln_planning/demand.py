"""Recent demand by SKU, estimated cautiously: the basis of a proposed kiln load.

The pace of a SKU is its pieces per day (all platforms and currencies, live sessions included) over the
last eight weeks, counting only days on which there was a piece to sell (half of them at least: what was
sold out after one evening does not sell every day); where the last four weeks were slower, theirs: a peak
is not planned for twice. What lies ahead is set against the same weeks a year ago
(364 days, so that weekdays match): if the whole shop sold less then than in the weeks before them, the
pace is lowered by as much (by half at most); a year that rose is believed up to a quarter more.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.core.periods import YEAR_OF_WEEKS
from shop.db.database import Database
from shop.metrics.query import Query, answer, total
from shop.metrics.settings import shop_settings
from shop.stock.stock_level import parts_of_sets

WEEKS = timedelta(days=56)
LATELY = timedelta(days=28)
LEAST, MOST = 0.5, 1.25
FEWEST = 50  # pieces in the weeks of a year ago; with fewer the season is unknown
MOVES = """
SELECT m.sku, m.on_hand, m.moved_at FROM stock_movement m
WHERE m.shop_id = :shop AND m.on_hand <> 0 AND m.moved_at >= :since AND m.moved_at < :until
  AND m.sku IN (SELECT value FROM json_each(:skus))
ORDER BY m.sku, m.moved_at, m.movement_id
"""
STOCK_IN_SPAN = """
SELECT b.sku, b.on_hand - COALESCE(SUM(m.on_hand), 0) AS at_start,
  b.on_hand - COALESCE(SUM(m.on_hand * (m.moved_at >= :until)), 0) AS at_end,
  COALESCE(SUM(MAX(m.on_hand, 0) * (m.moved_at < :until)), 0) AS came
FROM stock_balance b LEFT JOIN stock_movement m
  ON m.shop_id = b.shop_id AND m.sku = b.sku AND m.moved_at >= :since
WHERE b.shop_id = :shop AND b.sku IN (SELECT value FROM json_each(:skus)) GROUP BY b.sku
"""
Span = tuple[date, date]


@dataclass(frozen=True)
class SalesPace:
    """How fast one SKU sells: pieces per day, on so many days on which it was there to be bought."""

    sold: int
    days: int
    per_day: float


@dataclass(frozen=True)
class Season:
    """What the weeks ahead are worth against those behind, by the year before; 1.0 where unknown.

    `seen` is what was seen then, before it was bounded; None where there is too little to see.
    """

    factor: float
    seen: float | None = None


def paces(db: Database, on: date, shop: int = 1) -> dict[str, SalesPace]:
    """The pace of every SKU that sold in the eight weeks up to `on`."""
    spans = [(on - length + timedelta(days=1), on) for length in (WEEKS, LATELY)]
    sold = [_sold(db, start, end, shop) for start, end in spans]
    with db.read() as connection:
        there = _days_there(connection, spans, list(sold[0]), shop)
    by_sku = {}
    for sku, pieces in sold[0].items():
        counts = (pieces, sold[1].get(sku, 0))
        spans_of = [_days(known.get(sku), span) for known, span in zip(there, spans, strict=True)]
        both = [SalesPace(n, days, n / days) for n, days in zip(counts, spans_of, strict=True)]
        by_sku[sku] = min(both, key=lambda pace: pace.per_day)
    return by_sku


def _days(there: int | None, span: Span) -> int:
    """The days to count: those with a piece to sell, half of the span at least; all where unknown."""
    whole = (span[1] - span[0]).days + 1
    return whole if there is None else max(there, whole // 2)


def _sold(db: Database, start: date, end: date, shop: int) -> dict[str, int]:
    """Pieces sold by SKU; a set counts as pieces of its parts, which the kiln gives."""
    table = answer(db, Query(("pieces",), start, end, ("variant",), shop=shop))
    with db.read() as connection:
        composed = parts_of_sets(connection, shop)
    sold: Counter[str] = Counter()
    for sku, pieces in zip(table["variant"], table["pieces"], strict=True):
        for part in composed.get(str(sku), ()):
            sold[part.sku] += int(pieces) * part.pieces
        if str(sku) not in composed:
            sold[str(sku)] += int(pieces)
    return {sku: pieces for sku, pieces in sold.items() if pieces > 0}


def _days_there(
    connection: Connection, spans: Sequence[Span], skus: Sequence[str], shop: int
) -> list[dict[str, int]]:
    """On how many days of each span each SKU (whose stock is tracked) had a piece to sell at some time.

    The spans end on one day; what never can have been empty, for more is there than came in, is not
    looked at closely.
    """
    zone = ZoneInfo(shop_settings(connection, shop).time_zone)
    since, until = (
        int(datetime.combine(day, time(), zone).timestamp())
        for day in (min(start for start, _ in spans), spans[0][1] + timedelta(days=1))
    )
    values: dict[str, Any] = {"shop": shop, "since": since, "until": until, "skus": json.dumps(skus)}
    levels = {row.sku: row for row in connection.execute(text(STOCK_IN_SPAN), values)}
    close = [sku for sku in skus if sku in levels and levels[sku].at_end - levels[sku].came <= 0]
    values["skus"] = json.dumps(close)
    moves: defaultdict[str, list[tuple[int, date]]] = defaultdict(list)
    for sku, change, moment in connection.execute(text(MOVES), values):
        moves[sku].append((change, datetime.fromtimestamp(moment, zone).date()))
    looked_at = set(close)
    return [
        {
            sku: _with_stock(levels[sku].at_start, moves[sku], start, end)
            if sku in looked_at
            else (end - start).days + 1
            for sku in skus
            if sku in levels
        }
        for start, end in spans
    ]


def _with_stock(on_hand: int, moves: Iterable[tuple[int, date]], start: date, end: date) -> int:
    """Days on which a piece was in stock, at the day's beginning or after one of its movements."""
    of_day: defaultdict[date, list[int]] = defaultdict(list)
    for change, day in moves:
        if day < start:
            on_hand += change
        else:
            of_day[day].append(change)
    days = 0
    for shift in range((end - start).days + 1):
        was_there = on_hand > 0
        for change in of_day.get(start + timedelta(days=shift), ()):
            on_hand += change
            was_there = was_there or on_hand > 0
        days += was_there
    return days


def season(db: Database, on: date, ahead: int, shop: int = 1) -> Season:
    """What the next `ahead` days are worth against the last eight weeks, by the year before."""
    year_ago = on - YEAR_OF_WEEKS
    before = _pieces(db, year_ago - WEEKS + timedelta(days=1), year_ago, shop)
    after = _pieces(db, year_ago + timedelta(days=1), year_ago + timedelta(days=ahead), shop)
    if before < FEWEST:
        return Season(1.0)
    seen = (after / ahead) / (before / WEEKS.days)
    return Season(min(max(seen, LEAST), MOST), seen)


def _pieces(db: Database, start: date, end: date, shop: int) -> int:
    return int(total(db, Query(("pieces",), start, end, shop=shop))["pieces"] or 0)
