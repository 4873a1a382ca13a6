"""Listings: a variant put up for sale on a platform, and what may happen to it.

    draft -> live        only through the check before it goes live (shop/listings/readiness.py)
    live <-> paused      paused -> live only while there is something to sell
    any   -> retired     final, except that it can be opened again as a draft

What is said here is what the shop wants: nothing is changed on the platform by it. A listing that a
platform has stated keeps that wish in `wanted_*` until the platform states the same; `to_do` lists what
is still to be done there. A wrong step is refused in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.matching import settle
from shop.catalog.products import checked_cents, now, refuse_unknown
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.db.database import Database
from shop.listings.readiness import NotReady, Readiness, sold_out
from shop.listings.readiness import check as readiness
from shop.metrics.settings import shop_settings

OWN = "own/"  # the id of a listing that no platform has stated yet begins so
STEPS: Mapping[str, tuple[str, ...]] = {
    "draft": ("live", "retired"),
    "live": ("paused", "retired"),
    "paused": ("live", "retired"),
    "retired": ("draft",),
}


class NoSuchListing(ShopError):
    """There is no listing with this id on this platform."""

    message = "There is no listing “{listing}” on {platform}."


class WrongStep(ShopError):
    """A state that does not follow from the one it is in."""

    message = "“{listing}” is {now}; it cannot become {wanted}. From {now} it can become: {possible}."


class AlreadyOffered(ShopError):
    """The variant is offered on this platform already."""

    message = "{sku} is offered on {platform} already (listing {listing})."


class NotADraft(ShopError):
    """Only a draft that no platform has stated can be deleted."""

    message = "“{listing}” is no draft of ours: retire it instead of deleting it."


class NotOurDraft(ShopError):
    """A listing that a platform states cannot be given another id."""

    message = "“{listing}” is stated by {platform}; its id is the platform's."


@dataclass(frozen=True)
class Moved:
    """A listing in a new state; `readiness` says what the check found, `warned` what to look at."""

    status: str
    audit_id: int
    readiness: Readiness | None = None


def offer(
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
    """Write a draft inside a verb's transaction; its id."""
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
) -> Moved:
    """Take a listing to another state; raises WrongStep, NotReady, NoSuchListing.

    To go live it must pass the check; the answer holds what the check advises.
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
    return Moved(to, number, ready)


def step(edits: Edits, platform: str, listing_id: str, to: str, ready: Readiness | None) -> None:
    """One step of a listing inside a verb's transaction, by the rules."""
    key = {"platform": platform, "listing_id": listing_id}
    row = edits.read("listing", key, ("status", "sku", "updated_at", "wanted_status"))
    if row is None:
        raise NoSuchListing(platform=platform, listing=listing_id)
    refuse_wrong_step(listing_id, row["status"], to)
    if to == "live":
        _refuse_unready(edits.connection, edits.shop_id, row, listing_id, ready)
    values: dict[str, Any] = {"status": to, "state_changed_at": now()}
    if is_stated(row["updated_at"]):
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
        raise NotReady(listing=listing_id, missing=", ".join(one.code for one in ready.blocks))
    if sold_out(connection, shop_id, row["sku"]):
        raise NotReady(listing=listing_id, missing="sold_out")


def is_stated(updated_at: Any) -> bool:
    """Whether a platform (or its file) has ever stated this listing."""
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
        if row["status"] != "draft" or is_stated(row["updated_at"]):
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

    Where the platform has stated that id already, the two become one: what the platform states stays,
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
        if is_stated(row["updated_at"]):
            raise NotOurDraft(listing=listing_id, platform=platform)
        stated = edits.read("listing", theirs, (*LINKED, "wanted_title"))
        edits.delete("listing", own)
        if stated is None:
            edits.insert("listing", theirs, {**row, "product_id": product_id, "updated_at": 0})
        else:
            _become_one(edits, theirs, row, stated, actor)
        settle(connection, shop_id)
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
    edits: Edits, key: Mapping[str, str], own: Mapping[str, Any], stated: Mapping[str, Any], actor: Actor
) -> None:
    """What was typed for the draft is what the shop wants of the listing that the platform states."""
    from shop.catalog.match_rules import write_rule

    of_sku = edits.read("variant", {"sku": own["sku"]}, ("product_code",)) or {"product_code": ""}
    product = edits.read("product", of_sku, ("title",)) or {"title": None}
    edits.update("listing", key, wishes(own, stated, product["title"]))
    if stated["sku"] != own["sku"]:
        write_rule(edits, "platform_sku", folded(key["listing_id"]), own["sku"], actor)


def wishes(own: Mapping[str, Any], stated: Mapping[str, Any], product: str | None) -> dict[str, Any]:
    """What a draft of ours wanted beyond its product's title, where the platform states otherwise."""
    same_money = own["currency"] == stated["currency"]
    return {
        "wanted_title": own["title"] if own["title"] not in (stated["title"], product) else None,
        "wanted_price_cents": own["price_cents"]
        if same_money and own["price_cents"] != stated["price_cents"]
        else None,
    }


@dataclass(frozen=True)
class ToDo:
    """One thing to change on a platform by hand: what it states, and what the shop wants."""

    platform: str
    listing_id: str
    sku: str
    title: str
    field: str
    stated: str | int | None
    wanted: str | int
    currency: str


TO_DO = """
SELECT platform, listing_id, sku, COALESCE(title, sku) AS title, currency,
  price_cents, wanted_price_cents, title AS stated_title, wanted_title, status, wanted_status
FROM listing WHERE shop_id = :shop AND updated_at > 0 AND status <> 'retired'
  AND (wanted_price_cents <> COALESCE(price_cents, -1) OR wanted_title <> COALESCE(title, '')
    OR wanted_status <> status)
ORDER BY platform, title, listing_id
"""


def to_do(db: Database, *, shop_id: int = 1) -> list[ToDo]:
    """What is still to be changed on the platforms: wishes that they do not state yet."""
    pairs = (
        ("listing_price", "price_cents", "wanted_price_cents"),
        ("listing_title", "stated_title", "wanted_title"),
        ("status", "status", "wanted_status"),
    )
    with db.read() as connection:
        rows = connection.execute(text(TO_DO), {"shop": shop_id}).mappings().all()
    return [
        ToDo(
            row["platform"],
            row["listing_id"],
            row["sku"],
            row["title"],
            name,
            row[stated],
            row[wanted],
            row["currency"],
        )
        for row in rows
        for name, stated, wanted in pairs
        if row[wanted] is not None and row[wanted] != row[stated]
    ]


def platforms(db: Database, *, shop_id: int = 1) -> tuple[str, ...]:
    """Where the shop sells: the platforms of listings and orders, the largest first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT platform FROM (SELECT platform, COUNT(*) AS size FROM listing "
                "WHERE shop_id = :shop GROUP BY 1 UNION ALL SELECT platform, SUM(orders) "
                "FROM fact_day WHERE shop_id = :shop GROUP BY 1) GROUP BY platform "
                "ORDER BY SUM(size) DESC, platform"
            ),
            {"shop": shop_id},
        )
        return tuple(row[0] for row in rows)


def currency(db: Database, *, shop_id: int = 1) -> str:
    """The currency that prices are typed in by default."""
    with db.read() as connection:
        return shop_settings(connection, shop_id).currency


@dataclass(frozen=True)
class Offered:
    """One listing as it stands: what it is, what the platform states, what the shop wants."""

    platform: str
    listing_id: str
    sku: str
    title: str | None
    status: str
    price_cents: int | None
    wanted_price_cents: int | None
    currency: str
    quantity: int | None
    stated_at: datetime | None
    is_own: bool


def offers_of(db: Database, sku: str, *, shop_id: int = 1) -> list[Offered]:
    """The listings of a SKU, by platform."""
    with db.read() as connection:
        rows = connection.execute(
            text(OFFERED + " AND sku = :sku ORDER BY platform, listing_id"), {"shop": shop_id, "sku": sku}
        ).all()
    return [_offered(row) for row in rows]


def offered(db: Database, platform: str, listing_id: str, *, shop_id: int = 1) -> Offered | None:
    """One listing, None where it is gone."""
    sql = OFFERED + " AND platform = :platform AND listing_id = :listing"
    values = {"shop": shop_id, "platform": platform, "listing": listing_id}
    with db.read() as connection:
        row = connection.execute(text(sql), values).one_or_none()
    return None if row is None else _offered(row)


OFFERED = """
SELECT platform, listing_id, sku, title, status, price_cents, wanted_price_cents, currency, quantity,
  updated_at
FROM listing WHERE shop_id = :shop
"""


def _offered(row: Any) -> Offered:
    stated_at = datetime.fromtimestamp(row[9], UTC) if is_stated(row[9]) else None
    return Offered(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        stated_at,
        str(row[1]).startswith(OWN),
    )
