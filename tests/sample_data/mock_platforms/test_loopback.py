"""The mock platforms answer on loopback only."""

from datetime import date

import pytest
import requests

from sample_data.mock_platforms import MockPlatforms, NotLoopback, Shop, serve

UNTIL = date(2025, 10, 31)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "", "::"])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(NotLoopback):
        serve(Shop(orders=100, until=UNTIL, days=5), host=host)


def test_the_banner_names_the_server_and_other_names_are_rejected(mock: MockPlatforms) -> None:
    url = mock.url("douyin_shop")
    assert url.startswith("http://127.0.0.1:")
    assert "mock platforms" in requests.get(url, timeout=60).text
    foreign = requests.get(url, headers={"Host": "kilns.example"}, timeout=60)
    assert foreign.status_code == 403
