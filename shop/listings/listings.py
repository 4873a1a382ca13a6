"""Listings: a variant put up for sale on a platform, and what may happen to it.

    draft -> live        only through the check before it goes live (shop/listings/readiness.py)
    live <-> paused      paused -> live only while there is something to sell
    any   -> retired     final, except that it can be opened again as a draft

What is reported here is what the shop wants: nothing is changed on the platform by it. A listing that a
platform has reported has that wish in `wanted_*` until the platform states the same; `to_do` lists what
is still to be done there. A wrong step is rejected in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.products import checked_cents, now, refuse_unknown
from shop.db.database import Database
from shop.listings.errors import AlreadyOffered, NoSuchListing, NotADraft, WrongStep
from shop.listings.readiness import NotReady, Readiness, sold_out
from shop.listings.readiness import check as readiness

OWN = "own/"  # prefix of the id of a draft that is on no platform yet
STEPS: Mapping[str, tuple[str, ...]] = {
    "draft": ("live", "retired"),
    "live": ("paused", "retired"),
    "paused": ("live", "retired"),
    "retired": ("draft",),
}


@dataclass(frozen=True)
class StateChange:
    """A listing in a new state; `readiness` has the result of the check, if it was run."""

    status: str
    audit_id: int
    readiness: Readiness | None = None


def create_draft(
    db: Database,
    sku: str,
    platform: str,
    *,
    actor: Actor,
    title: str | None = None,
    price_cents: int | None = None,
    shop_id: int = 1,
) -> int:
    """Put up a draft of a variant for a platform; raises UnknownSku or AlreadyOffered."""
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        refuse_unknown(connection, shop_id, sku)
        new_draft(edits, sku, platform, title=title, price_cents=price_cents)
        return log_action(
            connection,
            actor,
            "listing.offer",
            f"{sku} · {platform}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def new_draft(
    edits: Edits, sku: str, platform: str, *, title: str | None = None, price_cents: int | None = None
) -> str:
    """Write a draft inside the caller's transaction; its id."""
    platform = str(typed(BY_NAME["platform"], platform))
    other = edits.connection.execute(
        text(
            "SELECT listing_id FROM listing WHERE shop_id = :shop AND platform = :platform "
            "AND sku = :sku AND status <> 'retired' ORDER BY listing_id LIMIT 1"
        ),
        {"shop": edits.shop_id, "platform": platform, "sku": sku},
    ).scalar()
    if other is not None:
        raise AlreadyOffered(sku=sku, platform=platform, listing=other)
    of_sku = edits.read("variant", {"sku": sku}, ("product_code", "title", "price_cents", "currency"))
    assert of_sku is not None
    product = edits.read("product", {"product_code": of_sku["product_code"]}, ("title",)) or {}
    key = {"platform": platform, "listing_id": f"{OWN}{sku}"}
    price = of_sku["price_cents"] if price_cents is None else price_cents
    values = {
        "sku": sku,
        "title": typed(BY_NAME["listing_title"], title or product.get("title")),
        "spec": of_sku["title"],
        "status": "draft",
        "price_cents": checked_cents("listing_price", price),
        "currency": of_sku["currency"],
        "state_changed_at": now(),
        "updated_at": 0,
        "payload_hash": 0,
    }
    if edits.read("listing", key, ("status",)) is not None:  # a retired one of ours
        edits.update("listing", key, values)
    else:
        edits.insert("listing", key, values)
    return key["listing_id"]


def change_state(
    db: Database, platform: str, listing_id: str, to: str, *, actor: Actor, shop_id: int = 1
) -> StateChange:
    """Take a listing to another state; raises WrongStep, NotReady, NoSuchListing.

    To go live it must pass the check; the result has the check's advice.
    """
    require(actor, "edit_catalog")
    ready = readiness(db, platform, listing_id, shop_id=shop_id) if to == "live" else None
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        step(edits, platform, listing_id, to, ready)
        number = log_action(
            connection,
            actor,
            f"listing.{to}",
            f"{platform} · {listing_id}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )
    return StateChange(to, number, ready)


def step(edits: Edits, platform: str, listing_id: str, to: str, ready: Readiness | None) -> None:
    """Change the state of a listing inside the caller's transaction, by STEPS."""
    key = {"platform": platform, "listing_id": listing_id}
    row = edits.read("listing", key, ("status", "sku", "updated_at", "wanted_status"))
    if row is None:
        raise NoSuchListing(platform=platform, listing=listing_id)
    refuse_wrong_step(listing_id, row["status"], to)
    if to == "live":
        _refuse_unready(edits.connection, edits.shop_id, row, listing_id, ready)
    values: dict[str, Any] = {"status": to, "state_changed_at": now()}
    if is_from_platform(row["updated_at"]):
        values |= {"wanted_status": to, "payload_hash": 0}  # so that the next statement counts
    edits.update("listing", key, values)


def refuse_wrong_step(listing_id: str, before: str, to: str) -> None:
    """Refuse a state that does not follow; raises WrongStep."""
    possible = STEPS.get(before, ())
    if to not in possible:
        raise WrongStep(listing=listing_id, now=before, wanted=to, possible=", ".join(possible))


def _refuse_unready(
    connection: Connection, shop_id: int, row: Mapping[str, Any], listing_id: str, ready: Readiness | None
) -> None:
    """A draft needs the whole check; a paused one goes live again while there is a piece to sell."""
    if row["status"] == "draft" and ready is not None and ready.blocks:
        raise NotReady(listing=listing_id, missing=", ".join(finding.code for finding in ready.blocks))
    if sold_out(connection, shop_id, row["sku"]):
        raise NotReady(listing=listing_id, missing="sold_out")


def is_from_platform(updated_at: Any) -> bool:
    """Whether this listing came from a platform or its file (seconds UTC of its last statement)."""
    return bool(updated_at)


def delete_draft(db: Database, platform: str, listing_id: str, *, actor: Actor, shop_id: int = 1) -> int:
    """Delete a draft of ours; raises NotADraft for everything else."""
    require(actor, "edit_catalog")
    key = {"platform": platform, "listing_id": listing_id}
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        row = edits.read("listing", key, ("status", "updated_at"))
        if row is None:
            raise NoSuchListing(platform=platform, listing=listing_id)
        if row["status"] != "draft" or is_from_platform(row["updated_at"]):
            raise NotADraft(listing=listing_id)
        edits.delete("listing", key)
        return log_action(
            connection,
            actor,
            "listing.delete",
            f"{platform} · {listing_id}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )
