"""What everything cost, by arithmetic of its own: whole cents and exact fractions.

The rules are those of docs/manual/en/costing-rules.md; no code of the program is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from sample_data.studio.values import Batch, Step, Workshop

ORDER = ("greenware", "bisque", "glazed", "glaze_fired", "checked")


def half_up(exact: Fraction) -> int:
    """Return the nearest whole number, halves upwards."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split a sum by weights: every part rounded down, the rest to the largest fractions."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    by_fraction = sorted(range(len(exact)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_fraction[: total - sum(parts)]:
        parts[at] += 1
    return parts


@dataclass(frozen=True)
class StageCost:
    """What one stage of one batch added, and how much of all so far went with its lost pieces."""

    pieces_in: int
    pieces_out: int
    material: int
    kiln: int
    loss: int


@dataclass(frozen=True)
class BatchCost:
    """One batch: its stages, what sits in its good pieces, and whether all of it is known."""

    stages: dict[str, StageCost]
    good: int
    material: int
    kiln: int
    loss: int
    complete: bool

    @property
    def total(self) -> int:
        """All that the good pieces carry."""
        return self.material + self.kiln + self.loss


@dataclass(frozen=True)
class UnitCost:
    """What one good piece of a SKU costs from a day on."""

    from_on: date
    material: int
    kiln: int
    loss: int
    packing: int
    complete: bool

    @property
    def unit(self) -> int:
        """All of it."""
        return self.material + self.kiln + self.loss + self.packing


class BatchCosts:
    """The costs of a workshop: of every step, batch and SKU."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.area_of = {variant.sku: variant.area_cm2 for variant in workshop.variants}
        self._materials()
        self._kilns()
        self.batches = {batch.batch_id: self._batch(batch) for batch in workshop.batches}
        self.units = self._units()

    # --- materials --------------------------------------------------------------------------------

    def _materials(self) -> None:
        """Walk every material through its days: bought first, then used, at the moving average."""
        self.step_material: dict[tuple[str, str, int], int] = defaultdict(int)
        self.material_end: dict[str, tuple[int, int]] = {}
        self._prices: dict[str, list[tuple[date, Fraction]]] = {}
        moves: dict[str, list[tuple[date, int, str, int, int]]] = defaultdict(list)
        for place, bought in enumerate(self.workshop.purchases):
            moves[bought.material_id].append((bought.on, 0, f"{place}", bought.amount, bought.cents))
        by_stage: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for use in self.workshop.uses:
            by_stage[use.sku, use.stage].append((use.material_id, use.amount))
        steps = {}
        for batch in self.workshop.batches:
            for stage, part, day, pieces in _working(batch):
                for material, amount in by_stage[batch.sku, stage]:
                    key = f"step:{batch.batch_id}:{stage}:{part}:{material}"
                    steps[key] = (batch.batch_id, stage, part)
                    moves[material].append((day, 1, key, amount * pieces, 0))
        for material, rows in moves.items():
            self._walk(material, sorted(rows), steps)

    def _walk(
        self,
        material: str,
        rows: list[tuple[date, int, str, int, int]],
        steps: dict[str, tuple[str, str, int]],
    ) -> None:
        on_hand = value = 0
        prices: list[tuple[date, Fraction]] = []
        for day, used, key, amount, cents in rows:
            if used:
                if amount > on_hand:
                    raise ValueError(f"{material} ran out on {day}")
                taken = half_up(Fraction(value * amount, on_hand))
                self.step_material[steps[key]] += taken
                on_hand, value = on_hand - amount, value - taken
            else:
                on_hand, value = on_hand + amount, value + cents
            if on_hand:
                prices.append((day, Fraction(value, on_hand)))
        self._prices[material] = prices
        self.material_end[material] = (on_hand, value)

    def price(self, material: str, on: date) -> Fraction:
        """Return the average price of a thousandth of a material's unit at the end of a day."""
        return [price for day, price in self._prices[material] if day <= on][-1]

    # --- kilns ------------------------------------------------------------------------------------

    def _kilns(self) -> None:
        """Share every load by pieces x kiln area."""
        self.step_kiln: dict[tuple[str, str, int], int] = defaultdict(int)
        loads: dict[str, list[tuple[tuple[str, str, int], int]]] = defaultdict(list)
        for batch in self.workshop.batches:
            for step in batch.steps:
                if step.firing_id:
                    key = (batch.batch_id, step.stage, step.part)
                    loads[step.firing_id].append((key, step.pieces_in * self.area_of[batch.sku]))
        self.billed = set()
        for firing in self.workshop.firings:
            load = sorted(loads[firing.firing_id])
            if not load:
                continue  # planned: nothing is in it yet
            cost = (firing.energy_cents or 0) + firing.wear_cents + firing.labour_cents
            shares = largest_remainder(cost, [area for _, area in load])
            for (key, _), share in zip(load, shares, strict=True):
                self.step_kiln[key] = share
            if firing.energy_cents is not None:
                self.billed.add(firing.firing_id)

    # --- batches ----------------------------------------------------------------------------------

    def _batch(self, batch: Batch) -> BatchCost:
        stages: dict[str, StageCost] = {}
        material = kiln = loss = before = 0
        for stage in ORDER:
            steps = [step for step in batch.steps if step.stage == stage and step.out is not None]
            if not steps:
                break
            added_material, added_kiln = self._added(batch, steps)
            pieces_in = sum(step.pieces_in for step in steps)
            out = sum(step.out or 0 for step in steps)
            if before > pieces_in:
                is_open = (pieces_in, before - pieces_in)
                material = largest_remainder(material, is_open)[0]
                kiln = largest_remainder(kiln, is_open)[0]
            material, kiln = material + added_material, kiln + added_kiln
            parts = (out, pieces_in - out)
            gone = (largest_remainder(material, parts)[1], largest_remainder(kiln, parts)[1])
            material, kiln, loss = material - gone[0], kiln - gone[1], loss + sum(gone)
            stages[stage] = StageCost(pieces_in, out, added_material, added_kiln, sum(gone))
            before = out
        good = stages["checked"].pieces_out if "checked" in stages else 0
        fired = {step.firing_id for step in batch.steps if step.firing_id}
        return BatchCost(stages, good, material, kiln, loss, batch.closed and fired <= self.billed)

    def _added(self, batch: Batch, steps: list[Step]) -> tuple[int, int]:
        keys = [(batch.batch_id, step.stage, step.part) for step in steps]
        return sum(self.step_material[key] for key in keys), sum(self.step_kiln[key] for key in keys)

    # --- units ------------------------------------------------------------------------------------

    def _units(self) -> dict[str, list[UnitCost]]:
        """What a piece of each SKU costs over time, from the days that its batches were checked."""
        first: dict[tuple[str, date], list[tuple[BatchCost, int]]] = defaultdict(list)
        for batch in self.workshop.batches:
            for sku, day, pieces in _came(batch):
                first[sku, day].append((self.batches[batch.batch_id], pieces))
        units: dict[str, list[UnitCost]] = defaultdict(list)
        for (sku, day), batches in sorted(first.items()):
            units[sku].append(self._unit(sku, day, batches))
        return units

    def _unit(self, sku: str, day: date, batches: list[tuple[BatchCost, int]]) -> UnitCost:
        weight = sum(pieces for _, pieces in batches)
        parts = [
            sum(
                (
                    Fraction(sums[place] * pieces, item.good)
                    for item, pieces in batches
                    for sums in ((item.material, item.kiln, item.loss),)
                ),
                Fraction(0),
            )
            / weight
            for place in range(3)
        ]
        unit = half_up(sum(parts, Fraction(0)))
        material, kiln, loss = _share(unit, parts)
        complete = all(item.complete for item, _ in batches)
        return UnitCost(day, material, kiln, loss, self.packing(sku, day), complete)

    def packing(self, sku: str, on: date) -> int:
        """Return what a piece is packed in costs on a day."""
        exact = [
            use.amount * self.price(use.material_id, on)
            for use in self.workshop.uses
            if use.sku == sku and use.stage == "packing"
        ]
        return half_up(sum(exact, Fraction(0)))

    def unit_on(self, sku: str, on: date) -> UnitCost | None:
        """Return what a piece costs on a day, None where that is not known yet."""
        valid = [item for item in self.units.get(sku, []) if item.from_on <= on]
        return valid[-1] if valid else None


def _working(batch: Batch) -> list[tuple[str, int, date, int]]:
    """Stage, part, day and pieces of whatever takes materials: clay is taken when throwing begins."""
    later = [
        (step.stage, step.part, step.done_on, step.pieces_in)
        for step in batch.steps
        if step.stage != ORDER[0] and step.out is not None
    ]
    return [(ORDER[0], 1, batch.started_on, batch.pieces), *later]


def _came(batch: Batch) -> list[tuple[str, date, int]]:
    """SKU, first day and pieces of what a batch gave."""
    units: dict[str, tuple[date, int]] = {}
    for step in batch.steps:
        if step.stage == "checked" and step.out is not None:
            for grade, pieces in step.grades:
                for sku, some in _skus(batch, grade, pieces):
                    day, before = units.get(sku, (step.done_on, 0))
                    units[sku] = (min(day, step.done_on), before + some)
    return [(sku, day, pieces) for sku, (day, pieces) in units.items()]


def _skus(batch: Batch, grade: str, pieces: int) -> list[tuple[str, int]]:
    if grade == "unique":
        return [(sku, 1) for sku in batch.numbers]
    return [(batch.sku + ("-2" if grade == "second" else ""), pieces)]


def _share(unit: int, parts: list[Fraction]) -> list[int]:
    """Split the rounded figure in proportion to its exact parts."""
    common = lcm(*(part.denominator for part in parts))
    return largest_remainder(unit, [int(part * common) for part in parts])
