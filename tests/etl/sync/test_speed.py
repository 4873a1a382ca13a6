"""What ten thousand orders cost, as a ratio to what the platform's server needs to answer with them."""

import time
from pathlib import Path

import pytest

from shop.db.database import Database
from tests.etl.sync.test_faults import BIG
from tests.oracles.mock_platforms import expected_store
from tests.support.pulls import SHOPS, at_mock, pull

LIMIT = 7.0


@pytest.mark.proof
@pytest.mark.parametrize("platform", SHOPS)
def test_ten_thousand_orders_cost_a_few_times_what_the_server_needs(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, shop=BIG, rate=20.0) as mock:
        expected_store(mock, platform)  # the shop is built before the clock runs
        served, spent = mock.cpu, time.process_time()
        [report] = pull(db, mock, platform, kinds=("orders",))
        served, spent = mock.cpu - served, time.process_time() - spent
        print(
            f"{platform}: {report.read} orders, {report.requests} requests, seconds of the processor: "
            f"{served:.2f} of the server, {spent - served:.2f} of our own"
        )
        assert report.stored >= 10_000
        assert spent - served < LIMIT * served
