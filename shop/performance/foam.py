"""What one more layer of foam would cost, and what it would save of what breaks on the way.

It costs the owner's rate (RateKind.LAYER) for every line that was sent. A broken line costs what was refunded for it;
one that was exchanged or sent again without a refund costs its pieces at their unit cost, a courier and a packing. How
many breakages a layer prevents is an assumption of the reader; whether it then pays is only stated where the whole
90 % interval of the breakage rate agrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from shop.access.roles import require_reader
from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.settings import currency_of, today
from shop.models.costs import RateKind
from shop.performance.breakage import BrokenLine, breakage_rates, broken_lines
from shop.pricing.cost_rates import RateTable, rate_table
from shop.pricing.unit_costs import DatedUnitCost, costs_of, valid_on
from shop.stats.proportions import Rate

FEWEST = 30  # lines sent, below which nothing is concluded
Verdict = Literal["pays", "does_not_pay", "too_little_data"]


@dataclass(frozen=True)
class LayerEffect:
    """One packing (size, courier ...): its breakage, what the layer costs and what its broken lines cost, in cents.

    `unpriced` broken lines were replaced by pieces without a unit cost; they cost more than is counted here.
    """

    part: str
    rate: Rate
    layer_cents: int
    loss_cents: int
    unpriced: int

    @property
    def break_even(self) -> float | None:
        """The share of the breakages that has to be prevented, above 1 where it can never pay; None without any."""
        return self.layer_cents / self.loss_cents if self.loss_cents > 0 else None

    def saved(self, prevented: float) -> tuple[int, int, int] | None:
        """What is left after the cost of the layer, and the ends of its 90 % interval; None without a loss.

        `prevented` is the share of the breakages that the layer is taken to prevent, 0 to 1.
        """
        if self.loss_cents <= 0 or self.rate.interval is None:
            return None
        per_line = self.loss_cents / self.rate.over
        low, high = (
            round(end * self.rate.under * per_line * prevented) - self.layer_cents
            for end in self.rate.interval
        )
        return round(self.loss_cents * prevented) - self.layer_cents, low, high

    def verdict(self, prevented: float) -> Verdict:
        """Whether the layer pays where it prevents this share of the breakages."""
        saved = self.saved(prevented)
        if saved is None or self.rate.under < FEWEST or saved[1] <= 0 <= saved[2]:
            return "too_little_data"
        return "pays" if saved[1] > 0 else "does_not_pay"


def layer_effects(db: Database, query: Query, by: str = "packing") -> list[LayerEffect] | None:
    """The effect of one more layer by one of `breakage.CUTS`, the greatest loss first; None without a rate of today.

    Of `query` its days (of payment), platform and currency count. For the owner. Raises NotAllowed.
    """
    require_reader(db, "see_margins")
    with db.read() as connection:
        currency = currency_of(connection, query)
        layer = rate_table(connection, RateKind.LAYER, currency, query.shop).cents(
            today(connection, query.shop)
        )
        if layer is None:
            return None
        losses, unpriced = _losses(connection, query, by, currency)
    effects = [
        LayerEffect(item.part, item.rate, layer * item.rate.under, losses[item.part], unpriced[item.part])
        for item in breakage_rates(db, query, by)
    ]
    return sorted(effects, key=lambda item: (-item.loss_cents, -item.rate.under, item.part))


def together(effects: list[LayerEffect]) -> LayerEffect:
    """All parts as one."""
    return LayerEffect(
        "",
        Rate(sum(item.rate.over for item in effects), sum(item.rate.under for item in effects)),
        sum(item.layer_cents for item in effects),
        sum(item.loss_cents for item in effects),
        sum(item.unpriced for item in effects),
    )


def _losses(
    connection: Connection, query: Query, by: str, currency: str
) -> tuple[Counter[str], Counter[str]]:
    """What the broken lines of each part cost, and how many of them were replaced without a known cost."""
    sending = [
        rate_table(connection, kind, currency, query.shop) for kind in (RateKind.COURIER, RateKind.PACKING)
    ]
    lines = broken_lines(connection, query, by)
    costs = costs_of(connection, query.shop, {line.sku for line in lines if line.is_replaced})
    losses: Counter[str] = Counter()
    unpriced: Counter[str] = Counter()
    for line in lines:
        if line.refunded_cents or not line.is_replaced:
            losses[line.part] += line.refunded_cents
        elif (cents := _replacement(line, costs, sending, currency)) is None:
            unpriced[line.part] += 1
        else:
            losses[line.part] += cents
    return losses, unpriced


def _replacement(
    line: BrokenLine, costs: Mapping[str, list[DatedUnitCost]], sending: list[RateTable], currency: str
) -> int | None:
    """What sending a broken line again costs; None where its pieces have no cost."""
    cost = valid_on(costs.get(line.sku, ()), line.paid_on)
    if cost is None or cost.currency != currency:
        return None
    parcel = sum(rates.cents(line.paid_on, line.platform, line.province) or 0 for rates in sending)
    return cost.unit_cents * line.quantity + parcel
