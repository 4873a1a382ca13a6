"""Many counts, places and reorder points typed into one table: looked at first, then saved as one.

`plan` says what the typed cells would change and which of them are refused, each with its reason. `save`
writes all of it in one transaction: the counts through the ledger (shop/stock/counts.py), the rest as an
edit of the catalog (shop/listings/bulk_edit.py). It refuses where something in it was changed by somebody else (or
sold) after it was looked at, for then nobody can say what the typed number is about. `take_back` undoes
it, all or nothing: the counts by counter-movements, the rest by putting back what stood there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.bulk_edit import Cell, ChangedMeanwhile
from shop.stock import counts as stocktakes
from shop.stock import ledger
from shop.stock.adjustments import OnlyOne
from shop.stock.counts import MOST_PIECES, BadCount

ON_HAND = "on_hand"
OF_CATALOG = ("place", "reorder_point")
VERB = "stock.edit"


@dataclass(frozen=True)
class Count:
    """The count of one SKU that would change; `before` is None where it was never counted."""

    sku: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Refused:
    """One cell that is not saved, and why."""

    sku: str
    field: str
    problem: ShopError


@dataclass(frozen=True)
class Plan:
    """What a set of typed cells comes to."""

    counts: tuple[Count, ...] = ()
    catalog: bulk_edit.Plan = field(default_factory=bulk_edit.Plan)
    refused: tuple[Refused, ...] = ()

    @property
    def cells(self) -> int:
        """How many cells would change."""
        return len(self.counts) + len(self.catalog.changes)

    @property
    def more(self) -> int:
        """How many pieces more there are than the book says, over the counts that grow."""
        return sum(max(change.after - (change.before or 0), 0) for change in self.counts)

    @property
    def fewer(self) -> int:
        """How many pieces fewer, over the counts that shrink."""
        return sum(max((change.before or 0) - change.after, 0) for change in self.counts)


def plan(db: Database, cells: Mapping[tuple[str, str], Any], *, actor: Actor, shop_id: int = 1) -> Plan:
    """What these cells, by (SKU, column), would change; columns are on_hand, place, reorder_point."""
    require(actor, "edit_stock")
    typed = {sku: value for (sku, name), value in cells.items() if name == ON_HAND}
    with db.read() as connection:
        known = ledger.balances(connection, typed, shop_id=shop_id)
    counts, refused = [], []
    for sku, value in typed.items():
        before = known[sku].on_hand if sku in known else None
        try:
            after = _number(sku, value)
        except BadCount as problem:
            refused.append(Refused(sku, ON_HAND, problem))
            continue
        if after != before:
            counts.append(Count(sku, before, after))
    counts, too_many = _only_one(db, counts, shop_id)
    others = [Cell(name, (sku,), value) for (sku, name), value in cells.items() if name in OF_CATALOG]
    edits = bulk_edit.plan(db, others, actor=actor, shop_id=shop_id) if others else bulk_edit.Plan()
    refused += too_many
    refused += [Refused(change.cell.key[0], change.cell.field, change.problem) for change in edits.refused]
    return Plan(tuple(counts), edits, tuple(refused))


def _number(sku: str, value: Any) -> int:
    """A typed count; raises BadCount."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value != int(value) or not 0 <= value <= MOST_PIECES:
        raise BadCount(found="–" if value is None else value, sku=sku)
    return int(value)


def _only_one(db: Database, counts: Iterable[Count], shop_id: int) -> tuple[list[Count], list[Refused]]:
    """The counts without those of a second piece of what exists once."""
    rows_to_check = list(counts)
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT sku FROM variant WHERE shop_id = :shop AND stock_policy = 'one_of_a_kind' "
                "AND sku IN (SELECT value FROM json_each(:skus))"
            ),
            {"shop": shop_id, "skus": json.dumps([change.sku for change in rows_to_check])},
        )
        unique = {row[0] for row in rows}
    too_many = [change for change in rows_to_check if change.sku in unique and change.after > 1]
    return (
        [change for change in rows_to_check if change not in too_many],
        [Refused(change.sku, ON_HAND, OnlyOne(sku=change.sku, found=change.after)) for change in too_many],
    )


def save(db: Database, planned: Plan, *, actor: Actor, shop_id: int = 1) -> int:
    """Write a plan in one transaction; the number under which it is taken back.

    Raises ChangedMeanwhile, OnlyOne, NotAllowed; nothing is written then.
    """
    require(actor, "edit_stock")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if planned.catalog.changes:
            require(actor, "edit_catalog")
            bulk_edit.write(edits, planned.catalog)
        back: Any = edits.undo
        if planned.counts:
            skus = [change.sku for change in planned.counts]
            known = ledger.balances(connection, skus, shop_id=shop_id)
            for change in planned.counts:
                if (known[change.sku].on_hand if change.sku in known else None) != change.before:
                    raise ChangedMeanwhile(what=change.sku)
            counted = {change.sku: change.after for change in planned.counts}
            count_id, _ = stocktakes.count_at_once(connection, counted, actor=actor, shop_id=shop_id)
            back = {"stock": {"count_id": count_id, "catalog": edits.undo}}
        return log_action(
            connection, actor, VERB, _subject(planned), changes=planned.cells, undo=back, shop_id=shop_id
        )


def _subject(planned: Plan) -> str:
    """What was edited, in a few SKUs."""
    skus = [change.sku for change in planned.counts] + [change.key[-1] for change in planned.catalog.changes]
    names = list(dict.fromkeys(skus))
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
