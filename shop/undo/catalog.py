"""Undo of catalog, kiln, planning, comment and session actions: the values from before are restored, all or none.

Rejected where a value was changed again since, for then it is not known which of the two is meant; and
where something references what was added. An undo can be undone itself. Stock is not included: its
movements are reversed by further movements (shop/undo/stock.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

import shop.models  # noqa: F401  (fills the metadata)
from shop.access.audit import ChangedSince, log_action, mark_undone
from shop.access.change_log import Edits, columns_of
from shop.access.roles import Actor, Permission, require
from shop.catalog.matching import rematch
from shop.catalog.references import refuse_if_in_use
from shop.comments.labels.store import relabel_same_texts
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import batch_costs, materials
from shop.listings import new_item
from shop.stock import sets
from shop.undo import kiln

MAY_UNDO: dict[str, Permission] = {
    **dict.fromkeys(
        ("product", "variant", "set_part", "piece", "listing", "photo", "match_rule"), "edit_catalog"
    ),
    **dict.fromkeys(
        (
            "kiln",
            "firing",
            "firing_curve",
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
    "parcel": "send_orders",
    "picked_line": "send_orders",
    **dict.fromkeys(("comment", "comment_label", "lead", "demand", "demand_notice"), "answer"),
    **dict.fromkeys(("session_review", "session_note"), "edit_live"),
}
ITEM_ADDED = "listing.enter"
OWNER_ONLY: Permission = "set_costs"  # for every other table


class NothingToUndo(ShopError):
    """There is no such action, or it is of a kind that is undone in another way."""

    message = "There is nothing to take back under number {number}."


class AlreadyUndone(ShopError):
    """Somebody undid it before."""

    message = "This was taken back already, by {who}."


def undo(db: Database, audit_id: int, *, actor: Actor, shop_id: int = 1) -> int:
    """Restore what one action changed; the audit number under which the undo can be undone.

    A new item whose pieces are in stock is archived, and its pieces are booked out again.
    Raises NothingToUndo, AlreadyUndone, ChangedSince, NotAllowed, StillInUse.
    """
    with db.write() as connection:
        row = connection.execute(
            text("SELECT * FROM audit WHERE audit_id = :number AND shop_id = :shop"),
            {"number": audit_id, "shop": shop_id},
        ).one_or_none()
        if row is None or not row.undo or not (changes := _table_changes(row.undo)):
            raise NothingToUndo(number=audit_id)
        if row.undone_at is not None:
            raise AlreadyUndone(who=row.undone_by)
        tables = [change["table"] for change in changes]
        for table in tables:
            require(actor, MAY_UNDO.get(table, OWNER_ONLY))
        edits = Edits(connection, shop_id)
        movement = new_item.movement_of(connection, audit_id, shop_id) if row.verb == ITEM_ADDED else 0
        if movement:
            _undo_item(edits, changes, movement, actor)
        else:
            restore_rows(edits, [change for change in changes if change["table"] != "kiln_room"])
        edits.undo += _restore_kiln(connection, shop_id, changes, actor)
        mark_undone(connection, audit_id, actor)
        if {"variant", "listing", "match_rule"} & set(tables):
            rematch(connection, shop_id)
        sets.follow_changes(connection, edits.undo, shop_id)
        relabel_same_texts(connection, [row["key"] for row in _rows_of(edits.undo, "comment_label")], shop_id)
        _follow_costs(connection, shop_id, edits.undo, actor)
        again = None if "photo" in tables or movement else edits.undo  # the audit stores no pictures
        return log_action(
            connection, actor, "undo", row.subject, changes=edits.changes, undo=again, shop_id=shop_id
        )


def restore_rows(edits: Edits, changes: list[dict[str, Any]]) -> None:
    """Restore the rows of these tables inside a transaction; raises ChangedSince."""
    for table, row in _newest_first(changes):
        _require_unchanged(edits, table, row)
        _restore(edits, table, row)


def _undo_item(edits: Edits, changes: list[dict[str, Any]], movement: int, actor: Actor) -> None:
    """Undo a new item whose pieces are in stock; rejected once one of its drafts was changed."""
    for table, row in _newest_first(changes):
        if table == "listing":
            _require_unchanged(edits, table, row)
    new_item.undo_item(edits, changes, movement, actor=actor)


def _table_changes(stored: str) -> list[dict[str, Any]]:
    """The changes of an action by table; empty for what is undone in another way."""
    value = json.loads(stored)
    changes = [value] if isinstance(value, dict) else value
    return [change for change in changes if isinstance(change, dict) and "table" in change]


def _newest_first(changes: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for change in reversed(changes):
        for row in reversed(change["rows"]):
            yield change["table"], row


def _rows_of(changes: Iterable[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    return [row for change in changes if change["table"] == table for row in change["rows"]]


def _require_unchanged(edits: Edits, table: str, row: Mapping[str, Any]) -> None:
    """Refuse where the row is not as the action left it; raises ChangedSince."""
    names = columns_of(table)
    after, key = row["after"], row["key"]
    assert key.keys() <= names and (after or {}).keys() <= names
    now = edits.read(table, key, tuple(after or ()))
    if (now is None) != (after is None) or (now and now != after):
        raise ChangedSince(what=" ".join((table, *map(str, key.values()))))


def _restore(edits: Edits, table: str, row: Mapping[str, Any]) -> None:
    if row["before"] is None:
        # what is matched to it becomes unmatched by itself
        refuse_if_in_use(edits.connection, edits.shop_id, table, row["key"], ignoring=("orders",))
        edits.delete(table, row["key"])
    elif row["after"] is None:
        edits.insert(table, row["key"], row["before"])
    else:
        edits.update(table, row["key"], row["before"])


def _restore_kiln(
    connection: Connection, shop_id: int, changes: list[dict[str, Any]], actor: Actor
) -> list[dict[str, Any]]:
    """Restore batches, firings and purchases with all that depends on them; what undoes that."""
    rows = _rows_of(changes, "kiln_room")
    return kiln.restore(connection, shop_id, actor, rows) if rows else []


def _follow_costs(connection: Connection, shop_id: int, edited: list[dict[str, Any]], actor: Actor) -> None:
    """Bring costs in line with restored kiln area, material lists and typed costs."""
    skus = {row["key"]["sku"] for row in _rows_of(edited, "material_use")}
    if skus:
        materials.apply_recipes(connection, shop_id, actor, skus)
    batch_costs.recompute_after_edits(connection, shop_id, edited)
