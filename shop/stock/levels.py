"""What is on the shelf: every SKU with its place, what is there, held, free to sell, and what runs low.

A row for every SKU in sight whose stock is or could be kept. What is made to order has no shelf unless
somebody counted some of it; a piece that existed once and is sold is gone, and is shown only where it is
asked for. A hold whose time is over counts as free already (shop/stock/reservations.py).

Low is what has a reorder point and no more free pieces than that. Without a reorder point nobody knows
what is low for this piece.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.core.clock import to_seconds
from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.stock import ledger

Show = Literal["all", "low", "out", "short", "held", "uncounted", "gone"]
SHOWS: tuple[Show, ...] = ("all", "low", "out", "short", "held", "uncounted", "gone")
Order = Literal["attention", "name", "place", "cover"]
ORDERS: tuple[Order, ...] = ("attention", "name", "place", "cover")

FREE = "b.on_hand - b.reserved + COALESCE(e.kept, 0)"
LOW = f"NOT v.is_archived AND v.reorder_point IS NOT NULL AND {FREE} <= v.reorder_point"
OVER = """
LEFT JOIN (SELECT sku, SUM(kept) AS kept FROM stock_hold WHERE shop_id = :shop
  AND ended_at IS NULL AND expires_at <= :now GROUP BY sku) e ON e.sku = v.sku
"""
"""What holds still keep although their time is over: the next write frees it."""
LEVELS = f"""
SELECT v.sku, COALESCE(p.title, v.title, v.sku),
  CASE WHEN p.title IS NULL THEN '' ELSE COALESCE(v.title, v.size, '') END,
  COALESCE(v.place, ''), v.stock_policy, v.reorder_point, b.on_hand,
  COALESCE(b.reserved, 0) - COALESCE(e.kept, 0), COALESCE(b.presale, 0), COALESCE(s.short, 0),
  b.sku IS NOT NULL AND {LOW}
FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
{OVER}
LEFT JOIN (SELECT sku, SUM(short) AS short FROM stock_claim WHERE shop_id = :shop AND short > 0
  GROUP BY sku) s ON s.sku = v.sku
WHERE v.shop_id = :shop AND (NOT v.is_archived OR b.on_hand <> 0 OR b.reserved <> 0)
  AND (b.sku IS NOT NULL OR v.stock_policy <> 'made_to_order')
"""
RUNS_LOW = f"""
SELECT COUNT(*) FROM stock_balance b
JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku
{OVER}
WHERE b.shop_id = :shop AND {LOW}
"""


@dataclass(frozen=True)
class StockLevel:
    """One SKU on the shelf; `on_hand` is None where nobody counted it yet, `short` is oversold."""

    sku: str
    product: str
    spec: str
    place: str
    policy: str
    reorder_point: int | None
    on_hand: int | None
    reserved: int
    presale: int
    short: int
    is_low: bool
    cover_days: float | None = None

    @property
    def title(self) -> str:
        """The product and which form of it."""
        return f"{self.product} {self.spec}".strip() if self.spec != self.product else self.product

    @property
    def is_counted(self) -> bool:
        """Whether its stock is kept."""
        return self.on_hand is not None

    @property
    def free(self) -> int | None:
        """Pieces on the shelf that are promised to nobody."""
        return None if self.on_hand is None else max(self.on_hand - self.reserved, 0)

    @property
    def is_unique(self) -> bool:
        """Whether it exists once."""
        return self.policy == "one_of_a_kind"

    @property
    def is_out(self) -> bool:
        """Whether none is free of what can be made again."""
        return self.free == 0 and not self.is_unique

    @property
    def is_gone(self) -> bool:
        """Whether it existed once and has left."""
        return self.is_unique and self.is_counted and not self.on_hand and not self.short

    @property
    def mark(self) -> str:
        """What somebody should look at first: short, out, low or nothing."""
        return "short" if self.short else "out" if self.is_out else "low" if self.is_low else ""


@dataclass(frozen=True)
class LevelFilter:
    """Which rows are wanted: words that all occur, a place (None: any), and in what state."""

    text: str = ""
    place: str | None = None
    show: Show = "all"
    order: Order = "attention"


@dataclass(frozen=True)
class LevelPage:
    """One page of the rows that were asked for, and how many rows there are in all."""

    rows: tuple[StockLevel, ...]
    total: int


def stock_levels(
    db: Database, now: datetime | None = None, skus: Iterable[str] | None = None, *, shop_id: int = 1
) -> list[StockLevel]:
    """Every SKU that is on the shelf or could be, by SKU; only these where some are named."""
    with db.read() as connection:
        return levels_of(connection, to_seconds(now), skus, shop_id=shop_id)


def levels_of(
    connection: Connection, now: int, skus: Iterable[str] | None = None, *, shop_id: int = 1
) -> list[StockLevel]:
    """The same inside another reading."""
    sql = LEVELS
    values: dict[str, Any] = {"shop": shop_id, "now": now}
    if skus is not None:
        sql += " AND v.sku IN (SELECT value FROM json_each(:skus))"
        values["skus"] = json.dumps(sorted(skus))
    rows = ledger.cursor_of(connection).execute(f"{sql} ORDER BY v.sku", values)
    return [_level(*row) for row in rows]


def _level(*row: Any) -> StockLevel:
    values: list[Any] = [*row[:-1], bool(row[-1])]
    return StockLevel(*values)


def page(
    db: Database,
    wanted: LevelFilter,
    number: int,
    size: int,
    *,
    over: Query | None = None,
    now: datetime | None = None,
    shop_id: int = 1,
) -> LevelPage:
    """One page of the shelf (from 1), each row with how many days it lasts at the pace of `over`.

    A page beyond the last one is the last one.
    """
    rows = [level for level in stock_levels(db, now, shop_id=shop_id) if _fits(level, wanted)]
    if over is not None and wanted.order == "cover":
        rows = with_cover(db, rows, over)
    rows.sort(key=KEYS[wanted.order])
    start = max(min(number, -(-len(rows) // size)) - 1, 0) * size
    shown = rows[start : start + size]
    if over is not None and wanted.order != "cover":
        shown = with_cover(db, shown, over)
    return LevelPage(tuple(shown), len(rows))


def with_cover(db: Database, rows: Sequence[StockLevel], over: Query) -> list[StockLevel]:
    """The rows with how many days each lasts at the pace of these days, where that is known."""
    lasts = cover(db, over) if rows else {}
    return [replace(level, cover_days=lasts.get(level.sku)) for level in rows]


def cover(db: Database, over: Query) -> Mapping[str, float]:
    """How many days each SKU lasts at the pace of these days, of those that sold."""
    query = Query(("stock_cover_days",), over.start, over.end, ("variant",), shop=over.shop)
    table = answer(db, query).dropna()
    return dict(zip(table["variant"].tolist(), table["stock_cover_days"].astype(float).tolist(), strict=True))


MARKS = ("short", "out", "low", "")
KEYS: Mapping[Order, Any] = {
    "attention": lambda one: (MARKS.index(one.mark), one.product, one.spec, one.sku),
    "name": lambda one: (one.product, one.spec, one.sku),
    "place": lambda one: (not one.place, one.place, one.product, one.spec, one.sku),
    "cover": lambda one: (one.cover_days is None, one.cover_days or 0.0, one.product, one.sku),
}


def _fits(level: StockLevel, wanted: LevelFilter) -> bool:
    if wanted.place is not None and level.place != wanted.place:
        return False
    if not STATES[wanted.show](level):
        return False
    haystack = f"{level.title} {level.sku} {level.place}".casefold()
    return all(word in haystack for word in wanted.text.casefold().split())


STATES: Mapping[Show, Any] = {
    "all": lambda one: not one.is_gone,
    "low": lambda one: one.is_low,
    "out": lambda one: one.is_out,
    "short": lambda one: one.short > 0,
    "held": lambda one: one.reserved > 0,
    "uncounted": lambda one: not one.is_counted,
    "gone": lambda one: one.is_gone,
}


# --- in a few figures ------------------------------------------------------------------------------


@dataclass(frozen=True)
class StockSummary:
    """How the shelf stands: SKUs and pieces on it, held, sold and not there, low, out, not counted."""

    skus: int
    pieces: int
    reserved: int
    reservations: int
    short: int
    undecided: int
    low: int
    out: int
    uncounted: int
    with_mark: int

    @property
    def is_counted(self) -> bool:
        """Whether anything was counted."""
        return self.skus > 0


def summary(db: Database, now: datetime | None = None, *, shop_id: int = 1) -> StockSummary:
    """How the shelf stands now; `undecided` order lines lack pieces and wait for somebody."""
    from shop.stock.oversold import undecided_count

    moment = to_seconds(now)
    with db.read() as connection:
        rows = [level for level in levels_of(connection, moment, shop_id=shop_id) if not level.is_gone]
        undecided = undecided_count(connection, shop_id)
        reservations = connection.execute(
            text(
                "SELECT COUNT(*) FROM stock_hold WHERE shop_id = :shop AND ended_at IS NULL "
                "AND expires_at > :now"
            ),
            {"shop": shop_id, "now": moment},
        ).scalar_one()
    counted = [level for level in rows if level.is_counted]
    return StockSummary(
        len(counted),
        sum(max(level.on_hand or 0, 0) for level in counted),
        sum(level.reserved for level in counted),
        int(reservations),
        sum(level.short for level in counted),
        undecided,
        sum(level.is_low for level in counted),
        sum(level.is_out for level in counted),
        len(rows) - len(counted),
        sum(level.reorder_point is not None for level in counted),
    )


def low_count(connection: Connection, now: datetime | None = None, *, shop_id: int = 1) -> int:
    """How many SKUs are low."""
    row = ledger.cursor_of(connection).execute(RUNS_LOW, {"shop": shop_id, "now": to_seconds(now)})
    return int(row.fetchone()[0])


def places(db: Database, *, shop_id: int = 1) -> Mapping[str, int]:
    """The places on the shelf and how many SKUs belong there, by name; "" is without a place."""
    counts = Counter(level.place for level in stock_levels(db, shop_id=shop_id) if not level.is_gone)
    return dict(sorted(counts.items(), key=lambda pair: (not pair[0], pair[0])))
