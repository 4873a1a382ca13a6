"""The production of the practice shop, recorded in the program day after day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sample_data.studio.values import Batch, Firing, Step, Workshop
from shop.access.roles import Actor
from shop.db.database import Database
from shop.kiln import firings, production
from shop.kiln.unit_of_work import UnitOfWork, kiln_transaction


def work(db: Database, workshop: Workshop, owner: Actor, potter: Actor) -> None:
    """Build the kilns, then throw, fire, open and check, in the order of the days."""
    for kiln in workshop.kilns:
        firings.add_kiln(
            db,
            kiln.kiln_id,
            actor=owner,
            shelf_cm2=kiln.area_cm2,
            name=kiln.name,
            fuel=kiln.fuel,
            positions=kiln.positions,
            wear_cents=kiln.wear_cents,
        )
    with kiln_transaction(db, potter) as bench:
        for event in sorted(_events(workshop), key=lambda event: (event.on, event.rank, event.place)):
            event.happens(bench)


@dataclass(frozen=True)
class _Event:
    """An event of production on a day; `rank` orders what happens on one day."""

    on: date
    rank: int
    place: int
    happens: Callable[[UnitOfWork], object]


def _events(workshop: Workshop) -> Iterator[_Event]:
    loads: dict[str, list[tuple[Batch, Step]]] = defaultdict(list)
    for place, batch in enumerate(workshop.batches):
        yield _Event(batch.started_on, 0, place, _start(batch))
        for step in batch.steps:
            if step.firing_id:
                loads[step.firing_id].append((batch, step))
            elif step.out is not None:
                rank = {"greenware": 2, "glazed": 3, "checked": 3}[step.stage]
                yield _Event(step.done_on, rank, place, _record(batch, step))
    for place, firing in enumerate(workshop.firings):
        load = loads[firing.firing_id]
        yield _Event(firing.planned_on, 4, place, _fire(firing, load))
        if firing.opened_on:
            yield _Event(firing.opened_on, 1, place, _open(firing, load))


def _start(batch: Batch) -> Callable[[UnitOfWork], object]:
    return lambda bench: production.start_batch.within(
        bench,
        batch.sku,
        batch.pieces,
        on=batch.started_on,
        maker=batch.maker,
        clay=batch.clay,
        batch_id=batch.batch_id,
    )


def _record(batch: Batch, step: Step) -> Callable[[UnitOfWork], object]:
    return lambda bench: production.record_step.within(
        bench,
        batch.batch_id,
        step.stage,
        part=step.part,
        pieces_in=step.pieces_in,
        pieces_out=step.out,
        losses=dict(step.losses),
        again=0,
        grades=dict(step.grades) or None,
        on=step.done_on,
        maker=step.maker,
        named=batch.numbers if step.stage == "checked" else (),
    )


def _fire(firing: Firing, load: list[tuple[Batch, Step]]) -> Callable[[UnitOfWork], object]:
    def happens(bench: UnitOfWork) -> None:
        firings.plan_firing.within(
            bench,
            firing.kiln_id,
            firing.stage,
            firing.planned_on,
            firing_id=firing.firing_id,
            top_celsius=firing.top_celsius,
        )
        for batch, step in load:
            production.record_step.within(
                bench,
                batch.batch_id,
                step.stage,
                part=step.part,
                under_way=True,
                pieces_in=step.pieces_in,
                firing_id=firing.firing_id,
                position=step.position,
                maker=step.maker,
            )
        bill = firings.Bill(wear_cents=firing.wear_cents, labour_cents=firing.labour_cents)
        if firing.fired_on:
            firings.fire.within(bench, firing.firing_id, on=firing.fired_on, bill=bill)

    return happens


def _open(firing: Firing, load: list[tuple[Batch, Step]]) -> Callable[[UnitOfWork], object]:
    came_out = [
        firings.OpeningResult(batch.batch_id, dict(step.losses), part=step.part, again=0)
        for batch, step in load
    ]
    bill = firings.Bill(
        energy_kwh=firing.energy_kwh, gas_litres=firing.gas_litres, energy_cents=firing.energy_cents
    )
    return lambda bench: firings.record_opening.within(
        bench, firing.firing_id, came_out, on=firing.opened_on, bill=bill
    )
