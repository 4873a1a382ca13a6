"""The rest of the waterfall: couriers, packing, advertising and work, entered and stated."""

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.access.roles import OWNER, Actor, NotAllowed
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.query import Query
from shop.models.costs import RateKind
from shop.pricing.cost_rates import BadCostRate, RateScope, cost_rates, set_cost_rate
from shop.pricing.day_costs import BadDayCost, labour_days, set_advertising, set_labour
from shop.pricing.floor_prices import set_platform_rates
from shop.profit.fee_estimates import estimated_fees, fee_estimates, fee_rates
from shop.profit.gross_to_net import waterfall
from shop.profit.margins import margins
from shop.profit.running_costs import running_costs
from shop.undo.catalog import undo
from tests.support.fresh import new_database
from tests.support.shops.small_shop import line, payout, refund, store
from tests.support.shops.waterfalls import MARCH, cents

ASSISTANT = Actor("Li", "assistant")


def sent(order: str, day: int, cents: int, **more: Any) -> dict[str, Any]:
    return line(
        order, f"2026-03-{day:02d} 12:00:00", cents, status="completed", title=order, sku=order, **more
    )


def test_courier_packing_advertising_and_work_by_hand(db: Database) -> None:
    """Rates change on 10 March; a parcel costs what was valid when it was paid."""
    for cents_, scope, day in (
        (500, RateScope(RateKind.COURIER, up_to_g=500), 1),
        (800, RateScope(RateKind.COURIER), 1),
        (1_500, RateScope(RateKind.COURIER, province="新疆"), 1),
        (450, RateScope(RateKind.COURIER, platform="kuaishou"), 1),
        (550, RateScope(RateKind.COURIER, up_to_g=500), 10),
        (120, RateScope(RateKind.PACKING), 1),
        (3_000, RateScope(RateKind.WAGE), 1),
        (3_600, RateScope(RateKind.WAGE), 10),
    ):
        set_cost_rate(db, scope, cents_, actor=OWNER, from_on=date(2026, 3, day))
    about = {"updated_at": 1, "payload_hash": 1}
    weights = {"A": 400, "B": 400, "C": 900, "D": 300, "E": None, "G": 100}
    store(
        db,
        product=[{"product_code": "P", "title": "杯", **about}],
        variant=[
            {"sku": sku, "product_code": "P", "currency": "CNY", "weight_g": grams, **about}
            for sku, grams in weights.items()
        ],
        lines=[
            sent("A", 5, 9_000, shipping_cents=600),  # 400 g: 500
            sent("B", 12, 9_000),  # after the new price: 550
            sent("C", 12, 9_000),  # 900 g: 800
            sent("D", 12, 9_000, province="新疆维吾尔自治区"),  # the province comes before the weight: 1,500
            sent("E", 12, 9_000),  # never weighed: the rate for any weight, 800
            line("F", "2026-03-13 12:00:00", 9_000, sku="F", title="F", status="cancelled"),  # never left
            line("G", "2026-03-14 12:00:00", 9_000, sku="G", title="G"),  # has not left yet: 550, an estimate
        ],
        refunds=[refund("rf", "F", "2026-03-13 15:00:00", 9_000, line_id="F", stage="before_ship")],
        ad_spend=[{"day": "2026-03-12", "account": "a", "amount_cents": 7_000, "currency": "CNY", **about}],
    )
    store(db, lines=[sent("K", 12, 9_000)], platform="kuaishou")
    set_labour(db, date(2026, 3, 9), 90, actor=OWNER)  # 1.5 h at 30.00
    set_labour(db, date(2026, 3, 10), 25, actor=OWNER, task="packing")  # 25 min at 36.00
    set_advertising(db, date(2026, 3, 12), "douyin", 5_000, actor=OWNER)  # the file states that day
    set_advertising(db, date(2026, 3, 13), "douyin", 300, actor=OWNER, product_code="P")
    result = waterfall(db, MARCH, OWNER)
    report = cents(result)
    assert report["courier"] == -(500 + 550 + 800 + 1_500 + 800 + 450 + 550)
    assert report["parcel_packing"] == -(7 * 120)
    assert report["shipping_paid"] == 600
    assert (report["ads"], report["labour"]) == (-7_300, -(4_500 + 1_500))
    courier = result.step("courier")
    assert (courier.state, courier.estimate) == ("estimate", -550)
    assert {gap.kind: gap.count for gap in courier.gaps} == {"unsent": 1}
    only = cents(waterfall(db, replace(MARCH, where=(("platform", ("kuaishou",)),)), OWNER))
    assert (only["courier"], "labour" in only) == (-450, False)


def test_what_was_entered_can_be_undone_and_is_the_owners(db: Database) -> None:
    number = set_labour(db, date(2026, 3, 9), 90, actor=OWNER)
    rate = set_cost_rate(db, RateScope(RateKind.WAGE), 3_000, actor=OWNER, from_on=date(2026, 3, 1))
    assert cents(waterfall(db, MARCH, OWNER))["labour"] == -4_500
    undo(db, number, actor=OWNER)
    undo(db, rate, actor=OWNER)
    assert (cost_rates(db), labour_days(db, Period(MARCH.start, MARCH.end))) == ([], [])
    for command in (
        lambda: set_labour(db, date(2026, 3, 9), 90, actor=ASSISTANT),
        lambda: set_cost_rate(db, RateScope(RateKind.WAGE), 1, actor=ASSISTANT),
        lambda: set_advertising(db, date(2026, 3, 9), "douyin", 1, actor=ASSISTANT),
    ):
        with pytest.raises(NotAllowed):
            command()
    with pytest.raises(BadCostRate):
        set_cost_rate(db, RateScope(RateKind.WAGE, "douyin"), 1, actor=OWNER)
    with pytest.raises(BadDayCost):
        set_labour(db, date(2026, 3, 9), -1, actor=OWNER)


Sale = tuple[int, int, int, int, bool]
SALES = st.lists(
    st.tuples(
        st.integers(1, 28),  # day
        st.integers(1, 20_000),  # paid
        st.integers(0, 500),  # platform discount
        st.integers(0, 10_000),  # refund
        st.booleans(),  # sold by a partner
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=3, deadline=None)
@given(SALES, st.integers(1, 1_500), st.integers(0, 3_000), st.data())
def test_a_settlement_replaces_the_estimate_of_its_own_lines_only(
    sales: list[Sale], fee_bp: int, commission_bp: int, data: st.DataObject
) -> None:
    settle(sales, fee_bp, commission_bp, data)


@pytest.mark.proof
@settings(max_examples=100, deadline=None)
@given(SALES, st.integers(1, 1_500), st.integers(0, 3_000), st.data())
def test_a_hundred_settlements_replace_the_estimates_of_their_own_lines_only(
    sales: list[Sale], fee_bp: int, commission_bp: int, data: st.DataObject
) -> None:
    settle(sales, fee_bp, commission_bp, data)


def settle(sales: list[Sale], fee_bp: int, commission_bp: int, data: st.DataObject) -> None:
    """A range whose lines are all settled never changes again; a settlement at the known rate changes nothing."""
    with TemporaryDirectory() as folder, closing(new_database(Path(folder) / "shop.db")) as db:
        set_platform_rates(db, "douyin", actor=OWNER, fee_bp=fee_bp, commission_bp=commission_bp)
        refunds = [min(refunded, paid) for _, paid, _, refunded, _ in sales]
        store(
            db,
            lines=[
                sent(f"O{n}", day, paid, platform_discount_cents=off, seller="partner" if partner else "own")
                for n, (day, paid, off, _, partner) in enumerate(sales)
            ],
            refunds=[
                refund(
                    f"R{n}",
                    f"O{n}",
                    f"2026-03-{sales[n][0]:02d} 18:00:00",
                    money,
                    line_id=f"O{n}",
                    stage="after_ship",
                )
                for n, money in enumerate(refunds)
                if money
            ],
        )
        days = {day for day, *_ in sales}
        unsettled = dict(enumerate(sales))
        for number in data.draw(st.permutations(range(len(sales)))):
            day, paid, off, _, _ = unsettled.pop(number)
            income = paid + off - refunds[number]
            estimates = {item.key[1]: item for item in fee_estimates(db, MARCH)}
            sums = [sum(item.fee_cents for item in estimates.values())]
            sums += [sum(item.commission_cents for item in estimates.values())]
            assert estimated_fees(db, replace(MARCH, currency="CNY"), fee_rates(db)) == tuple(sums)
            estimate = estimates.get(f"O{number}")  # none where both round to nothing
            known = (estimate.fee_cents, estimate.commission_cents) if estimate else (0, 0)
            is_void = refunds[number] == paid and paid > 0
            extra = 0 if is_void else data.draw(st.integers(-min(known[0], 50), 50))
            fee, commission = known[0] + extra, known[1]
            before = {on: cents(waterfall(db, day_query(on), OWNER)) for on in days}
            whole = cents(waterfall(db, MARCH, OWNER))
            store(
                db,
                payouts=[
                    payout(
                        f"S{number}",
                        f"O{number}",
                        "2026-04-10 10:00:00",
                        income - fee - commission,
                        income_cents=income,
                        platform_fee_cents=fee,
                        commission_cents=commission,
                    )
                ],
            )
            after = {on: cents(waterfall(db, day_query(on), OWNER)) for on in days}
            assert {on: after[on] for on in days - {day}} == {on: before[on] for on in days - {day}}
            change = waterfall(db, MARCH, OWNER).step("after_fees").cents - whole["after_fees"]
            assert change == (off if is_void else 0) - extra
        assert waterfall(db, MARCH, OWNER).step("after_fees").state == "known"
        assert fee_estimates(db, MARCH) == []


def day_query(day: int) -> Query:
    return Query(("gmv",), date(2026, 3, day), date(2026, 3, day))


def test_advertising_that_a_file_states_by_product_is_that_product_s(db: Database) -> None:
    """By product 60.00 + 15.00 (not sold here), by session 10.00, the account whole 100.00: 40.00 are of no product."""
    about = {"updated_at": 1, "payload_hash": 1}
    store(
        db,
        product=[{"product_code": "P", "title": "杯", **about}],
        variant=[{"sku": "A", "product_code": "P", "currency": "CNY", **about}],
        lines=[sent("A", 12, 9_000, product_id="9001")],
        ad_spend=[
            {"day": "2026-03-12", "account": name, "amount_cents": cents_, "currency": "CNY", **about, **more}
            for name, cents_, more in (
                ("18", 10_000, {"advertiser": "18"}),
                ("18/9001", 6_000, {"advertiser": "18", "level": "product", "product_id": "9001"}),
                ("18/9009", 1_500, {"advertiser": "18", "level": "product", "product_id": "9009"}),
                ("18/7001", 1_000, {"advertiser": "18", "level": "session", "session_id": "7001"}),
            )
        ],
    )
    set_advertising(db, date(2026, 3, 12), "douyin", 5_000, actor=OWNER, product_code="P")
    assert running_costs(db, MARCH).ads == {("douyin", "P"): 6_000, ("douyin", ""): 4_000}


def test_a_courier_that_the_settlement_states_comes_before_every_rate(db: Database) -> None:
    """A's settlement deducts 5.00 of fee and 8.00 for the courier; B's states no courier: the rate counts."""
    set_cost_rate(db, RateScope(RateKind.COURIER), 600, actor=OWNER, from_on=date(2026, 3, 1))
    more = {"income_cents": 10_000, "platform_fee_cents": 500}
    store(
        db,
        lines=[sent("A", 5, 10_000), sent("B", 6, 10_000)],
        payouts=[
            payout("a", "A", "2026-03-20 10:00:00", 8_700, courier_cents=800, **more),
            payout("b", "B", "2026-03-20 10:00:00", 9_300, courier_cents=0, **more),
        ],
    )
    report = cents(waterfall(db, MARCH, OWNER))
    assert (report["courier"], report["other_fees"], report["platform_fees"]) == (-800 - 600, -200, -1_000)
    assert report["after_fees"] == 20_000 - 1_200
    table = margins(db, MARCH, actor=OWNER)
    assert (table["fees"].sum(), table["sending"].sum()) == (1_200, 1_400)
