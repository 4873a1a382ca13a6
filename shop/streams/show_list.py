"""What to show in the first twenty minutes of the next session: pieces in stock, by what their presentations brought.

The order: pieces whose presentations in the last sessions brought more than the baseline, by additional orders per
presentation; then pieces by what live orders of these sessions sold. Pieces without stock are left out, so are those
that were presented and brought less than the baseline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from shop.access.roles import Actor
from shop.catalog.titles import titles
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.pricing.host_card import card_lines
from shop.stock.levels import stock_levels
from shop.streams.lifts import ItemLift, item_lifts, presentation_lifts
from shop.streams.session import read_session

SESSIONS = 8
LENGTH = 12
RECENT = """
SELECT session_id FROM live_session WHERE shop_id = :shop AND platform = :platform AND NOT is_inferred
  AND started_at IS NOT NULL ORDER BY started_at DESC LIMIT :sessions
"""
SOLD = """
SELECT COALESCE(m.sku, l.sku), SUM(l.quantity)
FROM order_line l INDEXED BY order_line_paid_on
LEFT JOIN sold_match m ON m.shop_id = l.shop_id AND m.name_key = l.name_key
WHERE l.shop_id = :shop AND l.platform = :platform AND l.paid_on >= :since AND l.carrier = 'live'
  AND NOT l.is_gift AND COALESCE(m.sku, l.sku) <> '' GROUP BY 1
"""


@dataclass(frozen=True)
class RankedItem:
    """One piece to show: free pieces (None: not counted), price and floor (cents; None: unknown), and why: `more`
    additional orders per presentation over `presentations`, or `units` sold live in the last sessions.
    """

    sku: str
    title: str
    free: int | None
    price_cents: int | None
    floor_cents: int | None
    currency: str
    units: int
    presentations: int
    more: float | None


def ranking(
    db: Database, platform: str, *, actor: Actor, shop: int = 1, length: int = LENGTH
) -> list[RankedItem]:
    """The pieces to show first, the best first; empty where nothing was sold live and is in stock."""
    with db.read() as connection:
        values = {"shop": shop, "platform": platform, "sessions": SESSIONS}
        names = connection.scalars(text(RECENT), values).all()
        recent = [read_session(connection, name, platform, shop=shop) for name in names]
        if not recent:
            return []
        since = min(session.started_on for session in recent).isoformat()
        rows = connection.execute(text(SOLD), values | {"since": since}).all()
    sold = {row[0]: int(row[1]) for row in rows}
    lifted = _lifted([one for session in recent for one in item_lifts(presentation_lifts(db, session))])
    wanted = set(sold) | set(lifted)
    levels = {level.sku: level for level in stock_levels(db, skus=wanted, shop_id=shop)}
    with db.read() as connection:
        known = titles(raw_cursor(connection), shop, wanted)
    rows_of = []
    for sku in known:
        level = levels.get(sku)
        count, more = lifted.get(sku, (0, None))
        if (level is not None and level.free == 0) or (more is not None and more <= 0):
            continue
        rows_of.append((sku, level.free if level else None, count, more))
    rows_of.sort(key=lambda row: (row[3] is None, -(row[3] or 0), -sold.get(row[0], 0), row[0]))
    return _priced(
        db, [(row, known[row[0]], sold.get(row[0], 0)) for row in rows_of[:length]], platform, actor, shop
    )


def _lifted(items: Sequence[ItemLift]) -> dict[str, tuple[int, float | None]]:
    """Presentations of each SKU, and additional orders per presentation where enough is known."""
    groups: dict[str, list[ItemLift]] = defaultdict(list)
    for item in items:
        groups[item.sku or item.item].append(item)
    result: dict[str, tuple[int, float | None]] = {}
    for sku, group in groups.items():
        count = sum(item.presentations for item in group)
        known = [item for item in group if item.expected is not None]
        more = sum(item.orders - (item.expected or 0) for item in known) / count if known else None
        result[sku] = (count, more)
    return result


def _priced(
    db: Database,
    rows: Sequence[tuple[tuple[str, int | None, int, float | None], str, int]],
    platform: str,
    actor: Actor,
    shop: int,
) -> list[RankedItem]:
    skus = [row[0] for row, *_ in rows]
    lines = {
        line.sku: line for line in card_lines(db, skus, platform, actor=actor, shop_id=shop, leave_out=True)
    }
    result = []
    for (sku, free, count, more), title, units in rows:
        price, floor, currency = None, None, ""
        if line := lines.get(sku):
            price, floor, currency = line.price_cents, line.floor.floor_cents, line.floor.currency
        result.append(RankedItem(sku, title, free, price, floor, currency, units, count, more))
    return result
