"""How long ten thousand orders take outside the platform's server."""

import time
from pathlib import Path

import pytest

from shop.db.database import Database
from tests.etl.sync.test_faults import BIG
from tests.oracles.mock_platforms import expected_store
from tests.support.pulls import SHOPS, at_mock, pull

SECONDS = 3.0


@pytest.mark.proof
@pytest.mark.parametrize("platform", SHOPS)
def test_ten_thousand_orders_take_less_than_three_seconds_of_our_own(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, shop=BIG, rate=20.0) as mock:
        expected_store(mock, platform)  # the shop is built before the clock runs
        served, began, spent = mock.cpu, time.perf_counter(), time.process_time()
        [report] = pull(db, mock, platform, kinds=("orders",))
        whole, spent = time.perf_counter() - began, time.process_time() - spent
        ours = whole - (mock.cpu - served)
        print(
            f"{platform}: {report.read} orders, {report.requests} requests, {whole:.2f} s, of which "
            f"{mock.cpu - served:.2f} s in the server: {ours:.2f} s of our own ({spent:.2f} s CPU)"
        )
        assert report.stored >= 10_000
        assert ours < SECONDS
