"""How the pieces of one firing, or of one maker, did: how many sold, what came back, what they left.

Pieces of one SKU are alike, so that the oldest in stock are taken to leave first (first in, first
out); a numbered piece is itself. A piece that comes back is in stock again where it left. What sold
before the stock was tracked, or at a market stall, has no money here: the money is that of orders.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.access.roles import Actor
from shop.core.money import split
from shop.db.database import Database
from shop.metrics.refund_sql import shares
from shop.metrics.settings import shop_settings
from shop.pricing.unit_costs import DatedUnitCost, costs_of, valid_on
from shop.stats.proportions import Rate

By = Literal["firing", "maker"]
BYS: tuple[By, ...] = ("firing", "maker")
BATCHES = """
SELECT b.batch_id, COALESCE(b.maker, '') AS maker, g.sku, g.pieces, COALESCE((
    SELECT f.firing_id FROM batch_step f WHERE f.shop_id = b.shop_id AND f.batch_id = b.batch_id
      AND f.stage = 'glaze_fired' AND f.firing_id IS NOT NULL
    ORDER BY f.part <> g.part, f.part LIMIT 1), '') AS firing,
  s.done_on
FROM kiln_batch b
JOIN batch_grade g ON g.shop_id = b.shop_id AND g.batch_id = b.batch_id
JOIN batch_step s ON s.shop_id = b.shop_id AND s.batch_id = b.batch_id AND s.stage = 'checked'
  AND s.part = g.part
WHERE b.shop_id = :shop AND b.status <> 'cancelled' AND s.done_on BETWEEN :start AND :end
"""
MOVES = """
SELECT m.sku, m.reason, m.on_hand, m.batch_id, m.platform, m.order_id, m.line_id
FROM json_each(:skus) j CROSS JOIN stock_movement m ON m.shop_id = :shop AND m.sku = j.value
WHERE m.on_hand <> 0
ORDER BY m.sku, m.moved_at, m.movement_id
"""
LINES = """
SELECT l.platform, l.order_id, l.line_id, l.quantity, l.paid_on,
  l.buyer_paid_cents + l.platform_discount_cents
FROM json_each(:lines) j CROSS JOIN order_line l ON l.shop_id = :shop
  AND l.platform = j.value ->> 0 AND l.order_id = j.value ->> 1 AND l.line_id = j.value ->> 2
WHERE l.currency = :currency
"""
Line = tuple[str, str, str]  # platform, order, line
Lot = tuple[str, str]  # SKU, batch


@dataclass(frozen=True)
class Origin:
    """The pieces of one firing or maker that came into stock in the range, and what became of them.

    `sold` is of the pieces produced; money is of the orders that took them, in one currency: gmv, what of
    it was refunded since, and what is left after the pieces' own cost, before fees (`margin_cents`;
    None for those who may not see it, or where a cost is not known).
    """

    part: str
    finished_on: str
    sold: Rate
    broken: int
    gmv_cents: int
    refund_cents: int
    margin_cents: int | None


@dataclass
class _Lot:
    """Pieces of one batch (or of unknown origin) in stock, oldest first."""

    batch: str | None
    left: int
    sold: defaultdict[Line | None, int] = field(default_factory=lambda: defaultdict(int))
    broken: int = 0


def origins(
    db: Database,
    start: date,
    end: date,
    *,
    by: By = "firing",
    actor: Actor,
    currency: str | None = None,
    shop: int = 1,
) -> list[Origin]:
    """Firings (or makers) whose pieces came into stock in the range, the newest first; makers by name."""
    with db.read() as connection:
        money = currency or shop_settings(connection, shop).currency
        values = {"shop": shop, "start": start.isoformat(), "end": end.isoformat()}
        batches = connection.execute(text(BATCHES), values).fetchall()
        lots = _lots(connection, sorted({row.sku for row in batches}), shop)
        order_lines = _order_lines(connection, lots, money, shop)
        may = actor.may("see_margins")
        costs = costs_of(connection, shop, {row.sku for row in batches}) if may else {}
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row in batches:
        groups[getattr(row, by)].append(row)
    money_of = _parts(lots, order_lines)
    results = [
        _origin(part, rows, lots, order_lines, money_of, costs if may else None)
        for part, rows in groups.items()
    ]
    if by == "maker":
        return sorted(results, key=lambda origin: origin.part)
    return sorted(results, key=lambda origin: (origin.finished_on, origin.part), reverse=True)


def _lots(connection: Connection, skus: Sequence[str], shop: int) -> dict[Lot, _Lot]:
    """What became of each batch's pieces of each SKU, by following the ledger first in, first out."""
    moves: defaultdict[str, list[Any]] = defaultdict(list)
    for move in connection.execute(text(MOVES), {"shop": shop, "skus": json.dumps(skus)}):
        moves[move.sku].append(move)
    lots: dict[Lot, _Lot] = {}
    for sku, of in moves.items():
        for lot in _followed(of):
            if lot.batch is not None:
                known = lots.setdefault((sku, lot.batch), _Lot(lot.batch, 0))
                known.left += lot.left
                known.broken += lot.broken
                for line, pieces in lot.sold.items():
                    known.sold[line] += pieces
    return lots


def _followed(moves: Iterable[Any]) -> list[_Lot]:
    lots: list[_Lot] = []
    for move in moves:
        line = (move.platform, move.order_id, move.line_id) if move.order_id else None
        if move.on_hand > 0:
            rest = _back(lots, line, move.on_hand) if move.reason in ("sold", "returned") else move.on_hand
            if rest:
                lots.append(_Lot(move.batch_id if move.reason == "made" else None, rest))
        else:
            _taken(lots, move, line)
    return lots


def _taken(lots: list[_Lot], move: Any, line: Line | None) -> None:
    """Pieces leave the oldest lots; a batch that is corrected loses its own."""
    wanted = -move.on_hand
    own = [lot for lot in lots if lot.batch == move.batch_id] if move.reason == "made" else lots
    for lot in own:
        taken = min(lot.left, wanted)
        lot.left -= taken
        wanted -= taken
        if taken and move.reason in ("sold", "returned"):
            lot.sold[line] += taken
        elif taken and move.reason == "broken":
            lot.broken += taken


def _back(lots: list[_Lot], line: Line | None, pieces: int) -> int:
    """Pieces that come back lie in the lot that they left, the newest first; how many fit nowhere."""
    for lot in reversed(lots):
        fits = min(lot.sold.get(line, 0), pieces)
        if fits:
            lot.sold[line] -= fits
            lot.left += fits
            pieces -= fits
    return pieces


@dataclass(frozen=True)
class _Sale:
    """One order line: its pieces, the day it was paid, its money and what was refunded of it."""

    quantity: int
    paid_on: date
    gmv: int
    refund: int


def _order_lines(
    connection: Connection, lots: Mapping[Lot, _Lot], currency: str, shop: int
) -> dict[Line, _Sale]:
    keys = sorted({line for lot in lots.values() for line in lot.sold if line is not None})
    values = {"shop": shop, "lines": json.dumps(keys), "currency": currency}
    rows = connection.execute(text(LINES), values).fetchall()
    back = _refunds(connection, keys, currency, shop)
    return {
        (row[0], row[1], row[2]): _Sale(
            row[3], date.fromisoformat(row[4]), row[5], back.get((row[0], row[1], row[2]), 0)
        )
        for row in rows
        if row[4]
    }


def _refunds(connection: Connection, keys: Sequence[Line], currency: str, shop: int) -> dict[Line, int]:
    """What was refunded of each line; a refund of a whole order is shared by its lines."""
    source = (
        "(SELECT DISTINCT j.value ->> 0 AS platform, j.value ->> 1 AS order_id "
        "FROM json_each(:lines) j) o CROSS JOIN refund r ON r.shop_id = :shop "
        "AND r.platform = o.platform AND r.order_id = o.order_id"
    )
    sql = (
        "SELECT platform, order_id, line_id, SUM(share) FROM "
        f"({shares(source, 'r.currency = :currency')}) WHERE share > 0 GROUP BY 1, 2, 3"
    )
    values = {"shop": shop, "lines": json.dumps(keys), "currency": currency}
    return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(text(sql), values)}


def _parts(
    lots: Mapping[Lot, _Lot], order_lines: Mapping[Line, _Sale]
) -> dict[tuple[Lot, Line], tuple[int, int]]:
    """The gmv and refund of each line that falls to each lot, by pieces, to the last cent."""
    of_line: defaultdict[Line, list[tuple[Lot, int]]] = defaultdict(list)
    for key in sorted(lots):
        for line, count in lots[key].sold.items():
            if line is not None and line in order_lines and count:
                of_line[line].append((key, count))
    portions = {}
    for line, taken in of_line.items():
        counts = [count for _, count in taken]
        counts.append(max(order_lines[line].quantity - sum(counts), 0))  # of other SKUs, or of no lot
        gmv, refund = split(order_lines[line].gmv, counts), split(order_lines[line].refund, counts)
        for (key, _), *money in zip(taken, gmv, refund, strict=False):
            portions[key, line] = (money[0], money[1])
    return portions


def _origin(
    part: str,
    produced: Sequence[Any],
    lots: Mapping[Lot, _Lot],
    order_lines: Mapping[Line, _Sale],
    money: Mapping[tuple[Lot, Line], tuple[int, int]],
    costs: Mapping[str, list[DatedUnitCost]] | None,
) -> Origin:
    pieces = sum(row.pieces for row in produced)
    sold = broken = gmv = refund = cost = 0
    known = costs is not None
    for key in sorted({(row.sku, row.batch_id) for row in produced} & lots.keys()):
        sold += sum(lots[key].sold.values())
        broken += lots[key].broken
        for line, count in lots[key].sold.items():
            if line is None or (key, line) not in money:
                continue
            gmv += money[key, line][0]
            refund += money[key, line][1]
            item = valid_on((costs or {}).get(key[0], ()), order_lines[line].paid_on)
            known = known and item is not None
            cost += count * item.unit_cents if item else 0
    return Origin(
        part,
        max(row.done_on for row in produced),
        Rate(min(sold, pieces), pieces),
        broken,
        gmv,
        refund,
        gmv - refund - cost if known else None,
    )
