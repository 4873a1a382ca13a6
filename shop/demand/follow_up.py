"""What the shop does about demand: a draft listing, a kiln batch, a note to who wanted it; and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.products import ProductFields, VariantFields
from shop.comments.offers import offers, offers_of
from shop.comments.topics import Thing
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.demand.board import DAYS, DemandItem, Wish, wanted
from shop.kiln import production
from shop.listings.listings import create_draft
from shop.listings.new_item import NewItem, add_item
from shop.metrics.settings import today


@dataclass(frozen=True)
class FollowUp:
    """What a thing wanted became: its SKU, the kiln batch, and the numbers that undo it, newest first."""

    sku: str
    batch_id: str | None
    undo: tuple[int, ...]


@dataclass(frozen=True)
class DemandOutcome:
    """One thing that the shop acted on, and what came of it.

    `people` wanted it then; `sold` units since, the first `days_to_sale` days after the start; `uninformed` are the
    wishes whose authors can be informed now that it is available.
    """

    thing: Thing
    started_on: date
    people: int
    sku: str | None
    batch_id: str | None
    is_there: bool
    sold: int
    days_to_sale: int | None
    uninformed: tuple[Wish, ...]


def draft_listing(
    db: Database, item: DemandItem, platforms: Sequence[str], title: str, *, actor: Actor, shop_id: int = 1
) -> FollowUp:
    """A draft on each platform for the thing: of the variant that fits, else of a new product and variant."""
    require(actor, "edit_catalog")
    if item.sku:
        undo = tuple(
            create_draft(db, item.sku, platform, actor=actor, shop_id=shop_id) for platform in platforms
        )
        sku = item.sku
    else:
        thing = item.thing
        product = ProductFields(
            title, form=thing.form or None, glaze=thing.glaze or None, size=thing.size or None
        )
        added = add_item(
            db,
            NewItem(
                product=product, variant=VariantFields(size=thing.size or None), platforms=tuple(platforms)
            ),
            actor=actor,
            shop_id=shop_id,
        )
        undo, sku = (added.audit_id,), added.sku
    number = _record(db, item, sku, None, actor, shop_id)
    return FollowUp(sku, None, (number, *reversed(undo)))


def start_kiln_batch(
    db: Database, item: DemandItem, pieces: int, title: str, *, actor: Actor, shop_id: int = 1
) -> FollowUp:
    """A kiln batch for the thing, as many pieces as given; a new product and variant where nothing fits."""
    require(actor, "edit_kiln")
    before: tuple[int, ...] = ()
    sku = item.sku
    if sku is None:
        drafted = draft_listing(db, item, (), title, actor=actor, shop_id=shop_id)
        sku, before = drafted.sku, drafted.undo
    change = production.start_batch(db, sku, pieces, actor=actor, shop_id=shop_id)
    number = _record(db, item, sku, change.batch.batch_id, actor, shop_id)
    return FollowUp(sku, change.batch.batch_id, (number, change.audit_id, *before))


def _record(
    db: Database, item: DemandItem, sku: str, batch_id: str | None, actor: Actor, shop_id: int
) -> int:
    """Write down that the shop acts on a thing; the number that undoes it."""
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        key = {"form": item.thing.form, "glaze": item.thing.glaze, "size": item.thing.size}
        values = {"sku": sku} | ({"batch_id": batch_id} if batch_id else {})
        if edits.read("demand", key, ("sku",)) is None:
            started_on = today(connection, shop_id).isoformat()
            rest = {"started_on": started_on, "people": item.people, "started_by": actor.name}
            edits.insert("demand", key, values | rest)
        else:
            edits.update("demand", key, values)
        return log_action(connection, actor, "demand.act", sku, undo=edits.undo, shop_id=shop_id)


def inform(db: Database, wishes: Sequence[Wish], *, actor: Actor, shop_id: int = 1) -> int:
    """Record that the authors of wishes were informed; the number that undoes it."""
    require(actor, "answer")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        for wish in wishes:
            key = {"platform": wish.platform, "comment_id": wish.comment_id}
            if edits.read("demand_notice", key, ("informed_at",)) is None:
                edits.insert("demand_notice", key, {"informed_at": now_seconds()})
        return log_action(
            connection,
            actor,
            "demand.tell",
            str(len(wishes)),
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def outcomes(db: Database, on: date, shop_id: int = 1) -> list[DemandOutcome]:
    """What became of the things that the shop acted on, the newest first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT form, glaze, size, started_on, people, sku, batch_id FROM demand WHERE shop_id = :shop "
                "ORDER BY started_on DESC, form, glaze, size"
            ),
            {"shop": shop_id},
        ).all()
        if not rows:
            return []
        skus = [row[5] for row in rows if row[5]]
        there = {
            item.sku for item in offers_of(connection, skus, shop_id) if item.is_there and item.is_listed
        }
        stock = offers(connection, shop_id)
        wishes = {item.thing: item.wishes for item in wanted(connection, on, stock, (), 4 * DAYS, shop_id)}
        result = []
        for form, glaze, size, started, people, sku, batch in rows:
            thing, since = Thing(form, glaze, size), date.fromisoformat(started)
            sold, days = _sold(connection, sku, since, shop_id)
            open_wishes = tuple(wish for wish in wishes.get(thing, ()) if not wish.is_informed)
            is_there = sku in there
            result.append(
                DemandOutcome(
                    thing, since, people, sku, batch, is_there, sold, days, open_wishes if is_there else ()
                )
            )
    return result


def _sold(connection: Connection, sku: str | None, since: date, shop_id: int) -> tuple[int, int | None]:
    """Units of a SKU sold since a day, and after how many days the first one."""
    row = connection.execute(
        text(
            "SELECT SUM(units), MIN(CASE WHEN units > 0 THEN day END) FROM fact_sku_day "
            "WHERE shop_id = :shop AND sku = :sku AND day >= :since"
        ),
        {"shop": shop_id, "sku": sku, "since": since.isoformat()},
    ).one()
    days = None if row[1] is None else (date.fromisoformat(row[1]) - since).days
    return int(row[0] or 0), days
