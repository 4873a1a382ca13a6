"""The mock platforms' orders are those of the export files, and they change as their clock moves."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample_data.generator.practice import write_shop
from sample_data.mock_platforms import CANARIES, ManualClock, MockPlatforms, Shop, serve
from tests.oracles.mock_platforms import expected_store, fewest_requests
from tests.support.mock_platform_calls import DAY, Douyin, Kuaishou, TikTok

UNTIL, DAYS, LINES = date(2025, 10, 31), 60, 1500
SHOP = Shop(orders=LINES, until=UNTIL, days=DAYS, tiktok_lines=None)
Figures = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockPlatforms]:
    with serve(SHOP, clock=ManualClock(SHOP.moment), rate=1e9) as running:
        yield running


@pytest.fixture
def own() -> Iterator[MockPlatforms]:
    """Mock platforms whose time a test may move."""
    with serve(SHOP, clock=ManualClock(SHOP.moment), rate=1e9) as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The truth of the export files with the same seed."""
    folder: Path = tmp_path_factory.mktemp("files")
    return write_shop(folder, orders=LINES, until=UNTIL, days=DAYS).as_json()


def without_zeros(figures: Figures) -> Figures:
    return {name: row for name, row in figures.items() if any(row.values())}


def test_douyin_figures_are_those_of_the_files(mock: MockPlatforms, files: dict[str, Any]) -> None:
    truth = expected_store(mock, "douyin_shop")
    for cut in ("by_day", "by_sku"):
        assert truth[cut] == without_zeros(files["CNY"][cut])
    assert truth["total"] == files["CNY"]["total"]


def test_tiktok_figures_are_those_of_the_files(mock: MockPlatforms, files: dict[str, Any]) -> None:
    truth = expected_store(mock, "tiktok_shop")
    assert truth["by_sku"] == without_zeros(files["USD"]["by_sku"])
    assert truth["total"] == files["USD"]["total"]
    # The file does not give the day of a partial refund, and has it on the day of the payment.
    for item in ("gmv", "orders", "units", "refunds_by_order", "platform_discounts"):
        mine = {day: row[item] for day, row in truth["by_day"].items() if row[item]}
        assert mine == {day: row[item] for day, row in files["USD"]["by_day"].items() if row[item]}


def window(mock: MockPlatforms) -> tuple[int, int]:
    now = int(mock.clock.now())
    return now - 80 * DAY, now + 1


def test_douyin_pages_equal_the_truth(mock: MockPlatforms) -> None:
    truth = expected_store(mock, "douyin_shop")
    numbers: Counter[str] = Counter()
    for order in Douyin(mock, "douyin_shop").orders(*window(mock), size=37):
        numbers[order["order_id"]] += 1
        right = truth["orders"][order["order_id"]]
        assert order["update_time"] == right["updated_at"]
        assert order["pay_time"] == right["paid_at"]
        skus = order["sku_order_list"]
        assert {sku["order_id"] for sku in skus} == set(right["lines"])
        assert order["pay_amount"] == sum(sku["pay_amount"] for sku in skus)
        for sku in skus:
            line = right["lines"][sku["order_id"]]
            assert (sku["given_product_type"] == "FREE") == line["is_gift"]
            assert (sku["code"], sku["item_num"]) == (line["sku"], line["quantity"])
            assert sku["sum_amount"] == line["list_cents"]
            paid = sku["pay_amount"] - sku["post_amount"] - sku["promotion_pay_amount"]
            assert paid == line["buyer_paid_cents"]
            borne = sku["platform_cost_amount"] + sku["promotion_pay_amount"]
            assert borne == line["platform_discount_cents"]
    assert set(numbers) == set(truth["orders"]) and set(numbers.values()) == {1}


def test_douyin_refunds_equal_the_truth(mock: MockPlatforms) -> None:
    truth, caller, stored = expected_store(mock, "douyin_shop"), Douyin(mock, "douyin_shop"), {}
    start, end = window(mock)
    page, more = 0, True
    while more:
        data = caller.call(
            "afterSale.List",
            page=page,
            size=50,
            update_start_time=start,
            update_end_time=end,
            order_by=["update_time asc"],
        )["data"]
        stored |= {item["aftersale_info"]["aftersale_id"]: item for item in data["items"]}
        page, more = page + 1, data["has_more"]
    assert set(stored) == set(truth["refunds"])
    for number, item in stored.items():
        info, right = item["aftersale_info"], truth["refunds"][number]
        assert item["order_info"]["shop_order_id"] == right["order_id"]
        assert (info["refund_status"] == 3) == (right["refunded_at"] > 0)
        if right["refunded_at"]:
            assert info["aftersale_status_to_final_time"] == right["refunded_at"]
            goods = info["refund_amount"] - info["refund_post_amount"]
            assert (goods, info["refund_post_amount"]) == (right["amount_cents"], right["shipping_cents"])
    some = next(number for number, right in truth["refunds"].items() if right["amount_cents"])
    detail = caller.call("afterSale.Detail", after_sale_id=some)["data"]["process_info"]
    money = detail["after_sale_info"]
    assert money["refund_time"] == truth["refunds"][some]["refunded_at"]
    assert money["real_refund_amount"] == sum(
        truth["refunds"][some][name] for name in ("amount_cents", "shipping_cents")
    )


def test_kuaishou_pages_equal_the_truth(mock: MockPlatforms) -> None:
    truth, caller = expected_store(mock, "kuaishou_shop"), Kuaishou(mock, "kuaishou_shop")
    numbers: Counter[str] = Counter()
    for record in caller.orders(*window(mock)):
        base, item = record["orderBaseInfo"], record["orderItemInfo"]
        numbers[str(base["oid"])] += 1
        [line] = truth["orders"][str(base["oid"])]["lines"].values()
        assert (item["skuNick"], item["num"]) == (line["sku"], line["quantity"])
        assert item["originalPrice"] * item["num"] == line["list_cents"]
        paid = base["totalFee"] - base["expressFee"] - base["payChannelDiscount"]
        assert paid == line["buyer_paid_cents"]
        assert base["payChannelDiscount"] == line["platform_discount_cents"]
    assert set(numbers) == set(truth["orders"]) and set(numbers.values()) == {1}
    refunds = {str(item["refundId"]): item for item in caller.refunds(*window(mock))}
    assert set(refunds) == set(truth["refunds"])
    for number, record in refunds.items():
        given = record["status"] == 60 and record["handlingWay"] in (1, 10) and record["refundFee"] > 0
        assert given == (truth["refunds"][number]["refunded_at"] > 0)


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def test_tiktok_pages_equal_the_truth(mock: MockPlatforms) -> None:
    truth, caller = expected_store(mock, "tiktok_shop"), TikTok(mock, "tiktok_shop")
    numbers: Counter[str] = Counter()
    for record in caller.orders(*window(mock), size=7):
        numbers[record["id"]] += 1
        pieces: dict[str, Counter[str]] = defaultdict(Counter)
        for item in record["line_items"]:
            money = {
                name: cents(item[name]) for name in ("original_price", "sale_price", "platform_discount")
            }
            pieces[item["seller_sku"]].update({"quantity": 1, **money})
        for line in truth["orders"][record["id"]]["lines"].values():
            mine = pieces[line["sku"]]
            assert mine["quantity"] == line["quantity"]
            assert mine["original_price"] == line["list_cents"]
            assert mine["sale_price"] == line["buyer_paid_cents"]
            assert mine["platform_discount"] == line["platform_discount_cents"]
    assert set(numbers) == set(truth["orders"]) and set(numbers.values()) == {1}
    stored = {}
    for kind, name, key in (
        ("returns", "return_orders", "return_id"),
        ("cancellations", "cancellations", "cancel_id"),
    ):
        path = f"/return_refund/202602/{kind}/search"
        for record in caller.pages(path, name, {}, page_size="3", sort_field="update_time"):
            over = record.get("return_status", record.get("cancel_status", "")).endswith("COMPLETE")
            stored[record[key]] = cents(record["refund_amount"]["refund_total"]) if over else 0
    assert stored == {key: item["amount_cents"] for key, item in truth["refunds"].items()}


def test_there_is_something_of_everything(mock: MockPlatforms) -> None:
    truth = expected_store(mock, "douyin_shop")
    orders = truth["orders"].values()
    lines = [line for order in orders for line in order["lines"].values()]
    assert any(not order["paid_at"] for order in orders)
    assert any(sum(not line["is_gift"] for line in order["lines"].values()) >= 2 for order in orders)
    assert any(line["is_gift"] and not line["list_cents"] for line in lines)
    assert {line["status"] for line in lines} >= {"paid", "shipped", "completed", "cancelled"}
    refunds = truth["refunds"].values()
    paid = {number: line["buyer_paid_cents"] for order in orders for number, line in order["lines"].items()}
    assert any(0 < refund["amount_cents"] < paid[refund["line_id"]] for refund in refunds)


def test_orders_change_and_come_in_as_time_passes(own: MockPlatforms) -> None:
    caller = Douyin(own, "douyin_shop")
    before, start = expected_store(own, "douyin_shop"), int(own.clock.now()) + 1
    own.advance(days=4)
    after, now = expected_store(own, "douyin_shop"), int(own.clock.now())
    changed = {item["order_id"]: item for item in caller.orders(start, now + 1)}
    new = set(after["orders"]) - set(before["orders"])
    touched = {number for number, item in after["orders"].items() if item["updated_at"] >= start}
    assert set(changed) == touched and new < touched
    for number in before["orders"].keys() - touched:
        assert before["orders"][number] == after["orders"][number]
    assert after["total"]["refunds"] > before["total"]["refunds"]
    assert after["total"]["orders"] > before["total"]["orders"]
    later = {
        status
        for item in touched
        for line in after["orders"][item]["lines"].values()
        for status in [line["status"]]
    }
    assert later >= {"paid", "shipped", "completed", "cancelled"}


def test_now_and_then_a_line_vanishes_from_its_order(own: MockPlatforms) -> None:
    gone = set()
    before = expected_store(own, "douyin_shop")["orders"]
    for _ in range(20):
        own.advance(hours=12)
        after = expected_store(own, "douyin_shop")["orders"]
        gone |= {
            number for number, item in before.items() if set(item["lines"]) - set(after[number]["lines"])
        }
        before = after
    assert 1 <= len(gone) < len(before) / 50


def test_an_order_that_changes_while_pages_are_read_shifts_the_rest(own: MockPlatforms) -> None:
    caller, (start, end) = Douyin(own, "douyin_shop"), window(own)
    request = {
        "size": 10,
        "order_by": "update_time",
        "order_asc": True,
        "update_time_start": start,
        "update_time_end": end,
    }
    first = caller.call("order.searchList", page=0, **request)["data"]
    second = caller.call("order.searchList", page=1, **request)["data"]
    own.advance(seconds=5)
    history = own.shops.douyin.orders
    place = next(
        n for n, item in history.known() if str(item.number) == first["shop_order_list"][0]["order_id"]
    )
    history.at(int(own.clock.now()))
    history.change(place)
    again = caller.call("order.searchList", page=1, **request)["data"]
    assert int(again["total"]) == int(first["total"]) - 1
    ids = [[item["order_id"] for item in data["shop_order_list"]] for data in (second, again)]
    assert ids[1][:-1] == ids[0][1:]


def test_every_personal_field_contains_a_canary(mock: MockPlatforms) -> None:
    start, end = window(mock)
    order = next(Douyin(mock, "douyin_shop").orders(start, end))
    for name in (
        "post_receiver",
        "post_tel",
        "encrypt_post_receiver",
        "encrypt_post_tel",
        "mask_post_receiver",
        "mask_post_tel",
        "doudian_open_id",
        "user_nick_name",
        "user_icon",
    ):
        assert any(canary.search(order[name]) for canary in CANARIES), name
    other = next(Kuaishou(mock, "kuaishou_shop").orders(start, end))
    texts = [*other["orderAddress"].items(), *other["orderBaseInfo"].items()]
    personal = ("buyer", "encrypted", "desensitise", "remark")
    for name, text in texts:
        if name.startswith(personal):
            assert any(canary.search(text) for canary in CANARIES), name
    tiktok_order = next(TikTok(mock, "tiktok_shop").orders(start, end))
    for name in ("user_id", "buyer_email", "buyer_nickname"):
        assert any(canary.search(tiktok_order[name]) for canary in CANARIES), name
    assert any(canary.search(json.dumps(tiktok_order["recipient_address"])) for canary in CANARIES)


def test_thousands_of_orders_take_no_more_requests_than_ideal() -> None:
    shop = Shop(orders=5_000, until=UNTIL, days=80)
    with serve(shop, clock=ManualClock(shop.moment), rate=1e9) as mock:
        start, end = window(mock)
        stored = sum(1 for _ in Douyin(mock, "douyin_shop").orders(start, end))
        assert stored > 3_900
        assert mock.requests["douyin_shop"].total == fewest_requests(
            mock, "douyin_shop", "orders", start, end
        )
