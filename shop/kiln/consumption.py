"""Material consumption of batch steps: exactly one movement per step and material."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shop.kiln.batches import Batch
from shop.kiln.moving_average import moment
from shop.models.kiln import STAGES

PACKING = "packing"


@dataclass(frozen=True)
class Consumption:
    """What one step takes of one material, on which moment (seconds UTC)."""

    move_key: str
    material_id: str
    stage: str
    amount: int
    at: int


Recipe = dict[str, list[tuple[str, int]]]


def recipes(cursor: Any, shop_id: int, skus: Iterable[str]) -> dict[str, Recipe]:
    """For each SKU what one piece takes at each stage: (material, thousandths of its unit)."""
    by_sku: dict[str, Recipe] = {}
    for sku in set(skus):
        recipe: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for stage, material, amount in cursor.execute(
            "SELECT stage, material_id, amount FROM material_use WHERE shop_id = ? AND sku = ? "
            "ORDER BY material_id",
            (shop_id, sku),
        ):
            recipe[stage].append((material, amount))
        by_sku[sku] = dict(recipe)
    return by_sku


def used_on(batch: Batch, stage: str, done_on: date | None) -> date | None:
    """The day on which a step takes its materials: clay when the batch starts, others when done."""
    return batch.started_on if stage == STAGES[0] else done_on


def uses(batch: Batch | None, recipe: Recipe, zone: str) -> dict[str, Consumption]:
    """All that the steps of a batch take, by move_key; nothing for one that was cancelled."""
    if batch is None or batch.status == "cancelled":
        return {}
    uses_by_key = {}
    for step in batch.steps:
        if step.pass_number > 1:
            continue  # a further pass takes energy, no material of the recipe
        on = used_on(batch, step.stage, step.done_on)
        for material, amount in recipe.get(step.stage, ()) if on else ():
            key = f"step:{batch.batch_id}:{step.stage}:{step.part}:{material}"
            at = moment(on, "used", zone) if on else 0
            uses_by_key[key] = Consumption(key, material, step.stage, step.pieces_in * amount, at)
    return uses_by_key


def stored(cursor: Any, shop_id: int, batch_id: str) -> dict[str, Consumption]:
    """The stored uses of a batch, by move_key."""
    rows = cursor.execute(
        "SELECT move_key, material_id, stage, -amount, moved_at FROM material_movement "
        "WHERE shop_id = ? AND batch_id = ? AND reason = 'used' ORDER BY movement_id",
        (shop_id, batch_id),
    )
    return {row[0]: Consumption(*row) for row in rows.fetchall()}


def sync_movements(
    cursor: Any,
    shop_id: int,
    batch_id: str,
    before: dict[str, Consumption],
    after: dict[str, Consumption],
    actor: str,
    *,
    replace_all: bool = False,
) -> dict[str, int]:
    """Bring the movements of a batch in line with its steps; returns the first changed second per material.

    A use that did not change stays at its recorded amount, whatever the recipe is now, unless
    `replace_all` is set.
    """
    known = stored(cursor, shop_id, batch_id)
    since: dict[str, int] = {}

    def touch(material: str, *moments: int) -> None:
        since[material] = min(since.get(material, moments[0]), *moments)

    for key, old in known.items():
        if key not in after and (replace_all or key in before):
            cursor.execute("DELETE FROM material_movement WHERE shop_id = ? AND move_key = ?", (shop_id, key))
            touch(old.material_id, old.at)
    for key, use in after.items():
        if not replace_all and before.get(key) == use:
            continue
        if known.get(key) == use:
            continue
        cursor.execute(
            "INSERT INTO material_movement (shop_id, material_id, reason, amount, moved_at, actor, "
            "move_key, batch_id, stage) VALUES (?, ?, 'used', ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET amount = excluded.amount, moved_at = excluded.moved_at, "
            "actor = excluded.actor",
            (shop_id, use.material_id, -use.amount, use.at, actor, key, batch_id, use.stage),
        )
        touch(use.material_id, use.at, known[key].at if key in known else use.at)
    return since
