"""Status of the kilns: the open pieces by stage, the firings with their loads, what opens next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median_high
from typing import Any

from sqlalchemy import Connection

from shop.access.roles import may_read
from shop.catalog.titles import TITLES, titles
from shop.core.text import full_title
from shop.db.database import Database
from shop.kiln import repository
from shop.kiln.batches import ORDER, Batch, BatchStepRecord
from shop.kiln.repository import FiringRecord, KilnRecord, UnknownFiring
from shop.models.kiln import OPTIONAL, STAGES

RECENT_OPENINGS = 20


@dataclass(frozen=True)
class BoardCard:
    """Some pieces of one batch on the board: at which stage, and whether they are in it or through.

    `next_stage` is what they wait for; `firing_id` is the firing of pieces in a kiln. `again` pieces came out of the
    stage unfinished and wait to go in once more.
    """

    batch_id: str
    sku: str
    title: str
    stage: str
    inside: int
    queued: int
    next_stage: str | None
    maker: str | None
    since: date
    firing_id: str | None = None
    again: int = 0

    @property
    def pieces(self) -> int:
        """All of them."""
        return self.inside + self.queued + self.again


@dataclass(frozen=True)
class LoadPart:
    """Pieces of one batch in one firing: how many stood where, and what came out of it.

    `pass_number` is above 1 for pieces that were in such a firing before; `again` of them go in once more.
    """

    batch_id: str
    sku: str
    title: str
    part: int
    pieces_in: int
    pieces_out: int | None
    position: str | None
    losses: tuple[tuple[str, int], ...]
    shelf_cm2: int | None
    pass_number: int = 1
    again: int = 0

    @property
    def lost(self) -> int:
        """Pieces lost, 0 while nobody looked."""
        return 0 if self.pieces_out is None else self.pieces_in - self.pieces_out - self.again


@dataclass(frozen=True)
class FiringLoad:
    """One firing with its kiln and its load."""

    firing: FiringRecord
    kiln: KilnRecord
    parts: tuple[LoadPart, ...]
    opens_on: date | None = None

    @property
    def pieces(self) -> int:
        """Pieces in the kiln."""
        return sum(part.pieces_in for part in self.parts)

    @property
    def lost(self) -> int:
        """Pieces lost in it."""
        return sum(part.lost for part in self.parts)

    @property
    def again(self) -> int:
        """Pieces that came out unfinished and go in again."""
        return sum(part.again for part in self.parts)

    @property
    def used_cm2(self) -> int:
        """Kiln area that the load takes, as far as it is known."""
        return sum(part.pieces_in * (part.shelf_cm2 or 0) for part in self.parts)

    @property
    def fill(self) -> float:
        """The share of the kiln's area that the load takes."""
        return self.used_cm2 / self.kiln.shelf_cm2


def _titles(cursor: Any, shop_id: int) -> dict[str, tuple[str, int | None]]:
    """What every SKU is called, and the kiln area of one piece."""
    rows = cursor.execute("SELECT sku, shelf_cm2 FROM variant WHERE shop_id = ?", (shop_id,))
    areas = dict(rows.fetchall())
    return {sku: (title, areas[sku]) for sku, title in titles(cursor, shop_id).items()}


def makeable(db: Database, *, shop_id: int = 1) -> list[tuple[str, str]]:
    """What a batch can be started of: (SKU, title), second choices and single pieces left out."""
    with db.read() as connection:
        rows = (
            _cursor(connection)
            .execute(
                f"{TITLES} AND NOT v.is_archived AND v.seconds_of IS NULL AND v.parts IS NULL AND NOT EXISTS "
                "(SELECT 1 FROM piece x WHERE x.shop_id = v.shop_id AND x.sku = v.sku)",
                (shop_id,),
            )
            .fetchall()
        )
    choices = [(sku, full_title(design, variant)) for sku, design, variant in rows]
    return sorted(choices, key=lambda pair: (pair[1], pair[0]))


def _cursor(connection: Connection) -> Any:
    return connection.connection.driver_connection


def board(db: Database, *, shop_id: int = 1) -> list[BoardCard]:
    """The pieces of all open batches by stage, the longest queueing first."""
    with db.read() as connection:
        cursor = _cursor(connection)
        ids = [
            row[0]
            for row in cursor.execute(
                "SELECT batch_id FROM kiln_batch WHERE shop_id = ? AND status = 'open'", (shop_id,)
            )
        ]
        names = _titles(cursor, shop_id)
        on_board = [
            card
            for batch in repository.batches(cursor, shop_id, ids).values()
            for card in _of_batch(batch, names.get(batch.sku, (batch.sku, None))[0])
        ]
    return sorted(on_board, key=lambda card: (ORDER[card.stage], card.since, card.batch_id))


def _of_batch(batch: Batch, title: str) -> list[BoardCard]:
    """Its open pieces by stage: those in it, those through it, and those that have to go in again."""
    on_board = []
    pieces = batch.pieces_by_stage()
    for stage in batch.stages:
        steps = batch.at(stage)
        done = [step.done_on for step in (*steps, *batch.at(batch.before(stage) or "")) if step.done_on]
        firing = next((step.firing_id for step in steps if step.pieces_out is None), None)
        inside, queued = pieces.get(stage, (0, 0))
        card = BoardCard(
            batch.batch_id,
            batch.sku,
            title,
            stage,
            0,
            0,
            None,
            batch.maker,
            max(done, default=batch.started_on),
        )
        if inside:
            on_board.append(replace(card, inside=inside, firing_id=firing))
        if queued:
            on_board.append(replace(card, queued=queued, next_stage=_next(batch, stage)))
        if again := batch.waits_again(stage):
            on_board.append(replace(card, again=again, next_stage=stage))
    return on_board


def _next(batch: Batch, stage: str) -> str | None:
    """What pieces through a stage wait for: the batch's own next stage, else the usual one."""
    later = [other for other in batch.stages if ORDER[other] > ORDER[stage] and other not in OPTIONAL]
    usual = [other for other in STAGES[ORDER[stage] + 1 :] if other not in OPTIONAL]
    return next(iter(later or usual), None)


def firing_loads(
    db: Database,
    first: date | None = None,
    last: date | None = None,
    *,
    states: tuple[str, ...] = ("planned", "fired", "opened"),
    shop_id: int = 1,
) -> list[FiringLoad]:
    """Firings planned, fired or opened between two shop days (both inclusive), with their loads."""
    with db.read() as connection:
        cursor = _cursor(connection)
        days = _days_to_open(cursor, shop_id)
        chosen = [
            firing
            for firing in repository.firings(cursor, shop_id).values()
            if firing.status in states and _touches(firing, days, first, last)
        ]
        return [_shown_to(db, load) for load in _loads(cursor, shop_id, chosen, days)]


def firing_load(db: Database, firing_id: str, *, shop_id: int = 1) -> FiringLoad:
    """One firing with its load; raises UnknownFiring."""
    with db.read() as connection:
        cursor = _cursor(connection)
        firings = repository.firings(cursor, shop_id, [firing_id])
        if firing_id not in firings:
            raise UnknownFiring(firing=firing_id)
        (load,) = _loads(cursor, shop_id, [firings[firing_id]], _days_to_open(cursor, shop_id))
        return _shown_to(db, load)


def _shown_to(db: Database, load: FiringLoad) -> FiringLoad:
    """The load as the role that reads may see it: what it cost is 0 for others than the owner."""
    if may_read(db, "see_margins"):
        return load
    firing = replace(load.firing, energy_cents=0, wear_cents=0, labour_cents=0)
    return replace(load, firing=firing, kiln=replace(load.kiln, wear_cents=0))


def _touches(firing: FiringRecord, days: dict[str, int], first: date | None, last: date | None) -> bool:
    known = [
        day for day in (firing.planned_on, firing.fired_on, firing.opened_on, _opens_on(firing, days)) if day
    ]
    return any((first is None or day >= first) and (last is None or day <= last) for day in known)


def _days_to_open(cursor: Any, shop_id: int) -> dict[str, int]:
    """How many days after lighting each kiln is usually opened: the middle of its last openings."""
    spans: dict[str, list[int]] = {}
    for kiln, fired, opened in cursor.execute(
        "SELECT kiln_id, fired_on, opened_on FROM firing WHERE shop_id = ? AND status = 'opened' "
        "AND fired_on IS NOT NULL AND opened_on IS NOT NULL ORDER BY opened_on DESC",
        (shop_id,),
    ):
        known = spans.setdefault(kiln, [])
        if len(known) < RECENT_OPENINGS:
            known.append((date.fromisoformat(opened) - date.fromisoformat(fired)).days)
    return {kiln: median_high(known) for kiln, known in spans.items()}


def _opens_on(firing: FiringRecord, days: dict[str, int]) -> date | None:
    """The day on which a kiln that burns or cools is usually opened."""
    if firing.status != "fired" or firing.fired_on is None:
        return None
    return firing.fired_on + timedelta(days=days.get(firing.kiln_id, 1))


def _loads(cursor: Any, shop_id: int, chosen: list[FiringRecord], days: dict[str, int]) -> list[FiringLoad]:
    kilns = repository.kilns(cursor, shop_id)
    names = _titles(cursor, shop_id)
    rows = list(repository.loaded_parts(cursor, shop_id, [firing.firing_id for firing in chosen]))
    book = repository.batches(cursor, shop_id, [row.batch_id for row in rows])
    parts: dict[str, list[LoadPart]] = {}
    for firing, batch, stage, number, sku, *_ in rows:
        step = book[batch].step(stage, number)
        assert step is not None
        parts.setdefault(firing, []).append(_part(batch, sku, step, names))
    loads = [
        FiringLoad(
            firing, kilns[firing.kiln_id], tuple(parts.get(firing.firing_id, ())), _opens_on(firing, days)
        )
        for firing in chosen
    ]
    return sorted(loads, key=lambda load: (load.firing.on or date.max, load.firing.firing_id))


def _part(batch: str, sku: str, step: BatchStepRecord, names: dict[str, tuple[str, int | None]]) -> LoadPart:
    title, area = names.get(sku, (sku, None))
    return LoadPart(
        batch,
        sku,
        title,
        step.part,
        step.pieces_in,
        step.pieces_out,
        step.position,
        step.losses,
        area,
        step.pass_number,
        step.again,
    )


@dataclass(frozen=True)
class KilnStatus:
    """Status of the kilns now: firings under way, open batches, what is not checked or billed yet.

    `to_check` are pieces out of the last firing that nobody checked yet; `unbilled` are opened firings
    without their energy bill.
    """

    burning: tuple[FiringLoad, ...]
    planned: tuple[FiringLoad, ...]
    open_batches: int
    open_pieces: int
    to_check: int
    unbilled: tuple[str, ...]
    kilns: tuple[KilnRecord, ...]
    batches: int

    @property
    def next_opening(self) -> FiringLoad | None:
        """The burning kiln that is opened first."""
        return min(self.burning, key=lambda load: load.opens_on or date.max, default=None)

    @property
    def in_the_kiln(self) -> int:
        """Pieces in kilns that burn or cool."""
        return sum(load.pieces for load in self.burning)


def unbilled_firings(connection: Connection, shop_id: int = 1) -> tuple[str, ...]:
    """Opened firings without their energy bill."""
    firings = repository.firings(_cursor(connection), shop_id).values()
    return tuple(firing.firing_id for firing in firings if firing.status == "opened" and not firing.is_billed)


def kiln_status(db: Database, *, shop_id: int = 1) -> KilnStatus:
    """The status of the kilns now."""
    on_board = board(db, shop_id=shop_id)
    known = firing_loads(db, states=("planned", "fired"), shop_id=shop_id)
    with db.read() as connection:
        cursor = _cursor(connection)
        kilns = tuple(
            kiln if may_read(db, "see_margins") else replace(kiln, wear_cents=0)
            for kiln in repository.kilns(cursor, shop_id).values()
        )
        unbilled = unbilled_firings(connection, shop_id)
        (batches,) = cursor.execute(
            "SELECT COUNT(*) FROM kiln_batch WHERE shop_id = ?", (shop_id,)
        ).fetchone()
    return KilnStatus(
        tuple(load for load in known if load.firing.status == "fired"),
        tuple(load for load in known if load.firing.status == "planned"),
        len({card.batch_id for card in on_board}),
        sum(card.pieces for card in on_board),
        sum(card.queued for card in on_board if card.next_stage == "checked"),
        unbilled,
        kilns,
        batches,
    )
