"""How the studio makes its pieces: week by week, as many as are bought, with what is lost on the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from sample_data.studio.catalog import CLAY, CLAYS
from sample_data.studio.kilns import (
    BY_MAKER,
    SECOND,
    Load,
    chance,
    electric_kilns,
    glaze_kilns,
    lose,
    loss_reasons,
    pack,
    weeks_between,
)
from sample_data.studio.values import Batch, Firing, Step, Variant

ARRIVES = 18  # days from throwing to stock, about
COVER = 42  # days that a batch is to last
STAGES = ("greenware", "bisque", "glazed", "glaze_fired", "checked")
SMALLEST, LARGEST = 10, 48
BISQUE, GLAZING, GLAZE = 9, 13, 14  # days after the Monday of throwing
STOPS = 40  # days before the end after which a SKU that is to sell out is not produced any more


@dataclass
class Demand:
    """The demand for one SKU: cumulative pieces by day from the first day on."""

    upto: list[int]

    def until(self, day: int) -> int:
        """Return the pieces taken up to and with a day; days before the first take none."""
        return self.upto[min(day, len(self.upto) - 1)] if day >= 0 else 0


@dataclass
class _Throw:
    """One batch while it goes through the stages."""

    batch: Batch
    glaze: str
    area_cm2: int
    steps: list[Step] = field(default_factory=list)

    @property
    def ready_cm2(self) -> int:
        """The kiln area that its good pieces need now."""
        return (self.steps[-1].out or 0) * self.area_cm2


@dataclass
class Making:
    """The weeks of making between two days; `batches` and `firings` are what came of it."""

    since: date
    until: date
    seed: int
    sold_out: frozenset[str] = frozenset()
    batches: list[Batch] = field(default_factory=list)
    firings: list[Firing] = field(default_factory=list)
    _loads: list[Load] = field(default_factory=list)
    _good: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _thrown: int = 0
    _electric_cm2: int = 0

    def run(
        self,
        variants: list[Variant],
        demand: dict[str, Demand],
        opening: dict[str, int],
        singles: dict[str, list[tuple[str, date]]],
    ) -> None:
        """Make what is bought: stocked SKUs in batches, and every numbered piece before its day.

        `singles` are numbered SKUs by what they are thrown as, with the last day they may be ready.
        """
        monday = self.since - timedelta(days=self.since.weekday())
        pending = {name: sorted(ones, key=lambda piece: piece[1]) for name, ones in singles.items()}
        by_sku = {variant.sku: variant for variant in variants}
        week = 0
        while monday + timedelta(weeks=week) <= self.until:
            begins = monday + timedelta(weeks=week)
            rng = Random(f"{self.seed} {week}")
            throws = self._series(begins, week, variants, demand, opening, rng)
            throws += self._numbered(begins, week, by_sku, pending, rng)
            self._fire(begins, week, throws, rng)
            week += 1
        self._cut()

    def ready_on(self, blank_sku: str, latest: date) -> date:
        """Return the day a numbered piece is ready: in the last firing whose pieces are in time."""
        monday = self.since - timedelta(days=self.since.weekday())
        for week in range((latest - monday).days // 7, -1, -1):
            ready = monday + timedelta(weeks=week, days=ARRIVES + 3)
            if ready <= latest and self._fires(blank_sku.split("-")[-2], week):
                return ready
        return self.since - timedelta(days=1)

    @staticmethod
    def _fires(glaze: str, week: int) -> bool:
        """Return whether what is thrown in a week finds its kiln two weeks later."""
        return week % weeks_between(glaze) == 0

    def _series(
        self,
        begins: date,
        week: int,
        variants: list[Variant],
        demand: dict[str, Demand],
        opening: dict[str, int],
        rng: Random,
    ) -> list[_Throw]:
        """Throw what runs short before the next chance to make it."""
        throws = []
        for variant in variants:
            glaze = variant.product.split("-")[-2]
            if variant.sku not in demand or not self._fires(glaze, week):
                continue
            pieces = self._wanted(begins, variant, demand[variant.sku], opening.get(variant.sku, 0), glaze)
            if pieces:
                throws.append(self._throw(begins, variant, glaze, pieces, rng))
        return throws

    def _wanted(self, begins: date, variant: Variant, demand: Demand, opening: int, glaze: str) -> int:
        arrives = (begins - self.since).days + ARRIVES
        if variant.sku in self.sold_out and arrives > (self.until - self.since).days - STOPS:
            return 0
        cycle = 7 * weeks_between(glaze)
        coming = self._good[variant.sku]
        until_next = opening + coming - demand.until(arrives + cycle)
        if until_next >= 3:
            return 0
        good = demand.until(arrives + max(COVER, cycle)) - opening - coming + 3
        capacity = glaze_kilns(glaze)[0].area_cm2 * 9 // 10 // variant.area_cm2
        return min(max(SMALLEST, good * 5 // 4), LARGEST, capacity)

    def _throw(
        self,
        begins: date,
        variant: Variant,
        glaze: str,
        pieces: int,
        rng: Random,
        numbers: tuple[str, ...] = (),
    ) -> _Throw:
        self._thrown += 1
        maker = rng.choices(list(BY_MAKER), (5, 3, 2))[0]
        day = begins + timedelta(days=rng.randrange(4))
        batch = Batch(
            f"B{self._thrown:04d}", variant.sku, pieces, maker, CLAYS.get(glaze, CLAY), day, (), numbers
        )
        throw = _Throw(batch, glaze, variant.area_cm2)
        lost = 0 if numbers else lose(rng, pieces, chance("greenware", glaze, None, maker))
        lost = min(lost, pieces - 1)
        dried = begins + timedelta(days=7 + rng.randrange(2))
        throw.steps.append(
            Step(
                "greenware",
                1,
                pieces,
                pieces - lost,
                dried,
                maker=maker,
                losses=loss_reasons(rng, "greenware", lost),
            )
        )
        return throw

    def _numbered(
        self,
        begins: date,
        week: int,
        by_sku: dict[str, Variant],
        pending: dict[str, list[tuple[str, date]]],
        rng: Random,
    ) -> list[_Throw]:
        """Throw the numbered pieces whose day comes: those that live, and some that do not."""
        throws = []
        for blank_sku, ones in pending.items():
            glaze = blank_sku.split("-")[-2]
            if not self._fires(glaze, week):
                continue
            ready = begins + timedelta(days=ARRIVES + 3)
            due = [piece for piece in ones if piece[1] == ready]
            if due:
                for piece in due:
                    ones.remove(piece)
                numbers = tuple(sku for sku, _ in due)
                pieces = len(due) + rng.choice((0, 0, 1, 1, 2))
                throws.append(self._throw(begins, by_sku[blank_sku], glaze, pieces, rng, numbers))
        return throws

    # --- the kiln ---------------------------------------------------------------------------------

    def _fire(self, begins: date, week: int, throws: list[_Throw], rng: Random) -> None:
        bisque: list[Load] = []
        loaded = []
        ordered = sorted(throws, key=lambda throw: -throw.area_cm2 * throw.batch.pieces)
        kilns = electric_kilns(sum(throw.ready_cm2 for throw in throws))
        for throw in sorted(ordered, key=lambda load: not load.batch.numbers):
            load = pack(
                bisque, self._loads[-40:], kilns, "bisque", begins + timedelta(days=BISQUE), throw.ready_cm2
            )
            loaded.append((throw, load))
        self._name(bisque)
        for throw, load in loaded:
            position = rng.choice(load.kiln.positions)
            self._step(throw, "bisque", 1, throw.steps[-1].out or 0, load, position, rng)
        self._electric_cm2 = sum(
            throw.ready_cm2 for throw in throws if glaze_kilns(throw.glaze)[0].fuel == "electric"
        )
        glaze: list[Load] = []
        parts: list[tuple[_Throw, int, int, Load]] = []
        for throw, _ in loaded:
            self._glaze(begins, throw, rng)
            parts += self._load_glazed(begins, throw, glaze, rng)
        self._name(glaze)
        for throw, part, pieces, load in parts:
            position = load.kiln.positions[(part + rng.randrange(2)) % len(load.kiln.positions)]
            self._step(throw, "glaze_fired", part, pieces, load, position, rng)
            self._check(throw, part, load, rng)
        self.batches += [replace(throw.batch, steps=tuple(throw.steps)) for throw, _ in loaded]

    def _name(self, loads: list[Load]) -> None:
        for load in sorted(loads, key=lambda load: (load.fired_on, load.kiln.kiln_id)):
            load.firing_id = f"F{len(self._loads) + 1:04d}"
            self._loads.append(load)

    def _glaze(self, begins: date, throw: _Throw, rng: Random) -> None:
        pieces = throw.steps[-1].out or 0
        lost = 0 if throw.batch.numbers else lose(rng, pieces, chance("glazed", "", None, ""))
        lost = min(lost, pieces - 1)
        day = begins + timedelta(days=GLAZING)
        throw.steps.append(
            Step(
                "glazed",
                1,
                pieces,
                pieces - lost,
                max(day, throw.steps[-1].done_on),
                maker=throw.batch.maker,
                losses=loss_reasons(rng, "glazed", lost),
            )
        )

    def _load_glazed(
        self, begins: date, throw: _Throw, loads: list[Load], rng: Random
    ) -> list[tuple[_Throw, int, int, Load]]:
        """Put glazed pieces into kilns: large batches now and then at two places of a load."""
        pieces = throw.steps[-1].out or 0
        first = pieces // 2 if pieces >= 14 and rng.random() < 0.35 else pieces
        throws = []
        for part, some in enumerate((first, pieces - first), start=1):
            if some:
                day = max(begins + timedelta(days=GLAZE), throw.steps[-1].done_on)
                kilns = glaze_kilns(throw.glaze)
                if kilns[0].fuel == "electric":
                    kilns = electric_kilns(self._electric_cm2)
                load = pack(loads, self._loads[-40:], kilns, "glaze_fired", day, some * throw.area_cm2)
                throws.append((throw, part, some, load))
        return throws

    def _step(
        self, throw: _Throw, stage: str, part: int, pieces: int, load: Load, position: str, rng: Random
    ) -> None:
        likely = chance(stage, throw.glaze, position, throw.batch.maker)
        numbers = throw.batch.numbers
        most = pieces - len(numbers) if numbers and stage == "glaze_fired" else pieces - 1
        lost = min(lose(rng, pieces, likely), most) if not numbers else 0
        if numbers and stage == "glaze_fired":
            lost = most
        throw.steps.append(
            Step(
                stage,
                part,
                pieces,
                pieces - lost,
                load.opened_on,
                load.firing_id,
                position,
                throw.batch.maker,
                loss_reasons(rng, stage, lost),
            )
        )

    def _check(self, throw: _Throw, part: int, load: Load, rng: Random) -> None:
        """Sort every piece: good ones by grade; numbered ones all live."""
        pieces, numbers = throw.steps[-1].out or 0, throw.batch.numbers
        lost = 0 if numbers else lose(rng, pieces, chance("checked", "", None, ""))
        out = pieces - lost
        second = 0 if numbers else lose(rng, out, SECOND / 1000)
        self._good[throw.batch.sku] += out - second
        grades = (("unique", out),) if numbers else (("prime", out - second), ("second", second))
        throw.steps.append(
            Step(
                "checked",
                part,
                pieces,
                out,
                load.opened_on + timedelta(days=1),
                maker="阿梅",
                losses=loss_reasons(rng, "checked", lost),
                grades=tuple(grade for grade in grades if grade[1]),
            )
        )

    # --- today ------------------------------------------------------------------------------------

    def _cut(self) -> None:
        """Take away what has not happened by the last day; a closed kiln still contains its load."""
        opened = {load.firing_id: load for load in self._loads}
        shown = []
        for batch in self.batches:
            if batch.started_on > self.until:
                continue
            steps = []
            for step in batch.steps:
                if step.done_on <= self.until:
                    steps.append(step)
                elif step.firing_id and opened[step.firing_id].fired_on <= self.until + timedelta(7):
                    steps.append(replace(step, out=None, losses=()))
            steps = _reachable(steps)
            shown.append(replace(batch, steps=tuple(steps)))
        self.batches = shown

    def leave_out(self, sku: str, after: date) -> None:
        """Leave out what was checked of a SKU after a day, and what is still on its way."""
        self.batches = [
            batch
            for batch in self.batches
            if batch.sku != sku
            or any(step.stage == "checked" and step.done_on <= after for step in batch.steps)
        ]

    def bill(self) -> None:
        """Write the firings down, the next ones as planned; one bill has not come yet."""
        used = {step.firing_id for batch in self.batches for step in batch.steps}
        rng = Random(f"{self.seed} bills")
        soon = self.until + timedelta(days=9)
        loads = sorted(
            (load for load in self._loads if load.firing_id in used or self.until < load.fired_on <= soon),
            key=lambda load: (load.fired_on, load.firing_id),
        )
        last = max(
            (
                load.firing_id
                for load in loads
                if load.opened_on <= self.until and load.stage == "glaze_fired"
            ),
            default="",
        )
        self.firings = [load.bill(rng, self.until, load.firing_id == last) for load in loads]


def _reachable(steps: list[Step]) -> list[Step]:
    """Return the steps whose pieces are there: nothing goes on from a kiln that is still shut."""
    reachable: dict[tuple[str, int], Step] = {}
    for step in steps:
        before = STAGES.index(step.stage) - 1
        part = step.part if step.stage == "checked" else 1
        came_from = reachable.get((STAGES[before], part)) if before >= 0 else None
        if before < 0 or (came_from and came_from.out):
            reachable[step.stage, step.part] = step
    return list(reachable.values())
