"""Publishing stock to platforms: how many pieces of each listing may be sold there.

A platform gets what is available (on hand less reserved, plus the pre-sale that the owner allows; of a set what its
scarcest part allows), less that platform's safety margin, never below 0. The margin withholds pieces that may be
sold elsewhere in the same minute; a one-of-a-kind piece is published without a margin on every platform where it is
live, and as 0 everywhere as soon as it is sold or reserved.

Nothing is published before the owner allows it (`allow`), because it changes the platform. Due is what
differs from the platform's last known quantity, and what may not have arrived. Decreases go first,
sold-out pieces before all others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.core.text import full_title
from shop.db.database import Database
from shop.stock.ledger import cursor_of
from shop.stock.sets import AVAILABLE_WITH_SETS

OFFERED = f"""
SELECT l.platform, l.listing_id, l.sku, COALESCE(l.title, v.title, p.title, l.sku), l.spec,
  MAX(b.pieces - CASE WHEN v.stock_policy = 'one_of_a_kind' THEN 0 ELSE COALESCE(t.safety_margin, 0) END, 0),
  l.quantity, l.updated_at, s.quantity, s.outcome, s.pushed_at, COALESCE(t.push_stock, 0)
FROM listing l
JOIN ({AVAILABLE_WITH_SETS}) b ON b.sku = l.sku
JOIN variant v ON v.shop_id = l.shop_id AND v.sku = l.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN platform_terms t ON t.shop_id = l.shop_id AND t.platform = l.platform
LEFT JOIN stock_push s ON s.shop_id = l.shop_id AND s.platform = l.platform
  AND s.listing_id = l.listing_id
WHERE l.shop_id = :shop AND COALESCE(l.wanted_status, l.status) = 'live' AND l.product_id IS NOT NULL
  AND NOT l.listing_id GLOB 'own/*'
"""


class BadMargin(ShopError):
    """A safety margin below zero."""

    message = "A safety margin is 0 or more pieces, not {found}."


@dataclass(frozen=True)
class DueUpdate:
    """One listing whose platform needs another quantity than it last had."""

    platform: str
    listing_id: str
    sku: str
    title: str
    quantity: int
    known: int | None
    outcome: str | None
    is_allowed: bool

    @property
    def rank(self) -> tuple[bool, bool, str, str]:
        """Sort key: sold out first, then decreases, then the rest."""
        rises = self.known is not None and self.quantity > self.known
        return self.quantity > 0, rises, self.platform, self.listing_id


def due(
    db: Database, platforms: Iterable[str] | None = None, *, now: int | None = None, shop_id: int = 1
) -> list[DueUpdate]:
    """The updates that are due, in sending order; of these platforms, else of all allowed ones."""
    wanted = None if platforms is None else set(platforms)
    values = {"shop": shop_id, "now": now_seconds() if now is None else now}
    with db.read() as connection:
        rows = cursor_of(connection).execute(OFFERED, values).fetchall()
    updates = []
    for (
        platform,
        listing,
        sku,
        title,
        spec,
        quantity,
        listed_quantity,
        read_at,
        last,
        outcome,
        at,
        allowed,
    ) in rows:
        if platform not in wanted if wanted is not None else not allowed:
            continue
        known = listed_quantity if last is None or outcome != "done" or read_at > at else last
        if known != quantity or outcome in ("failed", "unsure"):
            name = full_title(title, spec)
            updates.append(DueUpdate(platform, listing, sku, name, quantity, known, outcome, bool(allowed)))
    return sorted(updates, key=lambda update: update.rank)


def record_result(
    connection: Connection,
    update: DueUpdate,
    outcome: str,
    *,
    now: int,
    error: str | None = None,
    shop_id: int = 1,
) -> None:
    """Store what was sent to a platform and the outcome: unsure, done or failed."""
    cursor_of(connection).execute(
        "INSERT INTO stock_push (shop_id, platform, listing_id, quantity, outcome, pushed_at, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET quantity = excluded.quantity, "
        "outcome = excluded.outcome, pushed_at = excluded.pushed_at, error = excluded.error",
        (shop_id, update.platform, update.listing_id, update.quantity, outcome, now, error),
    )


@dataclass(frozen=True)
class PublishPolicy:
    """The shop's settings for publishing stock to one platform."""

    platform: str
    margin: int = 0
    is_allowed: bool = False
    listings: int = 0


def policies(db: Database, *, shop_id: int = 1) -> list[PublishPolicy]:
    """Every platform with listings or with a decision, and how many live listings it has."""
    with db.read() as connection:
        rows = (
            cursor_of(connection)
            .execute(
                "SELECT p.platform, COALESCE(t.safety_margin, 0), COALESCE(t.push_stock, 0), "
                "(SELECT COUNT(*) FROM listing l WHERE l.shop_id = :shop AND l.platform = p.platform "
                "AND l.status = 'live' AND l.product_id IS NOT NULL) FROM (SELECT platform FROM listing "
                "WHERE shop_id = :shop AND platform <> '' UNION SELECT platform FROM platform_terms "
                "WHERE shop_id = :shop) p LEFT JOIN platform_terms t ON t.shop_id = :shop "
                "AND t.platform = p.platform ORDER BY p.platform",
                {"shop": shop_id},
            )
            .fetchall()
        )
    return [PublishPolicy(name, margin, bool(allowed), count) for name, margin, allowed, count in rows]


def allow(db: Database, platform: str, allowed: bool, *, actor: Actor, shop_id: int = 1) -> None:
    """Publish stock to a platform after every sync, or stop that; only the owner may."""
    require(actor, "push_stock")
    _set(db, platform, "push_stock", int(allowed), actor, shop_id)


def set_margin(db: Database, platform: str, pieces: int, *, actor: Actor, shop_id: int = 1) -> None:
    """Withhold `pieces` of every SKU from a platform; only the owner may. Raises BadMargin."""
    require(actor, "push_stock")
    if pieces < 0:
        raise BadMargin(found=pieces)
    _set(db, platform, "safety_margin", pieces, actor, shop_id)


def _set(db: Database, platform: str, column: str, value: int, actor: Actor, shop_id: int) -> None:
    assert column in ("push_stock", "safety_margin")
    with db.write() as connection:
        cursor_of(connection).execute(
            f"INSERT INTO platform_terms (shop_id, platform, {column}) VALUES (?, ?, ?) "
            f"ON CONFLICT DO UPDATE SET {column} = excluded.{column}",
            (shop_id, platform, value),
        )
        log_action(connection, actor, column, platform, changes=value, shop_id=shop_id)
