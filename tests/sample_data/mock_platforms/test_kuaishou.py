"""What the Kuaishou shop API refuses and how it answers."""

from typing import Any

import pytest
import requests

from sample_data.mock_platforms import MockPlatforms
from tests.support.mock_platform_calls import DAY, Kuaishou


@pytest.fixture
def kuaishou(mock: MockPlatforms) -> Kuaishou:
    return Kuaishou(mock, "kuaishou_shop")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"endTime": 8}, "endTime无效"),
        ({"beginTime": -91}, "beginTime无效"),
        ({"pageSize": 51}, "pageSize无效"),
        ({"orderViewStatus": 8}, "orderViewStatus无效"),
        ({"cursor": None}, "cursor无效"),
        ({"cursor": "2"}, "cursor无效"),
    ],
)
def test_kuaishou_checks_the_order_list(kuaishou: Kuaishou, change: dict[str, Any], message: str) -> None:
    now = kuaishou.now
    param = {
        "orderViewStatus": 1,
        "pageSize": 50,
        "sort": 2,
        "queryType": 2,
        "cpsType": 0,
        "beginTime": (now - 7 * DAY) * 1000,
        "endTime": now * 1000,
        "cursor": "",
    }
    for name, value in change.items():
        days = name.endswith("Time")
        param[name] = (now - 7 * DAY + value * DAY) * 1000 if days else value
    answer = kuaishou.call("open.order.cursor.list", **param)
    assert (answer["result"], answer["code"]) == (2001, "807000")
    assert answer["sub_msg"] == message


def test_kuaishou_refund_windows_are_one_day(kuaishou: Kuaishou) -> None:
    param = {"type": 9, "pageSize": 100, "currentPage": 1, "pcursor": "", "queryType": 2}
    for seconds, result in ((DAY, 1), (DAY + 1, 2001)):
        window = {"beginTime": (kuaishou.now - seconds) * 1000, "endTime": kuaishou.now * 1000}
        answer = kuaishou.call("open.seller.order.refund.pcursor.list", **param, **window)
        assert answer["result"] == result


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({"appkey": "ks1"}, 100200101),
        ({"version": "2"}, 100200100),
        ({"signMethod": "SHA1"}, 100200100),
        ({"timestamp": "1700000000000"}, 802002),
        ({"access_token": "nobody"}, 100200102),
    ],
)
def test_kuaishou_checks_system_parameters(kuaishou: Kuaishou, change: dict[str, str], result: int) -> None:
    query = kuaishou.query("open.order.detail", '{"oid":1}', **change)
    answer = requests.get(f"{kuaishou.url}/open/order/detail", params=query, timeout=60).json()
    assert answer["result"] == result and "data" not in answer


def test_kuaishou_refresh_leaves_both_access_tokens_good(own: MockPlatforms) -> None:
    kuaishou = Kuaishou(own, "kuaishou_shop")
    keys, url = kuaishou.keys, kuaishou.url

    def token(method: str, path: str, **more: str) -> dict[str, Any]:
        given = {"app_id": keys["app_key"], "app_secret": keys["app_secret"], **more}
        where = {"params": given} if method == "GET" else {"data": given}
        return requests.request(method, url + path, timeout=60, **where).json()  # type: ignore

    first = token("GET", "/oauth2/access_token", code=keys["code"], grant_type="code")
    again = token("GET", "/oauth2/access_token", code=keys["code"], grant_type="code")
    assert (first["result"], again["result"]) == (1, 100200105)
    own.advance(days=1)
    old = {"refresh_token": first["refresh_token"], "grant_type": "refresh_token"}
    second = token("POST", "/oauth2/refresh_token", **old)
    assert second["refresh_token_expires_in"] == 179 * DAY
    for item in (first, second):
        kuaishou.keys["access_token"] = item["access_token"]
        assert kuaishou.call("open.item.list.get", pageNumber=1, pageSize=10)["result"] == 1
    own.advance(seconds=301)
    assert token("POST", "/oauth2/refresh_token", **old)["result"] == 100200102
    own.advance(days=2)
    answer = kuaishou.call("open.item.list.get", pageNumber=1, pageSize=10)
    assert answer["result"] == 100200102


def test_kuaishou_ids_are_large_and_pages_end_with_nomore(kuaishou: Kuaishou) -> None:
    orders = list(kuaishou.orders(kuaishou.now - 50 * DAY, kuaishou.now + 1))
    assert all(order["orderBaseInfo"]["oid"] > 2**53 for order in orders)
    assert all(order["orderBaseInfo"]["createTime"] > 10**12 for order in orders)


def test_kuaishou_stock_changes_by_a_delta(own: MockPlatforms) -> None:
    kuaishou = Kuaishou(own, "kuaishou_shop")
    [item, *_] = kuaishou.call("open.item.list.get", pageNumber=1, pageSize=10)["data"]["items"]
    what = {"kwaiItemId": item["kwaiItemId"]}
    sku = kuaishou.call("open.item.sku.list.get", skuStatus=1, **what)["data"][0]
    change = {"skuId": sku["skuId"], "skuChangeStock": 3, "changeType": 1, **what}
    assert kuaishou.call("open.item.sku.stock.update", **change)["result"] == 1
    after = kuaishou.call("open.item.sku.list.get", skuStatus=1, **what)["data"][0]
    assert after["skuStock"] == sku["skuStock"] + 3


def test_kuaishou_reviews(kuaishou: Kuaishou) -> None:
    data = kuaishou.call("open.comment.list.get", offset=0, limit=20)["data"]
    assert data["total"] > 0 and len(data["rootComment"]) == min(20, data["total"])
    assert kuaishou.call("open.comment.list.get", offset=0, limit=21)["sub_msg"] == "limit无效"


# --- TikTok Shop ---------------------------------------------------------------------------------
