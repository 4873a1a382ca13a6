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
from shop.core.pages import page_start
from shop.core.text import full_title, has_words
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
SELECT v.sku AS sku, COALESCE(p.title, v.title, v.sku) AS product,
  CASE WHEN p.title IS NULL THEN '' ELSE COALESCE(v.title, v.size, '') END AS spec,
  COALESCE(v.place, '') AS place, v.stock_policy AS policy, v.reorder_point AS reorder_point, b.on_hand AS on_hand,
  COALESCE(b.reserved, 0) - COALESCE(e.expired, 0) AS reserved, COALESCE(b.presale, 0) AS presale,
  COALESCE(s.short, 0) AS short, b.sku IS NOT NULL AND {LOW} AS is_low
FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
{OVER}
LEFT JOIN (SELECT sku, SUM(short) AS short FROM stock_claim WHERE shop_id = :shop AND short > 0
  GROUP BY sku) s ON s.sku = v.sku
WHERE v.shop_id = :shop AND (NOT v.is_archived OR b.on_hand <> 0 OR b.reserved <> 0)
  AND (b.sku IS NOT NULL OR v.stock_policy <> 'made_to_order')
"""
SINGLE = f"""
FROM ({LEVELS}) x WHERE NOT EXISTS (SELECT 1 FROM set_part t WHERE t.shop_id = :shop AND t.set_sku = x.sku
  AND t.until_at IS NULL)
"""
"""Every SKU but the sets, whose stock follows from their parts (`set_level`)."""
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
    at = to_seconds(now)
    if not wanted.text.split():
        sold = _by_cover(db, wanted, over, at, shop_id) if over and wanted.order == "cover" else []
        shown, total = _page(db, wanted, number, size, at, shop_id, sold)
    else:  # every row counts for it
        rows = _narrowed(db, wanted, at, shop_id)
        if over is not None and wanted.order == "cover":
            rows = with_cover(db, rows, over)
        rows.sort(key=KEYS[wanted.order])
        start, total = page_start(number, size, len(rows)), len(rows)
        shown = rows[start : start + size]
    if over is not None and wanted.order != "cover":
        shown = with_cover(db, shown, over)
    return LevelPage(tuple(shown), total)


def _page(
    db: Database,
    wanted: LevelFilter,
    number: int,
    size: int,
    now: int,
    shop_id: int,
    first: Sequence[StockLevel],
) -> tuple[list[StockLevel], int]:
    """The rows of one page, and how many rows there are in all.

    After the rows `first` come the others as the database sorts them, the sets among them.
    """
    single, values = _single(wanted, now, shop_id)
    single += " AND x.sku NOT IN (SELECT value FROM json_each(:first))"
    values["first"] = json.dumps([level.sku for level in first])
    with db.read() as connection:
        sets = [level for level in _sets(connection, now, shop_id) if _fits(level, wanted)]
        run = ledger.cursor_of(connection).execute
        total = len(first) + run(f"SELECT COUNT(*) {single}", values).fetchone()[0] + len(sets)
        start = page_start(number, size, total)
        skipped = max(start - len(first), 0)
        before = max(skipped - len(sets), 0)  # these rows come before the page, wherever the sets are
        sql = f"SELECT x.* {single} ORDER BY {SORTED[wanted.order]} LIMIT :most OFFSET :before"
        rows = [_level(*row) for row in run(sql, values | {"most": size + len(sets), "before": before})]
    rows = sorted([*rows, *sets], key=KEYS[wanted.order])
    others = rows[skipped - before : skipped - before + size]
    return [*first[start : start + size], *others][:size], total


def _by_cover(db: Database, wanted: LevelFilter, over: Query, now: int, shop_id: int) -> list[StockLevel]:
    """The single SKUs whose days of cover are known, the fewest days first."""
    lasts = cover(db, over)
    single, values = _single(wanted, now, shop_id)
    sql = f"SELECT x.* {single} AND x.sku IN (SELECT value FROM json_each(:skus))"
    with db.read() as connection:
        rows = ledger.cursor_of(connection).execute(sql, values | {"skus": json.dumps(list(lasts))})
        levels = [_level(*row) for row in rows]
    known = (replace(level, cover_days=lasts[level.sku]) for level in levels)
    return sorted(known, key=KEYS["cover"])


def _narrowed(db: Database, wanted: LevelFilter, now: int, shop_id: int) -> list[StockLevel]:
    """All rows that the filter leaves, in any order."""
    single, values = _single(wanted, now, shop_id)
    with db.read() as connection:
        rows = ledger.cursor_of(connection).execute(f"SELECT x.* {single}", values)
        return [_level(*row) for row in rows if has_words(row[:4], wanted.text)] + [
            level for level in _sets(connection, now, shop_id) if _fits(level, wanted)
        ]


def _single(wanted: LevelFilter, now: int, shop_id: int) -> tuple[str, dict[str, Any]]:
    """The single SKUs of a filter without its words, and the values of that SQL."""
    values: dict[str, Any] = {"shop": shop_id, "now": now}
    sql = f"{SINGLE} AND {STATES[wanted.show]}"
    if wanted.place is None:
        return sql, values
    return f"{sql} AND x.place = :place", values | {"place": wanted.place}


def _sets(connection: Connection, now: int, shop_id: int) -> list[StockLevel]:
    """The levels of the sets."""
    of_sets = parts_of_sets(connection, shop_id)
    return levels_of(connection, now, of_sets, shop_id=shop_id) if of_sets else []


def with_cover(db: Database, rows: Sequence[StockLevel], over: Query) -> list[StockLevel]:
    """The rows with their days of cover at the sales pace of `over`, where that is known."""
    lasts = cover(db, over, [level.sku for level in rows]) if rows else {}
    return [replace(level, cover_days=lasts.get(level.sku)) for level in rows]


def cover(db: Database, over: Query, skus: Sequence[str] | None = None) -> Mapping[str, float]:
    """Days of cover by SKU at the sales pace of `over`, of those (of `skus`, where given) that sold."""
    if skus is None or len(skus) > MOST_NAMED:
        sold = answer(db, Query(("pieces",), over.start, over.end, ("variant",), shop=over.shop))
        skus = sold["variant"].tolist()
    where = (("variant", tuple(skus)),) if len(skus) <= MOST_NAMED else ()
    query = Query(("stock_cover_days",), over.start, over.end, ("variant",), where, shop=over.shop)
    table = answer(db, query).dropna()
    return dict(zip(table["variant"].tolist(), table["stock_cover_days"].astype(float).tolist(), strict=True))


MOST_NAMED = 5_000  # SKUs of which a query names each; it reads all where there are more
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
    if not IS_SHOWN[wanted.show](level):
        return False
    return has_words((level.sku, level.product, level.spec, level.place), wanted.text)


IS_SHOWN: Mapping[Show, Any] = {
    "all": lambda level: not level.is_gone,
    "low": lambda level: level.is_low,
    "out": lambda level: level.is_out,
    "short": lambda level: level.short > 0,
    "held": lambda level: level.reserved > 0,
    "uncounted": lambda level: not level.is_counted,
    "gone": lambda level: level.is_gone,
}

GONE = "(x.policy = 'one_of_a_kind' AND x.on_hand IS NOT NULL AND x.on_hand = 0 AND x.short = 0)"
OUT = "(x.on_hand IS NOT NULL AND x.on_hand <= x.reserved AND x.policy <> 'one_of_a_kind')"
STATES: Mapping[Show, str] = {
    "all": f"NOT {GONE}",
    "low": "x.is_low",
    "out": OUT,
    "short": "x.short > 0",
    "held": "x.reserved > 0",
    "uncounted": "x.on_hand IS NULL",
    "gone": GONE,
}
"""The same of single SKUs in the database: GONE and OUT are the properties of `StockLevel`."""
SORTED: Mapping[Order, str] = {
    "attention": f"CASE WHEN x.short <> 0 THEN 0 WHEN {OUT} THEN 1 WHEN x.is_low THEN 2 ELSE 3 END, "
    "x.product, x.spec, x.sku",
    "name": "x.product, x.spec, x.sku",
    "place": "x.place = '', x.place, x.product, x.spec, x.sku",
    "cover": "x.product, x.sku",  # of those without cover
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
        values = {"shop": shop_id, "now": moment}
        single = ledger.cursor_of(connection).execute(TOTALS, values).fetchone()
        sets = [level for level in _sets(connection, moment, shop_id) if not level.is_gone]
        undecided = undecided_count(connection, shop_id)
        reservations = connection.execute(
            text(
                "SELECT COUNT(*) FROM stock_hold WHERE shop_id = :shop AND ended_at IS NULL "
                "AND expires_at > :now"
            ),
            {"shop": shop_id, "now": moment},
        ).scalar_one()
    skus, pieces, reserved, short, low, out, uncounted, with_mark = (int(total or 0) for total in single)
    counted = [level for level in sets if level.is_counted]
    return StockSummary(
        skus,
        pieces,
        reserved,
        int(reservations),
        short,
        undecided,
        low + sum(level.is_low for level in counted),
        out + sum(level.is_out for level in counted),
        uncounted + len(sets) - len(counted),
        with_mark + sum(level.reorder_point is not None for level in counted),
    )


TOTALS = f"""
SELECT COUNT(x.on_hand), SUM(MAX(x.on_hand, 0)), SUM(CASE WHEN x.on_hand IS NOT NULL THEN x.reserved END),
  SUM(CASE WHEN x.on_hand IS NOT NULL THEN x.short END), COUNT(CASE WHEN x.is_low THEN 1 END),
  COUNT(CASE WHEN {OUT} THEN 1 END), COUNT(*) - COUNT(x.on_hand),
  COUNT(CASE WHEN x.on_hand IS NOT NULL THEN x.reorder_point END)
{SINGLE} AND {STATES["all"]}
"""


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
    now = to_seconds(None)
    sql = f"SELECT x.place, COUNT(*) {SINGLE} AND {STATES['all']} GROUP BY x.place"
    with db.read() as connection:
        rows = ledger.cursor_of(connection).execute(sql, {"shop": shop_id, "now": now}).fetchall()
        sets = _sets(connection, now, shop_id)
    counts = Counter(dict(rows)) + Counter(level.place for level in sets if not level.is_gone)
    return dict(sorted(counts.items(), key=lambda pair: (not pair[0], pair[0])))


def titles(db: Database, skus: Iterable[str] | None = None, *, shop_id: int = 1) -> dict[str, str]:
    """What every SKU in stock (or of `skus`) is called, by name; pieces that existed once and left come last."""
    now = to_seconds(None)
    values: dict[str, Any] = {"shop": shop_id, "now": now}
    sql = f"SELECT x.sku, x.product, x.spec, {GONE} FROM ({LEVELS}) x"
    if skus is not None:
        sql += " WHERE x.sku IN (SELECT value FROM json_each(:skus))"
        values["skus"] = json.dumps(sorted(set(skus)))
    with db.read() as connection:
        rows = ledger.cursor_of(connection).execute(f"{sql} ORDER BY 2, 3, 1", values).fetchall()
        of_sets = {level.sku: level.is_gone for level in _sets(connection, now, shop_id)}
    gone = {row[0] for row in rows if of_sets.get(row[0], row[3])}
    named = {row[0]: full_title(row[1], row[2]) for row in rows}
    return {sku: title for sku, title in named.items() if sku not in gone} | {
        sku: title for sku, title in named.items() if sku in gone
    }
