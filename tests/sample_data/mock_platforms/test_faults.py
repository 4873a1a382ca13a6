"""Faults happen as often as configured, the same for the same seed, and pace is watched."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from sample_data.mock_platforms import Faults, ManualClock, MockPlatforms, Shop, serve
from tests.oracles.mock_platforms import expected_store
from tests.support.mock_platform_calls import DAY, Caller, Douyin, Kuaishou, TikTok

UNTIL = date(2025, 10, 31)
SHOP = Shop(orders=1_000, until=UNTIL, days=60, kuaishou_lines=800, tiktok_lines=900)


REQUESTS = 300


def running(faults: Faults | None = None, **more: Any) -> MockPlatforms:
    more = {"rate": 1e9, **more}
    return serve(SHOP, clock=ManualClock(SHOP.moment), faults=faults, **more)


def outcome(send: Callable[[], requests.Response]) -> str:
    """Send once and return what came back, as a client sees it."""
    try:
        answer = send()
    except requests.RequestException:
        return "broken"
    if answer.status_code == 429:
        return "429"
    if answer.status_code >= 500:
        return "5xx"
    try:
        answer.json()
    except ValueError:
        return "html" if answer.text.startswith("<!DOCTYPE") else "broken"
    return "ok"


def send_once(mock: MockPlatforms, caller: Douyin) -> str:
    body = b'{"page":1,"size":1}'
    what = outcome(lambda: caller.send("product.listV2", body, caller.query("product.listV2", body)))
    mock.advance(seconds=10)
    return what


def test_faults_come_at_their_rates_and_again_for_the_same_seed() -> None:
    faults = Faults(seed=3, rate_429=0.15, rate_5xx=0.15, drop=0.06, truncate=0.06, html=0.02)
    runs = []
    for _ in range(2):
        with running(faults) as mock:
            caller = Douyin(mock, "douyin_shop")
            runs.append([send_once(mock, caller) for _ in range(REQUESTS)])
            log = mock.requests["douyin_shop"]
            assert log.total == REQUESTS and not log.violations
    assert runs[0] == runs[1]
    seen = Counter(runs[0])
    for name, share in (("429", 0.15), ("5xx", 0.15), ("broken", 0.12), ("html", 0.02)):
        assert abs(seen[name] / REQUESTS - share) < 0.05, seen
    assert log.by_outcome["too_many"] == seen["429"]
    assert log.by_outcome["drop"] + log.by_outcome["truncate"] == seen["broken"]


def test_another_seed_has_other_faults() -> None:
    faults_by_seed = [
        [Faults(seed=seed, rate_5xx=0.5).of_request(n).fault for n in range(50)] for seed in (1, 2)
    ]
    assert faults_by_seed[0] != faults_by_seed[1]


@pytest.mark.parametrize("share", ["drop", "truncate", "html"])
def test_broken_answers_are_broken_for_requests(share: str) -> None:
    with running(Faults(**{share: 1.0})) as mock:
        caller = Douyin(mock, "douyin_shop")
        seen = {send_once(mock, caller) for _ in range(12)}
        assert seen == {"html" if share == "html" else "broken"}


def test_a_slow_drip_arrives_whole() -> None:
    with running(Faults(drip=1.0)) as mock:
        caller = Douyin(mock, "douyin_shop")
        began = time.perf_counter()
        assert send_once(mock, caller) == "ok"
        assert time.perf_counter() - began > 0.05


def test_each_platform_has_its_own_words_for_a_passing_trouble() -> None:
    with running(Faults(busy=1.0)) as mock:
        answer = Douyin(mock, "douyin_shop").call("product.listV2", page=1, size=1)
        assert (answer["code"], answer["sub_code"]) == (20000, "isp.service-error:20005")
        answer = TikTok(mock, "tiktok_shop").send("/order/202309/orders/search", {}).json()
        assert answer["code"] == 66007001


def test_a_retry_before_retry_after_is_noted() -> None:
    with running(Faults(rate_429=1.0, retry_after=30)) as mock:
        caller, log = Douyin(mock, "douyin_shop"), mock.requests["douyin_shop"]
        body = b'{"page":1,"size":1}'

        def send() -> requests.Response:
            return caller.send("product.listV2", body, caller.query("product.listV2", body))

        for _ in range(30):
            text = send().headers["Retry-After"]
            server = mock.clock.now()
            wait = float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - server
            assert 0 < wait <= 31
            mock.advance(seconds=wait)
        assert not log.violations
        send()
        mock.advance(seconds=0.5)
        assert send().status_code == 429
        assert [violation.kind for violation in log.violations] == ["before Retry-After"]
        assert mock.violations == log.violations


def test_small_retry_after_for_fast_tests() -> None:
    with running(Faults(rate_429=1.0, retry_after=0.05)) as mock:
        caller = Douyin(mock, "douyin_shop")
        answer = caller.send("sku.list", b"{}", caller.query("sku.list", b"{}"))
        assert 0 < float(answer.headers["Retry-After"]) <= 0.05


def test_too_many_requests_in_a_second_are_rejected_and_noted() -> None:
    with running(rate=5) as mock:
        caller, log = Douyin(mock, "douyin_shop"), mock.requests["douyin_shop"]
        for _ in range(30):
            assert caller.call("product.listV2", page=1, size=1)["code"] == 10000
            mock.advance(seconds=0.2)
        assert not log.violations
        codes = [caller.call("product.listV2", page=1, size=1)["code"] for _ in range(6)]
        assert 60000 in codes
        assert log.violations[0].kind == "above the rate limit"


def test_worn_tokens_end_with_the_platforms_code() -> None:
    with running(Faults(expire_tokens_every=3)) as mock:
        caller = Douyin(mock, "douyin_shop")
        codes = [caller.call("product.listV2", page=1, size=1)["sub_code"] for _ in range(4)]
        assert codes == ["", "", "", "isv.access-token-expired"]


def test_a_clock_ahead_rejects_and_returns_the_time() -> None:
    with running(Faults(clock_skew=900)) as mock:
        caller = Douyin(mock, "douyin_shop")
        body = b'{"page":1,"size":1}'
        answer = caller.send("product.listV2", body, caller.query("product.listV2", body))
        assert answer.json()["sub_code"] == "isv.timestamp-invalid"
        theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert abs(theirs - caller.now - 900) <= 1


def numbers_of(caller: Caller, start: int, end: int) -> list[str]:
    if isinstance(caller, Douyin):
        return [item["order_id"] for item in caller.orders(start, end, size=20)]
    if isinstance(caller, Kuaishou):
        return [str(item["orderBaseInfo"]["oid"]) for item in caller.orders(start, end)]
    assert isinstance(caller, TikTok)
    return [item["id"] for item in caller.orders(start, end, size=20)]


CALLERS = [("douyin_shop", Douyin), ("kuaishou_shop", Kuaishou), ("tiktok_shop", TikTok)]


@pytest.mark.parametrize(("platform", "caller"), CALLERS)
def test_repeated_and_reordered_pages_lose_nothing(platform: str, caller: type[Caller]) -> None:
    with running(Faults(seed=5, duplicate=0.3, reorder=0.5)) as mock:
        end = int(mock.clock.now()) + 1
        answer = numbers_of(caller(mock, platform), end - 80 * DAY, end)
        assert set(answer) == set(expected_store(mock, platform)["orders"])
        assert len(answer) > len(set(answer))


@pytest.mark.parametrize(("platform", "caller"), CALLERS)
def test_shifted_pages_bring_new_orders_and_changes(platform: str, caller: type[Caller]) -> None:
    with running(Faults(seed=5, shift=0.5)) as mock:
        start, before = int(mock.clock.now()), expected_store(mock, platform)["orders"]
        mock.advance(seconds=60)
        end = int(mock.clock.now())
        answer = set(numbers_of(caller(mock, platform), start - 80 * DAY, end))
        mock.set_faults(Faults())
        after = expected_store(mock, platform)["orders"]
        assert set(before) < set(after)
        changed = {key for key, item in after.items() if item["updated_at"] >= end}
        # Cursors pass nothing over; page numbers do when what was read leaves the window.
        missing = set(before) - answer - changed
        assert bool(missing) == (platform == "douyin_shop")
        again = set(numbers_of(caller(mock, platform), start - 80 * DAY, end + 1))
        assert again == set(after)


def test_a_lost_answer_may_have_been_done() -> None:
    with running(Faults(seed=1, rate_5xx=1.0)) as mock:
        caller = Douyin(mock, "douyin_shop")
        what = {"product_id": mock.shops.goods.products[0], "stock_num": 41}
        for number in range(8):
            sku = mock.shops.goods.by_product[what["product_id"]][0].sku
            body = {**what, "code": sku, "stock_num": 41 + number}
            with pytest.raises(requests.exceptions.JSONDecodeError):
                caller.call("sku.syncStock", **body)
            mock.advance(seconds=10)
        assert 41 <= mock.shops.goods.stock["douyin_shop"][sku] <= 48


def test_secrets_and_tokens_are_known_for_a_search() -> None:
    with running() as mock:
        keys = mock.credentials("kuaishou_shop")
        names = ("app_secret", "sign_secret", "access_token", "refresh_token", "code")
        assert {keys[name] for name in names} <= mock.secrets()


def test_ports_follow_each_other_and_are_free_again() -> None:
    with running() as mock:
        url = mock.url("tiktok_shop")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)
