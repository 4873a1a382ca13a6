"""The gross-to-net waterfall: by hand on a small shop, and to the last 分 on the spring set."""

from datetime import date

import pytest

from shop.access.roles import OWNER, Actor
from shop.db.database import Database
from shop.metrics.query import Query, total
from shop.profit.gross_to_net import waterfall
from tests.support.shops.small_shop import line, payout, refund, store
from tests.support.shops.waterfalls import MARCH, adds_up, catalog, cents, cost

ASSISTANT = Actor("Li", "assistant")


@pytest.fixture
def small(db: Database) -> Database:
    """Four orders of March: paid out, paid out after a part came back, void, and still open."""
    store(
        db,
        lines=[
            line(
                "A",
                "2026-03-02 10:00:00",
                9_000,
                sku="cup",
                quantity=2,
                platform_discount_cents=500,
                seller_discount_cents=1_500,
                shipping_cents=600,
            ),
            line("B", "2026-03-12 10:00:00", 8_000, sku="bowl", quantity=4),
            line("C", "2026-03-20 10:00:00", 3_000, sku="cup", platform_discount_cents=200),
            line("D", "2026-03-28 10:00:00", 5_000, sku="vase"),
            line("E", "2026-04-01 00:00:00", 99_999, sku="cup"),
        ],
        refunds=[
            refund("rb", "B", "2026-03-15 09:00:00", 2_000, line_id="B", kind="return_refund"),
            refund("rc", "C", "2026-04-03 09:00:00", 3_000, line_id="C", stage="before_ship"),
        ],
        payouts=[
            payout(
                "pa",
                "A",
                "2026-03-20 10:00:00",
                8_600,
                income_cents=10_100,
                shipping_cents=600,
                platform_fee_cents=500,
                commission_cents=950,
                other_fee_cents=50,
            ),
            payout(
                "pb",
                "B",
                "2026-03-30 10:00:00",
                5_570,
                income_cents=5_990,
                platform_fee_cents=300,
                commission_cents=90,
            ),
        ],
    )
    catalog(db, "cup", "bowl")
    cost(db, "cup", "2026-02-01", 700, 300, 100)
    cost(db, "cup", "2026-03-10", 999, 999, 999)  # after A was paid; C's cup never left
    cost(db, "bowl", "2026-03-05", 400, 150, 80, is_complete=False)
    return db


def test_every_step_by_hand(small: Database) -> None:
    result = waterfall(small, MARCH, OWNER)
    # B: three of four bowls stay sold; its platform deducted 30 without a name; credited 10 less
    assert cents(result) == {
        "list_value": 11_000 + 8_000 + 3_200 + 5_000,
        "seller_discounts": -1_500,
        "gmv": 25_700,
        "refunds": -5_000,
        "void_discounts": -200,
        "settlement_difference": -10,
        "credited": 9_500 + 5_990 + 5_000,
        "platform_fees": -800,
        "commission": -1_040,
        "other_fees": -(50 + 30),
        "after_fees": 20_490 - 1_920,
        "material": -(2 * 700 + 3 * 400),
        "kiln": -(2 * 300 + 3 * 150),
        "loss": 0,
        "packing": -(2 * 100 + 3 * 80),
        "courier": None,  # no rate was entered
        "left": 18_570 - 4_090,
    }
    adds_up(result)
    assert result.settled == 9_500 + 5_990


def test_what_is_paid_out_is_what_the_platform_paid(small: Database) -> None:
    """Settled income less all fees is the money that arrived, without shipping."""
    request = ("settlement_income", "platform_fees", "commission", "other_fees", "settled_orders")
    result = total(small, Query(request, MARCH.start, MARCH.end))
    arrived = 8_600 + 5_570 - 600
    fees = result["platform_fees"] + result["commission"] + result["other_fees"]
    assert result["settlement_income"] - fees == arrived
    assert result["settled_orders"] == 2


def test_what_is_not_known_yet_is_named(small: Database) -> None:
    result = waterfall(small, MARCH, OWNER)
    assert (result.unsettled.count, result.unsettled.cents) == (1, 5_000)
    assert result.step("commission").state == "partly"
    gaps = {gap.kind: gap for gap in result.step("material").gaps}
    assert (gaps["unmatched"].count, gaps["incomplete_cost"].names) == (1, ("bowl",))
    assert result.step("left").state == "partly"
    assert result.step("gmv").state == "known"


def test_a_sku_without_a_cost_is_named_and_counted(small: Database) -> None:
    catalog(small, "cup", "bowl", "vase")
    result = waterfall(small, MARCH, OWNER)
    gap = next(gap for gap in result.step("left").gaps if gap.kind == "no_cost")
    assert (gap.names, gap.units, gap.count) == (("vase",), 1, 1)


def test_only_the_owner_sees_fees_payouts_and_what_is_left(small: Database) -> None:
    result = waterfall(small, MARCH, ASSISTANT)
    assert result.steps[-1].name == "refunds" and not result.has_margin
    assert cents(waterfall(small, MARCH, OWNER))["after_fees"] == 18_570
    assert set(cents(result)) == {"list_value", "seller_discounts", "gmv", "refunds"}
    assert (result.settled, result.unsettled.cents) == (0, 0)


def test_a_shop_without_any_settlement_knows_no_fees(db: Database) -> None:
    store(db, lines=[line("A", "2026-03-02 10:00:00", 9_000)])
    result = waterfall(db, MARCH, OWNER)
    assert result.step("platform_fees").state == "unknown"
    assert cents(result)["platform_fees"] is None
    assert cents(result)["after_fees"] == 9_000  # at most
    kinds = {gap.kind: gap.names for gap in result.step("platform_fees").gaps}
    assert kinds == {"waiting": (), "no_settlement": ("douyin",)}
    assert waterfall(db, MARCH, OWNER).step("left").cents is None


def test_an_empty_month_is_empty(db: Database) -> None:
    result = waterfall(db, MARCH, OWNER)
    assert result.is_empty
    assert {step.state for step in result.steps} == {"known"}


def test_the_spring_set_reconciles_with_its_settlement_files(spring: Database) -> None:
    result = waterfall(spring, Query(("gmv",), date(2021, 11, 1), date(2022, 3, 31)), OWNER)
    report = cents(result)
    adds_up(result)
    # the settlement files' own sums: income 414,818.51 with 1,571.00 shipping, fees and commission
    assert result.settled == 41_481_851 - 157_100
    settled = {step.name: (step.cents or 0) - step.estimate for step in result.steps}
    assert (settled["platform_fees"], settled["commission"]) == (-2_074_075, -744_164)
    # its 221,925.20 of lines without a payout are estimated at the 5 % that the settled ones cost
    assert result.step("platform_fees").state == "estimate"
    guess = -result.step("platform_fees").estimate
    assert abs(guess - result.unsettled.cents * 5 // 100) < result.unsettled.cents // 500
    assert report["settlement_difference"] == 0  # the files agree with the orders to the last 分
    assert report["credited"] == result.settled + result.unsettled.cents
    assert result.step("left").state == "unknown"  # no catalog, no costs


def test_months_add_up_to_their_quarter(spring: Database) -> None:
    months = [
        cents(waterfall(spring, Query(("gmv",), date(2022, month, 1), end), OWNER))
        for month, end in ((1, date(2022, 1, 31)), (2, date(2022, 2, 28)), (3, date(2022, 3, 31)))
    ]
    quarter = cents(waterfall(spring, Query(("gmv",), date(2022, 1, 1), date(2022, 3, 31)), OWNER))
    for name, whole in quarter.items():
        if whole is not None:
            assert whole == sum(month[name] or 0 for month in months), name
