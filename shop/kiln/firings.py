"""Kilns and firing commands: plan, load, fire, open, bill, cancel.

A firing is planned for a day, fired and opened; its load is the parts of batches in it.
An opening is recorded at once for all of them: what came out of each place, and what was lost by reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Concatenate

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import repository
from shop.kiln.batches import BadDay, BadPieces, Batch, BatchStepRecord, require_choice, require_order
from shop.kiln.command import Command, P
from shop.kiln.production import NothingReady, record_step
from shop.kiln.repository import FiringRecord, UnknownKiln
from shop.kiln.unit_of_work import UnitOfWork, kiln_transaction
from shop.models.kiln import FIRED

FUELS = ("electric", "gas", "wood", "other")


class KilnTooFull(ShopError):
    """More area was loaded than the kiln has."""

    message = (
        "{kiln} would be {percent} % full: {used} of {room} cm² of shelf. Take something out, or "
        "load it all the same and say why in the note."
    )


class KilnTaken(ShopError):
    """A second firing was planned in one kiln for one day."""

    message = "{kiln} has a firing on {day} already ({firing}). Choose another day, or plan it all the same."


class FiringEnded(ShopError):
    """The status of the firing does not allow this any more."""

    message = "Firing {firing} is {status}; that cannot be done any more."


class EmptyFiring(ShopError):
    """A firing without any load is to be fired."""

    message = "Nothing is loaded into {firing} yet. Load batches first, or call the firing off."


class NotLoaded(ShopError):
    """An opening named a part that is not in the kiln."""

    message = "Batch {batch} is not in firing {firing}."


@dataclass(frozen=True)
class LoadItem:
    """Pieces of one batch for a firing, all that are ready where none are named; and their place.

    `refire` is a further pass (see `Batch.pass_of`).
    """

    batch_id: str
    pieces: int | None = None
    position: str | None = None
    refire: bool | None = None


@dataclass(frozen=True)
class OpeningResult:
    """What came out of the kiln of one batch (of one part of it): losses by reason.

    Underfired pieces are not lost: they wait for a further pass, unless `again` gives their number.
    """

    batch_id: str
    losses: Mapping[str, int] = field(default_factory=dict)
    part: int | None = None
    position: str | None = None
    again: int | None = None


@dataclass(frozen=True)
class FiringChange:
    """What a command changed: the firing as it is now, and the audit number that undoes it."""

    firing: FiringRecord
    audit_id: int


def firing_command(
    action: str,
) -> Callable[[Callable[Concatenate[UnitOfWork, P], FiringRecord]], Command[P, FiringRecord, FiringChange]]:
    """A command that changes one firing; `action` is its name in the audit log."""
    return lambda function: Command(function, action, "firing_id", FiringChange)


def add_kiln(
    db: Database,
    kiln_id: str,
    *,
    actor: Actor,
    shelf_cm2: int,
    name: str | None = None,
    fuel: str = "electric",
    positions: Sequence[str] = ("top", "middle", "bottom"),
    wear_cents: int = 0,
    is_retired: bool = False,
    shop_id: int = 1,
) -> int:
    """Add a kiln, or change one; `wear_cents` is what one firing wears off elements and kiln furniture."""
    require_choice(fuel, FUELS)
    if shelf_cm2 < 1 or wear_cents < 0:
        raise BadPieces(pieces=min(shelf_cm2, wear_cents))
    places = [place.strip() for place in positions if place.strip()]
    values = {
        "name": name or kiln_id,
        "fuel": fuel,
        "shelf_cm2": shelf_cm2,
        "positions": ",".join(places),
        "wear_cents": wear_cents,
        "is_retired": int(is_retired),
    }
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        edits = Edits(work.connection, shop_id)
        edits.put("kiln", {"kiln_id": kiln_id}, values)
        return log_action(
            work.connection,
            actor,
            "kiln.kiln",
            kiln_id,
            changes=max(edits.changes, 1),
            undo=edits.undo or None,
            shop_id=shop_id,
        )


@firing_command("kiln.plan")
def plan_firing(
    work: UnitOfWork,
    kiln_id: str,
    stage: str,
    on: date,
    *,
    load: Sequence[LoadItem] = (),
    firing_id: str | None = None,
    top_celsius: int | None = None,
    note: str | None = None,
    anyway: bool = False,
) -> FiringRecord:
    """Plan a firing of one kiln for a day, with its load.

    Raises UnknownKiln, KilnTaken (a second firing of the day, unless `anyway`), and what `load_firing` raises.
    """
    require_choice(stage, FIRED)
    kiln = repository.kiln(work.cursor, work.shop_id, kiln_id)
    if kiln.is_retired:
        raise UnknownKiln(kiln=kiln_id, known="–")
    if not anyway and (other := _other_on(work, kiln_id, on)):
        raise KilnTaken(kiln=kiln.name, day=on, firing=other)
    firing = FiringRecord(
        firing_id or _next_firing(work, kiln_id, on),
        kiln_id,
        stage,
        planned_on=on,
        top_celsius=top_celsius,
        wear_cents=kiln.wear_cents,
        currency=work.shop.currency,
        note=note,
    )
    work.put_firing(firing.firing_id, firing)
    load_firing.within(work, firing.firing_id, load)
    return firing


def _other_on(work: UnitOfWork, kiln_id: str, on: date) -> str | None:
    row = work.cursor.execute(
        "SELECT firing_id FROM firing WHERE shop_id = ? AND kiln_id = ? AND status <> 'cancelled' "
        "AND COALESCE(fired_on, planned_on) = ?",
        (work.shop_id, kiln_id, on.isoformat()),
    ).fetchone()
    return row[0] if row else None


def _next_firing(work: UnitOfWork, kiln_id: str, on: date) -> str:
    known = repository.firings(work.cursor, work.shop_id)
    name, number = f"{kiln_id}-{on:%y%m%d}", 2
    while name in known:
        name, number = f"{kiln_id}-{on:%y%m%d}-{number}", number + 1
    return name


@firing_command("kiln.load")
def load_firing(
    work: UnitOfWork, firing_id: str, load: Sequence[LoadItem], *, note: str | None = None
) -> FiringRecord:
    """Put pieces of batches into a planned or burning kiln.

    Raises FiringEnded, StageOutOfOrder, NothingReady, and KilnTooFull unless the firing has a note.
    """
    firing = work.firing(firing_id)
    if firing.status in ("opened", "cancelled"):
        raise FiringEnded(firing=firing_id, status=firing.status)
    if note and note != firing.note:
        firing = replace(firing, note=note)
        work.put_firing(firing_id, firing)
    for item in load:
        batch = work.batch(item.batch_id)
        require_order(batch, firing.stage)
        number, ready = batch.pass_of(firing.stage, item.refire)
        pieces = ready if item.pieces is None else item.pieces
        if pieces < 1:
            raise NothingReady(batch=item.batch_id, stage=firing.stage)
        part = max((step.part for step in batch.at(firing.stage)), default=0) + 1
        step = BatchStepRecord(
            firing.stage,
            part,
            pieces,
            firing_id=firing_id,
            position=item.position,
            maker=batch.maker,
            pass_number=number,
        )
        work.put(item.batch_id, batch.with_step(step))
    if load:
        _refuse_too_full(work, firing)
    return firing


def _refuse_too_full(work: UnitOfWork, firing: FiringRecord) -> None:
    kiln = repository.kiln(work.cursor, work.shop_id, firing.kiln_id)
    parts = repository.loaded_parts(work.cursor, work.shop_id, [firing.firing_id])
    used = sum(part.pieces_in * (part.shelf_cm2 or 0) for part in parts)
    if used > kiln.shelf_cm2 and not firing.note:
        raise KilnTooFull(
            kiln=kiln.name, percent=used * 100 // kiln.shelf_cm2, used=used, room=kiln.shelf_cm2
        )


def _loaded(batch: Batch, firing: FiringRecord, part: int | None) -> list[BatchStepRecord]:
    steps = [
        step
        for step in batch.at(firing.stage)
        if step.firing_id == firing.firing_id and part in (None, step.part)
    ]
    if not steps:
        raise NotLoaded(batch=batch.batch_id, firing=firing.firing_id)
    return steps


@dataclass(frozen=True)
class Bill:
    """What a firing took: energy as read off the meter and as money, wear and labour. None: as is.

    0 kWh means that no energy was bought (own firewood).
    """

    energy_kwh: int | None = None
    gas_litres: int | None = None
    energy_cents: int | None = None
    wear_cents: int | None = None
    labour_cents: int | None = None
    top_celsius: int | None = None


@firing_command("kiln.fire")
def fire(
    work: UnitOfWork, firing_id: str, *, on: date | None = None, bill: Bill | None = None
) -> FiringRecord:
    """Fire a planned kiln from this day on (the shop's today without one); raises FiringEnded, EmptyFiring, BadDay."""
    firing = work.firing(firing_id)
    if firing.status not in ("planned", "fired"):
        raise FiringEnded(firing=firing_id, status=firing.status)
    loaded = "SELECT 1 FROM batch_step WHERE shop_id = ? AND firing_id = ? LIMIT 1"
    if work.cursor.execute(loaded, (work.shop_id, firing_id)).fetchone() is None:
        raise EmptyFiring(firing=firing_id)
    day = on or work.today
    if day > work.today:
        raise BadDay(day=day, first="…", last=work.today)
    fired = billed(replace(firing, status="fired", fired_on=day), bill)
    work.put_firing(firing_id, fired)
    return fired


@firing_command("kiln.bill")
def bill_firing(work: UnitOfWork, firing_id: str, bill: Bill) -> FiringRecord:
    """Record what a firing took, whenever the bill comes; the costs of its load follow.

    Raises FiringEnded for one that was cancelled, BadPieces for a negative value.
    """
    firing = work.firing(firing_id)
    if firing.status == "cancelled":
        raise FiringEnded(firing=firing_id, status=firing.status)
    changed = billed(firing, bill)
    work.put_firing(firing_id, changed)
    return changed


def billed(firing: FiringRecord, bill: Bill | None) -> FiringRecord:
    """A firing with what the bill names."""
    if bill is None:
        return firing
    given = {name: value for name, value in vars(bill).items() if value is not None}
    for value in given.values():
        if value < 0:
            raise BadPieces(pieces=value)
    return replace(firing, **given)


@firing_command("kiln.open")
def record_opening(
    work: UnitOfWork,
    firing_id: str,
    came_out: Sequence[OpeningResult] = (),
    *,
    on: date | None = None,
    bill: Bill | None = None,
) -> FiringRecord:
    """Record the opening of a kiln, or correct it: what was lost of each batch, by reason.

    Losses that name a position concern the part that stood there, else the batch's first part that
    has space for them. Parts that are not named came out whole.
    """
    firing = work.firing(firing_id)
    if firing.status == "cancelled":
        raise FiringEnded(firing=firing_id, status=firing.status)
    day = on or firing.opened_on or work.today
    first = firing.fired_on or (min(firing.planned_on, day) if firing.planned_on else day)
    if not first <= day <= work.today:
        raise BadDay(day=day, first=first, last=work.today)
    parts = list(repository.loaded_parts(work.cursor, work.shop_id, [firing_id]))
    losses: dict[tuple[str, int], dict[str, int]] = {(part.batch_id, part.part): {} for part in parts}
    unfinished: dict[tuple[str, int], int] = {}
    for result in came_out:
        part = _meant(work, firing, result)
        lost = losses[result.batch_id, part]
        for reason, pieces in result.losses.items():
            lost[reason] = lost.get(reason, 0) + pieces
        if result.again is not None:
            unfinished[result.batch_id, part] = unfinished.get((result.batch_id, part), 0) + result.again
    opened = billed(replace(firing, status="opened", opened_on=day, fired_on=firing.fired_on or day), bill)
    work.put_firing(firing_id, opened)
    for (batch_id, part), lost in losses.items():
        again = unfinished.get((batch_id, part))
        record_step.within(work, batch_id, firing.stage, part=part, losses=lost, again=again, on=day)
    return opened


def _meant(work: UnitOfWork, firing: FiringRecord, result: OpeningResult) -> int:
    """The part that losses belong to."""
    steps = _loaded(work.batch(result.batch_id), firing, result.part)
    if result.position:
        steps = [step for step in steps if step.position == result.position] or steps
    return steps[0].part


@firing_command("kiln.call_off")
def cancel_firing(work: UnitOfWork, firing_id: str) -> FiringRecord:
    """Cancel a firing; its load is ready again. Raises FiringEnded once the kiln was opened."""
    firing = work.firing(firing_id)
    if firing.status in ("opened", "cancelled"):
        raise FiringEnded(firing=firing_id, status=firing.status)
    loaded = {part.batch_id for part in repository.loaded_parts(work.cursor, work.shop_id, [firing_id])}
    for batch_id in sorted(loaded):
        batch = work.batch(batch_id)
        for step in _loaded(batch, firing, None):
            batch = batch.without_step(step.stage, step.part)
        work.put(batch_id, batch)
    cancelled = replace(firing, status="cancelled")
    work.put_firing(firing_id, cancelled)
    return cancelled
