"""Refunds by stage and reason, and what arrived broken: counted by hand, and on the spring set."""

from datetime import date, timedelta

import pytest

from shop.db.database import Database
from shop.metrics.query import Query, total
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.performance.breakage import CUTS, breakage_rates, overall
from shop.performance.refunds import by_stage, refund_cases
from shop.stats.proportions import Rate
from tests.shop.metrics.test_query import JANUARY, at, refund
from tests.support.shops.catalogs import design, match, sell
from tests.support.shops.outgoing import NOW, put_lines

pytestmark = pytest.mark.usefixtures("outgoing_clock")

QUERY = Query(("refunds",), *JANUARY)


def test_stages_follow_the_life_of_an_order(db: Database) -> None:
    sell(db, "1", "2026-01-02 10:00:00", 9_000, status="completed", completed_at=at("2026-01-10 00:00:00"))
    sell(db, "2", "2026-01-02 11:00:00", 5_000, status="completed")
    for order, cents in (("3", 100), ("4", 200)):
        sell(db, order, "2026-01-03 11:00:00", cents, status="shipped")
    sent = {"stage": "after_ship", "kind": "refund_only"}
    refund(
        db,
        "a",
        "1",
        "2026-01-12 10:00:00",
        900,
        **sent,
        reason="杯口有磕碰",
        requested_at=at("2026-01-11 10:00:00"),
    )
    refund(
        db,
        "b",
        "1",
        "2026-01-12 10:00:00",
        300,
        **sent,
        reason="破损",
        requested_at=at("2026-01-09 10:00:00"),
    )
    refund(db, "c", "2", "2026-01-12 10:00:00", 200, **sent, requested_at=at("2026-01-09 10:00:00"))
    refund(db, "d", "3", "2026-01-12 10:00:00", 50, stage="after_ship", kind="return_refund")
    refund(db, "e", "4", "2026-01-05 10:00:00", 40, stage="before_ship", reason="不想要了")
    refund(db, "f", "4", "2026-01-05 10:00:00", 5)
    refund(db, "late", "4", "2026-02-05 10:00:00", 7, stage="before_ship")
    table = refund_cases(db, QUERY)
    assert [tuple(row) for row in table[["stage", "reason", "cases", "cents"]].values.tolist()] == [
        ("received", "杯口有磕碰", 1, 900),
        ("in_transit", "破损", 1, 300),
        ("shipped", "", 1, 200),
        ("received", "", 1, 50),
        ("before_ship", "不想要了", 1, 40),
        ("unknown", "", 1, 5),
    ]
    assert table["share"].sum() == pytest.approx(1)
    assert [(s.stage, s.cases, s.cents) for s in by_stage(table)] == [
        ("before_ship", Rate(1, 6), 40),
        ("in_transit", Rate(1, 6), 300),
        ("received", Rate(2, 6), 950),
        ("shipped", Rate(1, 6), 200),
        ("unknown", Rate(1, 6), 5),
    ]


def test_the_cases_of_the_spring_set_are_its_refunds(spring: Database) -> None:
    winter = (date(2021, 11, 1), date(2022, 3, 15))
    table = refund_cases(spring, Query(("refunds",), *winter))
    assert int(table["cents"].sum()) == total(spring, Query(("refunds",), *winter))["refunds"]
    assert {stage.stage for stage in by_stage(table)} == {"before_ship", "in_transit", "received"}
    none = refund_cases(spring, Query(("refunds",), *winter, where=(("platform", ("tiktok",)),)))
    assert len(none) == 0
    assert by_stage(none) == []


def test_broken_is_of_the_lines_that_were_sent(db: Database) -> None:
    design(db, "cup", "cup-s", form="cup", size="small", packing="box 1")
    design(db, "bowl", "bowl-l", form="bowl", size="large", packing="box 2")
    for number in range(1, 6):
        sell(db, f"c{number}", "2026-01-05 10:00:00", 100, province="江苏省")
    for number in range(1, 4):
        sell(db, f"b{number}", "2026-01-06 10:00:00", 100, sku="B", province="新疆")
    sell(db, "two", "2026-01-07 10:00:00", 100)
    sell(db, "two", "2026-01-07 10:00:00", 100, sku="B", line_id="two-b")
    match(db, {"sku": "code"}, "cup-s")
    match(db, {"sku": "B"}, "bowl-l")
    sent = {"stage": "after_ship", "kind": "refund_only"}
    refund(db, "1", "c1", "2026-01-20 10:00:00", 100, **sent, reason="包装破损")
    refund(db, "2", "c1", "2026-01-21 10:00:00", 10, **sent, reason="Item arrived broken")  # once
    refund(db, "3", "c2", "2026-01-08 10:00:00", 100, stage="before_ship", reason="不想要了")
    refund(db, "4", "b1", "2026-02-20 10:00:00", 100, **sent, reason="磕坏了 裂")  # later, same days
    refund(db, "5", "b2", "2026-01-20 10:00:00", 100, **sent, reason="不喜欢")
    refund(
        db,
        "6",
        "b3",
        "2026-01-20 10:00:00",
        0,
        stage="after_ship",
        kind="resend",
        status="closed",
        refunded_on=None,
        reason="破损",
    )
    refund(db, "7", "two", "2026-01-20 10:00:00", 50, **sent, reason="碎了")  # whole order: once
    parts = breakage_rates(db, QUERY, "packing")
    assert [(part.part, part.rate) for part in parts] == [("box 1", Rate(2, 5)), ("box 2", Rate(2, 4))]
    assert overall(parts) == Rate(4, 9)
    low, high = parts[0].rate.interval or (0, 0)
    assert 0.1 < low < 0.4 < high < 0.8
    assert {p.part: p.rate for p in breakage_rates(db, QUERY, "province")} == {
        "江苏省": Rate(1, 4),
        "新疆": Rate(2, 3),
        "": Rate(1, 2),
    }
    nowhere = Query(("refunds",), *JANUARY, where=(("platform", ("tiktok",)),))
    assert breakage_rates(db, nowhere) == []


def test_what_is_broken_in_the_spring_set_is_the_same_by_every_cut(spring: Database) -> None:
    winter = Query(("refunds",), date(2021, 11, 1), date(2022, 3, 15))
    rates = {by: overall(breakage_rates(spring, winter, by)) for by in ("packing", "form", "province")}
    assert len(set(rates.values())) == 1
    assert rates["province"].over > 30


@pytest.mark.parametrize("by", CUTS)
def test_nothing_sold_breaks_nowhere(db: Database, by: str) -> None:
    assert breakage_rates(db, QUERY, by) == []


def test_breakage_by_courier_has_the_lines_of_that_courier_as_its_base(db: Database) -> None:
    sent = {"status": "shipped", "shipped_at": int(NOW.timestamp())}
    couriers = ["sf"] * 6 + ["zto"] * 4 + [None]
    put_lines(
        db,
        [
            {"order_id": str(100 + place), "sku": "CUP", "courier": name, **sent}
            for place, name in enumerate(couriers)
        ],
    )
    with db.write() as connection:
        load = Upsert(connection, 1)
        at = int(NOW.timestamp())
        case = {
            "refund_id": "r1", "order_id": "106", "line_id": "106", "kind": "refund_only", "stage": "after_ship",
            "status": "refunded", "reason": "商品破损", "refunded_at": at, "refunded_on": NOW.date().isoformat(),
            "amount_cents": 12_800, "currency": "CNY", "updated_at": at, "payload_hash": 1,
        }  # fmt: skip
        load.put(IngestBatch("refund", "douyin", {name: [value] for name, value in case.items()}, [1]))
        load.finish()
    days = Query(("gmv",), (NOW - timedelta(days=3)).date(), (NOW + timedelta(days=2)).date(), currency="CNY")
    assert {part.part: (part.rate.over, part.rate.under) for part in breakage_rates(db, days, "courier")} == {
        "zto": (1, 4),
        "sf": (0, 6),
        "": (0, 1),
    }
