"""Faulty HTTP: every order exactly once, no request too early, not many more requests than needed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sample_data.mock_platforms import Faults, Shop
from shop.db.database import Database
from tests.oracles.mock_platforms import expected_store, fewest_requests
from tests.support.pulls import FAULTS, MEASURES, SHOPS, SMALL, UNTIL, at_mock, figures, pull, truth_of

BIG = Shop(orders=12_500, until=UNTIL, days=75, kuaishou_lines=12_500, tiktok_lines=12_500)
MOST = 2.2


def stored(db: Database) -> dict[str, dict[str, int]]:
    """What the buyer paid for each line of each order, to check against the truth."""
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT order_id, COUNT(*), SUM(buyer_paid_cents), SUM(quantity) FROM order_line GROUP BY 1"
        )
        return {row[0]: {"lines": row[1], "paid": row[2], "units": row[3]} for row in rows}


def expected(
    orders: Mapping[str, dict[str, dict[str, dict[str, int]]]], platform: str
) -> dict[str, dict[str, int]]:
    return {
        number: {
            "lines": len(order["lines"]),
            "paid": sum(line["buyer_paid_cents"] for line in order["lines"].values()),
            "units": sum(line["quantity"] for line in order["lines"].values()),
        }
        for number, order in orders.items()
    }


def every_order_exactly_once(
    platform: str,
    db: Database,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    shop: Shop,
    seed: int,
    rate: float,
) -> tuple[int, int]:
    """Sync under faults, let things settle, sync again; the requests that it took, and the ideal ones."""
    faults = Faults(seed=seed, **FAULTS)
    with at_mock(platform, folder, monkeypatch, shop=shop, faults=faults, rate=rate) as mock:
        begin = int(mock.clock.now())
        [report] = pull(db, mock, platform, kinds=("orders",))
        ideal = fewest_requests(mock, platform, "orders", begin - 90 * 86_400, begin)
        assert not mock.violations
        mock.set_faults(Faults())
        mock.advance(seconds=2)
        pull(db, mock, platform, kinds=("orders",))  # what changed while it was read
        assert stored(db) == expected(expected_store(mock, platform)["orders"], platform)
        assert figures(db, "day", MEASURES, shop) == truth_of(mock, platform, "day", MEASURES)
        return report.requests, ideal


@pytest.mark.parametrize("platform", SHOPS)
def test_every_order_comes_exactly_once_through_faults(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    requests, ideal = every_order_exactly_once(platform, db, tmp_path, monkeypatch, SMALL, 1, 10.0)
    assert requests <= 60 + MOST * ideal  # few requests: empty windows of the years before weigh more


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("platform", SHOPS)
def test_ten_thousand_orders_through_faults(
    platform: str, seed: int, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    requests, ideal = every_order_exactly_once(platform, db, tmp_path, monkeypatch, BIG, seed, 20.0)
    print(f"{platform} seed {seed}: {requests} requests, {requests / ideal:.2f} times the ideal")
    assert requests <= MOST * ideal
