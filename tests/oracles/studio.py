"""The truth about a workshop, from its plan alone: what lived, what is there, what sold."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from sample_data.studio.catalog import SECONDS
from sample_data.studio.sales import Sale
from sample_data.studio.values import Batch, Step, Workshop
from sample_data.studio.workshop import DAYS_BACK, day_of, midnight
from tests.oracles.batch_costs import BatchCosts, half_up

CUTS = ("stage", "form", "glaze", "kiln", "position", "maker", "month", "sku")


@dataclass(frozen=True)
class Life:
    """One object that exists once: when it was ready, and when somebody bought it, if ever."""

    sku: str
    ready_on: date
    sold_on: date | None


def _arrival(sale: Sale) -> date:
    return day_of(sale.paid) + timedelta(days=DAYS_BACK)


@dataclass(frozen=True)
class Stock:
    """One SKU in a range: there at its start, come in, sold and broken (or counted) away."""

    start: int
    received: int
    sold: int
    lost: int

    @property
    def to_sell(self) -> int:
        """What there was to sell."""
        return self.start + self.received


@dataclass(frozen=True)
class Margin:
    """What one SKU's sales came to, in cents; the cost is missing where it is not known."""

    gmv: int
    refunds: int
    fees: int
    commission: int
    cost: int | None

    @property
    def left(self) -> int | None:
        """What is left."""
        if self.cost is None:
            return None
        return self.gmv - self.refunds - self.fees - self.commission - self.cost


def _between(moves: Counter[tuple[str, date]], sku: str, first: date, last: date) -> int:
    days = (last - first).days + 1
    return sum(moves[sku, first + timedelta(days=day)] for day in range(days))


class StudioTruth:
    """What a perfect program must report about a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.product = {product.code: product for product in workshop.products}
        self.variant = {variant.sku: variant for variant in workshop.variants}
        self.kiln = {firing.firing_id: firing.kiln_id for firing in workshop.firings}

    @cached_property
    def costs(self) -> BatchCosts:
        """What everything cost."""
        return BatchCosts(self.workshop)

    # --- the kiln ---------------------------------------------------------------------------------

    def steps(self) -> list[tuple[Batch, Step]]:
        """Return every stage of every batch whose pieces were counted."""
        return [
            (batch, step) for batch in self.workshop.batches for step in batch.steps if step.out is not None
        ]

    def yields(self, *cuts: str) -> dict[tuple[str | None, ...], tuple[int, int]]:
        """Return pieces in and out by some of `CUTS`, added up over the steps."""
        result: dict[tuple[str | None, ...], list[int]] = defaultdict(lambda: [0, 0])
        for batch, step in self.steps():
            value = self._cuts(batch, step)
            sums = result[tuple(value[cut] for cut in cuts)]
            sums[0] += step.pieces_in
            sums[1] += step.out or 0
        return {key: (pieces_in, out) for key, (pieces_in, out) in result.items()}

    def _cuts(self, batch: Batch, step: Step) -> dict[str, str | None]:
        design = self.product[self.variant[batch.sku].product]
        return {
            "stage": step.stage,
            "form": design.form,
            "glaze": design.glaze,
            "kiln": self.kiln.get(step.firing_id or ""),
            "position": step.position,
            "maker": step.maker or batch.maker,
            "month": f"{step.done_on:%Y-%m}",
            "sku": batch.sku,
        }

    def lost_money(self, *cuts: str) -> Counter[tuple[str | None, ...]]:
        """Return what was in the lost pieces by some of `CUTS`.

        A stage's loss is shared by its parts by lost pieces, rounded along the running sum.
        """
        sums: Counter[tuple[str | None, ...]] = Counter()
        for batch in self.workshop.batches:
            for stage, cost in self.costs.batches[batch.batch_id].stages.items():
                parts = [step for step in batch.steps if step.stage == stage and step.out is not None]
                gone, upto, given = cost.pieces_in - cost.pieces_out, 0, 0
                for step in sorted(parts, key=lambda part: part.part):
                    upto += step.pieces_in - (step.out or 0)
                    until = cost.loss * upto // gone if gone else 0
                    value = self._cuts(batch, step)
                    sums[tuple(value[cut] for cut in cuts)] += until - given
                    given = until
        return sums

    def ended(self, cut: str) -> dict[str, tuple[int, int]]:
        """Return pieces begun and good of the batches that have ended, by one cut."""
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for batch in self.workshop.batches:
            if not batch.closed:
                continue
            design = self.product[self.variant[batch.sku].product]
            name = {
                "form": design.form,
                "glaze": design.glaze,
                "maker": batch.maker,
                "product_code": design.code,
                "month": f"{max(step.done_on for step in batch.steps):%Y-%m}",
            }[cut]
            sums[name][0] += batch.pieces
            sums[name][1] += sum(step.out or 0 for step in batch.steps if step.stage == "checked")
        return {name: (pieces, good) for name, (pieces, good) in sums.items()}

    def loss_reasons(self) -> Counter[tuple[str, str]]:
        """Return lost pieces by stage and reason."""
        sums: Counter[tuple[str, str]] = Counter()
        for _, step in self.steps():
            for driver, pieces in step.losses:
                sums[step.stage, driver] += pieces
        return sums

    # --- stock --------------------------------------------------------------------------------

    @cached_property
    def entered(self) -> frozenset[str]:
        """Every SKU that the catalog knows."""
        pieces = frozenset(piece.sku for piece in self.workshop.pieces)
        return pieces | {variant.sku for variant in self.workshop.variants}

    @cached_property
    def tracked(self) -> frozenset[str]:
        """Every SKU whose stock is tracked."""
        return frozenset(self.workshop.opening) | {sku for sku, _ in self.output}

    @cached_property
    def output(self) -> Counter[tuple[str, date]]:
        """Good pieces that came into stock, by SKU and day."""
        sums: Counter[tuple[str, date]] = Counter()
        for batch, step in self.steps():
            if step.stage != "checked":
                continue
            for grade, pieces in step.grades:
                if grade != "unique":
                    sums[batch.sku + SECONDS * (grade == "second"), step.done_on] += pieces
            for sku in batch.numbers:
                sums[sku, step.done_on] += 1
        return sums

    @cached_property
    def taken(self) -> Counter[tuple[str, date]]:
        """Pieces that orders demand, by SKU and day of payment, cancelled ones left out."""
        sums: Counter[tuple[str, date]] = Counter()
        since = midnight(self.workshop.since)
        for sale in self.workshop.sales:
            if sale.paid >= since and sale.sku in self.tracked and sale.takes:
                sums[sale.sku, day_of(sale.paid)] += sale.takes
        return sums

    @cached_property
    def by_hand(self) -> Counter[tuple[str, date]]:
        """Stock booked in or out by hand: broken, also of what came back, and counted; by SKU and day."""
        sums: Counter[tuple[str, date]] = Counter()
        for sku, day, pieces in self.workshop.broken:
            sums[sku, day] -= pieces
        for sale, whole in self.workshop.arrived:
            sums[sale.sku, _arrival(sale)] -= sale.quantity - whole
        for count in self.workshop.counts:
            for sku, expected, counted in count.rows if count.finished else ():
                sums[sku, self.workshop.until] += counted - expected
        return sums

    @cached_property
    def came_back(self) -> Counter[tuple[str, date]]:
        """Pieces that buyers sent back, whole or broken, by SKU and the day on which they arrived."""
        sums: Counter[tuple[str, date]] = Counter()
        for sale, _ in self.workshop.arrived:
            sums[sale.sku, _arrival(sale)] += sale.quantity
        return sums

    def left(self, day: date | None = None) -> dict[str, int]:
        """Return what is left of every SKU at the end of a day (the last one); below zero: oversold."""
        last = day or self.workshop.until
        sums = {sku: self.workshop.opening.get(sku, 0) for sku in self.tracked}
        for changed, sign in ((self.output, 1), (self.taken, -1), (self.came_back, 1), (self.by_hand, 1)):
            for (sku, on), pieces in changed.items():
                if on <= last:
                    sums[sku] += sign * pieces
        return sums

    def stock(self, first: date, last: date) -> dict[str, Stock]:
        """Return what there was of every SKU in a range of the books, and what became of it.

        The opening count came in on the first day of the books.
        """
        before = self.left(first - timedelta(days=1))
        opened = first == self.workshop.since
        sums = {}
        for sku in self.tracked:
            count = self.workshop.opening.get(sku, 0)
            sums[sku] = Stock(
                0 if opened else before[sku],
                _between(self.output, sku, first, last) + count * opened,
                _between(self.taken, sku, first, last) - _between(self.came_back, sku, first, last),
                -_between(self.by_hand, sku, first, last),
            )
        return sums

    # --- money ------------------------------------------------------------------------------------

    def margins(self, currency: str, first: date, last: date) -> dict[str, Margin]:
        """Return what was left of every SKU's sales that were paid in a range."""
        lines: dict[str, list[Sale]] = defaultdict(list)
        for sale in self.workshop.sales:
            if sale.currency == currency and first <= day_of(sale.paid) <= last:
                lines[sale.sku].append(sale)
        return {sku: self._margin(sku, ones) for sku, ones in lines.items() if sku in self.entered}

    def _margin(self, sku: str, lines: list[Sale]) -> Margin:
        back = {(sale.platform, sale.line_id): whole for sale, whole in self.workshop.arrived}
        cost: int | None = 0
        for item in lines:
            pieces = item.takes - back.get((item.platform, item.line_id), 0)
            unit = self.unit_cents(sku, day_of(item.paid)) if pieces else 0
            if pieces and item.currency != self.workshop.currency:
                unit = None  # no exchange rate is known
            cost = None if cost is None or unit is None else cost + pieces * unit
        deductions = [self.deducted(sale) for sale in lines]
        return Margin(
            sum(sale.gmv for sale in lines),
            sum(sale.refund for sale in lines),
            sum(fee for fee, _ in deductions),
            sum(commission for _, commission in deductions),
            cost,
        )

    def deducted(self, sale: Sale) -> tuple[int, int]:
        """Return fee and commission of a line: those of its settlement, else by the rates that are known."""
        if sale.settled:
            return sale.fee, sale.commission
        fee_bp = {fees.platform: fees.fee_bp for fees in self.workshop.platform_fees}[sale.platform]
        base = 0 if 0 < sale.paid_cents <= sale.refund else sale.gmv - sale.refund
        commission_bp = self.commission_bp if sale.partner else 0
        return half_up(Fraction(base * fee_bp, 10_000)), half_up(Fraction(base * commission_bp, 10_000))

    @cached_property
    def commission_bp(self) -> int:
        """What the platform took for partners' sales in the last year that has payouts, of their income."""
        settled = [sale for sale in self.workshop.sales if sale.settled]
        since = max(day_of(sale.paid) for sale in settled) - timedelta(days=365)
        lines = [sale for sale in settled if sale.partner and day_of(sale.paid) > since]
        income = sum(sale.gmv - sale.refund for sale in lines)
        return half_up(Fraction(sum(sale.commission for sale in lines) * 10_000, income))

    def unit_cents(self, sku: str, on: date) -> int | None:
        """Return what a piece costs on a day: as its batch came out, or as it was typed in."""
        typed = self.workshop.by_hand.get(sku)
        if typed is not None and on >= self.workshop.since:
            return typed
        known = self.costs.unit_on(sku, on)
        return known.unit if known else None

    # --- things that exist once -------------------------------------------------------------------

    def lives(self) -> list[Life]:
        """Return the time to sell of every unique piece."""
        sold: dict[str, date] = {}
        for sale in self.workshop.sales:
            if sale.takes:
                sold.setdefault(sale.sku, day_of(sale.paid))
        return [Life(piece.sku, piece.ready_on, sold.get(piece.sku)) for piece in self.workshop.pieces]

    def days(self) -> list[date]:
        """Return the days of the books."""
        count = (self.workshop.until - self.workshop.since).days + 1
        return [self.workshop.since + timedelta(days=number) for number in range(count)]
