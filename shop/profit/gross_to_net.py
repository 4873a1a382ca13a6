"""Gross-to-net waterfall: from the list value of what was sold, step by step, to the margin.

Every step is about the orders *paid* in the range, whatever day their refunds and payouts came on, so
that the steps add up to the last 分:

    list value - shop discounts = gmv
    gmv - refunds - discounts fallen away +- settlement differences = credited
    credited - platform fees - commission - other deductions = after fees
    after fees - material - kiln - losses in making - packing
      + shipping paid by buyers - courier - packing of parcels - advertising - work = left

Discounts that others bear (platform, creator) are part of gmv; on an order that is refunded whole
nobody pays them any more: they fall away. A line is *settled* as soon as the platform's settlement
names it; the difference is what the platform credits for settled lines (without shipping) less our own
gmv less refunds of them. What is credited is therefore the settled income plus what still waits: gmv less
refunds of the lines without a payout. Their fees are estimated at the platform's rate (`estimated_fees`) and
marked as such, until the settlement replaces them line by line: a range whose lines are all settled has no estimate
and does not change any more. Where no rate is known they count as nothing, so that everything below is "at most".

Courier and packing are by order (`parcel_costs`; a courier that a settlement states is no other deduction),
advertising and work on their own days (`running_costs`). What the shop retains of pre-sale deposits is on the day of
the deposit (`shop.performance.presale`).

A sold piece costs what is valid on the day that it was paid; pieces that came back or were never sent
cost nothing; before a SKU's first cost, and for what the catalog does not know, the cost is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import text

from shop.access.roles import Actor, may_read
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.query import Query, answer
from shop.metrics.refund_sources import sold_days
from shop.metrics.settings import currency_of
from shop.performance.presale import presale_orders, presale_sums
from shop.profit.cogs import PARTS, Goods, cost_of_goods
from shop.profit.fee_estimates import estimated_fees, known_rates
from shop.profit.parcel_costs import ParcelCost, parcel_costs
from shop.profit.running_costs import RunningCosts, running_costs

State = Literal["known", "estimate", "partly", "unknown"]
GapKind = Literal[
    "waiting",
    "estimated",
    "no_settlement",
    "no_refunds",
    "no_cost",
    "unmatched",
    "incomplete_cost",
    "no_courier",
    "no_rate",
    "unsent",
    "no_wage",
]

SOLD = ("list_value", "gmv", "refunds_by_order", "orders")
PAID_OUT = (
    "settled_orders",
    "settled_gmv",
    "settled_refunds",
    "settlement_income",
    "platform_fees",
    "commission",
    "other_fees",
    "void_orders",
    "void_discounts",
)
FEES = ("platform_fees", "commission", "other_fees")
SENDING: dict[str, Callable[[ParcelCost], int]] = {
    "shipping_paid": lambda parcel: parcel.shipping_paid,
    "courier": lambda parcel: -(parcel.courier or 0),
    "parcel_packing": lambda parcel: -parcel.packing,
}


@dataclass(frozen=True)
class UnknownAmount:
    """What is not known yet: orders that wait for a payout, SKUs without a cost, ...

    `count` is orders (`waiting`, `estimated`, `no_rate`: no rate fits, `unsent`: the courier is an estimate),
    platforms (no_settlement, no_refunds: never imported), SKUs (no_cost, incomplete_cost), pieces (unmatched) or
    minutes (no_wage); no_courier: no rate was entered. `cents` is what it is worth where that is known; `names` the
    platforms or SKUs, the largest first; `units` the pieces concerned.
    """

    kind: GapKind
    count: int
    cents: int | None = None
    names: tuple[str, ...] = ()
    units: int = 0


@dataclass(frozen=True)
class WaterfallStep:
    """One step: a change (signed cents) or, where `is_total`, the sum of all changes up to here.

    `estimate` is how much of it (signed cents) is estimated. Unknown cents are None and count as nothing in the totals
    below, which then are partly known. What is left is unknown where the cost of no single piece is known.
    """

    name: str
    cents: int | None
    is_total: bool
    state: State
    gaps: tuple[UnknownAmount, ...] = ()
    estimate: int = 0


@dataclass(frozen=True)
class Waterfall:
    """The steps of one range in one currency, from list value to what is left.

    For others than the owner it ends after the platform's fees. `settled` of what is `credited` has a
    payout, the rest waits.
    """

    period: Period
    currency: str
    steps: tuple[WaterfallStep, ...]
    settled: int
    unsettled: UnknownAmount

    def step(self, name: str) -> WaterfallStep | None:
        """The step of this name, None where the waterfall ends before it."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def has_margin(self) -> bool:
        """Whether it goes on to costs and what is left."""
        return self.step("left") is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sold in the range."""
        return not any(step.cents for step in self.steps)


def waterfall(db: Database, query: Query, actor: Actor) -> Waterfall:
    """The waterfall of a query's range; `query` brings shop, platform, currency and days.

    Payouts, fees, costs and what is left are included only for actors who may see margins; for others it ends at
    what was refunded.
    """
    is_owner = actor.may("see_margins") and may_read(db, "see_margins")
    with db.read() as connection:
        currency = currency_of(connection, query)
    in_currency = replace(query, currency=currency, cut_at=None, by=())
    sold = _by_platform(db, in_currency, SOLD)
    whole = {name: sum(row[name] for row in sold.values()) for name in SOLD}
    refunds = _refunds(db, in_currency, whole)
    if not is_owner:
        return Waterfall(
            Period(query.start, query.end),
            currency,
            tuple(_to_refunds(whole, refunds)),
            0,
            UnknownAmount("waiting", 0, 0),
        )
    paid_out = _by_platform(db, in_currency, PAID_OUT)
    whole |= {name: sum(row[name] for row in paid_out.values()) for name in PAID_OUT}
    with db.read() as connection:
        rates = known_rates(connection, currency, query.shop)
    unsettled, gaps = _unsettled(db, in_currency, sold, paid_out, rates.keys())
    estimates = estimated_fees(db, in_currency, rates)
    parcels = parcel_costs(db, in_currency)
    whole["other_fees"] -= sum(parcel.courier or 0 for parcel in parcels or () if parcel.is_deducted)
    steps = _to_fees(whole, unsettled, gaps, refunds, estimates)
    retained = presale_sums(presale_orders(db, in_currency)).retained
    sending = _sending(parcels, has_orders=whole["orders"] > 0)
    running = _running(running_costs(db, in_currency))
    steps += _to_left(steps[-1], cost_of_goods(db, in_currency), [*_deposits(retained), *sending, *running])
    return Waterfall(
        Period(query.start, query.end), currency, tuple(steps), whole["settlement_income"], unsettled
    )


def _by_platform(db: Database, query: Query, metrics: tuple[str, ...]) -> dict[str, dict[str, int]]:
    table = answer(db, replace(query, metrics=metrics, by=("platform",)))
    rows = table.fillna(0).itertuples(index=False, name=None)
    return {str(row[0]): dict(zip(metrics, map(int, row[1:]), strict=True)) for row in rows}


def _refunds(db: Database, query: Query, whole: Mapping[str, int]) -> WaterfallStep:
    """The step of refunds: unknown, or of some platforms or days only, where no file states the others."""
    with db.read() as connection:
        sold = sold_days(connection, query)
    unknown = [item for item in sold if not item.is_known]
    names = tuple(dict.fromkeys(item.platform for item in unknown))
    worth = sum(item.cents for item in unknown)
    gaps = (UnknownAmount("no_refunds", len(names), worth, names),) if unknown else ()
    state: State = "known" if not unknown else "partly" if len(unknown) < len(sold) else "unknown"
    return WaterfallStep("refunds", _if_known(-whole["refunds_by_order"], state), False, state, gaps)


def _unsettled(
    db: Database,
    query: Query,
    sold: Mapping[str, Mapping[str, int]],
    paid_out: Mapping[str, Mapping[str, int]],
    rated: Collection[str],
) -> tuple[UnknownAmount, tuple[UnknownAmount, ...]]:
    """The orders without a payout and what they are worth; of them those whose fees are estimated (of the platforms
    in `rated`) and those whose fees are unknown; platforms that never reported a payout.
    """
    orders, cents = {}, {}
    for platform, row in sold.items():
        out = paid_out.get(platform, dict.fromkeys(PAID_OUT, 0))
        orders[platform] = row["orders"] - out["settled_orders"] - out["void_orders"]
        cents[platform] = (
            row["gmv"]
            - row["refunds_by_order"]
            - out["void_discounts"]
            - (out["settled_gmv"] - out["settled_refunds"])
        )
    unsettled = UnknownAmount("waiting", sum(orders.values()), sum(cents.values()))
    silent = [name for name in sorted(sold) if orders[name] and not _ever_settled(db, query, name)]
    worth = sum(cents[name] for name in silent)
    gaps: tuple[UnknownAmount, ...] = ()
    by_kind: dict[GapKind, list[str]] = {
        "waiting": [name for name in sold if name not in rated],
        "estimated": [name for name in sold if name in rated],
    }
    for kind, names in by_kind.items():
        gap = UnknownAmount(kind, sum(orders[name] for name in names), sum(cents[name] for name in names))
        gaps += (gap,) if gap.count or gap.cents else ()
    return unsettled, gaps + (
        (UnknownAmount("no_settlement", len(silent), worth, tuple(silent)),) if silent else ()
    )


def _ever_settled(db: Database, query: Query, platform: str) -> bool:
    sql = "SELECT EXISTS (SELECT 1 FROM settlement WHERE shop_id = :shop AND platform = :platform)"
    with db.read() as connection:
        values = {"shop": query.shop, "platform": platform}
        return bool(connection.execute(text(sql), values).scalar())


def _to_fees(
    whole: Mapping[str, int],
    unsettled: UnknownAmount,
    gaps: tuple[UnknownAmount, ...],
    refunds: WaterfallStep,
    estimates: tuple[int, int] | None,
) -> list[WaterfallStep]:
    is_settled = whole["settled_orders"] > 0 or whole["settled_gmv"] != 0
    kinds = {gap.kind for gap in gaps}
    fees: State = "known"
    if unsettled.count or unsettled.cents:
        fees = "estimate" if "waiting" not in kinds else "partly" if is_settled or estimates else "unknown"
    difference = whole["settlement_income"] - (whole["settled_gmv"] - whole["settled_refunds"])
    steps = [
        *_to_refunds(whole, refunds),
        WaterfallStep("void_discounts", -whole["void_discounts"], False, "known"),
        WaterfallStep("settlement_difference", _if_known(difference, fees), False, fees, gaps),
    ]
    gaps = (*refunds.gaps, *gaps)
    _total(steps, "credited", gaps)
    fee, commission = estimates or (0, 0)
    estimated = {"platform_fees": -fee, "commission": -commission}
    for name in FEES:
        guess = estimated.get(name, 0)
        steps.append(WaterfallStep(name, _if_known(guess - whole[name], fees), False, fees, gaps, guess))
    _total(steps, "after_fees", gaps)
    return steps


def _to_refunds(whole: Mapping[str, int], refunds: WaterfallStep) -> list[WaterfallStep]:
    steps = [
        WaterfallStep("list_value", whole["list_value"], True, "known"),
        WaterfallStep("seller_discounts", whole["gmv"] - whole["list_value"], False, "known"),
    ]
    _total(steps, "gmv")
    return [*steps, refunds]


def _to_left(last: WaterfallStep, goods: Goods, others: Sequence[WaterfallStep]) -> list[WaterfallStep]:
    gaps = tuple(
        gap
        for gap in (
            UnknownAmount(
                "no_cost", len(goods.without), None, tuple(goods.without), sum(goods.without.values())
            ),
            UnknownAmount("unmatched", goods.unmatched, units=goods.unmatched),
            UnknownAmount(
                "incomplete_cost",
                len(goods.incomplete),
                None,
                tuple(goods.incomplete),
                sum(goods.incomplete.values()),
            ),
        )
        if gap.count
    )
    state: State = "known" if not gaps else "partly" if goods.units else "unknown"
    steps = [
        WaterfallStep(name, _if_known(-goods.cents[name], state), False, state, gaps)
        for name in PARTS
        if name != "other_cost" or goods.cents[name]
    ]
    steps += others
    gaps += tuple(gap for step in others for gap in step.gaps)
    if state == "unknown":
        return [*steps, WaterfallStep("left", None, True, state, gaps)]
    whole = [last, *steps]
    _total(whole, "left", (*last.gaps, *gaps))
    return whole[1:]


def _deposits(retained: int) -> list[WaterfallStep]:
    """What the shop retains of deposits whose order never became a sale, where there is any."""
    return [WaterfallStep("retained_deposits", retained, False, "known")] if retained else []


def _sending(parcels: Sequence[ParcelCost] | None, *, has_orders: bool) -> list[WaterfallStep]:
    """Shipping that buyers paid, courier and packing of parcels; unknown where no rate was entered."""
    if parcels is None:
        gap = UnknownAmount("no_courier", 1)
        return [WaterfallStep("courier", None, False, "unknown", (gap,))] if has_orders else []
    unsent = [parcel for parcel in parcels if parcel.is_estimate]
    without = sum(parcel.courier is None for parcel in parcels)
    gaps = tuple(
        gap for gap in (UnknownAmount("no_rate", without), UnknownAmount("unsent", len(unsent))) if gap.count
    )
    state: State = "partly" if without else "estimate" if unsent else "known"
    steps = []
    for name, cents in SENDING.items():
        whole, guess = sum(map(cents, parcels)), sum(map(cents, unsent))
        if whole or name == "courier":
            steps.append(WaterfallStep(name, whole, False, state, gaps, guess))
    return steps


def _running(costs: RunningCosts) -> list[WaterfallStep]:
    """Advertising and work, where there is any."""
    steps = [WaterfallStep("ads", -costs.ad_cents, False, "known")] if costs.ad_cents else []
    if costs.labour is not None:
        gap = UnknownAmount("no_wage", costs.minutes_without_wage)
        state: State = "partly" if gap.count else "known"
        steps.append(WaterfallStep("labour", -costs.labour, False, state, (gap,) if gap.count else ()))
    return steps


def combined_state(states: Iterable[State]) -> State:
    """How sure a sum is: as its least sure part, at least partly known."""
    kinds = set(states)
    return "known" if kinds == {"known"} else "estimate" if kinds <= {"known", "estimate"} else "partly"


def _if_known(cents: int, state: State) -> int | None:
    return None if state == "unknown" else cents


def _total(steps: list[WaterfallStep], name: str, gaps: tuple[UnknownAmount, ...] = ()) -> None:
    """Append the sum of the steps so far."""
    start = max(place for place, step in enumerate(steps) if step.is_total)
    parts = steps[start:]
    state = combined_state(step.state for step in parts)
    cents, guess = sum(step.cents or 0 for step in parts), sum(step.estimate for step in parts)
    steps.append(WaterfallStep(name, cents, True, state, gaps, guess))
