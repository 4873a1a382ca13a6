"""How long numbered pieces take to sell: from the day they came out until somebody bought them.

A piece counts from the day on which it was finished (typed in with it), else from the day on which it came
into stock. It ends on the day of the sale that emptied its stock; a piece that is still there, or whose
sale came to nothing, is not yet sold; one that broke was on offer until then. All of it is read from the
stock ledger, so that a piece whose stock is not tracked shows nothing: such pieces are counted separately. A SKU
that exists once counts like a numbered piece as soon as its stock is tracked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.stats.survival import Curve, curve

CUTS = ("form", "glaze", "size", "family", "firing", "maker")
PIECES = """
SELECT v.sku, COALESCE(p.form, ''), COALESCE(p.glaze, ''), COALESCE(v.size, p.size, ''),
  COALESCE(p.family, ''), COALESCE(i.firing_id, ''), COALESCE(i.maker, ''), i.made_on,
  b.on_hand, COALESCE(i.number, v.sku)
FROM variant v
LEFT JOIN piece i ON i.shop_id = v.shop_id AND i.sku = v.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
WHERE v.shop_id = :shop
  AND (i.sku IS NOT NULL OR (v.stock_policy = 'one_of_a_kind' AND b.sku IS NOT NULL))
ORDER BY v.sku
"""
MOVES = """
SELECT m.sku, m.reason, m.on_hand, m.moved_at FROM variant v
LEFT JOIN piece i ON i.shop_id = v.shop_id AND i.sku = v.sku
JOIN stock_movement m ON m.shop_id = v.shop_id AND m.sku = v.sku AND m.on_hand <> 0
WHERE v.shop_id = :shop AND (v.stock_policy = 'one_of_a_kind' OR i.sku IS NOT NULL)
  AND m.moved_at < :until
ORDER BY m.sku, m.moved_at, m.movement_id
"""


@dataclass(frozen=True)
class PieceLife:
    """One numbered piece: since when it is on offer, until when, and whether it sold then."""

    sku: str
    number: str
    form: str
    glaze: str
    size: str
    family: str
    firing: str
    maker: str
    since: date
    until: date
    is_sold: bool

    @property
    def days(self) -> int:
        """How many days it was on offer."""
        return max((self.until - self.since).days, 0)


@dataclass(frozen=True)
class PieceHistory:
    """All numbered pieces whose stock is tracked, and how many are unknown because it is not."""

    lives: tuple[PieceLife, ...]
    unknown: int


@dataclass(frozen=True)
class CurveGroup:
    """The pieces of one form (glaze, maker ...) with their curve."""

    part: str
    curve: Curve


def piece_history(db: Database, on: date, shop: int = 1) -> PieceHistory:
    """Every numbered piece that was finished by `on`, and what had become of it by the end of that day."""
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        until = int(datetime.combine(on, datetime.max.time(), zone).timestamp()) + 1
        rows = connection.execute(text(PIECES), {"shop": shop}).fetchall()
        moves: defaultdict[str, list[Any]] = defaultdict(list)
        for move in connection.execute(text(MOVES), {"shop": shop, "until": until}):
            moves[move.sku].append(move)
    lives, unknown = [], 0
    for sku, form, glaze, size, family, firing, maker, finished_on, on_hand, number in rows:
        if on_hand is None:
            unknown += 1
        elif end := _end(moves[sku], on, zone):
            since = date.fromisoformat(finished_on) if finished_on else _day(moves[sku][0], zone)
            kinds = (form, glaze, size, family, firing, maker)
            lives.append(PieceLife(sku, number, *kinds, min(since, end[0]), *end))
    return PieceHistory(tuple(lives), unknown)


def _end(moves: list[Any], on: date, zone: ZoneInfo) -> tuple[date, bool] | None:
    """The last day of a piece on offer and whether it sold; None before it came into stock."""
    if not moves:
        return None
    if sum(move.on_hand for move in moves) > 0:
        return on, False
    last = next(move for move in reversed(moves) if move.on_hand < 0)
    return _day(last, zone), last.reason == "sold"


def _day(move: Any, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(move.moved_at, zone).date()


def time_to_sell(lives: Iterable[PieceLife]) -> Curve:
    """The curve of these pieces, the unsold counted as not yet sold."""
    return curve((life.days, life.is_sold) for life in lives)


def by(lives: Iterable[PieceLife], cut: str) -> list[CurveGroup]:
    """A curve per form, glaze, size, family, firing or maker, the one with most pieces first."""
    assert cut in CUTS, cut
    groups: defaultdict[str, list[PieceLife]] = defaultdict(list)
    for life in lives:
        groups[getattr(life, cut)].append(life)
    curves = [CurveGroup(part, time_to_sell(of)) for part, of in groups.items()]
    return sorted(curves, key=lambda group: (-group.curve.pieces, group.part))
