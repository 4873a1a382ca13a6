"""Batch and unit costs, stored: recomputed from steps, materials and firings.

Rules: docs/manual/en/costing-rules.md.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from shop.kiln import moving_average, repository, set_costs
from shop.kiln.batches import CHECKED, Batch
from shop.kiln.consumption import PACKING
from shop.kiln.cost_arithmetic import Flow, StageCost, flow, kiln_shares, packing, unit
from shop.kiln.repository import FiringRecord, LoadedPart
from shop.metrics.settings import shop_settings
from shop.models.kiln import FIRED


@dataclass(frozen=True)
class BatchCostReport:
    """One batch's cost: its stages with what was put into each, where it went, and what is missing.

    `missing` are (code, name) pairs: open (the batch has not ended), firing (a fired step without
    one), bill, area (a SKU of the load), price (a material), materials (none were used).
    """

    batch: Batch
    stages: tuple[StageCost, ...]
    flow: Flow
    missing: tuple[tuple[str, str], ...]


def compute_batch_costs(
    cursor: Any, shop_id: int, ids: Iterable[str] | None = None
) -> dict[str, BatchCostReport]:
    """The costs of batches (all without `ids`), cancelled ones left out."""
    book = {
        name: batch
        for name, batch in repository.batches(cursor, shop_id, ids).items()
        if batch.status != "cancelled"
    }
    fired = {step.firing_id for b in book.values() for step in b.steps if step.firing_id}
    firings = repository.firings(cursor, shop_id, fired)
    shares, without_area = _shares(cursor, shop_id, firings)
    material, unpriced = _materials(cursor, shop_id, book)
    with_materials = {batch for batch, _ in material}
    costs = {}
    for name, batch in book.items():
        stages = tuple(
            _stage(batch, stage, number, material.get((name, stage), 0), shares)
            for stage in batch.stages
            for number in sorted(
                {step.pass_number for step in batch.at(stage) if step.pieces_out is not None}
            )
        )
        missing = _missing(batch, firings, without_area, unpriced.get(name, []))
        if name not in with_materials:
            missing.append(("materials", batch.sku))
        costs[name] = BatchCostReport(batch, stages, flow(stages), tuple(missing))
    return costs


def _shares(
    cursor: Any, shop_id: int, firings: Mapping[str, FiringRecord]
) -> tuple[dict[tuple[str, str, int], int], dict[str, list[str]]]:
    """Each part's share of its firing, and the SKUs of each load whose kiln area is not known."""
    loads: defaultdict[str, list[LoadedPart]] = defaultdict(list)
    for part in repository.loaded_parts(cursor, shop_id, firings):
        loads[part.firing_id].append(part)
    shares: dict[tuple[str, str, int], int] = {}
    unknown: dict[str, list[str]] = {}
    for firing_id, parts in loads.items():
        cents_of = kiln_shares(firings[firing_id].cost_cents, [(p.pieces_in, p.shelf_cm2) for p in parts])
        for part, cents in zip(parts, cents_of, strict=True):
            shares[part.batch_id, part.stage, part.part] = cents
        if bare := sorted({part.sku for part in parts if not part.shelf_cm2}):
            unknown[firing_id] = bare
    return shares, unknown


MATERIALS = """
SELECT m.batch_id, m.stage, m.material_id, -m.value_cents, EXISTS (
  SELECT 1 FROM material_movement b WHERE b.shop_id = m.shop_id AND b.material_id = m.material_id
    AND b.reason = 'bought' AND b.amount > 0 AND b.moved_at <= m.moved_at
    AND NOT EXISTS (SELECT 1 FROM material_movement u WHERE u.shop_id = b.shop_id
      AND u.material_id = b.material_id AND u.undoes = b.movement_id))
FROM json_each(?) j CROSS JOIN material_movement m INDEXED BY material_movement_batch
  ON m.shop_id = ? AND m.batch_id = j.value
WHERE m.reason = 'used'
"""


def _materials(
    cursor: Any, shop_id: int, ids: Iterable[str]
) -> tuple[dict[tuple[str, str], int], dict[str, list[str]]]:
    """The material cost of each batch and stage, and the materials used that were never bought."""
    cents_by_stage: defaultdict[tuple[str, str], int] = defaultdict(int)
    unpriced: defaultdict[str, list[str]] = defaultdict(list)
    for batch, stage, material, cents, is_bought in cursor.execute(
        MATERIALS, (json.dumps(sorted(ids)), shop_id)
    ):
        cents_by_stage[batch, stage] += cents
        if not is_bought and material not in unpriced[batch]:
            unpriced[batch].append(material)
    return dict(cents_by_stage), dict(unpriced)


def _stage(
    batch: Batch, stage: str, number: int, material: int, shares: Mapping[tuple[str, str, int], int]
) -> StageCost:
    """One pass of a stage; pieces that a check returned to the kiln count in their last check only."""
    done = [step for step in batch.at(stage) if step.pieces_out is not None and step.pass_number == number]
    kiln = sum(shares.get((batch.batch_id, stage, step.part), 0) for step in done)
    came_out = sum(step.pieces_out or 0 for step in done)
    again = sum(step.again for step in done)
    begun = sum(step.pieces_in for step in done)
    if stage == CHECKED:
        begun, again = begun - again, 0
    used = material if number == 1 else 0
    return StageCost(stage, begun, came_out, used, kiln, again, done[0].is_detour)


def _missing(
    batch: Batch,
    firings: Mapping[str, FiringRecord],
    without_area: Mapping[str, list[str]],
    unpriced: Iterable[str],
) -> list[tuple[str, str]]:
    missing = [("open", batch.batch_id)] if batch.status == "open" else []
    for step in batch.steps:
        if step.stage not in FIRED:
            continue
        firing = firings.get(step.firing_id or "")
        if firing is None:
            missing.append(("firing", batch.batch_id))
            continue
        if not firing.is_billed:
            missing.append(("bill", firing.firing_id))
        missing += [("shelf", sku) for sku in without_area.get(firing.firing_id, ())]
    missing += [("price", material) for material in unpriced]
    return list(dict.fromkeys(missing))


def recompute_batch_costs(connection: Connection, shop_id: int, batches: Iterable[str] | None = None) -> None:
    """Recompute the costs of these batches (all without) and of the SKUs that they gave.

    Runs inside the transaction of the change.
    """
    cursor: Any = connection.connection.driver_connection
    ids = None if batches is None else sorted(set(batches))
    costs = compute_batch_costs(cursor, shop_id, ids)
    chosen = "" if ids is None else " AND batch_id IN (SELECT value FROM json_each(?))"
    given = (shop_id,) if ids is None else (shop_id, json.dumps(ids))
    cursor.execute(f"DELETE FROM batch_cost WHERE shop_id = ?{chosen}", given)
    cursor.executemany(
        "INSERT INTO batch_cost (shop_id, batch_id, stage, pieces_in, pieces_out, material_cents, "
        "kiln_cents, loss_cents) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "pieces_in = pieces_in + excluded.pieces_in, pieces_out = pieces_out + excluded.pieces_out, "
        "kiln_cents = kiln_cents + excluded.kiln_cents, loss_cents = loss_cents + excluded.loss_cents",
        [
            (
                shop_id,
                name,
                s.stage,
                s.pieces_in - s.again,
                s.pieces_out,
                s.material_cents,
                s.kiln_cents,
                lost,
            )
            for name, cost in costs.items()
            for s, lost in zip(cost.stages, cost.flow.losses, strict=True)
        ],
    )
    skus = {sku for cost in costs.values() for _, sku in cost.batch.grades()}
    skus |= {
        row[0]
        for row in cursor.execute(
            f"SELECT DISTINCT sku FROM unit_cost WHERE shop_id = ? AND batch_id IS NOT NULL{chosen}", given
        )
    }
    recompute_unit_costs(connection, shop_id, skus)


@dataclass(frozen=True)
class _BatchOutput:
    """What one batch gave of one SKU: from which day on, how many, and its cost."""

    on: date
    pieces: int
    cost: BatchCostReport


def recompute_unit_costs(connection: Connection, shop_id: int, skus: Iterable[str]) -> None:
    """Recompute the unit costs of these SKUs from the batches that gave them."""
    cursor: Any = connection.connection.driver_connection
    wanted = sorted(set(skus))
    if not wanted:
        return
    rows = cursor.execute(
        "SELECT DISTINCT batch_id FROM batch_grade WHERE shop_id = ? "
        "AND sku IN (SELECT value FROM json_each(?))",
        (shop_id, json.dumps(wanted)),
    )
    outputs = _outputs(compute_batch_costs(cursor, shop_id, [row[0] for row in rows.fetchall()]), set(wanted))
    shop = shop_settings(connection, shop_id)
    cursor.execute(
        "DELETE FROM unit_cost WHERE shop_id = ? AND batch_id IS NOT NULL "
        "AND sku IN (SELECT value FROM json_each(?))",
        (shop_id, json.dumps(wanted)),
    )
    prices: dict[date, dict[str, Fraction | None]] = {}
    packings = _packings(cursor, shop_id, outputs)
    for (sku, on), batches in outputs.items():
        if on not in prices:
            materials = {name for uses in packings.values() for name, _ in uses}
            prices[on] = moving_average.prices(
                cursor, shop_id, materials, moving_average.end_of(on, shop.time_zone)
            )
        uses = [(amount, prices[on][name]) for name, amount in packings.get(sku, ())]
        _write_unit(cursor, shop_id, sku, on, batches, uses, shop.currency)
    set_costs.recompute(connection, shop_id, set_costs.concerned(connection, shop_id, wanted))


def _outputs(
    costs: Mapping[str, BatchCostReport], skus: set[str]
) -> dict[tuple[str, date], list[_BatchOutput]]:
    """What gave each SKU, by the first day that each batch gave it."""
    outputs: defaultdict[tuple[str, date], list[_BatchOutput]] = defaultdict(list)
    for cost in costs.values():
        firsts: dict[str, date] = {}
        pieces: defaultdict[str, int] = defaultdict(int)
        for step in cost.batch.at("checked"):
            for _, sku, count in step.grades:
                if sku in skus and step.done_on:
                    firsts[sku] = min(firsts.get(sku, step.done_on), step.done_on)
                    pieces[sku] += count
        for sku, on in firsts.items():
            outputs[sku, on].append(_BatchOutput(on, pieces[sku], cost))
    return dict(outputs)


def _packings(
    cursor: Any, shop_id: int, outputs: Mapping[tuple[str, date], list[_BatchOutput]]
) -> dict[str, list[tuple[str, int]]]:
    """What packing each SKU takes; seconds and numbered pieces without a list of their own take
    that of the SKU that their batch was started as.
    """
    origin = {sku: batches[0].cost.batch.sku for (sku, _), batches in outputs.items()}
    uses: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for sku, material, amount in cursor.execute(
        "SELECT sku, material_id, amount FROM material_use WHERE shop_id = ? AND stage = ? "
        "AND sku IN (SELECT value FROM json_each(?)) ORDER BY sku, material_id",
        (shop_id, PACKING, json.dumps(sorted({*origin, *origin.values()}))),
    ):
        uses[sku].append((material, amount))
    return {sku: uses.get(sku) or uses.get(base, []) for sku, base in origin.items()}


def _write_unit(
    cursor: Any,
    shop_id: int,
    sku: str,
    on: date,
    batches: list[_BatchOutput],
    uses: list[tuple[int, Fraction | None]],
    currency: str,
) -> None:
    cost = unit([(m.pieces, m.cost.batch.good, m.cost.flow.good) for m in batches])
    packed = packing([(amount, price or Fraction()) for amount, price in uses])
    is_complete = not any(m.cost.missing for m in batches) and all(p is not None for _, p in uses)
    cursor.execute(
        "INSERT INTO unit_cost (shop_id, sku, from_on, material_cents, kiln_cents, loss_cents, "
        "packing_cents, unit_cents, currency, is_complete, batch_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            shop_id,
            sku,
            on.isoformat(),
            cost.material,
            cost.kiln,
            cost.loss,
            packed,
            cost.cents + packed,
            currency,
            is_complete,
            max(m.cost.batch.batch_id for m in batches),
        ),
    )


def packed_with(cursor: Any, shop_id: int, material_id: str) -> set[str]:
    """The SKUs with a cost from a batch whose packing takes this material."""
    rows = cursor.execute(
        "SELECT DISTINCT c.sku FROM unit_cost c WHERE c.shop_id = ? AND c.batch_id IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM material_use u WHERE u.shop_id = c.shop_id AND u.stage = ? "
        "AND u.material_id = ? AND (u.sku = c.sku OR u.sku = (SELECT b.sku FROM kiln_batch b "
        "WHERE b.shop_id = c.shop_id AND b.batch_id = c.batch_id)))",
        (shop_id, PACKING, material_id),
    )
    return {row[0] for row in rows.fetchall()}


def batches_sharing_firings(connection: Connection, shop_id: int, skus: Iterable[str]) -> set[str]:
    """The batches whose cost follows the kiln area of these SKUs: all that shared a firing."""
    cursor: Any = connection.connection.driver_connection
    rows = cursor.execute(
        "SELECT DISTINCT s.firing_id FROM kiln_batch b JOIN batch_step s "
        "ON s.shop_id = b.shop_id AND s.batch_id = b.batch_id WHERE b.shop_id = ? "
        "AND s.firing_id IS NOT NULL AND b.sku IN (SELECT value FROM json_each(?))",
        (shop_id, json.dumps(sorted(set(skus)))),
    )
    firings = [row[0] for row in rows.fetchall()]
    return {part.batch_id for part in repository.loaded_parts(cursor, shop_id, firings)}


def unpriced_packing(cursor: Any, shop_id: int, sku: str) -> list[str]:
    """The packing materials of a SKU that were never bought."""
    rows = cursor.execute(
        "SELECT DISTINCT u.material_id FROM material_use u WHERE u.shop_id = ? AND u.stage = ? "
        "AND u.sku IN (SELECT ? UNION SELECT b.sku FROM unit_cost c JOIN kiln_batch b "
        "ON b.shop_id = c.shop_id AND b.batch_id = c.batch_id WHERE c.shop_id = ? AND c.sku = ?) "
        "AND NOT EXISTS (SELECT 1 FROM material_movement m WHERE m.shop_id = u.shop_id "
        "AND m.material_id = u.material_id AND m.reason = 'bought' AND m.amount > 0) "
        "ORDER BY u.material_id",
        (shop_id, PACKING, sku, shop_id, sku),
    )
    return [row[0] for row in rows.fetchall()]


def recompute_after_edits(connection: Connection, shop_id: int, edited: Iterable[Mapping[str, Any]]) -> None:
    """Recompute what depends on edits from elsewhere (as `shop.access.change_log.Edits.undo` lists them): the stock
    space of a variant, what a SKU takes, a cost typed in.
    """
    resized: set[str] = set()
    units: set[str] = set()
    composed: set[str] = set()
    for part in edited:
        for row in part["rows"]:
            if part["table"] == "variant":
                named = {**(row["before"] or {}), **(row["after"] or {})}
                resized |= {row["key"]["sku"]} if "shelf_cm2" in named else set()
            elif part["table"] in ("material_use", "unit_cost"):
                units.add(row["key"]["sku"])
            elif part["table"] == "set_part":
                composed.add(row["key"]["set_sku"])
    if resized and (batches := batches_sharing_firings(connection, shop_id, resized)):
        recompute_batch_costs(connection, shop_id, batches)
    if units:
        recompute_unit_costs(connection, shop_id, units | _given_by(connection, shop_id, units))
    set_costs.recompute(connection, shop_id, composed)


def _given_by(connection: Connection, shop_id: int, skus: Iterable[str]) -> set[str]:
    """The SKUs that batches of these gave: seconds and numbered pieces among them."""
    cursor: Any = connection.connection.driver_connection
    rows = cursor.execute(
        "SELECT DISTINCT g.sku FROM kiln_batch b JOIN batch_grade g ON g.shop_id = b.shop_id "
        "AND g.batch_id = b.batch_id WHERE b.shop_id = ? "
        "AND b.sku IN (SELECT value FROM json_each(?))",
        (shop_id, json.dumps(sorted(skus))),
    )
    return {row[0] for row in rows.fetchall()}
