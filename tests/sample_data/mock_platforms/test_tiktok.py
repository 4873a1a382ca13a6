"""What the TikTok Shop API refuses and how it answers."""

from typing import Any

import pytest
import requests

from sample_data.mock_platforms import MockPlatforms
from tests.support.mock_platform_calls import DAY, TikTok


@pytest.fixture
def tiktok(mock: MockPlatforms) -> TikTok:
    return TikTok(mock, "tiktok_shop")


SEARCH = "/order/202309/orders/search"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page_size": "51"}, 36009004),
        ({"page_size": "0"}, 36009004),
        ({"page_token": "AAAA"}, 36009004),
        ({"sort_order": "UP"}, 36009004),
        ({"shop_cipher": ""}, 36009005),
        ({"shop_cipher": "GCP_other"}, 36009005),
        ({"timestamp": "1700000000"}, 106002),
        ({"app_key": "other"}, 36009003),
    ],
)
def test_tiktok_checks_queries(tiktok: TikTok, change: dict[str, str], code: int) -> None:
    answer = tiktok.send(SEARCH, {}, **change)
    assert answer.status_code >= 400 and answer.json()["code"] == code
    assert set(answer.json()) == {"code", "message", "request_id"}


def test_tiktok_page_tokens_go_with_their_query(tiktok: TikTok) -> None:
    token = tiktok.send(SEARCH, {}, page_size="2").json()["data"]["next_page_token"]
    assert tiktok.send(SEARCH, {}, page_size="2", page_token=token).json()["code"] == 0
    other = {"create_time_ge": 1}
    answer = tiktok.send(SEARCH, other, page_size="2", page_token=token).json()
    assert answer["code"] == 36009004


def test_tiktok_last_page_may_be_empty(tiktok: TikTok) -> None:
    answer = list(tiktok.pages(SEARCH, "orders", {}, page_size="50"))
    exact = str(len(answer)) if len(answer) <= 50 else "1"
    first = tiktok.send(SEARCH, {}, page_size=exact).json()["data"]
    assert first["next_page_token"]
    empty = tiktok.send(SEARCH, {"create_time_lt": 1}, page_size="10").json()["data"]
    assert "orders" not in empty and empty["next_page_token"] == ""


def test_tiktok_unknown_paths_and_versions(tiktok: TikTok) -> None:
    for path in ("/order/202012/orders/search", "/product/1/comments"):
        answer = tiktok.send(path, {})
        assert (answer.status_code, answer.json()["message"]) == (403, "no schema found")


def test_tiktok_shops_want_no_cipher(tiktok: TikTok) -> None:
    path = "/authorization/202309/shops"
    shop = tiktok.send(path, shop_cipher="").json()["data"]["shops"][0]
    assert shop["cipher"] == tiktok.keys["shop_cipher"]
    assert tiktok.send(path).json()["code"] == 36009004


def test_tiktok_tokens(own: MockPlatforms) -> None:
    tiktok = TikTok(own, "tiktok_shop")
    keys = {"app_key": tiktok.keys["app_key"], "app_secret": tiktok.keys["app_secret"]}

    def token(kind: str, **more: str) -> dict[str, Any]:
        url = f"{tiktok.url}/api/v2/token/{kind}"
        return requests.get(url, params=keys | more, timeout=60).json()

    created = token("get", auth_code=tiktok.keys["code"], grant_type="authorized_code")["data"]
    assert created["access_token_expire_in"] == tiktok.now + 7 * DAY
    tiktok.keys["access_token"] = created["access_token"]
    assert tiktok.send(SEARCH, {}).json()["code"] == 0
    own.expire_tokens("tiktok_shop")
    answer = tiktok.send(SEARCH, {})
    assert (answer.status_code, answer.json()["code"]) == (401, 105002)
    refresh = {"grant_type": "refresh_token", "refresh_token": created["refresh_token"]}
    new = token("refresh", **refresh)["data"]
    assert new["access_token_expire_in"] == 7 * DAY  # the other form seen in the wild
    tiktok.keys["access_token"] = new["access_token"]
    assert tiktok.send(SEARCH, {}).json()["code"] == 0
    assert token("refresh", **refresh)["code"] == 36004004


def test_tiktok_live_sessions_have_two_shapes(tiktok: TikTok) -> None:
    days = {"start_date_ge": "2025-10-01", "end_date_lt": "2025-11-01"}
    path, name = "/analytics/{}/shop_lives/performance", "live_stream_sessions"
    assert tiktok.send(path.format(202609), None, **days).json()["code"] == 36009004
    old = list(tiktok.pages(path.format(202509), name, None, page_size="3", **days))
    new = list(tiktok.pages(path.format(202609), name, None, account_type="ALL", **days))
    assert [item["id"] for item in old] == [item["id"] for item in new]
    for item, other in zip(old, new, strict=True):
        assert "traffic" not in item
        assert item["interaction_performance"]["views"] == other["traffic"]["views"]
        assert item["sales_performance"]["gmv"] == other["sales_performance"]["live_gmv"]
    minutes = f"/analytics/202510/shop_lives/{old[0]['id']}/performance_per_minutes"
    views, token = 0, ""
    while True:
        data = tiktok.send(minutes, page_token=token).json()["data"]
        views += sum(item["traffic"]["views"] for item in data["performance"]["intervals"])
        if not (token := data.get("next_page_token", "")):
            break
    assert views == old[0]["interaction_performance"]["views"]


def test_tiktok_stock(own: MockPlatforms) -> None:
    tiktok = TikTok(own, "tiktok_shop")
    product = tiktok.send("/product/202502/products/search", {"status": "ALL"}).json()["data"]
    item = product["products"][0]
    sku = {"id": item["skus"][0]["id"], "inventory": [{"warehouse_id": "1", "quantity": 4}]}
    path = f"/product/202309/products/{item['id']}/inventory/update"
    assert tiktok.send(path, {"skus": [sku]}).json()["code"] == 0
    answer = tiktok.send("/product/202309/inventory/search", {"product_ids": [item["id"]]}).json()
    assert answer["data"]["inventory"][0]["skus"][0]["total_available_quantity"] == 4


# --- Douyin open platform ------------------------------------------------------------------------
