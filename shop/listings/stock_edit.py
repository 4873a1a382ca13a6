"""Bulk edit of stock: counts, places and reorder points typed into one table and saved as one action.

`plan` is what the typed cells would change and what is rejected. `save` writes all of it in one
transaction: the counts through the ledger (shop/stock/counts.py), the rest as an edit of the catalog
(shop/listings/bulk_edit.py). It refuses where something in it was changed (or sold) after the plan was
entered, for then it is not known what the typed number refers to. shop/undo/stock.py undoes it, all or none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.plan import Cell, CellChange, EditPlan, Rejected
from shop.stock import counts, ledger
from shop.stock.adjustments import OnlyOne
from shop.stock.counts import MOST_PIECES, BadCount
from shop.stock.ledger import IsASet

ON_HAND = "on_hand"
OF_CATALOG = ("place", "reorder_point")
ACTION = "stock.edit"


def counts_in(planned: EditPlan) -> tuple[CellChange, ...]:
    """The counts among the changes; `before` is None where the SKU was never counted."""
    return tuple(change for change in planned.changes if change.field == ON_HAND)


def differences(planned: EditPlan) -> tuple[int, int]:
    """How many pieces more the counts of a plan add, and how many fewer there are."""
    changes = [change.after - (change.before or 0) for change in counts_in(planned)]
    return sum(max(pieces, 0) for pieces in changes), sum(max(-pieces, 0) for pieces in changes)


def plan(db: Database, cells: Mapping[tuple[str, str], Any], *, actor: Actor, shop_id: int = 1) -> EditPlan:
    """What these cells, by (SKU, column), would change; columns are on_hand, place, reorder_point."""
    require(actor, "edit_stock")
    typed = [Cell(name, (sku,), value) for (sku, name), value in cells.items() if name == ON_HAND]
    with db.read() as connection:
        known = ledger.balances(connection, [cell.key[0] for cell in typed], shop_id=shop_id)
    changes: list[CellChange] = []
    rejected: list[Rejected[Cell]] = []
    unique = _one_of_a_kind(db, (cell.key[0] for cell in typed), shop_id)
    composed = _sets(db, shop_id)
    for cell in typed:
        sku = cell.key[0]
        before = known[sku].on_hand if sku in known else None
        try:
            if sku in composed:
                raise IsASet(sku=sku, parts=composed[sku])
            after = _number(sku, cell.value)
            if after != before and after > 1 and sku in unique:
                raise OnlyOne(sku=sku, found=after)
        except (BadCount, OnlyOne, IsASet) as problem:
            rejected.append(Rejected(cell, problem))
            continue
        if after != before:
            changes.append(CellChange(ON_HAND, cell.key, before, after))
    others = [Cell(name, (sku,), value) for (sku, name), value in cells.items() if name in OF_CATALOG]
    edits = bulk_edit.plan(db, others, actor=actor, shop_id=shop_id) if others else EditPlan()
    return EditPlan((*changes, *edits.changes), (*rejected, *edits.rejected), edits.ready)


def _number(sku: str, value: Any) -> int:
    """A typed count; raises BadCount."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value != int(value) or not 0 <= value <= MOST_PIECES:
        raise BadCount(found="–" if value is None else value, sku=sku)
    return int(value)


def _one_of_a_kind(db: Database, skus: Iterable[str], shop_id: int) -> set[str]:
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT sku FROM variant WHERE shop_id = :shop AND stock_policy = 'one_of_a_kind' "
                "AND sku IN (SELECT value FROM json_each(:skus))"
            ),
            {"shop": shop_id, "skus": json.dumps(list(skus))},
        )
        return {row[0] for row in rows}


def _sets(db: Database, shop_id: int) -> dict[str, str]:
    """The sets with their parts as they are written."""
    with db.read() as connection:
        rows = connection.execute(
            text("SELECT sku, parts FROM variant WHERE shop_id = :shop AND parts IS NOT NULL"),
            {"shop": shop_id},
        )
        return {row[0]: row[1] for row in rows}


def save(db: Database, planned: EditPlan, *, actor: Actor, shop_id: int = 1) -> int:
    """Write a plan in one transaction; the audit number under which it is undone.

    Raises ChangedMeanwhile, OnlyOne, NotAllowed; nothing is written then.
    """
    require(actor, "edit_stock")
    counted = counts_in(planned)
    others = tuple(change for change in planned.changes if change.field != ON_HAND)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if others:
            require(actor, "edit_catalog")
            bulk_edit.write(edits, EditPlan(others))
        undo: Any = edits.undo
        if counted:
            known = ledger.balances(connection, [change.key[0] for change in counted], shop_id=shop_id)
            for change in counted:
                sku = change.key[0]
                if (known[sku].on_hand if sku in known else None) != change.before:
                    raise ChangedMeanwhile(what=sku)
            pieces = {change.key[0]: change.after for change in counted}
            count_id, _ = counts.count_at_once(connection, pieces, actor=actor, shop_id=shop_id)
            undo = {"stock": {"count_id": count_id, "catalog": edits.undo}}
        subject = bulk_edit.subject(planned.changes)
        return log_action(
            connection, actor, ACTION, subject, changes=len(planned.changes), undo=undo, shop_id=shop_id
        )
