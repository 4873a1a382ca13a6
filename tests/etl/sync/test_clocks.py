"""A laptop whose clock is wrong: nothing is lost, and the cursor never passes the platform."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl import platforms
from etl.http.rate_limit import Clock
from etl.sync.engine import sync
from etl.sync.options import Options, RunReport
from etl.sync.schedule import is_due
from sample_data.mock_platforms import MockPlatforms, Shop
from shop.connect import connect
from shop.db.database import Database
from shop.maintenance import examine
from tests.oracles.mock_platforms import expected_store
from tests.support.fresh import new_database
from tests.support.pulls import MEASURES, REFUNDS, SHOPS, UNTIL, at_mock, figures, pull, truth_of

DAY = 86_400
KINDS = ("orders", "refunds")
FEW = Shop(orders=60, until=UNTIL, days=60, kuaishou_lines=60, tiktok_lines=60)


def wrong(mock: MockPlatforms, seconds: float) -> Clock:
    """The laptop's clock: wrong by so many seconds, its stopwatch and its sleep as they should be."""
    clock = mock.clock
    return Clock(lambda: clock.now() + seconds, clock.stopwatch, clock.sleep)


def pull_at(
    db: Database, mock: MockPlatforms, platform: str, seconds: float, kinds: tuple[str, ...] = ()
) -> list[RunReport]:
    reports = sync(db, platform, kinds=kinds, options=Options(clock=wrong(mock, seconds)))
    assert [report.error for report in reports if report.error is not None] == []
    behind_the_platform(db, mock)
    return reports


def behind_the_platform(db: Database, mock: MockPlatforms) -> None:
    with db.read() as connection:
        latest = connection.exec_driver_sql("SELECT MAX(read_until) FROM cursor").scalar()
        runs = connection.exec_driver_sql("SELECT MAX(until_at) FROM sync_run").scalar()
    assert latest is not None and latest <= mock.clock.now()
    assert runs <= mock.clock.now() + 60


def orders(db: Database) -> set[str]:
    with db.read() as connection:
        return set(connection.exec_driver_sql("SELECT DISTINCT order_id FROM order_line").scalars())


def nothing_is_lost(db: Database, mock: MockPlatforms, platform: str) -> None:
    """The orders are those that a right clock would have read, neither fewer nor more, and so are the figures."""
    assert set(expected_store(mock, platform)["orders"]) == orders(db)
    for names in (MEASURES, REFUNDS):
        assert figures(db, "day", names, FEW) == truth_of(mock, platform, "day", names)


@pytest.mark.parametrize("platform", SHOPS)
def test_a_clock_once_wrong_by_a_month_loses_nothing(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """At one platform a laptop that was ahead and one that was behind, after a first sync by a right clock."""
    with at_mock(platform, tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        first = new_database(tmp_path / "first.db")
        pull(first, mock, platform, KINDS)
        first.close()
        laptops = [copied(tmp_path / "first.db", tmp_path / f"{days}.db") for days in (30, -30)]
        mock.advance(days=1)
        for laptop, days in zip(laptops, (30, -30), strict=True):
            pull_at(laptop, mock, platform, days * DAY, KINDS)
        for step in (7, 20):
            mock.advance(days=step)
            for laptop in laptops:
                pull_at(laptop, mock, platform, 0, KINDS)
        for laptop in laptops:
            nothing_is_lost(laptop, mock, platform)
            laptop.close()


def copied(shop: Path, place: Path) -> Database:
    """A copy of a closed shop with its key."""
    for ending in ("", ".key"):
        shutil.copy(f"{shop}{ending}", f"{place}{ending}")
    return connect(str(place))


@pytest.mark.parametrize("platform", SHOPS)
def test_a_first_sync_by_a_wrong_clock_reads_the_same_as_by_a_right_one(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        requests = {}
        for days in (0, 30, -30):
            db = new_database(tmp_path / f"{days}.db")
            requests[days] = sum(item.requests for item in pull_at(db, mock, platform, days * DAY))
            nothing_is_lost(db, mock, platform)
            db.close()
        assert max(requests.values()) <= requests[0] + 3


@pytest.mark.parametrize("platform", SHOPS)
def test_a_cursor_ahead_of_the_clock_is_reset_once(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        pull(db, mock, platform)
        ahead = int(mock.clock.now()) + 30 * DAY
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE cursor SET read_until = ?", (ahead,))
            connection.exec_driver_sql(
                "INSERT INTO sync_run (shop_id, platform, kind, started_at, since_at, until_at, outcome) "
                "SELECT shop_id, platform, kind, ?, since_at, ?, 'done' FROM sync_run",
                (ahead, ahead),
            )
            connection.exec_driver_sql("UPDATE listing SET updated_at = ?", (ahead,))
        mock.advance(days=8)
        reports = sync(db, platform, options=Options(clock=mock.clock))
        assert {item.kind for item in reports} == {
            item.kind for item in platforms.connector(platform).RESOURCES
        }
        nothing_is_lost(db, mock, platform)
        with db.read() as connection:
            now = mock.clock.now()
            assert connection.exec_driver_sql("SELECT MAX(read_until) FROM cursor").scalar() <= now
            assert connection.exec_driver_sql("SELECT MAX(updated_at) FROM listing").scalar() <= now
        first = sum(item.requests for item in reports)
        assert sum(item.requests for item in pull(db, mock, platform, kinds=KINDS)) < first


def test_a_lease_of_a_clock_that_was_ahead_ends(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        with db.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO lease (shop_id, name, holder, expires_at) VALUES (1, 'douyin_shop', 'gone', ?)",
                (int(mock.clock.now()) + 30 * DAY,),
            )
        assert pull(db, mock, "douyin_shop", kinds=("orders",))[0].stored > 0


def test_landed_pages_of_today_outlive_a_clock_that_is_far_ahead(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def landed() -> int:
        with db.read() as connection:
            result = connection.exec_driver_sql("SELECT COUNT(*) FROM raw_page").scalar()
            return int(result or 0)

    with at_mock("douyin_shop", tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        pull(db, mock, "douyin_shop")
        before = landed()
        pull_at(db, mock, "douyin_shop", 31 * DAY)
        assert landed() >= before > 0


def test_a_clock_that_is_off_is_named_by_doctor(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def is_named() -> bool:
        return next(check for check in examine(db) if check.name == "clock").ok is False

    with at_mock("douyin_shop", tmp_path, monkeypatch, shop=FEW, rate=100_000) as mock:
        pull(db, mock, "douyin_shop", kinds=("orders",))
        assert not is_named()
        pull_at(db, mock, "douyin_shop", -3 * 3_600)
        assert is_named()
        pull_at(db, mock, "douyin_shop", 60)
        assert not is_named()


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1), timedelta(days=30)])
def test_a_job_of_the_dashboard_is_due_after_a_clock_that_was_ahead(jump: timedelta, db: Database):
    now, every = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=30)
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO background_job (shop_id, name, started_at) VALUES (1, 'sync', ?)",
            (int((now + jump).timestamp()),),
        )
    assert is_due(db, "sync", every, now)
    assert not is_due(db, "sync", every, now + jump + timedelta(minutes=1))


@pytest.mark.proof
@pytest.mark.parametrize("platform", SHOPS)
def test_two_hundred_histories_of_a_wrong_clock(platform: str, tmp_path: Path) -> None:
    rng = random.Random(1)
    for number in range(67):
        jumps = [rng.randrange(-30 * DAY, 30 * DAY) for _ in range(rng.randrange(2, 8))]
        history(platform, jumps, [rng.randrange(1, 8) for _ in jumps], tmp_path / str(number))


JUMPS = (3_600, -3_600, DAY, -DAY, 30 * DAY, -30 * DAY)


@pytest.mark.parametrize("platform", SHOPS)
def test_no_jump_of_the_clock_loses_an_order(platform: str, tmp_path: Path) -> None:
    """A small one of the histories of the proof: orders and refunds alone."""
    jumps = random.Random(platform).sample(JUMPS, 3)
    history(platform, jumps, [4] * len(jumps), tmp_path / "shop", KINDS)


def history(
    platform: str, jumps: list[int], days: list[int], folder: Path, kinds: tuple[str, ...] = ()
) -> None:
    """Sync with a clock that is wrong by each of these seconds, so many days apart, then once by the right one."""
    folder.mkdir()
    with (
        pytest.MonkeyPatch.context() as patch,
        at_mock(platform, folder, patch, shop=FEW, rate=100_000) as mock,
    ):
        db = new_database(folder / "shop.db")
        for seconds, later in zip(jumps, days, strict=True):
            pull_at(db, mock, platform, seconds, kinds)
            mock.advance(days=later)
        pull_at(db, mock, platform, 0, kinds)
        nothing_is_lost(db, mock, platform)
        db.close()
