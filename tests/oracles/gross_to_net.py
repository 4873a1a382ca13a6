"""The truth about what was left of the orders paid on each day, from the workshop's plan alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from sample_data.studio.sales import Sale
from sample_data.studio.values import EnteredRate, Workshop
from sample_data.studio.workshop import day_of
from tests.oracles.batch_costs import half_up
from tests.oracles.studio import StudioTruth


class WaterfallTruth:
    """Every step of the waterfall by the day of payment, in cents, for the workshop's own currency.

    Advertising and work are on their own days. Pieces without a known cost count as nothing.
    """

    def __init__(self, truth: StudioTruth) -> None:
        self.truth = truth
        self.workshop: Workshop = truth.workshop
        self.back = {(sale.platform, sale.line_id): whole for sale, whole in self.workshop.arrived}
        self.grams = {variant.sku: variant.weight_g for variant in self.workshop.variants}
        self.grams |= {piece.sku: piece.weight_g for piece in self.workshop.pieces}
        self.days: defaultdict[date, Counter[str]] = defaultdict(Counter)
        orders: defaultdict[tuple[str, str], list[Sale]] = defaultdict(list)
        for sale in self.workshop.sales:
            if sale.currency == self.workshop.currency:
                orders[sale.platform, sale.order_id].append(sale)
        for order in orders.values():
            self._order(order)
        for day, minutes in self.workshop.labour:
            wage = self._rate("wage", day, "", "", None) or 0
            self.days[day]["labour"] -= half_up(Fraction(minutes * wage, 60))
        for spent in self.workshop.ads:
            self.days[spent.on]["ads"] -= spent.cents

    def steps(self, first: date, last: date) -> Counter[str]:
        """Return the sums of all steps of a range, and what is left of them."""
        total: Counter[str] = Counter()
        for number in range((last - first).days + 1):
            for name, cents in self.days[first + timedelta(days=number)].items():
                total[name] += cents
        total["left"] = sum(cents for name, cents in total.items() if name != "list_value")
        return total

    def _order(self, order: list[Sale]) -> None:
        day = self.days[day_of(order[0].paid)]
        refunded, paid = sum(sale.refund for sale in order), sum(sale.paid_cents for sale in order)
        if 0 < paid <= refunded and not any(sale.settled for sale in order):
            day["void_discounts"] -= sum(sale.gmv for sale in order) - refunded
        for sale in order:
            day["list_value"] += sale.listed
            day["gmv"] += sale.gmv
            day["refunds"] -= sale.refund
            fee, commission = self.truth.deducted(sale)
            day["platform_fees"] -= fee
            day["commission"] -= commission
            pieces = sale.takes - self.back.get((sale.platform, sale.line_id), 0)
            unit = (
                self.truth.unit_cents(sale.sku, day_of(sale.paid)) if sale.sku in self.truth.entered else None
            )
            day["goods"] -= pieces * (unit or 0)
        self._parcel(order, day)

    def _parcel(self, order: list[Sale], day: Counter[str]) -> None:
        refunded, paid = sum(sale.refund for sale in order), sum(sale.paid_cents for sale in order)
        is_sent = any(sale.shipped for sale in order)
        if not is_sent and (0 < paid <= refunded or all(sale.cancelled for sale in order)):
            return
        grams = [self.grams.get(sale.sku) for sale in order]
        weight = None
        if None not in grams:
            weight = sum((each or 0) * sale.quantity for each, sale in zip(grams, order, strict=True))
        first = order[0]
        on = day_of(first.paid)
        flat = {fees.platform: fees.shipping_cents for fees in self.workshop.platform_fees}
        courier = self._rate("courier", on, first.platform, first.province, weight)
        day["courier"] -= flat[first.platform] if courier is None else courier
        day["parcel_packing"] -= self._rate("packing", on, first.platform, first.province, weight) or 0
        day["shipping_paid"] += sum(sale.shipping for sale in order)

    def _rate(self, kind: str, on: date, platform: str, province: str, grams: int | None) -> int | None:
        fitting = [
            rate
            for rate in self.workshop.rates
            if rate.kind == kind and rate.from_on <= on and _fits(rate, platform, province, grams)
        ]
        return _best(fitting)


def _fits(rate: EnteredRate, platform: str, province: str, grams: int | None) -> bool:
    if rate.platform not in ("", platform) or not province.startswith(rate.province):
        return False
    return rate.up_to_g == 0 or (grams is not None and grams <= rate.up_to_g)


def _best(rates: Iterable[EnteredRate]) -> int | None:
    """Named platform before named province before lowest weight; of the same scope the newest."""

    def order(rate: EnteredRate) -> tuple[bool, bool, int, int]:
        return (not rate.platform, not rate.province, rate.up_to_g or 10**9, -rate.from_on.toordinal())

    best = min(rates, key=order, default=None)
    return None if best is None else best.cents
