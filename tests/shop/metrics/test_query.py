"""One question, one answer: small orders, hand-computed money."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from shop.core.errors import BadPeriod, UnknownDimension, UnknownMetric
from shop.db.database import Database
from shop.metrics.definitions import METRICS, Measure, Ratio
from shop.metrics.query import Query, answer, change, total
from shop.metrics.readers.sales import whole_months
from shop.metrics.request import DIMENSIONS
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
SHARE = 4  # metrics that share their cuts among themselves


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - 8 * 3600


@pytest.fixture
def sell(db: Database) -> Callable[..., None]:
    def sell(order: str, when: str, cents: int, **more: Any) -> None:
        line = {
            "order_id": order,
            "line_id": order,
            "sku": "cup",
            "title": "杯",
            "quantity": 1,
            "status": "paid",
            "currency": "CNY",
            "buyer_paid_cents": cents,
            "list_cents": cents,
            "paid_at": at(when),
            "created_at": at(when),
            "paid_on": when[:10],
            "updated_at": at(when),
            "payload_hash": 1,
            "carrier": "live",
            "buyer_key": 1,
            **more,
        }
        put(db, IngestBatch("order_line", "douyin", {name: [value] for name, value in line.items()}, [2]))

    return sell


def put(db: Database, batch: IngestBatch) -> None:
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(batch)
        load.finish()


def refund(db: Database, case: str, order: str, when: str, cents: int, **more: Any) -> None:
    refund = {
        "refund_id": case,
        "order_id": order,
        "status": "refunded",
        "refunded_at": at(when),
        "refunded_on": when[:10],
        "amount_cents": cents,
        "currency": "CNY",
        "updated_at": at(when),
        "payload_hash": 1,
        **more,
    }
    put(db, IngestBatch("refund", "douyin", {name: [value] for name, value in refund.items()}, [2]))


def test_sales_are_of_the_payment_day_and_refunds_of_the_refund_day(
    db: Database, sell: Callable[..., None]
) -> None:
    sell(
        "1",
        "2026-01-05 23:59:59",
        10_000,
        platform_discount_cents=500,
        list_cents=11_000,
        seller_discount_cents=500,
        quantity=2,
    )
    sell("2", "2026-01-06 00:00:00", 4_000)
    refund(db, "r", "1", "2026-02-01 12:00:00", 3_000)
    metrics = (
        "gmv",
        "net_sales",
        "refunds",
        "refunds_by_order",
        "orders",
        "units",
        "aov",
        "refund_rate",
        "platform_discounts",
        "seller_discounts",
        "list_value",
        "buyer_paid",
    )
    assert total(db, Query(metrics, *JANUARY)) == {
        "gmv": 14_500,
        "net_sales": 14_500,
        "refunds": 0,
        "refunds_by_order": 3_000,
        "orders": 2,
        "units": 3,
        "aov": 7_250,
        "refund_rate": 0.5,
        "platform_discounts": 500,
        "seller_discounts": 500,
        "list_value": 15_000,
        "buyer_paid": 14_000,
    }
    days = answer(db, Query(("gmv", "net_sales"), *JANUARY, ("day",)))
    assert len(days) == 31
    assert days.set_index("day").loc["2026-01-05", "gmv"] == 10_500
    assert days["gmv"].sum() == 14_500
    february = total(db, Query(("net_sales", "refunds"), date(2026, 2, 1), date(2026, 2, 28)))
    assert february == {"net_sales": -3_000, "refunds": 3_000}


@pytest.mark.parametrize("status", ["asked", "closed"])
def test_a_case_that_paid_nothing_back_is_no_refund(
    db: Database, sell: Callable[..., None], status: str
) -> None:
    sell("1", "2026-01-05 12:00:00", 10_000)
    refund(db, "r", "1", "2026-01-07 12:00:00", 3_000, status=status)
    metrics = ("net_sales", "refunds", "refunds_by_order", "refund_rate")
    nothing = {"net_sales": 10_000, "refunds": 0, "refunds_by_order": 0, "refund_rate": 0}
    assert total(db, Query(metrics, *JANUARY)) == nothing
    refund(db, "r", "1", "2026-01-07 12:00:00", 3_000, updated_at=at("2026-01-08 12:00:00"))
    assert total(db, Query(("refunds", "refunds_by_order"), *JANUARY)) == {
        "refunds": 3_000,
        "refunds_by_order": 3_000,
    }


def test_empty_days_are_zero_and_a_rate_without_a_base_is_missing(db: Database) -> None:
    days = answer(db, Query(("gmv", "aov", "views"), *JANUARY, ("day",)))
    assert days["gmv"].tolist() == [0] * 31
    assert days["aov"].isna().all()
    assert days["views"].isna().all()  # not reported: unknown, not 0


def test_units_per_day_counts_days_without_a_sale(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 100, quantity=31)
    assert total(db, Query(("units_per_day",), *JANUARY)) == {"units_per_day": 1.0}
    months = answer(db, Query(("units_per_day",), date(2026, 1, 1), date(2026, 2, 28), ("month",)))
    assert months["units_per_day"].tolist() == [1.0, 0.0]
    weeks = answer(db, Query(("units_per_day",), *JANUARY, ("week",)))
    assert weeks["week"].tolist()[:2] == ["2025-12-29", "2026-01-05"]
    assert weeks["units_per_day"].tolist()[:2] == [0.0, 31 / 7]


def test_buyers_do_not_add_up_over_days(db: Database, sell: Callable[..., None]) -> None:
    for number, buyer in enumerate((1, 1, 2, None), 1):
        sell(str(number), f"2026-01-0{number} 10:00:00", 1_000, buyer_key=buyer, sku=f"s{number % 2}")
    metrics = ("buyers", "repeat_buyers", "repeat_rate", "per_buyer")
    assert total(db, Query(metrics, *JANUARY)) == {
        "buyers": 2,
        "repeat_buyers": 1,
        "repeat_rate": 0.5,
        "per_buyer": 1_500,  # of the three orders whose buyer is known
    }
    assert answer(db, Query(("buyers",), *JANUARY, ("day",)))["buyers"].sum() == 3
    assert answer(db, Query(("buyers",), *JANUARY, ("sku",)))["buyers"].tolist() == [1, 2]


def test_an_order_with_two_skus_counts_once_in_all_and_under_each(
    db: Database, sell: Callable[..., None]
) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    sell("1", "2026-01-05 10:00:00", 2_000, line_id="2", sku="bowl", carrier="video", product_id="P")
    sell("1", "2026-01-05 10:00:00", 300, line_id="3", sku="bowl", carrier="live", product_id="P")
    assert total(db, Query(("orders", "lines"), *JANUARY)) == {"orders": 1, "lines": 3}
    skus = answer(db, Query(("orders", "gmv"), *JANUARY, ("sku",)))
    assert skus.values.tolist() == [["bowl", 1, 2_300], ["cup", 1, 1_000]]
    carriers = answer(db, Query(("orders", "gmv"), *JANUARY, ("carrier",)))
    assert carriers.values.tolist() == [["live", 1, 1_300], ["video", 1, 2_000]]
    products = answer(db, Query(("orders", "units"), *JANUARY, ("product",)))
    assert products.set_index("product").loc["P"].tolist() == [1, 2]


def test_a_sku_is_named_by_the_wording_of_most_of_its_recent_lines(
    db: Database, sell: Callable[..., None]
) -> None:
    def product() -> list[str]:
        return [str(name) for name in answer(db, Query(("units",), *JANUARY, ("product",)))["product"]]

    def title() -> str:
        with db.read() as connection:
            return str(connection.exec_driver_sql("SELECT title FROM sold_sku").scalar_one())

    sell("1", "2026-01-05 10:00:00", 100, title="主人杯")
    sell("2", "2026-01-06 10:00:00", 100, title="主人杯")
    sell("3", "2026-01-07 10:00:00", 100, title="【直播专享】主人杯")
    assert (title(), product()) == ("主人杯", ["主人杯"])  # one odd wording renames nothing
    sell("3", "2026-01-07 10:00:00", 100, title="新主人杯", updated_at=at("2026-01-08 10:00:00"))
    sell("2", "2026-01-06 10:00:00", 100, title="新主人杯", updated_at=at("2026-01-08 10:00:00"))
    assert title() == "新主人杯"
    sell("4", "2026-01-02 10:00:00", 100, title="杯", product_id="P1")
    assert (title(), product()) == ("杯", ["P1"])  # the platform's product goes first
    for number in range(5, 8):
        sell(str(number), f"2026-03-0{number} 10:00:00", 100, title="春款主人杯", product_id="P1")
    assert title() == "春款主人杯"


def test_a_refund_of_a_whole_order_is_shared_by_its_lines(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    sell("1", "2026-01-05 10:00:00", 2_000, line_id="2", sku="bowl")
    refund(db, "r", "1", "2026-01-06 10:00:00", 1_000)
    skus = answer(db, Query(("refunds",), *JANUARY, ("sku",)))
    assert skus.values.tolist() == [["bowl", 667], ["cup", 333]]


def test_an_estimated_refund_gives_way_to_a_case(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    refund(db, "order", "1", "2026-01-05 10:00:00", 900, is_estimate=True)
    assert total(db, Query(("refunds",), *JANUARY)) == {"refunds": 900}
    refund(db, "case", "1", "2026-01-09 10:00:00", 800)
    days = answer(db, Query(("refunds",), *JANUARY, ("day",))).set_index("day")["refunds"]
    assert (days["2026-01-05"], days["2026-01-09"]) == (0, 800)


def test_two_currencies_are_never_added(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    sell("2", "2026-01-05 10:00:00", 1_000)
    sell("3", "2026-01-05 10:00:00", 70_000, currency="USD")
    assert total(db, Query(("gmv", "orders"), *JANUARY)) == {"gmv": 2_000, "orders": 2}
    assert total(db, Query(("gmv",), *JANUARY, currency="USD")) == {"gmv": 70_000}
    cut = answer(db, Query(("gmv",), *JANUARY, ("currency",)))
    assert cut.values.tolist() == [["CNY", 2_000], ["USD", 70_000]]


def test_a_running_day_counts_up_to_the_moment(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    sell("2", "2026-01-05 20:00:00", 2_000)
    sell("0", "2026-01-04 20:00:00", 50)
    refund(db, "r", "1", "2026-01-05 21:00:00", 10)
    noon = at("2026-01-05 12:00:00")
    metrics = ("gmv", "orders", "refunds")
    day = date(2026, 1, 5)
    assert total(db, Query(metrics, day, day, cut_at=noon)) == {"gmv": 1_000, "orders": 1, "refunds": 0}
    week = Query(metrics, date(2026, 1, 1), day, cut_at=noon)
    assert total(db, week) == {"gmv": 1_050, "orders": 2, "refunds": 0}
    assert answer(db, Query(("gmv",), day, day, ("sku",), cut_at=noon)).values.tolist() == [["cup", 1_000]]
    assert total(db, Query(metrics, day, day, cut_at=1 << 40)) == {"gmv": 3_000, "orders": 2, "refunds": 10}


def test_the_coarsest_roll_up_gives_what_the_finest_gives(db: Database, sell: Callable[..., None]) -> None:
    for month in range(1, 7):
        for day in (1, 15, 28):
            sell(f"{month}{day}", f"2026-{month:02d}-{day:02d} 10:00:00", month * 100 + day)
    for start, end in ((date(2026, 1, 15), date(2026, 6, 1)), (date(2026, 2, 1), date(2026, 4, 30))):
        by_sku = answer(db, Query(("gmv", "units"), start, end, ("sku",)))
        by_day = answer(db, Query(("gmv", "units"), start, end, ("day", "sku")))
        assert by_sku["gmv"].sum() == by_day["gmv"].sum() == total(db, Query(("gmv",), start, end))["gmv"]


def test_whole_months_are_recognised() -> None:
    assert whole_months(date(2026, 1, 1), date(2026, 1, 31)) == (date(2026, 1, 1), date(2026, 1, 1))
    assert whole_months(date(2026, 1, 2), date(2026, 2, 27)) == (None, None)
    assert whole_months(date(2025, 12, 31), date(2026, 3, 1)) == (date(2026, 1, 1), date(2026, 2, 1))


def test_a_change_needs_a_positive_base() -> None:
    assert change(150, 100) == 0.5
    assert change(0, 100) == -1.0
    assert change(100, 0) is None
    assert change(100, -5) is None
    assert change(None, 100) is None
    assert change(100, pd.NA) is None  # type: ignore[arg-type]
    assert change(0.25, 0.2, rate=True) == pytest.approx(0.05)
    assert change(0.25, 0.0, rate=True) == 0.25


def test_wrong_questions_are_rejected_by_name(db: Database) -> None:
    with pytest.raises(UnknownMetric, match="turnover"):
        Query(("turnover",), *JANUARY)
    with pytest.raises(UnknownDimension, match="colour"):
        Query(("gmv",), *JANUARY, ("colour",))
    with pytest.raises(UnknownDimension):
        Query(("gmv",), *JANUARY, where=(("1; DROP TABLE order_line", ("x",)),))
    with pytest.raises(BadPeriod):
        Query(("gmv",), JANUARY[1], JANUARY[0])


def test_nobody_bought_twice_is_0_where_some_buyers_are_not_known(
    db: Database, sell: Callable[..., None]
) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    sell("2", "2026-01-05 11:00:00", 1_000, buyer_key=None)
    assert total(db, Query(("repeat_buyers", "repeat_rate"), *JANUARY)) == {
        "repeat_buyers": 0,
        "repeat_rate": 0,
    }


def test_values_in_conditions_are_parameters(db: Database, sell: Callable[..., None]) -> None:
    sell("1", "2026-01-05 10:00:00", 1_000)
    bad = "live' OR '1'='1"
    assert total(db, Query(("gmv",), *JANUARY, where=(("carrier", (bad,)),))) == {"gmv": 0}
    assert total(db, Query(("gmv",), *JANUARY, where=(("carrier", ("live", "video")),))) == {"gmv": 1_000}


def cuts_of(name: str) -> tuple[str, ...]:
    """The dimensions of the fact that a metric, or the upper part of a ratio, is a measure of."""
    metric = METRICS[name]
    while isinstance(metric, Ratio):
        metric = METRICS[metric.over]
    assert isinstance(metric, Measure)
    return tuple(DIMENSIONS[metric.fact])


def without_an_answer(db: Database, name: str, cuts: Iterable[str]) -> list[tuple[str, str]]:
    """The cuts among these by which an empty shop has no answer, "total" for the whole."""
    faults = [] if len(answer(db, Query((name,), *JANUARY))) == 1 else [(name, "total")]
    for cut in cuts:
        try:
            query = Query((name,), *JANUARY, (cut,))
        except UnknownDimension:
            continue
        if list(answer(db, query).columns) != [cut, name]:
            faults.append((name, cut))
    return faults


def test_every_metric_and_every_cut_answers_on_an_empty_shop(db: Database) -> None:
    """Metrics of the same cuts share them among themselves; the proof asks each metric by each cut."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in METRICS:
        alike.setdefault(cuts_of(name), []).append(name)
    faults = []
    for cuts, names in alike.items():
        share = min(SHARE, len(names))
        for place, name in enumerate(names):
            faults += without_an_answer(db, name, cuts[place % share :: share])
    assert faults == []


@pytest.mark.proof
def test_every_metric_answers_on_an_empty_shop_by_every_cut(db: Database) -> None:
    assert [fault for name in METRICS for fault in without_an_answer(db, name, cuts_of(name))] == []


def test_every_metric_is_explained_in_both_languages() -> None:
    for name, metric in METRICS.items():
        for text in (metric.en, metric.zh, metric.means_en, metric.means_zh, metric.formula):
            assert text.strip(), name
        assert any("一" <= char <= "鿿" for char in metric.zh + metric.means_zh), name


def test_days_of_a_file_that_are_no_neighbours_have_no_quiet_stretch(
    db: Database, sell: Callable[..., None]
) -> None:
    """Files of single days: there is no stretch between covered days to measure."""
    for number in range(1, 21, 2):
        sell(str(number), f"2026-01-{number:02d} 10:00:00", 1_000)
    days = "('douyin', '2026-01-31', '2026-01-31')"
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, unchanged, set_aside, "
            "platform, first_on, last_on) SELECT 1, 'x', 'x', 'douyin_orders', '1', 1, 1, 1, 0, 0, v.* "
            f"FROM (VALUES {days}) v"
        )
    assert total(db, Query(("orders",), *JANUARY)) == {"orders": 10}


def test_parts_of_a_huge_refund_are_whole(db: Database, sell: Callable[..., None]) -> None:
    """Their product is beyond 64 bits; the parts add up all the same."""
    for line, cents in (("a", 4_000_000_000_001), ("b", 5_000_000_000_002), ("c", 3)):
        sell("1", "2026-01-05 10:00:00", cents, line_id=line, sku=line)
    refund(db, "r", "1", "2026-01-06 10:00:00", 7_000_000_000_001, kind="return_refund")
    table = answer(db, Query(("refunds", "returned_units"), *JANUARY, ("sku",)))
    assert table["refunds"].sum() == 7_000_000_000_001
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT refund_cents, returned_units FROM fact_sku_day").fetchall()
    assert {type(value) for row in rows for value in row} == {int}
