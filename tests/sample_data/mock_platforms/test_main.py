"""The mock platforms run by hand, over a shop that ends now: real time, real addresses."""

import json
import subprocess
import sys
from datetime import datetime

import pytest
import requests

from sample_data.generator.clock import BEIJING
from sample_data.mock_platforms import PLATFORMS, ManualClock, Shop, serve
from sample_data.mock_platforms.__main__ import main
from tests.oracles.mock_platforms import expected_store
from tests.support.mock_platform_calls import DAY, Douyin, TikTok


def test_the_command_prints_addresses_and_credentials() -> None:
    command = [sys.executable, "-m", "sample_data.mock_platforms", "--orders", "200", "--days", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout and process.stderr
            report = json.loads(process.stdout.readline())
            assert set(report) == set(PLATFORMS)
            answer = requests.get(report["douyin_shop"]["url"], timeout=60)
            assert "loopback only" in answer.text
            process.terminate()
            assert "loopback only" in process.stderr.read().decode()
        finally:
            process.kill()


def test_the_command_refuses_other_addresses() -> None:
    with pytest.raises(ValueError, match="loopback only"):
        main(["--orders", "100", "--days", "5", "--host", "0.0.0.0"])


def test_a_shop_that_ends_now_serves_todays_orders_by_the_system_clock() -> None:
    with serve(Shop(orders=500, days=30), rate=1e9) as mock:
        caller = Douyin(mock, "douyin_shop")
        now = int(datetime.now(BEIJING).timestamp())
        assert abs(caller.now - now) <= 2
        result = list(caller.orders(now - 40 * DAY, now + 1))
        assert result and max(item["create_time"] for item in result) <= now


def test_the_rest_of_an_open_day_still_comes_in() -> None:
    noon = datetime(2025, 10, 31, 12, tzinfo=BEIJING)
    shop = Shop(orders=2_000, until=noon.date(), days=20, now=noon, tiktok_lines=1_000)
    with serve(shop, clock=ManualClock(shop.moment), rate=1e9) as mock:
        before = [expected_store(mock, name)["by_day"]["2025-10-31"] for name in PLATFORMS[:3]]
        mock.advance(hours=12)
        after = [expected_store(mock, name)["by_day"]["2025-10-31"] for name in PLATFORMS[:3]]
        assert all(item["orders"] < other["orders"] for item, other in zip(before, after, strict=True))
        mock.advance(days=1)
        assert expected_store(mock, "tiktok_shop")["by_day"]["2025-11-01"]["orders"]
        ids = [item["id"] for item in TikTok(mock, "tiktok_shop").orders(0, 2**40)]
        assert len(ids) == len(set(ids))
