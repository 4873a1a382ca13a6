"""What a set of four cups and a plate costs and leaves, by hand and to the last cent."""

from datetime import UTC, date, datetime

import pytest

from shop.access.roles import Actor, NotAllowed
from shop.catalog.products import ProductFields, VariantFields, add
from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.plan import Cell
from shop.maintenance import costs_are_true
from shop.metrics.query import Query
from shop.pricing.unit_costs import SetCostTyped, set_unit_cost, unit_cost, why_incomplete
from shop.profit.margins import margins
from shop.profit.set_margins import MONEY, set_margins
from shop.stock import counts, returns
from shop.undo.catalog import undo
from tests.support.shops.small_shop import line, payout, refund, store
from tests.support.stock.shop import HELPER, OWNER

MARCH = Query(("gmv",), date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def shop(db: Database) -> Database:
    """A cup costs 10.01 (11.00 from 20 March on) and a plate 20.00; the set is four cups and a plate."""
    for sku, price in (("CUP", 6_800), ("PLATE", 9_900), ("SET", 33_000)):
        parts = "CUP*4; PLATE" if sku == "SET" else None
        fields = VariantFields(sku=sku, price_cents=price, parts=parts)
        add(db, ProductFields(sku), [fields], actor=OWNER, code=sku)
    counts.set_counts(db, {"CUP": 40, "PLATE": 20}, actor=OWNER, at=datetime(2026, 2, 28, tzinfo=UTC))
    set_unit_cost(db, "CUP", 1_001, actor=OWNER, on=date(2026, 3, 1))
    set_unit_cost(db, "PLATE", 2_000, actor=OWNER, on=date(2026, 3, 5))
    set_unit_cost(db, "CUP", 1_100, actor=OWNER, on=date(2026, 3, 20))
    return db


def cost(db: Database, day: int) -> int | None:
    result = unit_cost(db, "SET", date(2026, 3, day))
    return result and result.unit_cents


def test_the_cost_of_a_set_is_that_of_its_parts_on_every_day(shop: Database) -> None:
    assert [cost(shop, day) for day in (4, 5, 19, 20)] == [None, 6_004, 6_004, 6_400]
    assert why_incomplete(shop, "SET", date(2026, 3, 4)) == (("cost", "PLATE"),)
    with pytest.raises(SetCostTyped):
        set_unit_cost(shop, "SET", 5_000, actor=OWNER)
    number = set_unit_cost(shop, "PLATE", 2_500, actor=OWNER, on=date(2026, 3, 10))
    assert (cost(shop, 9), cost(shop, 10)) == (6_004, 6_504)
    undo(shop, number, actor=OWNER)
    assert cost(shop, 10) == 6_004 and costs_are_true(shop)
    planned = bulk_edit.plan(shop, [Cell("parts", ("SET",), "CUP*2")], actor=OWNER)
    bulk_edit.apply(shop, planned, actor=OWNER)  # from today on; March stays as it was
    assert cost(shop, 20) == 6_400
    latest = unit_cost(shop, "SET")
    assert latest is not None and latest.unit_cents == 2_200


def test_the_margin_of_a_set_is_shared_over_its_parts_to_the_last_cent(shop: Database) -> None:
    fees = payout(
        "s1",
        "A",
        "2026-03-28 10:00:00",
        59_995,
        income_cents=66_000,
        platform_fee_cents=3_301,
        commission_cents=2_704,
    )
    sold = line("A", "2026-03-10 12:00:00", 66_000, sku="SET", title="SET", quantity=2, status="shipped")
    back = refund("R", "A", "2026-03-20 12:00:00", 8_000, kind="return_refund", line_id="A")
    store(shop, lines=[sold], payouts=[fees], refunds=[back])
    # one cup and nothing else comes back whole, one cup is broken
    cups = next(item for item in returns.expected(shop) if item.sku == "CUP")
    assert (cups.pieces, cups.set_sku) == (8, "SET")
    returns.receive_return(shop, *cups.key[:3], part=cups.part, whole=1, broken=1, actor=HELPER)
    row = margins(shop, MARCH, actor=OWNER).set_index("variant").loc["SET"]
    assert row["cost"] == 2 * 6_004 - 1_001
    assert row["margin"] == 66_000 - 8_000 - 3_301 - 2_704 - (2 * 6_004 - 1_001)
    table = set_margins(shop, MARCH, actor=OWNER)
    assert table["part"].tolist() == ["CUP", "PLATE"]
    assert table["units"].tolist() == [8, 2]
    # list prices: 4 x 68.00 and 99.00, so 272 : 99 of 371
    assert table["gmv"].tolist() == [48_388, 17_612]  # 660.00 x 272/371 = 483.881...
    assert table["fees"].tolist() == [2_420, 881]
    for name in (*MONEY, "margin"):
        assert table[name].sum() == row[name], name
    with pytest.raises(NotAllowed):
        set_margins(shop, MARCH, actor=Actor("mei", "assistant"))
