"""A batch through its stages 坯, 素烧, 釉, 釉烧 and 质检: values and rules, no database.

A batch is a frozen value; what is recorded makes a new one, and `sound` refuses what cannot be: more
pieces in than came out of the stage before, stages in the wrong order, losses that do not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from shop.core.errors import ShopError
from shop.models.catalog import GRADES
from shop.models.kiln import FIRED, LOSS_REASONS, STAGES

ORDER = {stage: place for place, stage in enumerate(STAGES)}


class UnknownBatch(ShopError):
    """No batch has this id."""

    message = "There is no batch {batch}."


class UnknownWord(ShopError):
    """No stage, loss reason or grade has this name."""

    message = "“{name}” is not known here. Possible: {known}."


class BadPieces(ShopError):
    """An impossible number of pieces."""

    message = "{pieces} is not a number of pieces for this."


class BadDay(ShopError):
    """A day in the future, or before the batch was started or the stage before was done."""

    message = "{day} cannot be: it must lie between {first} and {last}."


class StageOutOfOrder(ShopError):
    """A stage was recorded although the one before it was not."""

    message = (
        "{stage} cannot be recorded yet: {before} comes first for batch {batch}. Record that, or "
        "say that this batch leaves it out."
    )


class NoSuchStep(ShopError):
    """A step that was never recorded was to be taken away."""

    message = "Part {part} of {stage} was never recorded for batch {batch}."


class TooManyPieces(ShopError):
    """More pieces were to go into a stage than came out of the one before."""

    message = "Only {there} pieces of batch {batch} are ready for {stage}, not {asked}."


class TooManyLosses(ShopError):
    """The reasons name more pieces than were lost."""

    message = "{told} lost pieces are named, but {pieces_in} in and {pieces_out} out leave {lost}."


class GradesDoNotAddUp(ShopError):
    """The graded pieces are not the good ones."""

    message = "{told} pieces are graded, but {pieces_out} came out good."


class OnlyWhenFired(ShopError):
    """A firing was named for a stage that is not fired, or one of the other kind."""

    message = "{stage} does not happen in firing {firing}."


class BatchEnded(ShopError):
    """Something was to be recorded for a batch that was cancelled."""

    message = "Batch {batch} was cancelled; nothing more can be recorded for it."


@dataclass(frozen=True)
class BatchStepRecord:
    """One stage of (a part of) a batch; without `pieces_out` it is under way.

    `losses` are (reason, pieces), `grades` are (grade, SKU, pieces).
    """

    stage: str
    part: int
    pieces_in: int
    pieces_out: int | None = None
    done_on: date | None = None
    firing_id: str | None = None
    position: str | None = None
    maker: str | None = None
    note: str | None = None
    losses: tuple[tuple[str, int], ...] = ()
    grades: tuple[tuple[str, str, int], ...] = ()

    @property
    def lost(self) -> int:
        """Pieces lost; 0 while under way."""
        return 0 if self.pieces_out is None else self.pieces_in - self.pieces_out


@dataclass(frozen=True)
class Batch:
    """One making batch of one SKU with all that was recorded of it, in the order of the stages."""

    batch_id: str
    sku: str
    pieces: int
    started_on: date
    maker: str | None = None
    clay: str | None = None
    status: str = "open"
    closed_on: date | None = None
    note: str | None = None
    steps: tuple[BatchStepRecord, ...] = ()

    def at(self, stage: str) -> tuple[BatchStepRecord, ...]:
        """The parts of one stage."""
        return tuple(step for step in self.steps if step.stage == stage)

    def step(self, stage: str, part: int) -> BatchStepRecord | None:
        """One part of one stage, None where it was not recorded."""
        return next((step for step in self.at(stage) if step.part == part), None)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that were recorded, in their order."""
        return tuple(stage for stage in STAGES if self.at(stage))

    def before(self, stage: str) -> str | None:
        """The last recorded stage before this one."""
        earlier = [other for other in self.stages if ORDER[other] < ORDER[stage]]
        return earlier[-1] if earlier else None

    def came_out(self, stage: str) -> int:
        """Good pieces out of a stage so far."""
        return sum(step.pieces_out or 0 for step in self.at(stage))

    def went_in(self, stage: str) -> int:
        """Pieces that went into a stage so far."""
        return sum(step.pieces_in for step in self.at(stage))

    def ready(self, stage: str) -> int:
        """Pieces that wait for this stage: out of the one before and not in yet."""
        before = self.before(stage)
        there = self.pieces if before is None else self.came_out(before)
        return there - self.went_in(stage)

    @property
    def good(self) -> int:
        """Pieces that passed the check."""
        return self.came_out("checked")

    @property
    def lost(self) -> int:
        """Pieces lost at any stage."""
        return sum(step.lost for step in self.steps)

    @property
    def open_pieces(self) -> int:
        """Pieces that neither passed the check nor were lost."""
        return self.pieces - self.good - self.lost

    def pieces_by_stage(self) -> dict[str, tuple[int, int]]:
        """The open pieces by stage: how many are in it, and how many are through it and wait for the next."""
        pieces = {}
        for place, stage in enumerate(self.stages):
            inside = sum(step.pieces_in for step in self.at(stage) if step.pieces_out is None)
            after = self.stages[place + 1 :]
            gone = self.went_in(after[0]) if after else 0
            queued = 0 if stage == "checked" else self.came_out(stage) - gone
            if inside or queued:
                pieces[stage] = (inside, queued)
        return pieces

    def grades(self) -> dict[tuple[str, str], int]:
        """Good pieces by (grade, SKU), over all checked parts."""
        totals: dict[tuple[str, str], int] = {}
        for step in self.at("checked"):
            for grade, sku, pieces in step.grades:
                totals[grade, sku] = totals.get((grade, sku), 0) + pieces
        return totals

    def with_step(self, step: BatchStepRecord) -> Batch:
        """The batch with this part recorded, in place of an earlier record of it."""
        others = [other for other in self.steps if (other.stage, other.part) != (step.stage, step.part)]
        steps = sorted((*others, step), key=lambda other: (ORDER[other.stage], other.part))
        return replace(self, steps=tuple(steps)).with_status()

    def without_step(self, stage: str, part: int) -> Batch:
        """The batch with this part never recorded; raises UnknownWord, NoSuchStep."""
        require_choice(stage, STAGES)
        if not any(step.part == part for step in self.at(stage)):
            raise NoSuchStep(stage=stage, part=part, batch=self.batch_id)
        steps = tuple(step for step in self.steps if (step.stage, step.part) != (stage, part))
        return replace(self, steps=steps).with_status()

    def with_status(self) -> Batch:
        """Closed on the day that the last open piece came to its end, else open."""
        if self.status == "cancelled":
            return self
        if self.open_pieces:
            return replace(self, status="open", closed_on=None)
        last = max((step.done_on for step in self.steps if step.done_on), default=self.started_on)
        return replace(self, status="closed", closed_on=last)


def complete_losses(pieces_in: int, pieces_out: int, given: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """All losses by reason: pieces lost without a named reason count as "other". Raises TooManyLosses."""
    known = {reason: pieces for reason, pieces in given.items() if pieces}
    for reason, pieces in known.items():
        require_choice(reason, LOSS_REASONS)
        if pieces < 0:
            raise BadPieces(pieces=pieces)
    lost = pieces_in - pieces_out
    named = sum(known.values())
    if named > lost:
        raise TooManyLosses(told=named, pieces_in=pieces_in, pieces_out=pieces_out, lost=lost)
    if named < lost:
        known["other"] = known.get("other", 0) + lost - named
    return tuple((reason, known[reason]) for reason in LOSS_REASONS if reason in known)


def require_choice(name: str, known: Iterable[str]) -> str:
    """A word out of a list; raises UnknownWord."""
    words = tuple(known)
    if name not in words:
        raise UnknownWord(name=name, known=", ".join(words))
    return name


def require_order(batch: Batch, stage: str) -> None:
    """Raise StageOutOfOrder where a stage begins although the one before it was not recorded."""
    place = ORDER[require_choice(stage, STAGES)]
    if place and not batch.at(stage) and not batch.at(STAGES[place - 1]):
        raise StageOutOfOrder(stage=stage, before=STAGES[place - 1], batch=batch.batch_id)


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
        for step in batch.at(stage):
            _sound_step(step, first, today)
        done = [step.done_on for step in batch.at(stage) if step.done_on]
        first = min(done, default=first)
    return batch


def _sound_step(step: BatchStepRecord, first: date, today: date) -> None:
    if step.pieces_in < 1:
        raise BadPieces(pieces=step.pieces_in)
    if step.firing_id and step.stage not in FIRED:
        raise OnlyWhenFired(stage=step.stage, firing=step.firing_id)
    if step.pieces_out is None:
        return
    if not 0 <= step.pieces_out <= step.pieces_in:
        raise BadPieces(pieces=step.pieces_out)
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


# --- as plain values, for the undo records of the audit log ---------------------------------------


def batch_to_dict(batch: Batch) -> dict[str, Any]:
    """A batch as plain values."""
    values: dict[str, Any] = _iso(asdict(batch))
    return values


def batch_from_dict(values: Mapping[str, Any]) -> Batch:
    """A batch from plain values."""
    steps = tuple(
        BatchStepRecord(
            **{
                **step,
                "done_on": _day(step["done_on"]),
                "losses": tuple((reason, pieces) for reason, pieces in step["losses"]),
                "grades": tuple((grade, sku, pieces) for grade, sku, pieces in step["grades"]),
            }
        )
        for step in values["steps"]
    )
    days = {"started_on": _day(values["started_on"]), "closed_on": _day(values["closed_on"])}
    return Batch(**{**values, **days, "steps": steps})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _iso(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_iso(item) for item in value]
    return value
