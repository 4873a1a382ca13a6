"""Taking back what a verb changed: the values from before are put back, all of them or none.

Refused where a value was changed again since, for then nobody can say which of the two is meant; and
where something now hangs on what was added. What an undo did can be undone itself. The stock ledger is
not among it: its movements are taken back by counter-movements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

import shop.models  # noqa: F401  (fills the metadata)
from shop.access.audit import ChangedSince, log_action, mark_undone
from shop.access.change_log import Edits, columns_of
from shop.access.roles import Actor, Permission, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import batch_costs
from shop.kiln.materials import apply_recipes
from shop.undo import kiln

Follow = Callable[[Connection, int], None]
MAY_UNDO: dict[str, Permission] = {
    **dict.fromkeys(("product", "variant", "piece", "listing", "photo", "match_rule"), "edit_catalog"),
    **dict.fromkeys(
        (
            "kiln",
            "firing",
            "kiln_batch",
            "batch_step",
            "batch_loss",
            "batch_grade",
            "material",
            "material_use",
            "material_movement",
            "kiln_room",
        ),
        "edit_kiln",
    ),
    "goal": "set_goals",
    "stated_total": "set_goals",
    "campaign": "edit_calendar",
}
ENTERED = "listing.enter"
OWNERS: Permission = "set_costs"  # what only the owner may do, for every other table


class NothingToUndo(ShopError):
    """There is no such verb, or it is of a kind that is taken back in another way."""

    message = "There is nothing to take back under number {number}."


class AlreadyUndone(ShopError):
    """Somebody took it back before."""

    message = "This was taken back already, by {who}."


def undo(db: Database, audit_id: int, *, actor: Actor, shop_id: int = 1) -> int:
    """Put back what one verb changed; the number under which that can be taken back again.

    A new thing whose pieces are in stock is archived, and its pieces are booked out again.
    Raises NothingToUndo, AlreadyUndone, ChangedSince, NotAllowed, StillInUse.
    """
    from shop.listings import new_item

    with db.write() as connection:
        row = connection.execute(
            text("SELECT * FROM audit WHERE audit_id = :number AND shop_id = :shop"),
            {"number": audit_id, "shop": shop_id},
        ).one_or_none()
        if row is None or not row.undo or not (parts := _parts(row.undo)):
            raise NothingToUndo(number=audit_id)
        if row.undone_at is not None:
            raise AlreadyUndone(who=row.undone_by)
        tables = [part["table"] for part in parts]
        for table in tables:
            require(actor, MAY_UNDO.get(table, OWNERS))
        edits = Edits(connection, shop_id)
        moved = new_item.movement_of(connection, audit_id, shop_id) if row.verb == ENTERED else 0
        if moved:
            _entry_back(edits, parts, moved, actor)
        else:
            put_back(edits, [part for part in parts if part["table"] != "kiln_room"])
        edits.undo += _kiln_room(connection, shop_id, parts, actor)
        mark_undone(connection, audit_id, actor)
        _followed(connection, shop_id, tables)
        _costs(connection, shop_id, edits.undo, actor)
        again = None if "photo" in tables or moved else edits.undo  # the audit keeps no pictures
        return log_action(
            connection, actor, "undo", row.subject, changes=edits.changes, undo=again, shop_id=shop_id
        )


def put_back(edits: Edits, parts: list[dict[str, Any]]) -> None:
    """Put back the rows of these tables inside a verb's transaction; raises ChangedSince."""
    for table, one in _backwards(parts):
        _check(edits, table, one)
        _put_back(edits, table, one)


def _entry_back(edits: Edits, parts: list[dict[str, Any]], moved: int, actor: Actor) -> None:
    """Take back a new thing whose pieces are in stock; refused once one of its drafts went further."""
    from shop.listings import new_item

    for table, one in _backwards(parts):
        if table == "listing":
            _check(edits, table, one)
    new_item.taken_back(edits, parts, moved, actor=actor)


def _parts(stored: str) -> list[dict[str, Any]]:
    """The tables of an undo, one or several; only names that the models know."""
    found = json.loads(stored)
    parts = [found] if isinstance(found, dict) else found
    return [part for part in parts if isinstance(part, dict) and "table" in part]


def _backwards(parts: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in reversed(parts):
        for row in reversed(part["rows"]):
            yield part["table"], row


def _check(edits: Edits, table: str, row: Mapping[str, Any]) -> None:
    """Refuse where the row does not stand as the verb left it."""
    names = columns_of(table)
    after, key = row["after"], row["key"]
    assert key.keys() <= names and (after or {}).keys() <= names
    now = edits.read(table, key, tuple(after or ()))
    if (now is None) != (after is None) or (now and now != after):
        raise ChangedSince(what=" ".join((table, *map(str, key.values()))))


def _put_back(edits: Edits, table: str, row: Mapping[str, Any]) -> None:
    if row["before"] is None:
        from shop.catalog.references import refuse_if_in_use

        refuse_if_in_use(  # what is matched to it goes back to waiting by itself
            edits.connection, edits.shop_id, table, row["key"], apart_from=("orders",)
        )
        edits.delete(table, row["key"])
    elif row["after"] is None:
        edits.insert(table, row["key"], row["before"])
    else:
        edits.update(table, row["key"], row["before"])


def _kiln_room(
    connection: Connection, shop_id: int, parts: list[dict[str, Any]], actor: Actor
) -> list[dict[str, Any]]:
    """Put back batches, firings and purchases with all that hangs on them; what undoes that."""
    rows = [row for part in parts if part["table"] == "kiln_room" for row in part["rows"]]
    if not rows:
        return []
    return kiln.put_back(connection, shop_id, actor, rows)


def _costs(connection: Connection, shop_id: int, edited: list[dict[str, Any]], actor: Actor) -> None:
    """Let costs follow shelf space, lists of materials and typed costs that were put back."""
    skus = {row["key"]["sku"] for part in edited if part["table"] == "material_use" for row in part["rows"]}
    if skus:
        apply_recipes(connection, shop_id, actor, skus)
    batch_costs.recompute_after_edits(connection, shop_id, edited)


def _followed(connection: Connection, shop_id: int, tables: Iterable[str]) -> None:
    """Bring in line what is told from these tables."""
    if {"variant", "listing", "match_rule"} & set(tables):
        from shop.catalog.matching import settle

        settle(connection, shop_id)
