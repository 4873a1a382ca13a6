"""A batch through its stages 坯, 素烧, 釉, 釉烧, 烤花 and 质检: values and rules, no database.

A batch is a frozen value; what is recorded makes a new one, and `validated` refuses what cannot be: more
pieces in than came out of the stage before, stages in the wrong order, losses that do not add up.

A piece may pass a firing more than once. What comes out unfinished (underfired) is not lost: it waits for a further
pass (复烧) until somebody writes it off; what a check finds underfired returns to the last firing. Good pieces may
go in again by choice. The decor firing (烤花: 描金, 贴花) is passed by some pieces of a batch and not by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from shop.core.errors import ShopError
from shop.models.kiln import FIRED, LOSS_REASONS, OPTIONAL, STAGES, BatchStage, LossReason

ORDER = {stage: place for place, stage in enumerate(STAGES)}
CHECKED = BatchStage.CHECKED.value
REFIRED = (*FIRED, CHECKED)
"""The stages whose underfired pieces go into a kiln again."""
UNFINISHED = LossReason.UNDERFIRED.value


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

    `losses` are (reason, pieces), `grades` are (grade, SKU, pieces). `again` pieces came out unfinished and wait for
    the next pass; `pass_number` is above 1 for pieces that were in this stage before.
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
    pass_number: int = 1
    again: int = 0

    @property
    def lost(self) -> int:
        """Pieces lost; 0 while under way."""
        return 0 if self.pieces_out is None else self.pieces_in - self.pieces_out - self.again

    @property
    def is_detour(self) -> bool:
        """Whether its pieces come from, and return to, those that are through an earlier stage."""
        return self.pass_number > 1 or self.stage in OPTIONAL


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
        """The last recorded stage before this one that every piece passes."""
        earlier = [other for other in self.stages if ORDER[other] < ORDER[stage] and other not in OPTIONAL]
        return earlier[-1] if earlier else None

    def came_out(self, stage: str) -> int:
        """Good pieces out of a stage so far, those that went in again by choice counted once."""
        chosen = max(self._further(stage) - self._unfinished(stage), 0)
        return sum(step.pieces_out or 0 for step in self.at(stage)) - chosen

    def went_in(self, stage: str) -> int:
        """Pieces that went into a stage for the first time so far; into the check each time."""
        return sum(step.pieces_in for step in self.at(stage) if step.pass_number == 1)

    def _further(self, stage: str) -> int:
        return sum(step.pieces_in for step in self.at(stage) if step.pass_number > 1)

    def _unfinished(self, stage: str) -> int:
        """Pieces that came out of a stage to go in again; those returned by a check belong to the last firing."""
        own = sum(step.again for step in self.at(stage))
        return own + (sum(step.again for step in self.at(CHECKED)) if stage == self.last_firing else 0)

    @property
    def last_firing(self) -> str | None:
        """The last recorded firing that every piece passes."""
        fired = [stage for stage in self.stages if stage in FIRED and stage not in OPTIONAL]
        return fired[-1] if fired else None

    def waits_again(self, stage: str) -> int:
        """Unfinished pieces that wait for a further pass of a firing."""
        return max(self._unfinished(stage) - self._further(stage), 0) if stage in FIRED else 0

    def through(self, stage: str) -> int:
        """Good pieces that are through a stage (those back from the decor firing too) and have not gone on."""
        decor = sum(
            self.came_out(other) - self.went_in(other) for other in OPTIONAL if self.before(other) == stage
        )
        later = [other for other in self.stages if ORDER[other] > ORDER[stage] and other not in OPTIONAL]
        gone = self.went_in(later[0]) if later else 0
        return self.came_out(stage) + decor - gone

    def ready(self, stage: str) -> int:
        """Pieces that wait for the first pass of this stage: out of the one before and not in yet."""
        before = self.before(stage)
        if before is None:
            return self.pieces - self.went_in(stage)
        if stage in OPTIONAL:
            return min(self.came_out(before) - self.went_in(stage), self.through(before))
        decor = sum(
            self.came_out(other) - self.went_in(other) for other in OPTIONAL if ORDER[other] < ORDER[stage]
        )
        return self.came_out(before) + decor - self.went_in(stage)

    def next_pass(self, stage: str) -> int:
        """The number of the next further pass: the first that has not taken all unfinished pieces of the one before."""
        steps = self.at(stage)
        last = max((step.pass_number for step in steps), default=1)
        for number in range(2, last + 2):
            came = sum(step.again for step in steps if step.pass_number == number - 1)
            if came > sum(step.pieces_in for step in steps if step.pass_number == number):
                return number
        return last + 1

    def pass_of(self, stage: str, refire: bool | None = None) -> tuple[int, int]:
        """Which pass of a stage pieces begin now, and how many are ready for it.

        The first while pieces wait for it, then a further one for unfinished pieces; `refire` decides
        otherwise: a further pass, of good pieces where none is unfinished.
        """
        first, back = self.ready(stage), self.waits_again(stage)
        if refire or (refire is None and first < 1 and back > 0):
            return self.next_pass(stage), back or self.through(stage)
        return 1, first

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
        """The open pieces by stage: how many are in it, and how many are through it and wait for the next.

        Unfinished pieces that wait for a further pass are in `waits_again`.
        """
        pieces = {}
        for stage in self.stages:
            inside = sum(step.pieces_in for step in self.at(stage) if step.pieces_out is None)
            queued = 0 if stage == CHECKED else self._queued(stage)
            if inside or queued:
                pieces[stage] = (inside, queued)
        return pieces

    def _queued(self, stage: str) -> int:
        """Pieces through a stage; of those before the check, the ones through the decor firing are shown there."""
        if stage in OPTIONAL:
            before = self.before(stage)
            return min(self.came_out(stage), self.through(before)) if before else self.came_out(stage)
        decor = sum(
            self._queued(other) for other in OPTIONAL if self.at(other) and self.before(other) == stage
        )
        return self.through(stage) - decor

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
    require_choice(stage, STAGES)
    earlier = [other for other in STAGES[: ORDER[stage]] if other not in OPTIONAL]
    if earlier and not batch.at(stage) and not batch.at(earlier[-1]):
        raise StageOutOfOrder(stage=stage, before=earlier[-1], batch=batch.batch_id)
