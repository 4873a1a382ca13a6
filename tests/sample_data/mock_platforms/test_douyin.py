"""What the Douyin shop API refuses and how it answers."""

import json
from typing import Any

import pytest
import requests

from sample_data.mock_platforms import MockPlatforms
from tests.support.mock_platform_calls import DAY, Douyin


@pytest.fixture
def douyin(mock: MockPlatforms) -> Douyin:
    return Douyin(mock, "douyin_shop")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("app_key", "", (40001, "isv.app-id-missing")),
        ("app_key", "7", (40003, "isv.app-id-invalid")),
        ("timestamp", "", (40001, "isv.parameter-missing")),
        ("timestamp", "soon", (40003, "isv.timestamp-format-error")),
        ("timestamp", "1700000000", (40003, "isv.timestamp-invalid")),
        ("v", "1", (40003, "isv.parameter-format-invalid")),
        ("sign", "", (40001, "isv.signature-missing")),
        ("sign", "0" * 64, (40003, "isv.signature-invalid")),
        ("sign_method", "sha1", (40003, "isv.parameter-format-invalid")),
        ("access_token", "", (40001, "isv.access-token-missing")),
        ("access_token", "nobody", (40003, "isv.access-token-no-existed")),
        ("method", "order.list", (40003, "isv.parameter-format-invalid")),
    ],
)
def test_douyin_checks_common_parameters(
    douyin: Douyin, name: str, value: str, code: tuple[int, str]
) -> None:
    query = douyin.query("order.searchList", b"{}") | {name: value}
    answer = douyin.send("order.searchList", b"{}", query)
    assert answer.status_code == 200
    assert (answer.json()["code"], answer.json()["sub_code"]) == code


def test_douyin_takes_text_timestamps_and_hides_old_codes_on_request(douyin: Douyin) -> None:
    body = b'{"page":0,"size":1,"create_time_start":%d}' % (douyin.now - DAY)
    body = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    query = douyin.query("order.searchList", body, timestamp="2025-10-31 23:59:00")
    answer = douyin.send("order.searchList", body, query).json()
    assert (answer["code"], answer["err_no"], answer["message"]) == (10000, 0, "success")
    url = f"{douyin.url}/order/searchList"
    new = {"x-open-no-old-err-code": "1"}
    answer = requests.post(url, params=query, data=body, headers=new, timeout=60).json()
    assert "err_no" not in answer


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page": None}, "isv.missing-parameter:20000"),
        ({"page": -1}, "isv.parameter-invalid:10035"),
        ({"size": 101}, "isv.parameter-invalid:20008"),
        ({"size": 0}, "isv.parameter-invalid:20008"),
        ({"update_time_start": None}, "isv.parameter-invalid:20011"),
        ({"order_by": "create_time"}, "isv.parameter-invalid:20011"),
        ({"update_time_start": 1_753_000_000}, "isv.parameter-invalid:20022"),
        ({"combine_status": [{"order_status": "2"}, {}]}, "isv.parameter-invalid:20012"),
        ({"page": 501}, "isv.parameter-invalid:20013"),
        ({"size": "many"}, "isv.parameter-format-invalid"),
    ],
)
def test_douyin_checks_the_order_search(douyin: Douyin, change: dict[str, Any], code: str) -> None:
    body = {
        "page": 0,
        "size": 100,
        "order_by": "update_time",
        "order_asc": True,
        "update_time_start": douyin.now - DAY,
    } | change
    body = {name: value for name, value in body.items() if value is not None}
    assert douyin.call("order.searchList", **body)["sub_code"] == code


def test_douyin_refunds_by_update_want_their_order(douyin: Douyin) -> None:
    window = {"update_start_time": douyin.now - 9 * DAY, "update_end_time": douyin.now}
    answer = douyin.call("afterSale.List", page=0, size=10, **window)
    assert answer["sub_code"] == "isv.parameter-invalid:11000"
    window["order_by"] = ["update_time asc"]
    answer = douyin.call("afterSale.List", page=0, size=10, **window)
    assert answer["data"]["has_more"] and len(answer["data"]["items"]) == 10


@pytest.mark.parametrize("method", ["order.list", "comment.list", "token.delete"])
def test_douyin_does_not_know_other_methods(douyin: Douyin, method: str) -> None:
    answer = douyin.call(method)
    assert (answer["code"], answer["sub_code"]) == (70000, "isp.api-service-off")


def test_douyin_empty_page_after_the_last(douyin: Douyin) -> None:
    window = {"create_time_start": douyin.now - 80 * DAY}
    data = douyin.call("order.searchList", page=400, size=100, **window)["data"]
    assert data["shop_order_list"] == [] and int(data["total"]) > 400


def test_douyin_tokens_are_issued_refreshed_and_end(own: MockPlatforms) -> None:
    douyin = Douyin(own, "douyin_shop")
    shop_id = douyin.keys["shop_id"]

    def token(method: str, **body: str) -> dict[str, Any]:
        data = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        return douyin.send(method, data, douyin.query(method, data, access_token="")).json()

    created = token("token.create", code="", grant_type="authorization_self", shop_id=shop_id)["data"]
    douyin.keys["access_token"] = created["access_token"]
    assert int(created["expires_in"]) == 7 * DAY
    assert douyin.call("product.listV2", page=1, size=1)["code"] == 10000
    own.advance(days=7, seconds=1)
    assert douyin.call("product.listV2", page=1, size=1)["sub_code"] == "isv.access-token-expired"
    new = token("token.refresh", grant_type="refresh_token", refresh_token=created["refresh_token"])
    douyin.keys["access_token"] = new["data"]["access_token"]
    assert douyin.call("product.listV2", page=1, size=1)["code"] == 10000
    again = token("token.refresh", grant_type="refresh_token", refresh_token=created["refresh_token"])
    assert again["sub_code"] == "isv.business-failed:31009"
    other = token("token.create", code="", grant_type="authorization_self", shop_id="1")
    assert other["sub_code"] == "dop.token-generate-failed:no-authorization"
    assert token("token.create", grant_type="authorization_self")["code"] == 40002


def test_a_crash_before_the_new_pair_is_stored_locks_nobody_out(own: MockPlatforms) -> None:
    tokens = own.platforms["douyin_shop"].tokens
    first = tokens.issue()
    assert tokens.refresh(first.refresh) and tokens.use(first.access).value == "good"
    new = tokens.refresh(first.refresh)
    assert new and tokens.use(new.access).value == "good"
    assert tokens.use(first.access).value == "expired"
    assert tokens.refresh(first.refresh) is None


def test_douyin_stock_is_set_or_changed_once(own: MockPlatforms) -> None:
    douyin = Douyin(own, "douyin_shop")
    product = douyin.call("product.listV2", page=1, size=1)["data"]["data"][0]["product_id"]
    sku = douyin.call("sku.list", product_id=product)["data"][0]
    what = {"product_id": product, "sku_id": sku["id"]}

    def stock() -> int:
        return int(douyin.call("sku.list", product_id=product)["data"][0]["stock_num"])

    assert douyin.call("sku.syncStock", stock_num=7, incremental=False, **what)["code"] == 10000
    assert stock() == 7
    delta = {"stock_num": -2, "incremental": True, "idempotent_id": "a1", **what}
    assert douyin.call("sku.syncStock", **delta)["code"] == 10000
    assert douyin.call("sku.syncStock", **delta)["sub_code"] == "isv.idempotent-id-existed"
    assert stock() == 5


# --- Kuaishou shop -------------------------------------------------------------------------------
