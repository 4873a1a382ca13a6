"""Sets: SKUs composed of other SKUs (four cups, a box, a tray).

A set has no stock of its own: as many sets can be sold as its scarcest part allows. A sold set takes its parts
(shop/stock/order_demand.py), a sale by hand and a reservation do the same. A part cannot be a set itself:
with one level of parts there are no circles, and a packing list names the pieces to fetch.

The parts of a set are dated (`set_part`). The first definition applies to all orders since the parts are tracked,
a later one to orders paid from then on: what was packed before stays as it was. Undoing a definition restores the
rows as they were, and the orders follow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from shop.access.change_log import Edits
from shop.core.errors import ShopError
from shop.stock import ledger
from shop.stock.ledger import cursor_of
from shop.stock.order_demand import follow_skus

MOST_PIECES = 999
SEPARATORS = re.compile(r"[;；,，、\n]")
PIECES = re.compile(r"(.+?)\s*[*×]\s*(\d+)")
AVAILABLE = """
SELECT b.sku, b.on_hand - b.reserved + COALESCE(e.expired, 0) + b.presale AS pieces
FROM stock_balance b
LEFT JOIN (SELECT sku, SUM(kept) AS expired FROM stock_hold WHERE shop_id = :shop AND ended_at IS NULL
  AND expires_at <= :now GROUP BY sku) e ON e.sku = b.sku
WHERE b.shop_id = :shop AND NOT EXISTS (SELECT 1 FROM set_part s WHERE s.shop_id = b.shop_id
  AND s.set_sku = b.sku AND s.until_at IS NULL)
"""
AVAILABLE_WITH_SETS = f"""
WITH single AS ({AVAILABLE})
SELECT sku, pieces FROM single UNION ALL
SELECT s.set_sku, MIN(MAX(f.pieces, 0) / s.pieces) FROM set_part s
JOIN variant v ON v.shop_id = s.shop_id AND v.sku = s.part_sku
LEFT JOIN single f ON f.sku = s.part_sku
WHERE s.shop_id = :shop AND s.until_at IS NULL AND (f.sku IS NOT NULL OR v.stock_policy <> 'made_to_order')
GROUP BY s.set_sku HAVING COUNT(f.sku) = COUNT(*)
"""
"""Pieces of each tracked SKU that can be sold now, pre-sale included, and of each set whose parts are all tracked
(parts that are made to order do not limit it); parameters: shop, now (seconds UTC)."""


class BadParts(ShopError):
    """A text that does not name parts of a set."""

    message = "“{found}” names no parts. Write each part as SKU*pieces, with ; between: CUP*4; BOX*1"


class UnknownPart(ShopError):
    """A part that is not in the catalog."""

    message = "There is no SKU “{part}” in the catalog: add it before it becomes a part of {sku}."


class NestedSet(ShopError):
    """A set among the parts of a set, a part that would become a set, or a set within itself."""

    message = (
        "{sku} cannot have the part {part}: a set is made of single SKUs, not of itself or of other sets."
    )


class HasStock(ShopError):
    """A SKU that has pieces of its own was to become a set."""

    message = "{sku} has {pieces} pieces of its own. Count it to 0 and its parts as they lie there, then make it a set."


@dataclass(frozen=True)
class SetComponent:
    """So many pieces of one SKU in one set."""

    sku: str
    pieces: int


def parse_parts(text: str) -> tuple[SetComponent, ...]:
    """The parts that a text like `CUP*4; BOX` names, each SKU once; raises BadParts."""
    pieces: dict[str, int] = {}
    for item in filter(None, (part.strip() for part in SEPARATORS.split(text))):
        match = PIECES.fullmatch(item)
        sku, count = (match[1], int(match[2])) if match else (item, 1)
        pieces[sku] = pieces.get(sku, 0) + count
        if not 1 <= count <= pieces[sku] <= MOST_PIECES:
            raise BadParts(found=item)
    if not pieces:
        raise BadParts(found=text)
    return tuple(SetComponent(sku, count) for sku, count in pieces.items())


def parts_text(parts: Iterable[SetComponent]) -> str:
    """The parts as they are written in the catalog."""
    return "; ".join(part.sku if part.pieces == 1 else f"{part.sku}*{part.pieces}" for part in parts)


def parts_of(connection: Connection, sku: str, shop_id: int = 1) -> tuple[SetComponent, ...]:
    """The parts of a SKU as they are valid now; none where it is no set."""
    rows = cursor_of(connection).execute(
        "SELECT part_sku, pieces FROM set_part WHERE shop_id = ? AND set_sku = ? AND until_at IS NULL "
        "ORDER BY place",
        (shop_id, sku),
    )
    return tuple(SetComponent(part, pieces) for part, pieces in rows.fetchall())


def available(connection: Connection, now: int, shop_id: int = 1) -> dict[str, int]:
    """Pieces of each SKU that can be sold now, sets included (`AVAILABLE_WITH_SETS`)."""
    rows = cursor_of(connection).execute(AVAILABLE_WITH_SETS, {"shop": shop_id, "now": now})
    return dict(rows.fetchall())


# --- definition ------------------------------------------------------------------------------------------


def check_parts(
    connection: Connection,
    sku: str,
    parts: Sequence[SetComponent],
    shop_id: int = 1,
    coming: frozenset[str] = frozenset(),
) -> None:
    """Raise UnknownPart, NestedSet or HasStock where these cannot be the parts of a SKU.

    `coming` are single SKUs that will be in the catalog by then.
    """
    run = cursor_of(connection).execute
    for part in parts:
        row = run("SELECT parts FROM variant WHERE shop_id = ? AND sku = ?", (shop_id, part.sku)).fetchone()
        if row is None and part.sku not in coming:
            raise UnknownPart(part=part.sku, sku=sku)
        if (row and row[0]) or part.sku == sku:
            raise NestedSet(sku=sku, part=part.sku)
    around = run(
        "SELECT set_sku FROM set_part WHERE shop_id = ? AND part_sku = ? AND until_at IS NULL LIMIT 1",
        (shop_id, sku),
    ).fetchone()
    if around and parts:
        raise NestedSet(sku=around[0], part=sku)
    balance = ledger.balances(connection, [sku], shop_id=shop_id).get(sku)
    if parts and balance is not None and (balance.on_hand or balance.reserved):
        raise HasStock(sku=sku, pieces=balance.on_hand)


def define(edits: Edits, sku: str, parts: Sequence[SetComponent], now: int) -> None:
    """Write the parts of a SKU from now on (seconds UTC); no parts: it is a single SKU again.

    The first definition applies from the beginning, unless the SKU had a stock of its own. The caller allocates the
    orders again (`follow_changes`). Raises what `check_parts` raises.
    """
    check_parts(edits.connection, sku, parts, edits.shop_id)
    known = _definitions(edits, sku)
    has_own = bool(ledger.balances(edits.connection, [sku], shop_id=edits.shop_id))
    start = now if known or has_own else 0
    for part, from_at, until_at in known:
        key = {"set_sku": sku, "from_at": from_at, "part_sku": part}
        if until_at is None and from_at >= now:
            edits.delete("set_part", key)
        elif until_at is None:
            edits.update("set_part", key, {"until_at": now})
    for place, item in enumerate(parts):
        key = {"set_sku": sku, "from_at": start, "part_sku": item.sku}
        edits.insert("set_part", key, {"place": place, "pieces": item.pieces, "until_at": None})


def forget(edits: Edits, sku: str) -> None:
    """Delete all definitions of a set that is deleted itself."""
    for part, from_at, _ in _definitions(edits, sku):
        edits.delete("set_part", {"set_sku": sku, "from_at": from_at, "part_sku": part})


def _definitions(edits: Edits, sku: str) -> list[tuple[str, int, int | None]]:
    rows = cursor_of(edits.connection).execute(
        "SELECT part_sku, from_at, until_at FROM set_part WHERE shop_id = ? AND set_sku = ?",
        (edits.shop_id, sku),
    )
    return [(part, from_at, until_at) for part, from_at, until_at in rows.fetchall()]


def follow_changes(
    connection: Connection, edited: Iterable[Mapping[str, object]], shop_id: int = 1
) -> set[str]:
    """Allocate the orders of sets whose parts were changed (as `Edits.undo` lists changes) again; those sets."""
    changed: set[str] = set()
    for change in edited:
        rows = change["rows"]
        if change["table"] == "set_part" and isinstance(rows, list):
            changed |= {row["key"]["set_sku"] for row in rows}
    if changed:
        follow_skus(connection, changed, shop_id=shop_id)
    return changed


def sets_with(connection: Connection, parts: Iterable[str], shop_id: int = 1) -> set[str]:
    """The sets that have, or had, any of these SKUs as a part."""
    rows = cursor_of(connection).execute(
        "SELECT DISTINCT set_sku FROM set_part WHERE shop_id = ? "
        "AND part_sku IN (SELECT value FROM json_each(?))",
        (shop_id, json.dumps(sorted(set(parts)))),
    )
    return {row[0] for row in rows.fetchall()}
