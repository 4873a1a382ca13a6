"""Batch commands: start a batch, record its stages, check it, correct, end or cancel it.

Each is one transaction, or with `.within(work, ...)` a step of a larger one. What a stage uses is taken from the
materials, what passes the check comes into stock, and costs are recomputed with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Concatenate

from shop.access.roles import Actor
from shop.catalog.titles import titles
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.kiln import repository
from shop.kiln.batches import (
    CHECKED,
    UNFINISHED,
    BadPieces,
    Batch,
    BatchEnded,
    BatchStepRecord,
    TooManyPieces,
    UnknownBatch,
    complete_losses,
    require_choice,
    require_order,
)
from shop.kiln.command import Command, P
from shop.kiln.unit_of_work import UnitOfWork
from shop.models.kiln import FIRED, LOSS_REASONS, STAGES
from shop.stock.ledger import UnknownSku


class BatchTaken(ShopError):
    """A batch of this id is there already."""

    message = "There is a batch {batch} already. Give this one another number."


class NothingReady(ShopError):
    """A stage was to be recorded for which no piece is ready."""

    message = "No piece of batch {batch} is ready for {stage}."


class AlreadyInStock(ShopError):
    """A batch was to be cancelled whose pieces came into stock."""

    message = "{pieces} pieces of batch {batch} are in stock. Correct its check first, then cancel it."


class WrongFiring(ShopError):
    """A firing of one kind was named for a stage of the other."""

    message = "Firing {firing} is for {before}, not for {stage}."


@dataclass(frozen=True)
class BatchChange:
    """What a command changed: the batch as it is now, and the audit number that undoes it."""

    batch: Batch
    audit_id: int


def batch_command(
    action: str,
) -> Callable[[Callable[Concatenate[UnitOfWork, P], Batch]], Command[P, Batch, BatchChange]]:
    """A command that changes one batch; `action` is its name in the audit log."""
    return lambda function: Command(function, action, "batch_id", BatchChange)


@batch_command("kiln.start")
def start_batch(
    work: UnitOfWork,
    sku: str,
    pieces: int,
    *,
    on: date | None = None,
    maker: str | None = None,
    clay: str | None = None,
    batch_id: str | None = None,
    note: str | None = None,
) -> Batch:
    """Start a batch of one SKU: so many pieces thrown and drying; its clay is used.

    Without `batch_id` it gets the next number of the day. Raises BadPieces, UnknownSku, BatchTaken, BadDay.
    """
    if pieces < 1:
        raise BadPieces(pieces=pieces)
    row = work.cursor.execute(
        "SELECT p.clay FROM variant v LEFT JOIN product p ON p.shop_id = v.shop_id "
        "AND p.product_code = v.product_code WHERE v.shop_id = ? AND v.sku = ?",
        (work.shop_id, sku),
    ).fetchone()
    if row is None:
        raise UnknownSku(sku=sku)
    day = on or work.today
    name = (batch_id or "").strip() or next_batch(work, day)
    if work.batch_or_none(name) is not None:
        raise BatchTaken(batch=name)
    drying = BatchStepRecord(STAGES[0], 1, pieces, maker=maker)
    batch = Batch(name, sku, pieces, day, maker, clay or row[0], note=note, steps=(drying,))
    work.put(name, batch)
    return batch


def next_batch(work: UnitOfWork, day: date) -> str:
    """The next free batch number of a day: 261123-1, 261123-2 …"""
    number = 1
    while work.batch_or_none(f"{day:%y%m%d}-{number}") is not None:
        number += 1
    return f"{day:%y%m%d}-{number}"


@batch_command("kiln.{stage}")
def record_step(
    work: UnitOfWork,
    batch_id: str,
    stage: str,
    *,
    pieces_in: int | None = None,
    pieces_out: int | None = None,
    losses: Mapping[str, int] | None = None,
    grades: Mapping[str, int] | None = None,
    part: int | None = None,
    on: date | None = None,
    firing_id: str | None = None,
    position: str | None = None,
    maker: str | None = None,
    note: str | None = None,
    under_way: bool = False,
    leaving_out: bool = False,
    again: int | None = None,
    refire: bool | None = None,
    named: Sequence[str] = (),
) -> Batch:
    """Record one stage of a batch, or correct it (with its `part`).

    Without `part` the part under way is finished, else a new one begins with all pieces that are ready.
    `under_way`: pieces went in, what comes out is not known yet. Pieces out are those in less the losses, or
    the grades together; losses without a named reason count as "other". With grades, pieces that neither they
    nor the losses name are left for a later check. Without grades all that passes the check is first choice;
    unique pieces get a SKU of their own each, those of `named` first. `leaving_out` lets a stage begin
    although the batch skips the one before (raw glazing, ware without a glaze).

    `again` pieces came out unfinished and wait for a further pass; without it, those that a firing or a check lost as
    underfired do (0: they are lost for good). `refire` is a further pass of a firing, for unfinished pieces or, by
    choice, for good ones; without it, a further pass begins where no piece waits for its first.
    Raises UnknownBatch, UnknownWord, BatchEnded, StageOutOfOrder, NothingReady, and what `validated` raises.
    """
    require_choice(stage, STAGES)
    batch = work.batch(batch_id)
    if batch.status == "cancelled":
        raise BatchEnded(batch=batch_id)
    if not leaving_out:
        require_order(batch, stage)
    known = _part(batch, stage, part)
    number, ready = (known.pass_number, known.pieces_in) if known else batch.pass_of(stage, refire)
    if pieces_in is not None:
        begun = pieces_in
    elif grades and pieces_out is None:  # what is not named waits for a later check
        begun = sum(grades.values()) + sum((losses or {}).values()) + (again or 0)
    else:
        begun = ready
    if begun < 1:
        raise NothingReady(batch=batch_id, stage=stage)
    step = BatchStepRecord(
        stage,
        known.part if known else part or _next_part(batch, stage),
        begun,
        firing_id=_firing(work, stage, firing_id or (known.firing_id if known else None)),
        position=position or (known.position if known else None),
        maker=maker or (known.maker if known else None) or batch.maker,
        note=note or (known.note if known else None),
        pass_number=number,
    )
    if not under_way:
        step = _finished(work, batch, known, step, pieces_out, losses, again, grades, on, named)
    changed = batch.with_step(step)
    work.put(batch_id, changed)
    return changed


def _part(batch: Batch, stage: str, part: int | None) -> BatchStepRecord | None:
    """The part that is meant: the one named, else the only one under way."""
    if part is not None:
        return batch.step(stage, part)
    unfinished = [step for step in batch.at(stage) if step.pieces_out is None]
    return unfinished[0] if len(unfinished) == 1 else None


def _next_part(batch: Batch, stage: str) -> int:
    return max((step.part for step in batch.at(stage)), default=0) + 1


def _firing(work: UnitOfWork, stage: str, firing_id: str | None) -> str | None:
    if firing_id and stage in FIRED:
        firing = work.firing(firing_id)
        if firing.stage != stage:
            raise WrongFiring(firing=firing_id, before=firing.stage, stage=stage)
    return firing_id


def _finished(
    work: UnitOfWork,
    batch: Batch,
    known: BatchStepRecord | None,
    step: BatchStepRecord,
    pieces_out: int | None,
    losses: Mapping[str, int] | None,
    again: int | None,
    grades: Mapping[str, int] | None,
    on: date | None,
    named: Sequence[str],
) -> BatchStepRecord:
    """A part with what came out of it."""
    known_losses = {reason: pieces for reason, pieces in (losses or {}).items() if pieces}
    unfinished = again or 0
    if again is None and (step.stage in FIRED or (step.stage == CHECKED and batch.last_firing)):
        unfinished = known_losses.pop(UNFINISHED, 0)
    out = pieces_out
    if out is None:
        left = step.pieces_in - unfinished - sum(known_losses.values())
        out = sum(grades.values()) if grades else left
    if not 0 <= out <= step.pieces_in - unfinished or unfinished < 0:
        raise BadPieces(pieces=out)
    lost = complete_losses(step.pieces_in - unfinished, out, known_losses)
    day = on or (known.done_on if known else None) or work.today
    given: tuple[tuple[str, str, int], ...] = ()
    if step.stage == "checked":
        given = work.output.graded(batch, known, grades or {"prime": out}, named, day)
    return replace(step, pieces_out=out, done_on=day, losses=lost, grades=given, again=unfinished)


def check_batch(
    db: Database,
    batch_id: str,
    grades: Mapping[str, int],
    *,
    actor: Actor,
    losses: Mapping[str, int] | None = None,
    part: int | None = None,
    on: date | None = None,
    named: Sequence[str] = (),
    shop_id: int = 1,
) -> BatchChange:
    """Check what came out of the kiln: good pieces by grade come into stock (see `record_step`)."""
    return record_step(
        db,
        batch_id,
        "checked",
        actor=actor,
        grades=grades,
        losses=losses,
        part=part,
        on=on,
        named=named,
        shop_id=shop_id,
    )


@batch_command("kiln.forget")
def forget_step(work: UnitOfWork, batch_id: str, stage: str, part: int = 1) -> Batch:
    """Delete a part that was recorded by mistake; its pieces are ready for that stage again."""
    changed = work.batch(batch_id).without_step(stage, part)
    work.put(batch_id, changed)
    return changed


@batch_command("kiln.close")
def close_batch(work: UnitOfWork, batch_id: str, *, reason: str = "other", on: date | None = None) -> Batch:
    """End a batch: pieces still queued are lost at the stage after which they wait, unfinished ones where they were."""
    require_choice(reason, LOSS_REASONS)
    batch = work.batch(batch_id)
    if batch.status == "cancelled":
        raise BatchEnded(batch=batch_id)
    for stage in batch.stages:
        if waits := batch.waits_again(stage):
            batch = _without_unfinished(batch, stage, waits, UNFINISHED if reason == "other" else reason)
    for stage, (inside, queued) in batch.pieces_by_stage().items():
        for step in batch.at(stage):
            if step.pieces_out is None and inside:
                gone, out = step.pieces_in, 0
            else:
                gone = min(queued, step.pieces_out or 0)
                out = (step.pieces_out or 0) - gone
                queued -= gone
            if gone:
                lost = dict(step.losses)
                lost[reason] = lost.get(reason, 0) + gone
                ended = step.done_on or on or work.today
                batch = batch.with_step(
                    replace(
                        step,
                        pieces_out=out,
                        done_on=ended,
                        losses=complete_losses(step.pieces_in - step.again, out, lost),
                    )
                )
    work.put(batch_id, batch)
    return batch


@batch_command("kiln.write_off")
def write_off(
    work: UnitOfWork, batch_id: str, stage: str, *, pieces: int | None = None, reason: str = UNFINISHED
) -> Batch:
    """Write off unfinished pieces that wait for a further pass of a firing (all without a number): they are lost.

    Raises NothingReady, TooManyPieces, UnknownWord, UnknownBatch.
    """
    require_choice(stage, FIRED)
    require_choice(reason, LOSS_REASONS)
    batch = work.batch(batch_id)
    waits = batch.waits_again(stage)
    count = waits if pieces is None else pieces
    if count < 1:
        raise NothingReady(batch=batch_id, stage=stage)
    if count > waits:
        raise TooManyPieces(there=waits, batch=batch_id, stage=stage, asked=count)
    changed = _without_unfinished(batch, stage, count, reason)
    work.put(batch_id, changed)
    return changed


def _without_unfinished(batch: Batch, stage: str, pieces: int, reason: str) -> Batch:
    """The batch with so many unfinished pieces of a firing lost, those of its latest parts first."""
    steps = [*batch.at(stage), *(batch.at(CHECKED) if stage == batch.last_firing else ())]
    for step in reversed(steps):
        taken = min(step.again, pieces)
        pieces -= taken
        if taken:
            lost = dict(step.losses)
            lost[reason] = lost.get(reason, 0) + taken
            settled = step.pieces_in - step.again + taken
            losses = complete_losses(settled, step.pieces_out or 0, lost)
            batch = batch.with_step(replace(step, again=step.again - taken, losses=losses))
    return batch


@batch_command("kiln.cancel")
def cancel_batch(work: UnitOfWork, batch_id: str) -> Batch:
    """Cancel a batch that was never produced: it counts nowhere and its materials are on hand again.

    Raises AlreadyInStock where pieces of it passed the check.
    """
    batch = work.batch(batch_id)
    if batch.good:
        raise AlreadyInStock(pieces=batch.good, batch=batch_id)
    cancelled = replace(batch, status="cancelled", closed_on=work.today)
    work.put(batch_id, cancelled)
    return cancelled


def batch(db: Database, batch_id: str, *, shop_id: int = 1) -> Batch:
    """One batch with all that was recorded of it; raises UnknownBatch."""
    with db.read() as connection:
        cursor = connection.connection.driver_connection
        batches = repository.batches(cursor, shop_id, [batch_id])
    if batch_id not in batches:
        raise UnknownBatch(batch=batch_id)
    return batches[batch_id]


def makers(db: Database, *, shop_id: int = 1) -> list[str]:
    """The makers of the batches so far, those of the latest batches first."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT maker FROM kiln_batch WHERE shop_id = ? AND maker IS NOT NULL GROUP BY maker "
            "ORDER BY MAX(started_on) DESC, maker",
            (shop_id,),
        ).fetchall()
    return [row[0] for row in rows]


def recent(db: Database, *, most: int = 200, shop_id: int = 1) -> list[tuple[str, str]]:
    """The latest batches, open ones first: (id, title)."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT batch_id, sku FROM kiln_batch WHERE shop_id = ? "
            "ORDER BY status = 'open' DESC, started_on DESC, batch_id DESC LIMIT ?",
            (shop_id, most),
        ).fetchall()
        names = titles(cursor, shop_id, {sku for _, sku in rows})
    return [(batch_id, names.get(sku, sku)) for batch_id, sku in rows]
