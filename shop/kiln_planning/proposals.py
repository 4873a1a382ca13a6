"""What to throw next: a proposed kiln load from demand, cover, lead time and kiln area.

For every SKU that is produced repeatedly (no numbered pieces, no seconds): what is likely to
be demanded until the next load could bring more (days to make + `cover_days`), against what is in
stock or in production. What is produced to order is thrown for those who have paid and wait, for nobody else.

The kiln is filled with whole pieces by what the next one is worth per kiln area (shop/kiln_planning/fill.py),
worth being a piece sold, what it brings in, or, for the owner, what it leaves. Every line has its reasons; what
could not be planned is named with the reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, text

from shop.access.roles import Actor, require
from shop.db.database import Database
from shop.kiln import repository
from shop.kiln_planning.demand import WEEKS, SalesPace, Season, paces, season
from shop.kiln_planning.fill import LoadCandidate, fill
from shop.kiln_planning.lead_times import MakingHistory, MakingRecord, making_history, under_way
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings
from shop.stock.ledger import cursor_of

By = Literal["need", "takings", "margin"]
BYS: tuple[By, ...] = ("need", "takings", "margin")
COVER_DAYS = 28
PRIOR = 10  # pieces of the studio's own yield that a SKU with few batches is judged by
ITEMS = """
SELECT v.sku, COALESCE(p.title, v.sku) AS product, COALESCE(v.title, v.size, '') AS spec,
  COALESCE(p.form, '') AS form, v.shelf_cm2, COALESCE(v.price_cents, 0) AS price, v.stock_policy,
  b.on_hand, b.reserved
FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
WHERE v.shop_id = :shop AND NOT v.is_archived AND v.seconds_of IS NULL
  AND v.parts IS NULL AND v.stock_policy <> 'one_of_a_kind'
  AND v.sku IN (SELECT value FROM json_each(:skus))
ORDER BY v.sku
"""
TO_ORDER = "SELECT 1 FROM variant WHERE shop_id = :shop AND stock_policy = 'made_to_order' LIMIT 1"
SHORT = """
SELECT sku, SUM(short) FROM stock_claim INDEXED BY stock_claim_short
WHERE shop_id = :shop AND short > 0 AND settled_at IS NULL GROUP BY sku
"""
OWED = """
SELECT v.sku, SUM(l.quantity) FROM order_line l INDEXED BY order_line_paid_on
JOIN sold_match m ON m.shop_id = l.shop_id AND m.name_key = l.name_key
JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku AND v.stock_policy = 'made_to_order'
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :since AND :on AND l.status = 'paid'
  AND l.shipped_at IS NULL
GROUP BY v.sku
"""
COSTS = """
SELECT sku, unit_cents FROM unit_cost u WHERE shop_id = :shop AND from_on = (
  SELECT MAX(from_on) FROM unit_cost x
  WHERE x.shop_id = u.shop_id AND x.sku = u.sku AND x.from_on <= :on)
"""


@dataclass(frozen=True)
class ProposedSku:
    """One SKU of the load: so many pieces to throw, and all that speaks for it.

    `expected` pieces are likely to be demanded within `days` (days to make + cover); `short` are sold
    and owed already; `worth_cents` is what one piece counts for (None where loads go by need).
    """

    sku: str
    product: str
    spec: str
    pieces: int
    shelf_cm2: int
    per_week: float
    expected: float
    days: int
    on_hand: int
    making: int
    short: int
    record: MakingRecord
    worth_cents: int | None

    @property
    def cm2(self) -> int:
        """The stock space that it takes in the kiln."""
        return self.pieces * self.shelf_cm2


@dataclass(frozen=True)
class LeftOutSku:
    """A SKU that sells but could not be planned, and why: `not_counted` or `no_shelf_space`."""

    sku: str
    product: str
    spec: str
    why: str


@dataclass(frozen=True)
class Proposal:
    """A kiln load: its lines (largest area first), the space it takes, what was left out."""

    kiln_id: str
    kiln: str
    space_cm2: int
    used_cm2: int
    lines: tuple[ProposedSku, ...]
    left: tuple[LeftOutSku, ...]
    season: Season
    cover_days: int

    @property
    def pieces(self) -> int:
        """All pieces of the load."""
        return sum(line.pieces for line in self.lines)


def propose(
    db: Database,
    kiln_id: str,
    on: date,
    *,
    by: By = "takings",
    cover_days: int = COVER_DAYS,
    actor: Actor,
    shop: int = 1,
) -> Proposal:
    """The load to throw next for a kiln, as of a day; by margin for the owner only.

    Raises UnknownKiln, and NotAllowed where the actor may not see margins.
    """
    if by == "margin":
        require(actor, "see_margins")
    pace = paces(db, on, shop)
    with db.read() as connection:
        kiln = repository.kiln(cursor_of(connection), shop, kiln_id)
        owed = _owed(connection, on, shop)
        skus = json.dumps([*pace.keys() | owed.keys()])
        rows = connection.execute(text(ITEMS), {"shop": shop, "skus": skus}).fetchall()
        learned, making = making_history(connection, on, shop), under_way(connection, on, shop)
        costs = _costs(connection, on, shop) if by == "margin" else {}
    of_season = season(db, on, learned.studio.days + cover_days, shop)
    prices = {} if by == "need" else _prices(db, on, shop)
    lines, left = [], []
    for row in rows:
        sku, to_order = row.sku, _is_to_order(row)
        short = owed.get(sku, 0)
        if not short and (to_order or sku not in pace):
            continue
        if (row.on_hand is None and not to_order) or not row.shelf_cm2:
            why = "no_shelf_space" if not row.shelf_cm2 else "not_counted"
            left.append(LeftOutSku(sku, row.product, row.spec, why))
            continue
        brings = prices.get(sku, int(row.price))
        worth = None if by == "need" else max(brings - costs.get(sku, 0), 0)
        record = learned.of(sku, row.form)
        sku_pace = None if to_order else pace.get(sku)
        lines.append(_line(row, sku_pace, short, of_season, record, making.get(sku, 0), worth, cover_days))
    counts = fill([_wish(line, learned) for line in lines], kiln.shelf_cm2)
    chosen = [replace(line, pieces=counts[line.sku]) for line in lines if counts.get(line.sku)]
    chosen.sort(key=lambda line: (-line.cm2, line.sku))
    used = sum(line.cm2 for line in chosen)
    return Proposal(
        kiln_id, kiln.name, kiln.shelf_cm2, used, tuple(chosen), tuple(left), of_season, cover_days
    )


def _line(
    row: Any,
    pace: SalesPace | None,
    short: int,
    of_season: Season,
    record: MakingRecord,
    making: int,
    worth: int | None,
    cover_days: int,
) -> ProposedSku:
    per_day = pace.per_day if pace else 0.0
    days = record.days + cover_days
    free = max(int(row.on_hand or 0) - int(row.reserved or 0), 0)
    return ProposedSku(
        sku=row.sku,
        product=row.product,
        spec=row.spec,
        pieces=0,
        shelf_cm2=int(row.shelf_cm2),
        per_week=per_day * 7,
        expected=per_day * days * of_season.factor,
        days=days,
        on_hand=free,
        making=making,
        short=int(short),
        record=record,
        worth_cents=worth,
    )


def _wish(line: ProposedSku, learned: MakingHistory) -> LoadCandidate:
    """A line as a candidate for the load; pieces already owed are demanded with certainty."""
    good = good_share(line.record, learned.studio)
    coming = int(line.making * good)
    worth = 1 if line.worth_cents is None else line.worth_cents
    have = line.on_hand + coming - line.short
    return LoadCandidate(line.sku, line.expected, have, good, worth, line.shelf_cm2)


def good_share(record: MakingRecord, studio: MakingRecord) -> Fraction:
    """Of the thrown pieces, the share that comes out well; few batches lean on the studio's own yield.

    Without any finished batch nothing is known, and nothing is assumed to be lost.
    """
    if not studio.good.under:
        return Fraction(1)
    whole = Fraction(studio.good.over, studio.good.under)
    share = (record.good.over + PRIOR * whole) / (record.good.under + PRIOR)
    return Fraction(round(share * 1000), 1000)


def kilns(db: Database, shop: int = 1) -> dict[str, str]:
    """The kilns that are in use, by their id: their names, the roomiest first."""
    with db.read() as connection:
        all_kilns = repository.kilns(cursor_of(connection), shop).values()
    in_use = sorted((kiln for kiln in all_kilns if not kiln.is_retired), key=lambda kiln: -kiln.shelf_cm2)
    return {kiln.kiln_id: kiln.name for kiln in in_use}


def _prices(db: Database, on: date, shop: int) -> dict[str, int]:
    """What one piece of each SKU brought in lately (cents of the shop's own currency)."""
    table = answer(db, Query(("per_unit",), on - WEEKS, on, ("variant",), shop=shop))
    return {
        str(sku): int(cents)
        for sku, cents in zip(table["variant"], table["per_unit"], strict=True)
        if not pd.isna(cents)
    }


def _is_to_order(row: Any) -> bool:
    return bool(row.stock_policy == "made_to_order")


def _owed(connection: Connection, on: date, shop: int) -> dict[str, int]:
    """Pieces that are paid and cannot be sent: oversold ones, and those produced to order.

    Of the latter, orders of the last eight weeks.
    """
    values = {"shop": shop, "since": (on - WEEKS).isoformat(), "on": on.isoformat()}
    queries = (SHORT, OWED) if connection.scalar(text(TO_ORDER), {"shop": shop}) else (SHORT,)
    return {str(sku): int(pieces) for sql in queries for sku, pieces in connection.execute(text(sql), values)}


def _costs(connection: Connection, on: date, shop: int) -> dict[str, int]:
    currency = shop_settings(connection, shop).currency
    sql = f"{COSTS} AND u.currency = :currency"
    rows = connection.execute(text(sql), {"shop": shop, "on": on.isoformat(), "currency": currency})
    return {str(row[0]): int(row[1]) for row in rows}
