"""Stock levels: every SKU with its place, pieces on hand, reserved and free, and what is low.

One row for every SKU whose stock is or could be tracked; that of a set follows from its parts. What is produced to
order has no row unless some of it was counted; a one-of-a-kind piece that is sold is "gone" and shown only on
request. A reservation whose time is over counts as free already (shop/stock/reservations.py).

Low means: there is a reorder point, and no more free pieces than that."""

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
from shop.stock.stock_level import StockLevel, parts_of_sets, set_level, short_sets

Show = Literal["all", "low", "out", "short", "held", "uncounted", "gone"]
SHOWS: tuple[Show, ...] = ("all", "low", "out", "short", "held", "uncounted", "gone")
Order = Literal["attention", "name", "place", "cover"]
ORDERS: tuple[Order, ...] = ("attention", "name", "place", "cover")

FREE = "b.on_hand - b.reserved + COALESCE(e.expired, 0)"
LOW = f"NOT v.is_archived AND v.reorder_point IS NOT NULL AND {FREE} <= v.reorder_point"
OVER = """
LEFT JOIN (SELECT sku, SUM(kept) AS expired FROM stock_hold WHERE shop_id = :shop
  AND ended_at IS NULL AND expires_at <= :now GROUP BY sku) e ON e.sku = v.sku
"""
"""Pieces of reservations whose time is over: the next write releases them."""
LEVELS = f"""
SELECT v.sku, COALESCE(p.title, v.title, v.sku),
  CASE WHEN p.title IS NULL THEN '' ELSE COALESCE(v.title, v.size, '') END,
  COALESCE(v.place, ''), v.stock_policy, v.reorder_point, b.on_hand,
  COALESCE(b.reserved, 0) - COALESCE(e.expired, 0), COALESCE(b.presale, 0), COALESCE(s.short, 0),
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
class LevelFilter:
    """Which rows to show: words that must all occur, a place (None: any), a state, and the order."""

    text: str = ""
    place: str | None = None
    show: Show = "all"
    order: Order = "attention"


@dataclass(frozen=True)
class LevelPage:
    """One page of rows, and how many rows there are in all."""

    rows: tuple[StockLevel, ...]
    total: int


def stock_levels(
    db: Database, now: datetime | None = None, skus: Iterable[str] | None = None, *, shop_id: int = 1
) -> list[StockLevel]:
    """The stock level of every SKU, by SKU; only of `skus` where given."""
    with db.read() as connection:
        return levels_of(connection, to_seconds(now), skus, shop_id=shop_id)


def levels_of(
    connection: Connection, now: int, skus: Iterable[str] | None = None, *, shop_id: int = 1
) -> list[StockLevel]:
    """The same inside the caller's connection; `now` is seconds UTC."""
    sql = LEVELS
    values: dict[str, Any] = {"shop": shop_id, "now": now}
    of_sets = parts_of_sets(connection, shop_id)
    wanted = None if skus is None else set(skus)
    if wanted is not None:
        sql += " AND v.sku IN (SELECT value FROM json_each(:skus))"
        parts = {part.sku for sku in wanted & of_sets.keys() for part in of_sets[sku]}
        values["skus"] = json.dumps(sorted(wanted | parts))
    rows = ledger.cursor_of(connection).execute(f"{sql} ORDER BY v.sku", values)
    levels = {row[0]: _level(*row) for row in rows}
    if of_sets:
        short = short_sets(connection, shop_id)
        for sku in of_sets.keys() & levels.keys():
            levels[sku] = set_level(levels[sku], of_sets[sku], levels, short.get(sku, 0))
    return [level for sku, level in levels.items() if wanted is None or sku in wanted]


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
    """One page of stock levels (from 1), each with days of cover at the sales pace of `over`.

    A number beyond the last page gives the last page.
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
    """The rows with their days of cover at the sales pace of `over`, where that is known."""
    lasts = cover(db, over) if rows else {}
    return [replace(level, cover_days=lasts.get(level.sku)) for level in rows]


def cover(db: Database, over: Query) -> Mapping[str, float]:
    """Days of cover by SKU at the sales pace of `over`, of the SKUs that sold."""
    query = Query(("stock_cover_days",), over.start, over.end, ("variant",), shop=over.shop)
    table = answer(db, query).dropna()
    return dict(zip(table["variant"].tolist(), table["stock_cover_days"].astype(float).tolist(), strict=True))


MARKS = ("short", "out", "low", "")
KEYS: Mapping[Order, Any] = {
    "attention": lambda level: (MARKS.index(level.mark), level.product, level.spec, level.sku),
    "name": lambda level: (level.product, level.spec, level.sku),
    "place": lambda level: (not level.place, level.place, level.product, level.spec, level.sku),
    "cover": lambda level: (level.cover_days is None, level.cover_days or 0.0, level.product, level.sku),
}


def _fits(level: StockLevel, wanted: LevelFilter) -> bool:
    if wanted.place is not None and level.place != wanted.place:
        return False
    if not STATES[wanted.show](level):
        return False
    haystack = f"{level.title} {level.sku} {level.place}".casefold()
    return all(word in haystack for word in wanted.text.casefold().split())


STATES: Mapping[Show, Any] = {
    "all": lambda level: not level.is_gone,
    "low": lambda level: level.is_low,
    "out": lambda level: level.is_out,
    "short": lambda level: level.short > 0,
    "held": lambda level: level.reserved > 0,
    "uncounted": lambda level: not level.is_counted,
    "gone": lambda level: level.is_gone,
}


# --- in a few figures ------------------------------------------------------------------------------


@dataclass(frozen=True)
class StockSummary:
    """Totals of stock: SKUs, pieces, reserved, reservations, short, and SKUs low, out, uncounted."""

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
    """Totals of stock now; `undecided` order lines lack pieces and need a decision."""
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
    counted = [level for level in rows if level.is_counted and not level.is_set]
    of_sets = [level for level in rows if level.is_counted and level.is_set]
    return StockSummary(
        len(counted),
        sum(max(level.on_hand or 0, 0) for level in counted),
        sum(level.reserved for level in counted),
        int(reservations),
        sum(level.short for level in counted),
        undecided,
        sum(level.is_low for level in (*counted, *of_sets)),
        sum(level.is_out for level in (*counted, *of_sets)),
        sum(not level.is_counted for level in rows),
        sum(level.reorder_point is not None for level in (*counted, *of_sets)),
    )


def low_count(connection: Connection, now: datetime | None = None, *, shop_id: int = 1) -> int:
    """How many SKUs are low, sets included."""
    moment = to_seconds(now)
    row = ledger.cursor_of(connection).execute(RUNS_LOW, {"shop": shop_id, "now": moment})
    of_sets = parts_of_sets(connection, shop_id)
    low = (
        [level for level in levels_of(connection, moment, of_sets, shop_id=shop_id) if level.is_low]
        if of_sets
        else []
    )
    return int(row.fetchone()[0]) + len(low)


def places(db: Database, *, shop_id: int = 1) -> Mapping[str, int]:
    """How many SKUs belong to each place, by name; "" is without a place."""
    counts = Counter(level.place for level in stock_levels(db, shop_id=shop_id) if not level.is_gone)
    return dict(sorted(counts.items(), key=lambda pair: (not pair[0], pair[0])))
