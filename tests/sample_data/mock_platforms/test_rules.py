"""What the mock platforms refuse, each with the platform's own envelope and code."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from sample_data.mock_platforms import ManualClock, MockPlatforms, NotLoopback, Shop, serve
from tests.oracles.mock_platforms import expected_store
from tests.support.mock_platform_calls import DAY, Douyin, Kuaishou, Open, TikTok

UNTIL = date(2025, 10, 31)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockPlatforms]:
    shop = Shop(orders=600, until=UNTIL, days=60)
    with serve(shop, clock=ManualClock(shop.moment), rate=1e9) as running:
        yield running


@pytest.fixture
def own() -> Iterator[MockPlatforms]:
    """Mock platforms whose time and tokens a test may change."""
    shop = Shop(orders=200, until=UNTIL, days=20)
    with serve(shop, clock=ManualClock(shop.moment), rate=1e9) as running:
        yield running


# --- Douyin shop ---------------------------------------------------------------------------------


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


def test_douyin_takes_text_timestamps_and_hides_old_codes_when_asked(douyin: Douyin) -> None:
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


def test_douyin_tokens_are_made_refreshed_and_end(own: MockPlatforms) -> None:
    douyin = Douyin(own, "douyin_shop")
    shop_id = douyin.keys["shop_id"]

    def token(method: str, **body: str) -> dict[str, Any]:
        data = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        return douyin.send(method, data, douyin.query(method, data, access_token="")).json()

    made = token("token.create", code="", grant_type="authorization_self", shop_id=shop_id)["data"]
    douyin.keys["access_token"] = made["access_token"]
    assert int(made["expires_in"]) == 7 * DAY
    assert douyin.call("product.listV2", page=1, size=1)["code"] == 10000
    own.advance(days=7, seconds=1)
    assert douyin.call("product.listV2", page=1, size=1)["sub_code"] == "isv.access-token-expired"
    new = token("token.refresh", grant_type="refresh_token", refresh_token=made["refresh_token"])
    douyin.keys["access_token"] = new["data"]["access_token"]
    assert douyin.call("product.listV2", page=1, size=1)["code"] == 10000
    again = token("token.refresh", grant_type="refresh_token", refresh_token=made["refresh_token"])
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


@pytest.fixture
def kuaishou(mock: MockPlatforms) -> Kuaishou:
    return Kuaishou(mock, "kuaishou_shop")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"endTime": 8}, "endTime无效"),
        ({"beginTime": -91}, "beginTime无效"),
        ({"pageSize": 51}, "pageSize无效"),
        ({"orderViewStatus": 8}, "orderViewStatus无效"),
        ({"cursor": None}, "cursor无效"),
        ({"cursor": "2"}, "cursor无效"),
    ],
)
def test_kuaishou_checks_the_order_list(kuaishou: Kuaishou, change: dict[str, Any], says: str) -> None:
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
    assert answer["sub_msg"] == says


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

    def token(verb: str, path: str, **more: str) -> dict[str, Any]:
        given = {"app_id": keys["app_key"], "app_secret": keys["app_secret"], **more}
        where = {"params": given} if verb == "GET" else {"data": given}
        return requests.request(verb, url + path, timeout=60, **where).json()  # type: ignore

    first = token("GET", "/oauth2/access_token", code=keys["code"], grant_type="code")
    again = token("GET", "/oauth2/access_token", code=keys["code"], grant_type="code")
    assert (first["result"], again["result"]) == (1, 100200105)
    own.advance(days=1)
    old = {"refresh_token": first["refresh_token"], "grant_type": "refresh_token"}
    second = token("POST", "/oauth2/refresh_token", **old)
    assert second["refresh_token_expires_in"] == 179 * DAY
    for one in (first, second):
        kuaishou.keys["access_token"] = one["access_token"]
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

    made = token("get", auth_code=tiktok.keys["code"], grant_type="authorized_code")["data"]
    assert made["access_token_expire_in"] == tiktok.now + 7 * DAY
    tiktok.keys["access_token"] = made["access_token"]
    assert tiktok.send(SEARCH, {}).json()["code"] == 0
    own.expire_tokens("tiktok_shop")
    answer = tiktok.send(SEARCH, {})
    assert (answer.status_code, answer.json()["code"]) == (401, 105002)
    refresh = {"grant_type": "refresh_token", "refresh_token": made["refresh_token"]}
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
    assert [one["id"] for one in old] == [one["id"] for one in new]
    for one, other in zip(old, new, strict=True):
        assert "traffic" not in one
        assert one["interaction_performance"]["views"] == other["traffic"]["views"]
        assert one["sales_performance"]["gmv"] == other["sales_performance"]["live_gmv"]
    minutes = f"/analytics/202510/shop_lives/{old[0]['id']}/performance_per_minutes"
    views, token = 0, ""
    while True:
        data = tiktok.send(minutes, page_token=token).json()["data"]
        views += sum(one["traffic"]["views"] for one in data["performance"]["intervals"])
        if not (token := data.get("next_page_token", "")):
            break
    assert views == old[0]["interaction_performance"]["views"]


def test_tiktok_stock(own: MockPlatforms) -> None:
    tiktok = TikTok(own, "tiktok_shop")
    product = tiktok.send("/product/202502/products/search", {"status": "ALL"}).json()["data"]
    one = product["products"][0]
    sku = {"id": one["skus"][0]["id"], "inventory": [{"warehouse_id": "1", "quantity": 4}]}
    path = f"/product/202309/products/{one['id']}/inventory/update"
    assert tiktok.send(path, {"skus": [sku]}).json()["code"] == 0
    answer = tiktok.send("/product/202309/inventory/search", {"product_ids": [one["id"]]}).json()
    assert answer["data"]["inventory"][0]["skus"][0]["total_available_quantity"] == 4


# --- Douyin open platform ------------------------------------------------------------------------


@pytest.fixture
def open_platform(mock: MockPlatforms) -> Open:
    return Open(mock, "douyin_open")


LIST = "/api/douyin/v1/video/video_list/"


def test_open_platform_lists_every_video_once(mock: MockPlatforms, open_platform: Open) -> None:
    answer, cursor, more = [], 0, True
    while more:
        data = open_platform.send("GET", LIST, cursor=cursor, count=20)["data"]
        answer += data["list"]
        cursor, more = data["cursor"], data["has_more"]
    videos = expected_store(mock, "douyin_open")["videos"]
    assert sorted(one["item_id"] for one in answer) == sorted(videos)
    for one in answer:
        assert int(one["statistics"]["play_count"]) == videos[one["item_id"]]["views"]
    times = [one["create_time"] for one in answer if not one["is_top"]]
    assert times == sorted(times, reverse=True)
    assert answer[0]["is_top"] and answer[0]["create_time"] < times[-1]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"count": 21}, 2100005), ({"cursor": "x"}, 2100005), ({"open_id": "other"}, 2100005)],
)
def test_open_platform_checks_queries(open_platform: Open, change: dict[str, Any], code: int) -> None:
    answer = open_platform.send("GET", LIST, **{"cursor": 0, "count": 20} | change)
    assert answer["data"]["error_code"] == answer["extra"]["error_code"] == code


def test_open_platform_tokens_and_scopes() -> None:
    shop = Shop(orders=200, until=UNTIL, days=20)
    apps = {"douyin_open": {"scope": "video.list.bind"}}
    with serve(shop, clock=ManualClock(shop.moment), platforms=("douyin_open",), apps=apps) as own:
        caller = Open(own, "douyin_open")
        page = {"cursor": 0, "count": 20}
        item = caller.send("GET", LIST, **page)["data"]["list"][0]["item_id"]
        answer = caller.send("GET", "/item/comment/list/", item_id=item, **page)
        assert answer["data"]["error_code"] == 2190004
        own.advance(days=16)
        assert caller.send("GET", LIST, **page)["data"]["error_code"] == 2190008
        form = {
            "client_key": caller.keys["client_key"],
            "grant_type": "refresh_token",
            "refresh_token": caller.keys["refresh_token"],
        }
        url = caller.url + "/oauth/refresh_token/"
        new = requests.post(url, data=form, timeout=60).json()["data"]
        assert new["refresh_token"] == caller.keys["refresh_token"]
        assert new["refresh_expires_in"] == 14 * DAY
        caller.keys["access_token"] = new["access_token"]
        assert caller.send("GET", LIST, **page)["data"]["error_code"] == 0
        own.advance(days=15)
        late = requests.post(url, data=form, timeout=60).json()
        assert (late["message"], late["data"]["error_code"]) == ("error", 10010)


def test_open_platform_comments_and_replies(mock: MockPlatforms, open_platform: Open) -> None:
    truth, answer = expected_store(mock, "douyin_open"), {}
    for item in truth["videos"]:
        cursor, more = 0, True
        while more:
            page = {"item_id": item, "cursor": cursor, "count": 50}
            data = open_platform.send("GET", "/item/comment/list/", **page)["data"]
            for one in data["list"]:
                answer[one["comment_id"]] = one["content"]
                if one["reply_comment_total"]:
                    ask = {"item_id": item, "comment_id": one["comment_id"], "cursor": 0}
                    path = "/item/comment/reply/list/"
                    replies = open_platform.send("GET", path, count=20, **ask)["data"]["list"]
                    answer |= {reply["comment_id"]: reply["content"] for reply in replies}
            cursor, more = data["cursor"], data["has_more"]
    assert answer == truth["comments"]


# --- the server ----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "", "::"])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(NotLoopback):
        serve(Shop(orders=100, until=UNTIL, days=5), host=host)


def test_the_banner_says_what_it_is_and_other_names_are_refused(mock: MockPlatforms) -> None:
    url = mock.url("douyin_shop")
    assert url.startswith("http://127.0.0.1:")
    assert "mock platforms" in requests.get(url, timeout=60).text
    foreign = requests.get(url, headers={"Host": "kilns.example"}, timeout=60)
    assert foreign.status_code == 403
