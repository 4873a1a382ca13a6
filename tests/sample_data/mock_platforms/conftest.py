"""Mock platforms for the tests of this folder: one for reading, one to change."""

from collections.abc import Iterator
from datetime import date

import pytest

from sample_data.mock_platforms import ManualClock, MockPlatforms, Shop, serve

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
