"""Margins, floor prices and the host's card, by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from shop.access.roles import NotAllowed
from shop.db.database import Database
from shop.kiln.batches import BadPieces
from shop.kiln.firings import Bill, LoadItem, plan_firing, record_opening
from shop.kiln.production import check_batch, record_step, start_batch
from shop.metrics.query import Query
from shop.pricing.floor_prices import BadRate, NoFloor, floor_price, set_platform_rates
from shop.pricing.host_card import card_lines
from shop.pricing.unit_costs import set_unit_cost, unit_cost, why_incomplete
from shop.profit.cogs import goods_by_sku
from shop.profit.margins import margins
from shop.undo.catalog import undo
from tests.support.shops.kilns import GUEST, HELPER, OWNER, on, studio
from tests.support.shops.small_shop import line, payout, refund, store

MARCH = Query(("gmv",), date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def shop(db: Database) -> Database:
    """A cup costs ¥9.59 from 12 March on (test_kiln.py); a plate ¥20.00, as the owner typed."""
    studio(db)
    cups = start_batch(db, "CUP", 10, actor=HELPER, on=on(2)).batch.batch_id
    record_step(db, cups, "greenware", losses={"crack": 1}, actor=HELPER, on=on(5))
    plan_firing(db, "G1", "bisque", on(7), load=[LoadItem(cups)], actor=HELPER)
    record_opening(db, "G1-260307", actor=HELPER, on=on(8), bill=Bill(energy_cents=900))
    record_step(db, cups, "glazed", actor=HELPER, on=on(9))
    plan_firing(db, "E1", "glaze_fired", on(10), load=[LoadItem(cups)], actor=HELPER)
    record_opening(db, "E1-260310", actor=HELPER, on=on(11), bill=Bill(energy_cents=2200))
    check_batch(db, cups, {"prime": 7}, losses={"stuck": 2}, actor=HELPER, on=on(12))
    set_unit_cost(db, "PLATE", 2_000, actor=OWNER, on=on(1))
    return db


def sell(db: Database, order: str, day: int, cents: int, sku: str = "CUP", **more: Any) -> dict[str, Any]:
    return line(order, f"2026-03-{day:02d} 12:00:00", cents, sku=sku, title=sku, **more)


def row(db: Database, sku: str) -> dict[str, Any]:
    table = margins(db, MARCH, actor=OWNER).set_index("variant")
    result: dict[str, Any] = table.loc[sku].to_dict()
    return result


def test_a_settled_sale_leaves_what_the_platform_paid_out_less_its_cost(shop: Database):
    cost = unit_cost(shop, "CUP", on(20))
    assert cost is not None
    store(
        shop,
        lines=[sell(shop, "A", 20, 6_800, quantity=2)],
        payouts=[
            payout(
                "s1",
                "A",
                "2026-03-28 10:00:00",
                5_900,
                income_cents=6_800,
                platform_fee_cents=340,
                commission_cents=560,
            )
        ],
    )
    result = row(shop, "CUP")
    assert (result["gmv"], result["fees"], result["commission"], result["estimated"]) == (6_800, 340, 560, 0)
    assert result["cost"] == 2 * cost.unit_cents
    assert result["margin"] == 6_800 - 340 - 560 - 2 * cost.unit_cents


def test_an_order_without_a_settlement_is_estimated_and_marked(shop: Database):
    set_platform_rates(shop, "douyin", actor=OWNER, fee_bp=500, commission_bp=2_000)
    store(
        shop,
        lines=[sell(shop, "A", 20, 6_810, seller="partner"), sell(shop, "B", 21, 3_400)],
        refunds=[refund("r", "B", "2026-03-25 10:00:00", 400, kind="refund", stage="after_ship")],
    )
    result = row(shop, "CUP")
    base = 6_810 + 3_400 - 400
    # by line: 5 % of 6,810 is 340.5, of 3,000 it is 150; only the partner's line costs a commission
    assert (result["fees"], result["commission"]) == (341 + 150, 1_362)
    assert result["estimated"] == 491 + 1_362
    assert result["margin"] == base - 491 - 1_362 - result["cost"]


def test_pieces_that_never_left_cost_nothing(shop: Database):
    store(
        shop,
        lines=[
            sell(shop, "A", 20, 6_800, status="cancelled"),
            sell(shop, "B", 20, 6_800),
            sell(shop, "C", 20, 6_800),
        ],
        refunds=[refund("r", "B", "2026-03-20 13:00:00", 6_800, kind="refund", stage="before_ship")],
    )
    assert row(shop, "CUP")["pieces"] == 1


def test_a_shipped_parcel_used_its_pieces_whatever_was_refunded(shop: Database):
    store(
        shop,
        lines=[sell(shop, "A", 20, 6_800, status="cancelled", shipped_at=1_774_000_000)],
        refunds=[refund("r", "A", "2026-03-25 13:00:00", 6_800, kind="unknown", stage="unknown")],
    )
    assert row(shop, "CUP")["pieces"] == 1


def test_a_cost_in_one_currency_does_not_apply_to_a_sale_in_another(shop: Database):
    store(shop, lines=[sell(shop, "A", 20, 1_299, currency="USD")])
    table = margins(shop, replace(MARCH, currency="USD"), actor=OWNER).set_index("variant")
    assert (table.loc["CUP", "gmv"], table.loc["CUP", "unknown_pieces"]) == (1_299, 1)
    assert pd.isna(table.loc["CUP", "margin"])


def test_gifts_cost_what_they_cost(shop: Database):
    store(shop, lines=[sell(shop, "A", 20, 6_800), sell(shop, "B", 20, 0, sku="PLATE", is_gift=True)])
    assert row(shop, "CUP")["cost"] > 0
    assert goods_by_sku(shop, MARCH)["PLATE"].cents["other_cost"] == 2_000


def test_before_its_first_cost_a_margin_is_not_known(shop: Database):
    store(shop, lines=[sell(shop, "A", 3, 6_800), sell(shop, "B", 3, 9_900, sku="PLATE")])
    cup = row(shop, "CUP")
    assert (cup["unknown_pieces"], cup["gmv"]) == (1, 6_800)
    assert cup["margin"] is None
    assert row(shop, "PLATE")["margin"] == 9_900 - 2_000


def test_margins_are_the_owners(shop: Database):
    with pytest.raises(NotAllowed):
        margins(shop, MARCH, actor=HELPER)
    with pytest.raises(NotAllowed):
        set_unit_cost(shop, "CUP", 100, actor=HELPER)
    with pytest.raises(NotAllowed):
        set_platform_rates(shop, "douyin", fee_bp=100, actor=HELPER)


def test_the_floor_with_coupon_and_commission(shop: Database):
    set_platform_rates(
        shop, "douyin", actor=OWNER, fee_bp=500, commission_bp=1_000, breakage_bp=200, shipping_cents=300
    )
    cup = unit_cost(shop, "CUP", on(20))
    assert cup is not None
    plain = floor_price(shop, "CUP", "douyin", actor=OWNER, on=on(20))
    request = floor_price(shop, "CUP", "douyin", 500, 2_000, actor=OWNER, on=on(20))
    assert plain.floor_cents == -(-(cup.unit_cents + 300) * 10_000 // 8_300)
    assert request.floor_cents == 500 - (-(cup.unit_cents + 300) * 10_000 // 7_300)
    assert plain.is_complete and plain.cost == cup


def test_others_see_the_floor_but_not_the_cost(shop: Database):
    for actor in (HELPER, GUEST):
        result = floor_price(shop, "CUP", "douyin", actor=actor, on=on(20))
        assert result.floor_cents and result.cost is None


def test_what_a_price_floor_leaves_out_is_listed(shop: Database):
    result = floor_price(shop, "CUP", "douyin", actor=OWNER, on=on(20))
    assert result.missing == (("terms", "douyin"),)
    nothing = floor_price(shop, "CUP", "douyin", actor=OWNER, on=on(2))
    assert nothing.floor_cents is None and ("cost", "CUP") in nothing.missing


def test_a_batch_that_is_not_at_its_end_leaves_the_cost_open(db: Database):
    studio(db)
    cups = start_batch(db, "CUP", 4, actor=HELPER, on=on(2)).batch.batch_id
    for stage in ("greenware", "bisque", "glazed"):
        record_step(db, cups, stage, actor=HELPER, on=on(3))
    record_step(db, cups, "glaze_fired", pieces_in=2, actor=HELPER, on=on(4))
    check_batch(db, cups, {"prime": 2}, actor=HELPER, on=on(5))
    codes = [code for code, _ in why_incomplete(db, "CUP", on(5))]
    assert codes == ["open", "firing"]


def test_breakage_is_measured_where_nobody_typed_it(shop: Database):
    set_platform_rates(shop, "douyin", actor=OWNER, fee_bp=500)
    store(
        shop,
        lines=[sell(shop, f"A{n}", 20, 6_800) for n in range(100)],
        refunds=[
            refund(
                f"r{n}",
                f"A{n}",
                "2026-03-25 10:00:00",
                6_800,
                reason_label="商品破损",
                kind="refund",
                stage="after_ship",
            )
            for n in range(3)
        ],
    )
    result = floor_price(shop, "CUP", "douyin", actor=OWNER, on=on(30))
    assert result.breakage is not None
    assert (result.breakage.over, result.breakage.under) == (3, 100)
    assert result.rates.breakage_bp == 300


def test_the_card_warns_of_a_price_below_the_floor(shop: Database):
    set_platform_rates(shop, "douyin", actor=OWNER, fee_bp=500, commission_bp=1_000)
    lines = card_lines(shop, ["PLATE", "CUP"], "douyin", 4_000, 3_000, actor=GUEST, on=on(20))
    assert [item.sku for item in lines] == ["PLATE", "CUP"]
    plate = lines[0]
    assert (plate.title, plate.price_cents) == ("青瓷盘", 6_800)
    assert plate.floor.floor_cents == 2_353  # 2000 / 0.85
    assert plate.lowest.floor_cents == 7_077  # 4000 + 2000 / 0.65
    assert plate.is_below


def test_rates_that_eat_the_price_are_rejected(shop: Database):
    set_platform_rates(shop, "douyin", actor=OWNER, fee_bp=5_000)
    with pytest.raises(NoFloor):
        floor_price(shop, "CUP", "douyin", commission_bp=5_000, actor=OWNER, on=on(20))
    with pytest.raises(BadRate):
        set_platform_rates(shop, "douyin", actor=OWNER, fee_bp=10_001)
    with pytest.raises(BadPieces):
        set_unit_cost(shop, "CUP", -1, actor=OWNER)


def test_a_cost_typed_in_goes_before_the_batch_and_is_undone(shop: Database):
    before = unit_cost(shop, "CUP", on(20))
    number = set_unit_cost(shop, "CUP", 1_234, actor=OWNER, on=on(12))
    typed = unit_cost(shop, "CUP", on(20))
    assert typed is not None and (typed.unit_cents, typed.batch_id) == (1_234, None)
    undo(shop, number, actor=OWNER)
    assert unit_cost(shop, "CUP", on(20)) == before
    set_unit_cost(shop, "CUP", 1_234, actor=OWNER, on=on(12))
    set_unit_cost(shop, "CUP", None, actor=OWNER, on=on(12))
    assert unit_cost(shop, "CUP", on(20)) == before
