"""Stock turnover: sell-through, cover in days and in sessions, and what does not move.

One row per SKU whose stock is tracked. Figures are those of `METRICS`; what is added here is since when a
SKU lies there, when it last sold, on how many platforms it is live, and why it is called slow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics import dimensions
from shop.metrics.query import Query, figures
from shop.metrics.settings import shop_settings
from shop.metrics.stock_facts import largest_stock
from shop.metrics.tables import cells, typed

FIGURES = (
    "stock_start",
    "stock_received",
    "stock_base",
    "stock_sold",
    "stock_broken",
    "on_hand",
    "sell_through",
    "pieces",
    "stock_cover_days",
    "stock_cover_sessions",
)
QUIET_DAYS = 60  # nothing sold for so long
LONG_COVER = 180  # at this pace the pieces on hand last longer than half a year
UNSEEN_DAYS = 7  # live nowhere and nothing sold for so long: nobody can have seen it
REASONS = ("never_sold", "quiet", "long_cover", "not_live")
SLOW_COLUMNS = (
    "sku",
    "product",
    "spec",
    "on_hand",
    "price_cents",
    "quiet_days",
    "stock_cover_days",
    "live",
    "last_on",
)
ITEMS = """
SELECT v.sku, p.title AS product, COALESCE(v.title, v.size, '') AS spec, v.product_code,
  COALESCE(p.family, '') AS family, COALESCE(p.form, '') AS form, COALESCE(p.glaze, '') AS glaze,
  v.stock_policy AS policy, COALESCE(v.place, '') AS place, v.price_cents, b.reserved,
  (
    SELECT MAX(m.moved_at) FROM stock_movement m
    WHERE m.shop_id = b.shop_id AND m.sku = b.sku AND m.reason = 'sold' AND m.on_hand < 0
  ) AS sold_at, (
    SELECT MIN(m.moved_at) FROM stock_movement m
    WHERE m.shop_id = b.shop_id AND m.sku = b.sku AND m.on_hand > 0
  ) AS came_at
FROM stock_balance b JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE b.shop_id = :shop AND NOT v.is_archived
"""
OF_SKUS = " AND b.sku IN (SELECT value FROM json_each(:skus))"
LIVE = """
SELECT sku, COUNT(DISTINCT platform) FROM listing
WHERE shop_id = :shop AND status = 'live' GROUP BY sku
"""
ANY_LIVE = """
SELECT EXISTS (SELECT 1 FROM listing l JOIN stock_balance b ON b.shop_id = l.shop_id AND b.sku = l.sku
  JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku
  WHERE l.shop_id = :shop AND l.status = 'live' AND NOT v.is_archived)
"""
SOLD_AS = """
 AND n.sku IN (SELECT o.sku FROM sold_match a JOIN sold_name o ON o.shop_id = a.shop_id AND o.name_key = a.name_key
  WHERE a.shop_id = :shop AND a.sku IN (SELECT value FROM json_each(:skus)))
"""
LAST_SOLD = f"""
SELECT variant, MAX(last_on) FROM (
  SELECT n.sku AS sold, MIN({dimensions.MATCHED}) AS variant {dimensions.WORDINGS.replace("GROUP", "{of_skus} GROUP")}
  HAVING COUNT(DISTINCT {dimensions.MATCHED}) = 1
) t JOIN sold_sku s ON s.shop_id = :shop AND s.sku = t.sold GROUP BY variant
"""
"""Also from before its stock was kept; where one code stands for several SKUs, the ledger alone tells."""


def is_tracked(db: Database, *, shop_id: int = 1) -> bool:
    """Whether the stock of any SKU in sight is tracked."""
    with db.read() as connection:
        sql = f"SELECT EXISTS ({ITEMS})"
        return bool(raw_cursor(connection).execute(sql, {"shop": shop_id}).fetchone()[0])


def turnover(db: Database, query: Query, skus: Sequence[str] | None = None) -> pd.DataFrame:
    """Every SKU whose stock is tracked (of `skus`, where given) over the range of `query`, the most on hand first.

    Columns: sku, product, spec, product_code, family, form, glaze, policy, place, price_cents, the
    FIGURES, reserved, last_on (last sold), since_on (first pieces), quiet_days (up to the end of the
    range, since it last sold, or lies there unsold), live (platforms on which it is live). Sales of all
    platforms and currencies count, for the stock is one.
    """
    where = () if skus is None else (("variant", tuple(skus)),)
    stock_query = Query(FIGURES, query.start, query.end, ("variant",), where, shop=query.shop)
    stock = figures(db, stock_query)
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, query.shop).time_zone)
        of = {"shop": query.shop, "skus": json.dumps(skus)}
        items = _items(connection, ITEMS if skus is None else ITEMS + OF_SKUS, of)
        before = _pairs(connection, LAST_SOLD.format(of_skus="" if skus is None else SOLD_AS), of)
        live = _pairs(connection, LIVE, of)
    skus = items["sku"]
    sold, since = (_days(items.pop(name), zone) for name in ("sold_at", "came_at"))
    last = [max(day or "", before.get(sku, "")) or None for sku, day in zip(skus, sold, strict=True)]
    table = pd.DataFrame(items).astype({"price_cents": "Int64", "reserved": "Int64"})
    table["last_on"] = pd.Series(last, dtype=object)
    table["since_on"] = pd.Series(since, dtype=object)
    places = {key[0]: place for place, key in enumerate(stock.keys)}
    rows = [places[sku] for sku in skus]
    for name in FIGURES:
        values = stock.values(name)
        table[name] = typed(name, [values[row] for row in rows])
    table["live"] = pd.array([live.get(sku, 0) for sku in skus], "Int64")
    quiet = {day: max((query.end - date.fromisoformat(day)).days, 0) for day in {*last, *since} if day}
    pairs = zip(last, since, strict=True)
    table["quiet_days"] = pd.array([quiet.get(sold_on or came_on) for sold_on, came_on in pairs], "Int64")
    return table.sort_values(["on_hand", "sku"], ascending=[False, True], ignore_index=True)


def _items(connection: Connection, sql: str, values: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """The columns of ITEMS."""
    rows = connection.execute(text(sql), values)
    names = list(rows.keys())
    columns = list(zip(*rows.fetchall(), strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _pairs(connection: Connection, sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(raw_cursor(connection).execute(sql, values).fetchall())


def _days(moments: Sequence[int | None], zone: ZoneInfo) -> list[str | None]:
    """The days of the shop at these moments."""
    day = {at: datetime.fromtimestamp(at, zone).date().isoformat() for at in {*moments} if at is not None}
    return [None if at is None else day[at] for at in moments]


@dataclass(frozen=True)
class SlowSku:
    """One SKU that does not move: how much of it lies there, and the reasons why it is called so."""

    sku: str
    product: str
    spec: str
    on_hand: int
    price_cents: int | None
    quiet_days: int
    cover_days: float | None
    live: int
    reasons: tuple[str, ...]

    @property
    def tied_up(self) -> int:
        """What the pieces on hand would bring in at their price (cents); 0 without a price."""
        return self.on_hand * (self.price_cents or 0)


def slow_sellers(db: Database, query: Query, most: int | None = None) -> list[SlowSku]:
    """The slow SKUs over the range of `query`; the first `most` of them, read without all others."""
    if most is None:
        return slow(turnover(db, query))
    with db.read() as connection:
        skus = largest_stock(connection, query.shop, query.start, query.end, "tied_up")
        has_listings = bool(raw_cursor(connection).execute(ANY_LIVE, {"shop": query.shop}).fetchone()[0])
    result: list[SlowSku] = []
    size = 2 * most
    while skus and len(result) < most:
        result += slow(turnover(db, query, skus[:size]), has_listings=has_listings)
        skus, size = skus[size:], 4 * size
    return result[:most]


def slow(
    table: pd.DataFrame,
    *,
    quiet_days: int = QUIET_DAYS,
    long_cover: int = LONG_COVER,
    has_listings: bool | None = None,
) -> list[SlowSku]:
    """The SKUs of `turnover` that lie there, the most money tied up first.

    Slow is what has not sold for `quiet_days`, or lasts longer than `long_cover` days at the pace of the
    range; what came in less than `quiet_days` ago is not called slow for not having sold yet. Where the
    shop has its listings here (`has_listings`; None: where a row is live), what is live nowhere and sold nothing for
    a week is named too.
    """
    if has_listings is None:
        has_listings = bool((table["live"] > 0).any())
    there = table[(table["on_hand"] > 0).fillna(False) & table["quiet_days"].notna()]
    rows = zip(*(cells(there[name]) for name in SLOW_COLUMNS), strict=True)
    limits = (quiet_days, long_cover, has_listings)
    skus = [
        SlowSku(sku, product or sku, spec, on_hand, price, quiet, cover, live, reasons)
        for sku, product, spec, on_hand, price, quiet, cover, live, last_on in rows
        if (reasons := _reasons(quiet, cover, live, last_on, *limits))
    ]
    return sorted(skus, key=lambda sku: (-sku.tied_up, -sku.on_hand, sku.sku))


def _reasons(
    quiet: int,
    cover: float | None,
    live: int,
    last_on: str | None,
    quiet_days: int,
    long_cover: int,
    has_listings: bool,
) -> tuple[str, ...]:
    reasons = []
    if quiet >= quiet_days:
        reasons.append("quiet" if last_on else "never_sold")
    if cover is not None and cover > long_cover:
        reasons.append("long_cover")
    if has_listings and not live and quiet >= UNSEEN_DAYS:
        reasons.append("not_live")
    return tuple(reasons)
