"""Unit costs: what one piece of a SKU costs, from its batches or as the owner entered it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require, require_reader
from shop.catalog.titles import titles
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import batch_costs
from shop.kiln.batches import BadPieces
from shop.kiln.set_costs import SET
from shop.metrics.settings import shop_settings, today
from shop.stock import sets
from shop.stock.ledger import UnknownSku


class SetCostTyped(ShopError):
    """A cost was typed in for a set."""

    message = "{sku} is a set: it costs what its parts cost ({parts}). Type in the cost of the part."


class NoCost(ShopError):
    """A typed cost is no amount."""

    message = "“{found}” is no amount. Write it like 12.50."


class CostChanged(ShopError):
    """Somebody else changed costs after they were shown to whoever typed over them."""

    message = "{count} of these costs were changed by somebody else meanwhile. Both are shown: choose which one counts."


@dataclass(frozen=True)
class DatedUnitCost:
    """What one good piece of a SKU costs from a day on, in cents; its parts add up to it.

    `batch_id` is the (last) batch that it came from, None where it was typed in by hand, "set" where it is the sum of
    the parts of a set. Where it is
    not complete, more than this may still come to be known.
    """

    sku: str
    from_on: date
    material_cents: int
    kiln_cents: int
    loss_cents: int
    packing_cents: int
    unit_cents: int
    currency: str
    is_complete: bool
    batch_id: str | None


NO_PARTS = {"material_cents": 0, "kiln_cents": 0, "loss_cents": 0, "packing_cents": 0}
BY_UNITS_SOLD = """
SELECT v.sku FROM variant v
LEFT JOIN sold_match m ON m.shop_id = v.shop_id AND m.sku = v.sku
LEFT JOIN sold_name n ON n.shop_id = m.shop_id AND n.name_key = m.name_key
LEFT JOIN (SELECT shop_id, sku, SUM(units) AS units FROM fact_sku_month GROUP BY shop_id, sku) f
  ON f.shop_id = n.shop_id AND f.sku = n.sku
WHERE v.shop_id = ? AND NOT v.is_archived
GROUP BY v.sku ORDER BY COALESCE(SUM(f.units), 0) DESC, v.sku
"""
COLUMNS = (
    "sku, from_on, material_cents, kiln_cents, loss_cents, packing_cents, unit_cents, currency, "
    "is_complete, batch_id"
)


def costs_of(
    connection: Connection, shop_id: int = 1, skus: Iterable[str] | None = None
) -> dict[str, list[DatedUnitCost]]:
    """The costs of SKUs (all without) over time, each list from the first day on."""
    cursor: Any = connection.connection.driver_connection
    wanted = None if skus is None else set(skus)
    costs: dict[str, list[DatedUnitCost]] = {}
    for row in cursor.execute(
        f"SELECT {COLUMNS} FROM unit_cost WHERE shop_id = ? ORDER BY sku, from_on", (shop_id,)
    ):
        if wanted is None or row[0] in wanted:
            values = (*row[:1], date.fromisoformat(row[1]), *row[2:8], bool(row[8]), row[9])
            cost = DatedUnitCost(*values)
            costs.setdefault(cost.sku, []).append(cost)
    return costs


def valid_on(costs: Iterable[DatedUnitCost], on: date) -> DatedUnitCost | None:
    """The cost that is valid on a day, None where none was known yet."""
    return max((cost for cost in costs if cost.from_on <= on), key=lambda cost: cost.from_on, default=None)


def unit_cost(db: Database, sku: str, on: date | None = None, *, shop_id: int = 1) -> DatedUnitCost | None:
    """What one piece of a SKU costs on a day (today without), None where nobody knows.

    Raises NotAllowed for others than the owner.
    """
    require_reader(db, "see_margins")
    with db.read() as connection:
        day = on or today(connection, shop_id)
        return valid_on(costs_of(connection, shop_id, [sku]).get(sku, ()), day)


def set_unit_cost(
    db: Database, sku: str, cents: int | None, *, actor: Actor, on: date | None = None, shop_id: int = 1
) -> int:
    """Type in what a piece of a SKU costs from a day on, packing included; None takes it away.

    It takes precedence over a batch of that day. Returns the audit number that undoes it. Raises SetCostTyped for a
    set, whose cost is that of its parts.
    """
    return set_unit_costs(db, {sku: cents}, actor=actor, on=on, shop_id=shop_id)


def set_unit_costs(
    db: Database,
    costs: Mapping[str, int | None],
    *,
    actor: Actor,
    on: date | None = None,
    before: Mapping[str, int | None] | None = None,
    shop_id: int = 1,
) -> int:
    """The same for several SKUs in one transaction with one undo.

    With `before`, the costs that were shown, it raises CostChanged where one of them is another by now. Raises
    UnknownSku, BadPieces, NotAllowed, SetCostTyped.
    """
    require(actor, "set_costs")
    for cents in costs.values():
        if cents is not None and cents < 0:
            raise BadPieces(pieces=cents)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        on = on or today(connection, shop_id)
        day, currency = on.isoformat(), shop_settings(connection, shop_id).currency
        if before is not None:
            _refuse_changed(connection, shop_id, {sku: before.get(sku) for sku in costs}, on)
        for sku, cents in costs.items():
            if edits.read("variant", {"sku": sku}, ("sku",)) is None:
                raise UnknownSku(sku=sku)
            if cents is not None and (parts := sets.parts_of(connection, sku, shop_id)):
                raise SetCostTyped(sku=sku, parts=sets.parts_text(parts))
            edits.delete("unit_cost", {"sku": sku, "from_on": day})
            if cents is not None:
                typed = {"unit_cents": cents, "currency": currency, "is_complete": 1, "batch_id": None}
                edits.insert("unit_cost", {"sku": sku, "from_on": day}, {**NO_PARTS, **typed})
        batch_costs.recompute_unit_costs(connection, shop_id, list(costs))
        subject = next(iter(costs)) if len(costs) == 1 else str(len(costs))
        return log_action(connection, actor, "costs.unit", subject, undo=edits.undo, shop_id=shop_id)


def _refuse_changed(connection: Connection, shop_id: int, before: Mapping[str, int | None], on: date) -> None:
    """Refuse to write over costs that were not shown to whoever typed; raises CostChanged."""
    known = costs_of(connection, shop_id, before)
    valid = {sku: valid_on(known.get(sku, ()), on) for sku in before}
    changed = [sku for sku, cost in valid.items() if (cost.unit_cents if cost else None) != before[sku]]
    if changed:
        raise CostChanged(count=len(changed))


def why_incomplete(
    db: Database, sku: str, on: date | None = None, *, shop_id: int = 1
) -> tuple[tuple[str, str], ...]:
    """What is missing until the cost of a SKU on a day is true: (code, name) pairs.

    Codes: cost (nothing is known of it), and those of `batch_costs.BatchCost.missing`; packing names a
    material that was never bought.
    """
    with db.read() as connection:
        day = on or today(connection, shop_id)
        cost = valid_on(costs_of(connection, shop_id, [sku]).get(sku, ()), day)
        parts = sets.parts_of(connection, sku, shop_id)
        if parts and (cost is None or cost.batch_id == SET):
            missing = [pair for part in parts for pair in why_incomplete(db, part.sku, day, shop_id=shop_id)]
            return tuple(dict.fromkeys(missing))
        if cost is None:
            return (("cost", sku),)
        if cost.is_complete or cost.batch_id is None:
            return ()
        cursor: Any = connection.connection.driver_connection
        batches = [
            row[0]
            for row in cursor.execute(
                "SELECT g.batch_id FROM batch_grade g JOIN batch_step s ON s.shop_id = g.shop_id "
                "AND s.batch_id = g.batch_id AND s.stage = 'checked' AND s.part = g.part "
                "WHERE g.shop_id = ? AND g.sku = ? GROUP BY g.batch_id HAVING MIN(s.done_on) = ?",
                (shop_id, sku, cost.from_on.isoformat()),
            )
        ]
        cost_of_batch = batch_costs.compute_batch_costs(cursor, shop_id, batches)
        missing = [pair for batch_cost in cost_of_batch.values() for pair in batch_cost.missing]
        missing += [("packing", name) for name in batch_costs.unpriced_packing(cursor, shop_id, cost.sku)]
        return tuple(dict.fromkeys(missing))


def costs_to_type(db: Database, *, shop_id: int = 1) -> list[tuple[str, str, int | None]]:
    """Every SKU on sale with its title and the cost in cents that is valid today, the best sold first.

    Raises NotAllowed for others than the owner.
    """
    require_reader(db, "see_margins")
    with db.read() as connection:
        day = today(connection, shop_id)
        cursor: Any = connection.connection.driver_connection
        names = titles(cursor, shop_id)
        known = costs_of(connection, shop_id)
        skus = [row[0] for row in cursor.execute(BY_UNITS_SOLD, (shop_id,))]
    result = []
    for sku in skus:
        cost = valid_on(known.get(sku, ()), day)
        result.append((sku, names.get(sku, sku), cost.unit_cents if cost else None))
    return result


def current_costs(db: Database, *, shop_id: int = 1) -> pd.DataFrame:
    """The costs valid today, one row per SKU, the dearest first: sku, title, the parts and the whole
    in cents, from_on, and what is missing (code, name). For the owner.
    """
    with db.read() as connection:
        day = today(connection, shop_id)
        cursor: Any = connection.connection.driver_connection
        names = titles(cursor, shop_id)
        gone = {
            row[0]
            for row in cursor.execute("SELECT sku FROM variant WHERE shop_id = ? AND is_archived", (shop_id,))
        }
        valid = [
            cost
            for sku, costs in costs_of(connection, shop_id).items()
            if sku in names and sku not in gone and (cost := valid_on(costs, day))
        ]
    rows = [
        (
            cost.sku,
            names[cost.sku],
            *_parts(cost),
            cost.unit_cents,
            cost.from_on.isoformat(),
            () if cost.is_complete else why_incomplete(db, cost.sku, day, shop_id=shop_id),
        )
        for cost in sorted(valid, key=lambda cost: (-cost.unit_cents, cost.sku))
    ]
    columns = [
        "sku",
        "title",
        "material_cents",
        "kiln_cents",
        "loss_cents",
        "packing_cents",
        "unit_cents",
        "from_on",
        "missing",
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:7], "Int64"))


def _parts(cost: DatedUnitCost) -> tuple[int | None, ...]:
    """Material, kiln, loss and packing; unknown where the cost was typed in as one sum."""
    parts = (cost.material_cents, cost.kiln_cents, cost.loss_cents, cost.packing_cents)
    return (None,) * 4 if cost.batch_id is None and not any(parts) else parts
