"""Draft and platform listing become one: by hand (`link`), or after a sync or an import (`adopt`).

What the platform states is what is there; the price of the draft, and a title that was typed for it
(other than the product's own), stay as what the shop wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.match_rules import write_rule
from shop.catalog.matching import rematch
from shop.core.text import folded
from shop.db.database import Database
from shop.listings.errors import NoSuchListing, NotOurDraft
from shop.listings.listings import is_from_platform


def link(
    db: Database,
    platform: str,
    listing_id: str,
    platform_id: str,
    *,
    actor: Actor,
    product_id: str | None = None,
    shop_id: int = 1,
) -> int:
    """Give a draft of ours the id that the platform gave it, so that orders and syncs find it.

    Where the platform has reported that id already, the two become one: what the platform states stays,
    title, price and state typed here stay as what the shop wants.
    """
    require(actor, "edit_catalog")
    own = {"platform": platform, "listing_id": listing_id}
    theirs = {"platform": platform, "listing_id": str(typed(BY_NAME["listing_id"], platform_id))}
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        row = edits.read("listing", own, LINKED)
        if row is None:
            raise NoSuchListing(platform=platform, listing=listing_id)
        if is_from_platform(row["updated_at"]):
            raise NotOurDraft(listing=listing_id, platform=platform)
        theirs_now = edits.read("listing", theirs, (*LINKED, "wanted_title"))
        edits.delete("listing", own)
        if theirs_now is None:
            edits.insert("listing", theirs, {**row, "product_id": product_id, "updated_at": 0})
        else:
            _become_one(edits, theirs, row, theirs_now, actor)
        rematch(connection, shop_id)
        return log_action(
            connection,
            actor,
            "listing.link",
            f"{platform} · {theirs['listing_id']}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


LINKED = (
    "sku",
    "title",
    "spec",
    "status",
    "price_cents",
    "currency",
    "state_changed_at",
    "updated_at",
    "payload_hash",
)


def _become_one(
    edits: Edits, key: Mapping[str, str], own: Mapping[str, Any], theirs_now: Mapping[str, Any], actor: Actor
) -> None:
    """What was typed for the draft is what the shop wants of the listing that the platform states."""
    of_sku = edits.read("variant", {"sku": own["sku"]}, ("product_code",)) or {"product_code": ""}
    product = edits.read("product", of_sku, ("title",)) or {"title": None}
    edits.update("listing", key, wishes(own, theirs_now, product["title"]))
    if theirs_now["sku"] != own["sku"]:
        write_rule(edits, "platform_sku", folded(key["listing_id"]), own["sku"], actor)


def wishes(own: Mapping[str, Any], theirs_now: Mapping[str, Any], product: str | None) -> dict[str, Any]:
    """What a draft of ours wanted beyond its product's title, where the platform states otherwise."""
    same_money = own["currency"] == theirs_now["currency"]
    return {
        "wanted_title": own["title"] if own["title"] not in (theirs_now["title"], product) else None,
        "wanted_price_cents": own["price_cents"]
        if same_money and own["price_cents"] != theirs_now["price_cents"]
        else None,
    }


PAIRS = """
SELECT o.platform, o.listing_id AS own, MAX(l.listing_id) AS theirs,
  NULLIF(o.title, p.title) AS title, o.price_cents, o.currency
FROM listing o
LEFT JOIN variant v ON v.shop_id = o.shop_id AND v.sku = o.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
JOIN listing l ON l.shop_id = o.shop_id AND l.platform = o.platform
  AND l.sku = o.sku AND l.updated_at > 0
WHERE o.shop_id = :shop AND o.updated_at = 0 AND o.listing_id LIKE 'own/%'
  AND o.status <> 'retired'
GROUP BY o.platform, o.listing_id HAVING COUNT(*) = 1
"""
WISH = """
UPDATE listing SET
  wanted_title = COALESCE(wanted_title, NULLIF(:title, title)),
  wanted_price_cents = COALESCE(wanted_price_cents,
    CASE WHEN currency = :currency THEN NULLIF(:price_cents, price_cents) END)
WHERE shop_id = :shop AND platform = :platform AND listing_id = :theirs
"""
GONE = """
DELETE FROM listing WHERE shop_id = :shop AND platform = :platform AND listing_id = :own
"""


def replace_drafts(connection: Connection, shop_id: int) -> int:
    """Let the platforms' listings take the place of our drafts; how many did.

    Runs inside the load's transaction, after listings were pointed at our SKUs.
    """
    pairs = connection.execute(text(PAIRS), {"shop": shop_id}).mappings().all()
    for pair in pairs:
        connection.execute(text(WISH), {**pair, "shop": shop_id})
        connection.execute(text(GONE), {**pair, "shop": shop_id})
    return len(pairs)
