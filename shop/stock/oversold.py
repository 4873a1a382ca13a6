"""Sold twice: the one piece or the last unit went in two places, and somebody will be disappointed.

It is found in the load that reads the second order. Who paid first gets the piece (shop/stock/allocation_policy.py);
the other is short until a piece comes, or until somebody settles it: with a sibling piece that the buyer
agrees to, with the buyer's patience, or with the money back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.core.text import sku_title
from shop.db.database import Database
from shop.stock import ledger, reservations
from shop.stock.allocation import Claim, Desk
from shop.stock.ledger import cursor_of
from shop.stock.order_demand import follow
from shop.stock.returns import claim_of

How = Literal["sibling", "waits", "refunded"]
HOWS: tuple[How, ...] = ("sibling", "waits", "refunded")
FIRST_SHOWN = 3
SIBLINGS_SHOWN = 5
SHORT = """
SELECT c.platform, c.order_id, c.line_id, c.part, c.sku, c.wanted, c.short, c.paid_at, c.is_shipped,
  c.settled_how, c.settled_by, v.title, p.title, v.stock_policy
FROM stock_claim c
LEFT JOIN variant v ON v.shop_id = c.shop_id AND v.sku = c.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE c.shop_id = :shop AND c.short > 0
ORDER BY c.settled_how IS NOT NULL, c.paid_at, c.platform, c.order_id, c.line_id, c.part
"""
# Those who got the pieces instead: the last of them first, for their pieces were the last ones.
FIRST = """
SELECT c.platform, c.order_id, c.paid_at, c.is_shipped FROM stock_claim c
WHERE c.shop_id = :shop AND c.sku = :sku AND c.taken > c.returned
  AND NOT (c.platform = :platform AND c.order_id = :order)
ORDER BY c.paid_at DESC, c.platform, c.order_id LIMIT :most
"""
# The same form and glaze, then the same form; the same size before others, then the nearest price.
SIBLINGS = """
SELECT s.sku, q.title, s.title, b.on_hand - b.reserved + COALESCE(e.kept, 0),
  q.glaze IS p.glaze, s.price_cents, s.currency
FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
JOIN product q ON q.shop_id = p.shop_id AND q.form = p.form AND NOT q.is_archived
JOIN variant s ON s.shop_id = q.shop_id AND s.product_code = q.product_code
  AND s.sku <> v.sku AND NOT s.is_archived
JOIN stock_balance b ON b.shop_id = s.shop_id AND b.sku = s.sku
LEFT JOIN (SELECT shop_id, sku, SUM(kept) AS kept FROM stock_hold WHERE ended_at IS NULL
  AND expires_at <= :now GROUP BY shop_id, sku) e ON e.shop_id = b.shop_id AND e.sku = b.sku
WHERE v.shop_id = :shop AND v.sku = :sku
  AND b.on_hand - b.reserved + COALESCE(e.kept, 0) >= :pieces
ORDER BY q.glaze IS p.glaze DESC, COALESCE(s.size, q.size) IS COALESCE(v.size, p.size) DESC,
  ABS(COALESCE(s.volume_ml, 0) - COALESCE(v.volume_ml, 0)),
  ABS(COALESCE(s.price_cents, 0) - COALESCE(v.price_cents, 0)), s.sku
LIMIT :most
"""


class NotShort(ShopError):
    """The order has its pieces, or is settled: there is nothing to decide."""

    message = "Order {order} ({platform}) lacks nothing that is still to be settled."


class NoSibling(ShopError):
    """A settlement with a sibling piece that does not name one."""

    message = "Name the SKU that the buyer gets instead of {sku}."


@dataclass(frozen=True)
class Sibling:
    """A SKU in stock that could go out instead: of the same form, and of the same glaze or not."""

    sku: str
    title: str
    available: int
    has_same_glaze: bool
    price_cents: int | None
    currency: str


@dataclass(frozen=True)
class First:
    """An order that got a piece which another one waits for."""

    platform: str
    order_id: str
    paid_at: datetime
    is_shipped: bool


@dataclass(frozen=True)
class Short:
    """One order line that was sold more pieces than there are; `first` got them instead."""

    platform: str
    order_id: str
    line_id: str
    part: int
    sku: str
    title: str
    wanted: int
    short: int
    paid_at: datetime
    is_shipped: bool
    is_unique: bool
    settled_how: str | None
    settled_by: str | None
    first: tuple[First, ...]
    siblings: tuple[Sibling, ...]

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is settled under."""
        return self.platform, self.order_id, self.line_id, self.part


def oversold(
    db: Database, *, settled: bool = False, now: datetime | None = None, shop_id: int = 1
) -> list[Short]:
    """The order lines that lack pieces, who paid first, and what could go out instead.

    Only what nobody has decided yet, unless `settled`.
    """
    with db.read() as connection:
        rows = cursor_of(connection).execute(SHORT, {"shop": shop_id}).fetchall()
        return [
            _told(connection, shop_id, row, ledger.seconds(now)) for row in rows if settled or row[9] is None
        ]


def waiting(connection: Connection, shop_id: int = 1) -> int:
    """How many order lines lack pieces and wait for a decision."""
    row = cursor_of(connection).execute(
        "SELECT COUNT(*) FROM stock_claim WHERE shop_id = ? AND short > 0 AND settled_how IS NULL", (shop_id,)
    )
    return int(row.fetchone()[0])


def _told(connection: Connection, shop_id: int, row: Sequence[Any], now: int) -> Short:
    (platform, order, line, part, sku, wanted, short, paid_at, shipped, how, by, own, product, policy) = row
    return Short(
        platform,
        order,
        line,
        part,
        sku,
        sku_title(sku, product, own),
        wanted,
        short,
        _moment(paid_at),
        bool(shipped),
        policy == "one_of_a_kind",
        how,
        by,
        _first(connection, shop_id, sku, platform, order),
        siblings(connection, sku, short, now, shop_id=shop_id),
    )


def _first(connection: Connection, shop_id: int, sku: str, platform: str, order: str) -> tuple[First, ...]:
    place = {"shop": shop_id, "sku": sku, "platform": platform, "order": order, "most": FIRST_SHOWN}
    rows = cursor_of(connection).execute(FIRST, place).fetchall()
    return tuple(First(name, number, _moment(at), bool(sent)) for name, number, at, sent in rows)


def siblings(
    connection: Connection, sku: str, pieces: int, now: int, *, shop_id: int = 1
) -> tuple[Sibling, ...]:
    """SKUs of the same form with so many free pieces, the nearest first."""
    place = {"shop": shop_id, "sku": sku, "pieces": pieces, "now": now, "most": SIBLINGS_SHOWN}
    rows = cursor_of(connection).execute(SIBLINGS, place).fetchall()
    return tuple(
        Sibling(other, sku_title(other, product, own), free, bool(same), price, currency)
        for other, product, own, free, same, price, currency in rows
    )


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def settle(
    db: Database,
    platform: str,
    order_id: str,
    line_id: str,
    how: How,
    *,
    actor: Actor,
    sibling: str | None = None,
    part: int = 0,
    shop_id: int = 1,
) -> None:
    """Decide what becomes of a line that lacks pieces.

    sibling: the buyer takes pieces of another SKU, which leave the shelf now and follow the order from
    here on; waits: it stays in the queue, and nobody is reminded; refunded: it asks for nothing more.
    Raises NotShort, NoSibling, OutOfStock (of the sibling), NotAllowed.
    """
    require(actor, "edit_stock")
    now = ledger.seconds(None)
    with db.write() as connection:
        claim = claim_of(connection, shop_id, (platform, order_id, line_id, part))
        if claim is None or not claim.short or (claim.settled_how and how == "waits"):
            raise NotShort(platform=platform, order=order_id)
        desk = Desk(connection, shop_id, now, actor)
        settled = replace(claim, settled_at=now, settled_by=actor.name, settled_how=how)
        if how != "waits":  # what a sibling lacks is agreed no more; the line itself asks for less
            change = claim.short if claim.part == 0 else -claim.short
            settled = replace(settled, wanted=claim.taken, agreed=claim.agreed + change)
        if how == "sibling":
            if not sibling or sibling == claim.sku:
                raise NoSibling(sku=claim.sku)
            reservations.free(connection, sibling, claim.short, now, shop_id=shop_id)
            desk.change(None, _instead(connection, shop_id, claim, sibling))
        desk.change(claim, settled)
        desk.close()
        log_action(
            connection,
            actor,
            f"settle_{how}",
            claim.sku,
            changes=claim.short,
            shop_id=shop_id,
            undo={"stock": {"settled": [platform, order_id, line_id, part]}},
        )


def _instead(connection: Connection, shop_id: int, claim: Claim, sku: str) -> Claim:
    """The claim on the sibling: the next part of the same line."""
    (last,) = (
        cursor_of(connection)
        .execute(
            "SELECT MAX(part) FROM stock_claim WHERE shop_id = ? AND platform = ? AND order_id = ? "
            "AND line_id = ?",
            (shop_id, *claim.line),
        )
        .fetchone()
    )
    return Claim(
        *claim.line,
        last + 1,
        sku,
        claim.short,
        agreed=claim.short,
        paid_at=claim.paid_at,
        is_shipped=claim.is_shipped,
        shipped_at=claim.shipped_at,
        content_id=claim.content_id,
    )


def unsettle(
    db: Database, platform: str, order_id: str, line_id: str, *, actor: Actor, shop_id: int = 1
) -> None:
    """Take the decision on a line back: its siblings return to the shelf, it asks for its own again.

    Raises NotShort where nothing was decided, or where pieces of a sibling came back already.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        claim = claim_of(connection, shop_id, (platform, order_id, line_id, 0))
        if claim is None or claim.settled_how is None:
            raise NotShort(platform=platform, order=order_id)
        desk = Desk(connection, shop_id, ledger.seconds(None), actor)
        for part in range(1, 100):
            other = claim_of(connection, shop_id, (platform, order_id, line_id, part))
            if other is None:
                break
            if other.returned:
                raise NotShort(platform=platform, order=order_id)
            desk.change(other, None)
        desk.change(claim, replace(claim, agreed=0, settled_at=None, settled_by=None, settled_how=None))
        desk.close()
        follow(connection, shop_id, {platform: {order_id}})
        log_action(connection, actor, "unsettle", claim.sku, shop_id=shop_id)
