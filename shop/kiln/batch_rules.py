"""What a batch has to meet before it is stored: pieces, passes, days and grades that add up."""

from __future__ import annotations

from datetime import date

from shop.kiln.batches import (
    CHECKED,
    REFIRED,
    BadDay,
    BadPieces,
    Batch,
    BatchStepRecord,
    GradesDoNotAddUp,
    OnlyWhenFired,
    TooManyPieces,
    require_choice,
)
from shop.models.catalog import GRADES
from shop.models.kiln import FIRED, OPTIONAL


def validated(batch: Batch, today: date) -> Batch:
    """The same batch where it is consistent.

    Raises BadPieces, BadDay, TooManyPieces, OnlyWhenFired, GradesDoNotAddUp, UnknownWord.
    """
    if batch.pieces < 1:
        raise BadPieces(pieces=batch.pieces)
    if batch.started_on > today:
        raise BadDay(day=batch.started_on, first="…", last=today)
    first = batch.started_on
    for stage in batch.stages:
        if batch.ready(stage) < 0:
            wanted = batch.went_in(stage)
            raise TooManyPieces(
                there=wanted + batch.ready(stage), batch=batch.batch_id, stage=stage, asked=wanted
            )
        _sound_passes(batch, stage)
        for step in batch.at(stage):
            _sound_step(step, first, today)
        done = [step.done_on for step in batch.at(stage) if step.done_on]
        first = min(done, default=first)
    return batch


def _sound_passes(batch: Batch, stage: str) -> None:
    """Raise TooManyPieces where more pieces went in again than came out of the stage, BadPieces for a wrong pass."""
    steps = batch.at(stage)
    for step in steps:
        if step.pass_number < 1 or (step.pass_number > 1 and stage not in FIRED):
            raise BadPieces(pieces=step.pass_number)
    before = batch.before(stage) if stage in OPTIONAL else stage
    is_detour = any(step.is_detour for step in steps)
    if is_detour and before is not None and batch.through(before) < 0:
        pieces = sum(step.pieces_in for step in steps)
        raise TooManyPieces(
            there=pieces + batch.through(before), batch=batch.batch_id, stage=stage, asked=pieces
        )
    for number in {step.pass_number for step in steps} - {1}:
        pieces = sum(step.pieces_in for step in steps if step.pass_number == number)
        earlier = [step for step in steps if step.pass_number == number - 1]
        there = sum((step.pieces_out or 0) + step.again for step in earlier)
        there += sum(step.again for step in batch.at(CHECKED)) if stage == batch.last_firing else 0
        if pieces > there:
            raise TooManyPieces(there=there, batch=batch.batch_id, stage=stage, asked=pieces)


def _sound_step(step: BatchStepRecord, first: date, today: date) -> None:
    if step.pieces_in < 1:
        raise BadPieces(pieces=step.pieces_in)
    if step.firing_id and step.stage not in FIRED:
        raise OnlyWhenFired(stage=step.stage, firing=step.firing_id)
    if step.pieces_out is None:
        return
    if not 0 <= step.pieces_out <= step.pieces_in:
        raise BadPieces(pieces=step.pieces_out)
    if step.lost < 0 or step.again < 0 or (step.again and step.stage not in REFIRED):
        raise BadPieces(pieces=step.again)
    if step.done_on is None or not first <= step.done_on <= today:
        raise BadDay(day=step.done_on or "–", first=first, last=today)
    if step.stage == "checked":
        _sound_grades(step)


def _sound_grades(step: BatchStepRecord) -> None:
    for grade, _, pieces in step.grades:
        require_choice(grade, GRADES)
        if pieces < 1:
            raise BadPieces(pieces=pieces)
    graded = sum(pieces for _, _, pieces in step.grades)
    if graded != step.pieces_out:
        raise GradesDoNotAddUp(told=graded, pieces_out=step.pieces_out)
