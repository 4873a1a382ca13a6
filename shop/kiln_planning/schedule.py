"""A proposed kiln load becomes a plan: a firing in the calendar, and, once thrown, its batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shop.access.roles import Actor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import firings, production, repository
from shop.kiln.unit_of_work import kiln_transaction


class NothingToThrow(ShopError):
    """A load without a single piece was to be planned."""

    message = "There is no piece in this load. Give at least one SKU a number of pieces."


class LoadTooLarge(ShopError):
    """More area was planned than the kiln has."""

    message = "These pieces take {asked} cm² of shelf; {kiln} has {room} cm². Take some out."


@dataclass(frozen=True)
class PlannedLoad:
    """What was planned: the firing, the batches that were started, and the number that undoes it all."""

    firing_id: str
    batches: tuple[str, ...]
    audit_id: int


def plan_load(
    db: Database,
    kiln_id: str,
    pieces: Mapping[str, int],
    fire_on: date,
    *,
    actor: Actor,
    is_thrown: bool = False,
    note: str | None = None,
    anyway: bool = False,
    shop_id: int = 1,
) -> PlannedLoad:
    """Plan a biscuit firing of a kiln with so many pieces of each SKU, in one transaction.

    `note` describes in words what is to be thrown. With `is_thrown` the pieces are thrown already: a batch of
    each SKU is started today, and its clay is used. One audit number undoes all of it. Raises
    NothingToThrow, LoadTooLarge, KilnTaken (a second firing that day, unless `anyway`), UnknownKiln.
    """
    wanted = {sku: count for sku, count in pieces.items() if count}
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        kiln = repository.kiln(work.cursor, shop_id, kiln_id)
        if not wanted:
            raise NothingToThrow()
        used_cm2 = sum(
            count * (area or 0)
            for sku, area in work.cursor.execute(
                "SELECT sku, shelf_cm2 FROM variant WHERE shop_id = ?", (shop_id,)
            )
            for count in [wanted.get(sku, 0)]
        )
        if used_cm2 > kiln.shelf_cm2:
            raise LoadTooLarge(asked=used_cm2, kiln=kiln.name, room=kiln.shelf_cm2)
        firing = firings.plan_firing.within(work, kiln_id, "bisque", fire_on, note=note, anyway=anyway)
        batches = [
            production.start_batch.within(work, sku, count, note=firing.firing_id).batch_id
            for sku, count in sorted(wanted.items())
            if is_thrown
        ]
        return PlannedLoad(firing.firing_id, tuple(batches), work.note("kiln.plan_load", firing.firing_id))
