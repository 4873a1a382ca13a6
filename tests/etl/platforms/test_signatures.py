"""Signatures: the fixed vectors, and a few hundred random requests against independent signers."""

import json
import random
import string
from typing import Any

import pytest

from etl.http.client import Call
from etl.platforms.base import Keys
from etl.platforms.douyin_shop import connector as douyin_shop
from etl.platforms.kuaishou_shop import connector as kuaishou_shop
from etl.platforms.tiktok_shop import connector as tiktok_shop

DOUYIN_KEY, DOUYIN_SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
ORDERS = {
    "size": 100,
    "page": 0,
    "product": "手工陶杯 & <礼盒>",
    "order_by": "create_time",
    "order_asc": True,
    "create_time_start": 1699913600,
    "create_time_end": 1699999999,
}


def test_a_douyin_order_search_is_signed_as_the_vector():
    body = douyin_shop.canonical(ORDERS)
    assert body == (
        '{"create_time_end":1699999999,"create_time_start":1699913600,"order_asc":true,'
        '"order_by":"create_time","page":0,"product":"手工陶杯 & <礼盒>","size":100}'
    )
    signed = douyin_shop.signature(DOUYIN_SECRET, DOUYIN_KEY, "order.searchList", body, "1700000000")
    assert signed == "9a2788f85396a1def72e2fa82e6e52a7d29da4bbe9990c2e6e0b6e5ca2d9c5d4"


def test_a_douyin_token_call_is_signed_as_the_vector():
    body = douyin_shop.canonical({"code": "", "grant_type": "authorization_self", "shop_id": "323423"})
    signed = douyin_shop.signature(DOUYIN_SECRET, DOUYIN_KEY, "token.create", body, "1700000000")
    assert signed == "7b0cdedce0ebccfa1b754102d5e385a949746e77dccb8f1102de54ae1aeecebe"


def test_the_public_third_party_vector_of_douyin():
    body = douyin_shop.canonical({"z": 1, "a": [3, {"b": 2, "a": 1}], "nested": {"汉": "<&", "a": True}})
    signed = douyin_shop.signature(
        "contract-app-secret", "1234567890123456789", "order.searchList", body, "1667899926"
    )
    assert signed == "cfb0c61c20926f758e13f4bd3d59a0de0e22f3c6059f1045cae36e6cea2bd417"


def test_douyin_signs_the_very_bytes_that_it_sends():
    keys = Keys({"app_key": DOUYIN_KEY, "app_secret": DOUYIN_SECRET}, "token-1")
    request = douyin_shop.signed(Call("POST", "", "order.searchList", data=ORDERS), keys, 1700000000.9)
    query = dict(request.query)
    assert request.path == "/order/searchList"
    assert query["sign"] == "9a2788f85396a1def72e2fa82e6e52a7d29da4bbe9990c2e6e0b6e5ca2d9c5d4"
    assert query["access_token"] == "token-1"
    assert request.body is not None and request.body.decode() == douyin_shop.canonical(ORDERS)


KUAISHOU = {
    "access_token": "token-abc",
    "appkey": "ks123456789012345678",
    "method": "open.order.cursor.list",
    "timestamp": "1700000000000",
    "version": "1",
    "param": '{"orderViewStatus":1,"pageSize":50,"sort":1,"queryType":1,"beginTime":1700000000000,'
    '"endTime":1700086400000,"cpsType":0,"cursor":""}',
}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("MD5", "351e639e87b2819eba4c5961c64dd8bb"),
        ("HMAC_SHA256", "5TUU2pFjBHOqAycHzIbbs7TuyJjoUYAijmPDGQZTQo0="),
    ],
)
def test_kuaishou_signs_as_the_vector_by_both_methods(method: str, expected: str):
    result = kuaishou_shop.signature("sign-secret", KUAISHOU | {"signMethod": method}, method)
    assert result == expected


CIPHER = "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3"


def test_a_tiktok_order_search_is_signed_as_the_vector():
    query = {
        "app_key": "6abcdefg",
        "page_size": "50",
        "shop_cipher": CIPHER,
        "sort_field": "update_time",
        "sort_order": "ASC",
        "timestamp": "1700000000",
    }
    body = '{"update_time_ge":1699913600,"update_time_lt":1700000000}'
    signed = tiktok_shop.signature("app_secret", "/order/202309/orders/search", query, body)
    assert signed == "4ea0a4b952eed7dbda781c02526915c2b3d086f515f776e2d20a568a38793ed3"


def test_a_tiktok_analytics_question_is_signed_as_the_vector():
    query = {
        "app_key": "6abcdefg",
        "end_date_lt": "2023-11-15",
        "page_size": "20",
        "shop_cipher": CIPHER,
        "start_date_ge": "2023-11-01",
        "timestamp": "1700000000",
    }
    path = "/analytics/202509/shop_lives/performance"
    assert tiktok_shop.signature("app_secret", path, query, "") == (
        "2942afb7ed23bd8659f009349fefbcc2aca0ff1450925df2117f8134417a07e3"
    )


def test_the_public_clients_own_vector_of_tiktok():
    assert tiktok_shop.signature("app_secret", "/test-api", {"foo": "bar"}, "") == (
        "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"
    )


def test_sign_and_access_token_are_not_signed():
    with_them = {"foo": "bar", "sign": "x", "access_token": "y"}
    assert tiktok_shop.signature("s", "/p", with_them, "") == tiktok_shop.signature(
        "s", "/p", {"foo": "bar"}, ""
    )


# --- independent signers, where they are installed -----------------------------------------------

CHARACTERS = string.ascii_letters + string.digits + " &<>/=+?%\"'\\手作杯子釉。😀"


def some_text(jitter: random.Random) -> str:
    return "".join(jitter.choices(CHARACTERS, k=jitter.randint(0, 12)))


def some_parameters(jitter: random.Random, depth: int = 2) -> dict[str, Any]:
    def value() -> Any:
        kind = jitter.randrange(6 if depth else 4)
        if kind == 4:
            return some_parameters(jitter, depth - 1)
        if kind == 5:
            return [jitter.randrange(9), some_text(jitter)]
        return (jitter.randrange(10**19), some_text(jitter), jitter.random() < 0.5, -jitter.randrange(9))[
            kind
        ]

    return {some_text(jitter) or "a": value() for _ in range(jitter.randint(0, 6))}


def test_douyin_agrees_with_an_independent_signer():
    core = pytest.importorskip("doudian.core")
    jitter = random.Random(1)
    for _ in range(300):
        signer = core.DouDian.__new__(core.DouDian)
        signer._app_key, signer._app_secret = str(jitter.randrange(10**18)), some_text(jitter) or "s"
        signer._version = 2
        body, moment = douyin_shop.canonical(some_parameters(jitter)), str(jitter.randrange(10**10))
        ours = douyin_shop.signature(signer._app_secret, signer._app_key, "a.b", body, moment)
        assert ours == signer._sign("a.b", body, moment)


def test_kuaishou_agrees_with_an_independent_signer(capsys: pytest.CaptureFixture[str]):
    base = pytest.importorskip("ks_shop_api.base")
    jitter = random.Random(2)
    for _ in range(300):
        secret = some_text(jitter) or "s"
        value = {
            "param": json.dumps(some_parameters(jitter), ensure_ascii=False),
            "appkey": some_text(jitter),
            "timestamp": str(jitter.randrange(10**13)),
            "signMethod": "MD5",
            "version": "1",
        }
        assert kuaishou_shop.signature(secret, value, "MD5") == base.sign(secret, value)


def test_tiktok_agrees_with_an_independent_signer():
    signer = pytest.importorskip("tiktok_shop_api.signing").Signer
    jitter = random.Random(3)
    for _ in range(300):
        query = {some_text(jitter) or "q": some_text(jitter) for _ in range(jitter.randint(0, 6))}
        body = json.dumps(some_parameters(jitter), ensure_ascii=False) if jitter.random() < 0.5 else ""
        theirs = signer.sign(
            path="/a/b",
            query=list(query.items()),
            content_type="application/json",
            body=body or None,
            app_secret="secret",
        )
        assert tiktok_shop.signature("secret", "/a/b", query, body) == theirs
