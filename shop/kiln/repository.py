"""Repository of the kiln: batches, firings and kilns read from the database and written to it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, NamedTuple

from shop.core.errors import ShopError
from shop.kiln.batches import ORDER, Batch, BatchStepRecord
from shop.models.catalog import GRADES
from shop.models.kiln import LOSS_REASONS


class UnknownKiln(ShopError):
    """No kiln has this id."""

    message = "There is no kiln {kiln}. Known: {known}."


class UnknownFiring(ShopError):
    """No firing has this id."""

    message = "There is no firing {firing}."


@dataclass(frozen=True)
class KilnRecord:
    """One kiln: area of all levels together (cm2), places in it, wear of one firing."""

    kiln_id: str
    name: str
    fuel: str
    shelf_cm2: int
    positions: tuple[str, ...]
    wear_cents: int
    is_retired: bool = False


@dataclass(frozen=True)
class FiringRecord:
    """One kiln load: planned, fired, opened or cancelled, with what it cost."""

    firing_id: str
    kiln_id: str
    stage: str
    status: str = "planned"
    planned_on: date | None = None
    fired_on: date | None = None
    opened_on: date | None = None
    top_celsius: int | None = None
    energy_kwh: int | None = None
    gas_litres: int | None = None
    energy_cents: int = 0
    wear_cents: int = 0
    labour_cents: int = 0
    currency: str = "CNY"
    note: str | None = None

    @property
    def cost_cents(self) -> int:
        """Energy, wear and labour."""
        return self.energy_cents + self.wear_cents + self.labour_cents

    @property
    def is_billed(self) -> bool:
        """Whether the energy is known: as money, or as none bought at all (0 kWh, a wood kiln)."""
        return self.energy_cents > 0 or (self.energy_kwh == 0 and not self.gas_litres)

    @property
    def on(self) -> date | None:
        """Its day in the calendar: opened, else fired, else planned."""
        return self.opened_on or self.fired_on or self.planned_on


FIRING = tuple(field.name for field in fields(FiringRecord))
FIRING_DAYS = ("planned_on", "fired_on", "opened_on")
BATCH = ("batch_id", "sku", "pieces", "started_on", "maker", "clay", "status", "closed_on", "note")
STEP = (
    "stage",
    "part",
    "pieces_in",
    "pieces_out",
    "done_on",
    "firing_id",
    "position",
    "maker",
    "note",
    "pass_number",
    "pieces_again",
)
FIELDS = (*STEP[:-1], "again")
"""What the columns of a step are called in `BatchStepRecord`."""


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def batches(cursor: Any, shop_id: int, ids: Iterable[str] | None = None) -> dict[str, Batch]:
    """Batches with all that was recorded of them, by id; all of them without `ids`."""
    chosen = "" if ids is None else " AND batch_id IN (SELECT value FROM json_each(?))"
    given = (shop_id,) if ids is None else (shop_id, json.dumps(sorted(set(ids))))
    losses: defaultdict[tuple[Any, ...], list[tuple[str, int]]] = defaultdict(list)
    for batch, stage, part, reason, pieces in cursor.execute(
        f"SELECT batch_id, stage, part, cause, pieces FROM batch_loss WHERE shop_id = ?{chosen}", given
    ):
        losses[batch, stage, part].append((reason, pieces))
    grades: defaultdict[tuple[Any, ...], list[tuple[str, str, int]]] = defaultdict(list)
    for batch, part, *grade in cursor.execute(
        f"SELECT batch_id, part, grade, sku, pieces FROM batch_grade WHERE shop_id = ?{chosen}", given
    ):
        grades[batch, "checked", part].append((grade[0], grade[1], grade[2]))
    steps: defaultdict[str, list[BatchStepRecord]] = defaultdict(list)
    for batch, *row in cursor.execute(
        f"SELECT batch_id, {', '.join(STEP)} FROM batch_step WHERE shop_id = ?{chosen} "
        "ORDER BY batch_id, stage, part",
        given,
    ):
        values = dict(zip(FIELDS, row, strict=True))
        place = (batch, values["stage"], values["part"])
        values["done_on"] = _day(values["done_on"])
        losses[place].sort(key=lambda loss: LOSS_REASONS.index(loss[0]))
        grades[place].sort(key=lambda grade: (GRADES.index(grade[0]), grade[1]))
        steps[batch].append(
            BatchStepRecord(**values, losses=tuple(losses[place]), grades=tuple(grades[place]))
        )
    return {
        row[0]: _batch(row, steps[row[0]])
        for row in cursor.execute(
            f"SELECT {', '.join(BATCH)} FROM kiln_batch WHERE shop_id = ?{chosen} "
            "ORDER BY started_on, batch_id",
            given,
        ).fetchall()
    }


def _batch(row: tuple[Any, ...], steps: list[BatchStepRecord]) -> Batch:
    values = dict(zip(BATCH, row, strict=True))
    values["started_on"] = date.fromisoformat(values["started_on"])
    values["closed_on"] = _day(values["closed_on"])
    steps.sort(key=lambda step: (ORDER[step.stage], step.part))
    return Batch(**values, steps=tuple(steps))


def delete_batch(cursor: Any, shop_id: int, batch_id: str) -> None:
    """Take away a batch with all that was recorded of it."""
    for table in ("kiln_batch", "batch_step", "batch_loss", "batch_grade"):
        cursor.execute(f"DELETE FROM {table} WHERE shop_id = ? AND batch_id = ?", (shop_id, batch_id))


def save_batch(cursor: Any, shop_id: int, batch: Batch) -> None:
    """Write a batch as it is now in the place of what was stored of it."""
    delete_batch(cursor, shop_id, batch.batch_id)
    values = [getattr(batch, name) for name in BATCH]
    _insert(cursor, "kiln_batch", ("shop_id", *BATCH), [(shop_id, *map(_plain, values))])
    place = (shop_id, batch.batch_id)
    _insert(
        cursor,
        "batch_step",
        ("shop_id", "batch_id", *STEP),
        [(*place, *(_plain(getattr(step, name)) for name in FIELDS)) for step in batch.steps],
    )
    _insert(
        cursor,
        "batch_loss",
        ("shop_id", "batch_id", "stage", "part", "cause", "pieces"),
        [(*place, step.stage, step.part, *loss) for step in batch.steps for loss in step.losses],
    )
    _insert(
        cursor,
        "batch_grade",
        ("shop_id", "batch_id", "part", "grade", "sku", "pieces"),
        [(*place, step.part, *grade) for step in batch.steps for grade in step.grades],
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _insert(cursor: Any, table: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({_marks(len(names))})", rows)


def firings(cursor: Any, shop_id: int, ids: Iterable[str] | None = None) -> dict[str, FiringRecord]:
    """Firings by id, the earliest first; all of them without `ids`."""
    chosen = "" if ids is None else " AND firing_id IN (SELECT value FROM json_each(?))"
    given = (shop_id,) if ids is None else (shop_id, json.dumps(sorted(set(ids))))
    rows = cursor.execute(
        f"SELECT {', '.join(FIRING)} FROM firing WHERE shop_id = ?{chosen} "
        "ORDER BY COALESCE(opened_on, fired_on, planned_on), firing_id",
        given,
    )
    return {row[0]: firing_from_dict(dict(zip(FIRING, row, strict=True))) for row in rows.fetchall()}


def firing_from_dict(plain: dict[str, Any]) -> FiringRecord:
    """A firing from plain values."""
    return FiringRecord(**{**plain, **{name: _day(plain[name]) for name in FIRING_DAYS}})


def firing_to_dict(firing: FiringRecord) -> dict[str, Any]:
    """A firing as plain values."""
    return {name: _plain(value) for name, value in asdict(firing).items()}


def save_firing(cursor: Any, shop_id: int, firing: FiringRecord) -> None:
    """Write a firing as it is now."""
    delete_firing(cursor, shop_id, firing.firing_id)
    plain = firing_to_dict(firing)
    _insert(cursor, "firing", ("shop_id", *plain), [(shop_id, *plain.values())])


def delete_firing(cursor: Any, shop_id: int, firing_id: str) -> None:
    """Take away a firing."""
    cursor.execute("DELETE FROM firing WHERE shop_id = ? AND firing_id = ?", (shop_id, firing_id))


def kilns(cursor: Any, shop_id: int) -> dict[str, KilnRecord]:
    """The kilns by id."""
    rows = cursor.execute(
        "SELECT kiln_id, name, fuel, shelf_cm2, positions, wear_cents, is_retired FROM kiln "
        "WHERE shop_id = ? ORDER BY is_retired, name, kiln_id",
        (shop_id,),
    )
    return {
        row[0]: KilnRecord(
            kiln_id=row[0],
            name=row[1],
            fuel=row[2],
            shelf_cm2=row[3],
            positions=tuple(filter(None, row[4].split(","))),
            wear_cents=row[5],
            is_retired=bool(row[6]),
        )
        for row in rows.fetchall()
    }


def kiln(cursor: Any, shop_id: int, kiln_id: str) -> KilnRecord:
    """One kiln; raises UnknownKiln."""
    known = kilns(cursor, shop_id)
    if kiln_id not in known:
        raise UnknownKiln(kiln=kiln_id, known=", ".join(known) or "–")
    return known[kiln_id]


class LoadedPart(NamedTuple):
    """A part of a batch in a firing; `shelf_cm2` is the space of one piece, None where it is unknown."""

    firing_id: str
    batch_id: str
    stage: str
    part: int
    sku: str
    pieces_in: int
    shelf_cm2: int | None
    position: str | None


def loaded_parts(cursor: Any, shop_id: int, firing_ids: Iterable[str]) -> Iterator[LoadedPart]:
    """The parts in these firings, in the order in which a firing's cost is shared.

    Cancelled batches are left out.
    """
    rows = cursor.execute(
        "SELECT s.firing_id, s.batch_id, s.stage, s.part, b.sku, s.pieces_in, v.shelf_cm2, "
        "s.position FROM json_each(?) j CROSS JOIN batch_step s INDEXED BY batch_step_firing "
        "ON s.shop_id = ? AND s.firing_id = j.value "
        "JOIN kiln_batch b ON b.shop_id = s.shop_id AND b.batch_id = s.batch_id "
        "AND b.status <> 'cancelled' "
        "LEFT JOIN variant v ON v.shop_id = b.shop_id AND v.sku = b.sku "
        "ORDER BY s.firing_id, s.batch_id, s.stage, s.part",
        (json.dumps(sorted(set(firing_ids))), shop_id),
    )
    return (LoadedPart(*row) for row in rows)
