"""The fixed signature vectors of the platforms' documents, and what happens to changed bytes."""

import base64
import json
from collections.abc import Iterator
from datetime import date

import pytest
import requests

from sample_data.mock_platforms import ManualClock, MockPlatforms, Shop, serve
from sample_data.mock_platforms.douyin import gateway
from sample_data.mock_platforms.kuaishou import gateway as kuaishou_shop
from sample_data.mock_platforms.tiktok import gateway as tiktok_shop
from tests.support.mock_platform_calls import Douyin, Kuaishou, TikTok

AT = 1_700_000_000
DOUYIN = {"app_key": "3409409348479354011", "app_secret": "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"}
DOUYIN_BODY = (
    '{"create_time_end":1699999999,"create_time_start":1699913600,"order_asc":true,'
    '"order_by":"create_time","page":0,"product":"手工陶杯 & <礼盒>","size":100}'
).encode()
DOUYIN_SIGN = "9a2788f85396a1def72e2fa82e6e52a7d29da4bbe9990c2e6e0b6e5ca2d9c5d4"
DOUYIN_MD5 = "52a90ec0fd3118d133011a359f4cd908"
KUAISHOU = {"app_key": "ks123456789012345678", "sign_secret": "sign-secret", "access_token": "token-abc"}
KUAISHOU_PARAM = (
    '{"orderViewStatus":1,"pageSize":50,"sort":1,"queryType":1,"beginTime":1700000000000,'
    '"endTime":1700086400000,"cpsType":0,"cursor":""}'
)
TIKTOK = {
    "app_key": "6abcdefg",
    "app_secret": "app_secret",
    "shop_cipher": "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3",
}
TIKTOK_BODY = b'{"update_time_ge":1699913600,"update_time_lt":1700000000}'


@pytest.fixture(scope="module")
def mock() -> Iterator[MockPlatforms]:
    """A small shop at the moment of the vectors, with the vectors' keys."""
    shop = Shop(orders=400, until=date(2023, 11, 14), days=20)
    apps = {"douyin_shop": DOUYIN, "kuaishou_shop": KUAISHOU, "tiktok_shop": TIKTOK}
    with serve(shop, clock=ManualClock(AT), rate=1e9, apps=apps) as running:
        yield running


def douyin_query(mock: MockPlatforms, **change: str) -> dict[str, str]:
    return {
        "app_key": DOUYIN["app_key"],
        "method": "order.searchList",
        "timestamp": str(AT),
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": DOUYIN_SIGN,
        "access_token": mock.credentials("douyin_shop")["access_token"],
        **change,
    }


def call_douyin(mock: MockPlatforms, body: bytes = DOUYIN_BODY, **change: str) -> tuple[int, str]:
    url = mock.url("douyin_shop") + "/order/searchList"
    answer = requests.post(url, params=douyin_query(mock, **change), data=body, timeout=60).json()
    return answer["code"], answer["sub_code"]


def test_douyin_vectors_are_accepted_over_the_wire(mock: MockPlatforms) -> None:
    assert call_douyin(mock) == (10000, "")
    assert call_douyin(mock, sign_method="md5", sign=DOUYIN_MD5) == (10000, "")
    assert call_douyin(mock, sign_method="", sign=DOUYIN_MD5)[1] == ("isv.parameter-format-invalid")


def test_other_douyin_vectors() -> None:
    body = b'{"code":"","grant_type":"authorization_self","shop_id":"323423"}'
    right = "7b0cdedce0ebccfa1b754102d5e385a949746e77dccb8f1102de54ae1aeecebe"
    keys = DOUYIN["app_key"], DOUYIN["app_secret"]
    assert gateway.sign(*keys, "token.create", body, str(AT), "hmac-sha256") == right
    body = '{"a":[3,{"a":1,"b":2}],"nested":{"a":true,"汉":"<&"},"z":1}'.encode()
    right = "cfb0c61c20926f758e13f4bd3d59a0de0e22f3c6059f1045cae36e6cea2bd417"
    other = ("1234567890123456789", "contract-app-secret", "order.searchList")
    assert gateway.sign(*other, body, "1667899926", "hmac-sha256") == right


@pytest.mark.parametrize("at", [0, 20, 100, len(DOUYIN_BODY) - 1])
def test_a_changed_byte_of_a_douyin_body_is_rejected(mock: MockPlatforms, at: int) -> None:
    changed = DOUYIN_BODY[:at] + bytes([DOUYIN_BODY[at] ^ 1]) + DOUYIN_BODY[at + 1 :]
    assert call_douyin(mock, changed) == (40003, "isv.signature-invalid")


def test_other_json_of_the_same_meaning_is_rejected(mock: MockPlatforms) -> None:
    caller = Douyin(mock, "douyin_shop")
    loose = json.dumps(json.loads(DOUYIN_BODY)).encode()
    query = caller.query("order.searchList", loose)
    answer = caller.send("order.searchList", loose, query).json()
    assert answer["sub_code"] == "isv.signature-invalid"


def test_json_with_escaped_characters_is_accepted(mock: MockPlatforms) -> None:
    caller = Douyin(mock, "douyin_shop")
    value = json.loads(DOUYIN_BODY)
    ascii_only = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    query = caller.query("order.searchList", ascii_only)
    assert caller.send("order.searchList", ascii_only, query).json()["code"] == 10000


def call_kuaishou(mock: MockPlatforms, **change: str) -> dict[str, object]:
    query = {
        "appkey": KUAISHOU["app_key"],
        "access_token": "token-abc",
        "version": "1",
        "method": "open.order.cursor.list",
        "param": KUAISHOU_PARAM,
        "signMethod": "MD5",
        "timestamp": f"{AT}000",
        "sign": "351e639e87b2819eba4c5961c64dd8bb",
        **change,
    }
    url = mock.url("kuaishou_shop") + "/open/order/cursor/list"
    answer: dict[str, object] = requests.get(url, params=query, timeout=60).json()
    return answer


def test_kuaishou_vectors_are_accepted_over_the_wire(mock: MockPlatforms) -> None:
    assert call_kuaishou(mock)["result"] == 1
    hmac = {"signMethod": "HMAC_SHA256", "sign": "5TUU2pFjBHOqAycHzIbbs7TuyJjoUYAijmPDGQZTQo0="}
    assert call_kuaishou(mock, **hmac)["result"] == 1
    as_hex = base64.b64decode(hmac["sign"]).hex()
    assert call_kuaishou(mock, **hmac | {"sign": as_hex})["result"] == 802001


@pytest.mark.parametrize(
    "change",
    [
        {"param": KUAISHOU_PARAM.replace("50", "49")},
        {"param": KUAISHOU_PARAM.replace(",", ", ")},
        {"timestamp": f"{AT}001"},
        {"signMethod": "HMAC_SHA256"},
        {"sign": "351e639e87b2819eba4c5961c64dd8bc"},
    ],
)
def test_a_changed_kuaishou_parameter_is_rejected(mock: MockPlatforms, change: dict[str, str]) -> None:
    assert call_kuaishou(mock, **change)["result"] == 802001


def call_tiktok(mock: MockPlatforms, body: bytes = TIKTOK_BODY, **change: str) -> requests.Response:
    query = {
        "app_key": TIKTOK["app_key"],
        "page_size": "50",
        "shop_cipher": TIKTOK["shop_cipher"],
        "sort_field": "update_time",
        "sort_order": "ASC",
        "timestamp": str(AT),
        "sign": "4ea0a4b952eed7dbda781c02526915c2b3d086f515f776e2d20a568a38793ed3",
        **change,
    }
    token = mock.credentials("tiktok_shop")["access_token"]
    headers = {"content-type": "application/json", "x-tts-access-token": token}
    url = mock.url("tiktok_shop") + "/order/202309/orders/search"
    return requests.post(url, params=query, data=body, headers=headers, timeout=60)


def test_tiktok_vectors(mock: MockPlatforms) -> None:
    assert call_tiktok(mock).json()["code"] == 0
    query = {
        "app_key": "6abcdefg",
        "end_date_lt": "2023-11-15",
        "page_size": "20",
        "shop_cipher": TIKTOK["shop_cipher"],
        "start_date_ge": "2023-11-01",
        "timestamp": str(AT),
    }
    path, right = (
        "/analytics/202509/shop_lives/performance",
        "2942afb7ed23bd8659f009349fefbcc2aca0ff1450925df2117f8134417a07e3",
    )
    assert tiktok_shop.sign(path, query, b"", "app_secret") == right
    right = "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"
    assert tiktok_shop.sign("/test-api", {"foo": "bar"}, b"", "app_secret") == right


def test_a_changed_tiktok_byte_is_rejected(mock: MockPlatforms) -> None:
    spaced = TIKTOK_BODY.replace(b",", b", ")
    for answer in (call_tiktok(mock, spaced), call_tiktok(mock, page_size="49")):
        assert (answer.status_code, answer.json()["code"]) == (401, 106001)


def test_signers_agree_with_callers(mock: MockPlatforms) -> None:
    """The hand-signed calls of the other tests are those of the vectors."""
    douyin = Douyin(mock, "douyin_shop")
    assert douyin.query("order.searchList", DOUYIN_BODY)["sign"] == DOUYIN_SIGN
    kuaishou = Kuaishou(mock, "kuaishou_shop")
    query = kuaishou.query("open.order.cursor.list", "{}")
    assert query["sign"] == kuaishou_shop.sign(query, "sign-secret")
    tiktok = TikTok(mock, "tiktok_shop")
    query = tiktok.query("/a/b", b"{}")
    assert query["sign"] == tiktok_shop.sign("/a/b", query, b"{}", "app_secret")
