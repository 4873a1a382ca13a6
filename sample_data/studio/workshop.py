"""A whole workshop that fits what was sold: opening stock, making, what broke, what was counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from sample_data.generator.clock import DAY, seconds, unix, wall
from sample_data.generator.clock import day_of as wall_day
from sample_data.studio import catalog, running
from sample_data.studio import materials as goods
from sample_data.studio.kilns import KILNS, weeks_between
from sample_data.studio.making import ARRIVES, Demand, Making
from sample_data.studio.sales import Sale
from sample_data.studio.values import Batch, Count, Piece, PlatformFees, Variant, Workshop

BOOKS = 240  # days that the studio's records cover at most
AHEAD = 80  # days that demand is thought to go on as of late
DAYS_BACK = 16  # from the payment until a piece that was sent back has arrived
ENDING, SOLD_OUT, SHORT, SLOW = 14, 4, 2, 6
FORGOTTEN = 3  # one-of-a-kind pieces that nobody entered
PLATFORM_FEES = (
    PlatformFees("douyin", 500, 0, 150, 800),
    PlatformFees("kuaishou", 500, 0, 150, 800),
    PlatformFees("tiktok", 600, 0, 300, 3_600),
)


def make_workshop(
    sales: Sequence[Sale], *, until: date, now: int, seed: int = 7, first: date | None = None
) -> Workshop:
    """Return the workshop behind some sales; `now` is in Unix seconds, `until` is its shop day.

    Equal arguments give equal workshops. `first` is when the studio's records begin.
    """
    earliest = day_of(min((sale.paid for sale in sales), default=now))
    since = first or max(earliest, until - timedelta(days=BOOKS - 1))
    return _Studio(tuple(sales), since, until, now, seed).whole()


def day_of(moment: int) -> date:
    """Return the shop's day of a moment (Unix seconds)."""
    return wall_day(wall(moment))


def midnight(day: date) -> int:
    """Return the moment at which a shop day begins (Unix seconds)."""
    return unix(seconds(day))


@dataclass
class _Studio:
    """The studio while its records are being generated."""

    sales: tuple[Sale, ...]
    since: date
    until: date
    now: int
    seed: int
    variants: list[Variant] = field(default_factory=catalog.variants)

    def whole(self) -> Workshop:
        """Make up all of it."""
        self.days = (self.until - self.since).days + 1
        self.tracked = [sale for sale in self.sales if sale.paid >= midnight(self.since)]
        self.taken = self._taken()
        self.stocked = [
            variant for variant in self.variants if variant.policy == "stocked" and variant.seconds_of is None
        ]
        ranked = sorted(self.stocked, key=lambda variant: (sum(self.taken[variant.sku]), variant.sku))
        middle = ranked[len(ranked) // 2 :]
        recent = [variant.sku for variant in middle if sum(self.taken[variant.sku][-21:]) >= 4]
        self.ending = recent[:: max(1, len(recent) // ENDING)][:ENDING]
        self.slow = [variant.sku for variant in ranked[:SLOW]]
        making = Making(self.since, self.until, self.seed, frozenset(self.ending))
        numbered = self._numbered(making)
        demand = {variant.sku: self._demand(variant.sku) for variant in self.stocked}
        opening = {variant.sku: self._first_guess(variant, demand[variant.sku]) for variant in self.stocked}
        making.run(self.variants, demand, opening, _by_thrown(numbered, making))
        self.opening = self._corrected(opening, making)
        return self._put_down(making, numbered)

    # --- demand -----------------------------------------------------------------------------------

    def _taken(self) -> dict[str, list[int]]:
        """Pieces of each SKU that leave stock on each day of the books."""
        taken: dict[str, list[int]] = defaultdict(lambda: [0] * self.days)
        for sale in self.tracked:
            taken[sale.sku][min((day_of(sale.paid) - self.since).days, self.days - 1)] += sale.takes
        return taken

    def _demand(self, sku: str) -> Demand:
        """What leaves stock, going on after today as in the last two months."""
        daily = self.taken[sku]
        recent = sum(daily[-60:]) / min(60, self.days)
        ahead, carried = [], 0.0
        for _ in range(AHEAD):
            carried += recent
            ahead.append(int(carried))
            carried -= int(carried)
        upto, total = [], 0
        for pieces in daily + ahead:
            total += pieces
            upto.append(total)
        return Demand(upto)

    def _first_guess(self, variant: Variant, demand: Demand) -> int:
        weeks = weeks_between(variant.product.split("-")[-2])
        return demand.until(ARRIVES + 7 + 7 * weeks) + 4

    def _corrected(self, opening: dict[str, int], making: Making) -> dict[str, int]:
        """The opening count with which no SKU ran out before it was sold out."""
        self.sold_out = self._stopped(opening, making)
        making.bill()
        least = {sku: min(self._stock_by_day(sku, opening[sku], making)) for sku in opening}
        return {sku: pieces - self._spare(sku, pieces, least[sku]) for sku, pieces in opening.items()}

    def _stopped(self, opening: dict[str, int], making: Making) -> list[str]:
        """Stop making some SKUs after their stock was last as good as empty: now they run out."""
        rows: list[str] = []
        for sku in self.ending:
            stock = self._stock_by_day(sku, opening[sku], making)
            emptiest = max(day for day, left in enumerate(stock) if left == min(stock))
            if emptiest > self.days - 60 and len(rows) < SOLD_OUT:
                making.leave_out(sku, self.since + timedelta(days=emptiest))
                rows.append(sku)
        return rows

    def _stock_by_day(self, sku: str, opening: int, making: Making) -> list[int]:
        """What is left of a SKU at the end of each day of the books."""
        output = _output_by_day(making, self.since, self.days)[sku]
        moves = (coming - gone for coming, gone in zip(output, self.taken[sku], strict=True))
        return list(accumulate(moves, initial=opening))[1:]

    def _spare(self, sku: str, opening: int, least: int) -> int:
        """How many pieces fewer there may be at first."""
        if sku in self.slow:
            return min(least, 0) - 24
        if sku in self.sold_out:
            return min(opening, least + 2 * (sku in self.sold_out[:SHORT]))
        return min(opening, least - 4)

    # --- things that exist once -------------------------------------------------------------------

    def _numbered(self, making: Making) -> list[Piece]:
        """All numbered pieces: those that were sold, and some that nobody has taken yet."""
        sold: dict[str, int] = {}
        for sale in self.sales:
            if sale.sku.startswith("GP-"):
                sold.setdefault(sale.sku, sale.paid)
        last = max((int(sku[3:]) for sku in sold), default=0)
        rng = Random(f"{self.seed} pieces")
        rows = [
            self._piece(f"GP-{number:04d}", sold.get(f"GP-{number:04d}"), making, rng)
            for number in range(1, last + catalog.EXTRA_PIECES + 1)
        ]
        known = [piece for piece in rows if piece.sku in sold and midnight(self.since) < sold[piece.sku]]
        doubled = Counter(sale.sku for sale in self.sales)
        single = [piece.sku for piece in known if doubled[piece.sku] == 1]
        forgotten = set(single[5 :: max(1, len(single) // FORGOTTEN)][:FORGOTTEN])
        return [piece for piece in rows if piece.sku not in forgotten]

    def _piece(self, sku: str, paid: int | None, making: Making, rng: Random) -> Piece:
        """One piece: ready some weeks before it was sold, out of the last kiln that is in time."""
        number = int(sku[3:])
        blank_sku, offered = catalog.single_of(number), catalog.single(number)
        wait = 2 + int(min(rng.expovariate(1 / 26), 150))
        if paid is None:
            wait = rng.randrange(6, 150)  # among those left are some that nobody wants
        sold_on = self.until + timedelta(days=1) if paid is None else day_of(paid)
        latest = sold_on - timedelta(days=wait)
        ready = making.ready_on(blank_sku, latest)
        in_books = ready >= self.since + timedelta(days=ARRIVES)
        blank = next(variant for variant in self.variants if variant.sku == blank_sku)
        scale = rng.randrange(92, 110)
        return Piece(
            sku,
            f"{number:04d}",
            blank.product,
            offered.title,
            offered.price,
            (blank.height_mm or 0) * scale // 100,
            (blank.width_mm or 0) * scale // 100,
            (blank.weight_g or 0) * scale**2 // 10**4,
            blank.area_cm2,
            "?" if in_books else None,
            "老陈",
            ready if in_books else latest,
        )

    # --- the rest ---------------------------------------------------------------------------------

    def _put_down(self, making: Making, numbered: list[Piece]) -> Workshop:
        in_batch = {sku: batch for batch in making.batches for sku in batch.numbers}
        pieces = [known for piece in numbered if (known := _from_batch(piece, in_batch))]
        opening = dict(self.opening)
        for piece in pieces:
            sold = [sale for sale in self.sales if sale.sku == piece.sku]
            gone = sold and sold[0].paid < midnight(self.since)
            if piece.batch is None and not gone:
                opening[piece.sku] = 1
        used = {piece.product for piece in pieces} | {
            variant.product for variant in self.variants if not variant.sku.startswith("GP-")
        }
        variants = [self._with_reorder_point(variant) for variant in self.variants if variant.product in used]
        thrown_as = {piece.sku: piece.product for piece in pieces}
        uses = catalog.uses(variants, thrown_as)
        materials = goods.materials()
        bought = goods.purchases(materials, making.batches, uses, self.since, self.until, self.seed)
        stock = self._stock_events(making, opening)
        return Workshop(
            since=self.since,
            until=self.until,
            now=self.now,
            currency="CNY",
            products=tuple(product for product in catalog.products() if product.code in used),
            variants=tuple(variants),
            pieces=tuple(pieces),
            kilns=KILNS,
            firings=tuple(making.firings),
            batches=tuple(making.batches),
            materials=tuple(materials),
            purchases=tuple(bought),
            uses=tuple(uses),
            platform_fees=PLATFORM_FEES,
            opening=opening,
            broken=stock.broken,
            arrived=stock.arrived,
            counts=stock.counts,
            reservations=stock.reservations,
            presale={self.sold_out[-1]: 5} if self.sold_out else {},
            sales=self.sales,
            by_hand={
                variant.sku: variant.price_cents * 38 // 100
                for variant in self.variants
                if variant.policy == "made_to_order" and variant.size == "大号"
            },
            goals=self._goals(),
            rates=tuple(running.rates(self.since)),
            labour=tuple(running.labour(self.since, self.until, self.seed)),
            ads=tuple(running.ads(self.since, self.until, sorted(used), self.seed)),
        )

    def _goals(self) -> tuple[tuple[date, int], ...]:
        """A tenth more GMV this month than in the thirty days before it, and so the month before."""
        this = self.until.replace(day=1)
        rows = []
        for month in (this, (this - timedelta(days=1)).replace(day=1)):
            first, last = midnight(month - timedelta(days=30)), midnight(month)
            gmv = sum(sale.gmv for sale in self.sales if first <= sale.paid < last and sale.currency == "CNY")
            if gmv:
                rows.append((month, gmv * 11 // 10 // 100_000 * 100_000 or 100_000))
        return tuple(rows)

    def _with_reorder_point(self, variant: Variant) -> Variant:
        """What is thrown in two weeks' time should last until then: two weeks of sales, and variant."""
        if variant.policy != "stocked" or variant.seconds_of:
            return variant
        lately = sum(self.taken[variant.sku][-60:])
        return replace(variant, reorder_point=min(20, 1 + lately * 14 // 60))

    def _stock_events(self, making: Making, opening: dict[str, int]) -> _StockEvents:
        return _StockEvents(self, making, opening)


class _StockEvents:
    """Stock events that neither a kiln nor an order records."""

    def __init__(self, studio: _Studio, making: Making, opening: dict[str, int]) -> None:
        rng = Random(f"{studio.seed} shelf")
        entered = {variant.sku for variant in studio.variants} | set(opening)
        entered |= {sku for batch in making.batches for sku in batch.numbers}
        output = _output_by_day(making, studio.since, studio.days)
        left = {sku: opening.get(sku, 0) + sum(output[sku]) - sum(studio.taken[sku]) for sku in entered}
        plenty = sorted(sku for sku, pieces in left.items() if pieces >= 8)
        self.broken = tuple(
            (sku, studio.until - timedelta(days=rng.randrange(3, 50)), 1)
            for sku in rng.sample(plenty, min(8, len(plenty)))
        )
        for sku, _, pieces in self.broken:
            left[sku] -= pieces
        self.arrived = tuple(self._arrived(studio, left, rng))
        for sale, whole in self.arrived:
            left[sale.sku] += whole
        place = {variant.sku: variant.place for variant in studio.variants}
        self.counts = tuple(_counts(left, place, rng))
        for count in self.counts:
            for sku, expected, counted in count.rows if count.finished else ():
                left[sku] += counted - expected
        self.reservations = tuple(
            (sku, 1, note)
            for sku, note in zip(plenty, ("今晚直播留 1 只", "王姐要配一对", "拍短视频用"), strict=False)
        )

    @staticmethod
    def _arrived(studio: _Studio, left: dict[str, int], rng: Random) -> list[tuple[Sale, int]]:
        """Most of what was sent back has arrived, a tenth of it broken; of sold out things nothing."""
        stocked = {variant.sku for variant in studio.variants if variant.policy == "stocked"}
        stocked = {sku for sku, pieces in left.items() if pieces > 0} & stocked
        back = [
            sale
            for sale in studio.tracked
            if sale.comes_back and not sale.cancelled and sale.sku in stocked and sale.platform == "douyin"
        ]
        old = [sale for sale in back if sale.paid < studio.now - DAYS_BACK * DAY]
        return [(sale, sale.quantity if rng.random() < 0.9 else 0) for sale in old if rng.random() < 0.85]


def _counts(left: dict[str, int], place: dict[str, str | None], rng: Random) -> list[Count]:
    """One count that is finished, with two differences, and one that is half done."""
    done = sorted(sku for sku in left if place.get(sku) == "A架-2" and left[sku] >= 0)
    wrong = dict(zip(rng.sample(done, min(2, len(done))), (-1, 1), strict=False))
    half = sorted(sku for sku in left if place.get(sku) == "A架-1" and left[sku] >= 0)
    return [
        Count("A架-2", tuple((sku, left[sku], max(0, left[sku] + wrong.get(sku, 0))) for sku in done), True),
        Count("A架-1", tuple((sku, left[sku], left[sku]) for sku in half[: len(half) // 2]), False),
    ]


def _output_by_day(making: Making, since: date, days: int) -> dict[str, list[int]]:
    """Pieces that came into stock on each day of the books, by SKU."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0] * days)
    for batch in making.batches:
        for step in batch.steps:
            if step.stage == "checked" and step.out is not None:
                day = (step.done_on - since).days
                for grade, pieces in step.grades:
                    sku = batch.sku + catalog.SECONDS * (grade == "second")
                    if grade != "unique":
                        rows[sku][day] += pieces
                for sku in batch.numbers:
                    rows[sku][day] += 1
    return rows


def _by_thrown(numbered: list[Piece], making: Making) -> dict[str, list[tuple[str, date]]]:
    rows: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for piece in numbered:
        if piece.batch is not None:
            rows[piece.product].append((piece.sku, piece.ready_on))
    return rows


def _from_batch(piece: Piece, in_batch: dict[str, Batch]) -> Piece | None:
    """The piece with the batch that it came out of; None where that is still in the kiln."""
    if piece.batch is None:
        return piece
    batch = in_batch.get(piece.sku)
    if batch is None:
        return None
    checked = [step for step in batch.steps if step.stage == "checked" and step.out is not None]
    if not checked:
        return None
    return replace(piece, batch=batch.batch_id, maker=batch.maker, ready_on=checked[0].done_on)
