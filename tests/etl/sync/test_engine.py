"""Pulling a practice shop from the mock platforms: the truth, again, from where it was, whole orders."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from etl import credentials, platforms
from etl.http.errors import SyncRunning
from etl.platforms.base import TimeWindow
from etl.sync.account import open_account
from etl.sync.engine import sync
from etl.sync.lease import SyncLease
from etl.sync.options import Options
from etl.sync.reparse import reparse
from sample_data.mock_platforms import Faults
from shop.db.database import Database
from shop.metrics.settings import ShopSettings
from tests.oracles.mock_platforms import expected_store
from tests.support.pulls import (
    LEFT_OUT,
    MEASURES,
    REFUNDS,
    SHOPS,
    SMALL,
    at_mock,
    dump,
    figures,
    pull,
    truth_of,
)


@pytest.mark.parametrize("platform", SHOPS)
def test_figures_are_the_truth_and_a_second_sync_with_nothing_new_changes_no_row(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch) as mock:
        first = {report.kind: report for report in pull(db, mock, platform)}
        assert sum(report.rejected for report in first.values()) == 0
        for names in (MEASURES, REFUNDS):
            for by in ("day", "sku"):
                expected = truth_of(mock, platform, by, names)
                assert figures(db, by, names, SMALL) == expected
        assert not mock.violations
        before = dump(db.path, without=LEFT_OUT | {"cursor", "read_stretch"})
        again = pull(db, mock, platform, kinds=("orders", "refunds"))
        version = db.version()  # the second one knows of one more day
        again += pull(db, mock, platform, kinds=("orders", "refunds"))
        assert dump(db.path, without=LEFT_OUT | {"cursor", "read_stretch"}) == before
        assert db.version() == version
        assert all(item.stored == 0 for item in again)
        assert all(item.requests < first[item.kind].requests for item in again if item.kind == "orders")


@pytest.mark.parametrize("platform", SHOPS)
def test_what_changes_later_comes_with_the_next_sync(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch) as mock:
        pull(db, mock, platform, kinds=("orders", "refunds"))
        for _ in range(3):
            mock.advance(days=2, hours=5)
            pull(db, mock, platform, kinds=("orders", "refunds"))
        for names in (MEASURES, REFUNDS):
            assert figures(db, "day", names, SMALL) == truth_of(mock, platform, "day", names)


def test_a_line_that_vanished_from_its_order_vanishes_here(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def stored() -> set[tuple[str, str]]:
        with db.read() as connection:
            rows = connection.exec_driver_sql("SELECT order_id, line_id FROM order_line")
            return {(row[0], row[1]) for row in rows}

    def value() -> set[tuple[str, str]]:
        orders = expected_store(mock, "douyin_shop")["orders"]
        return {(order, line) for order, item in orders.items() for line in item["lines"]}

    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        pull(db, mock, "douyin_shop", kinds=("orders",))
        before = stored()
        assert before == value()
        mock.advance(days=2)
        pull(db, mock, "douyin_shop", kinds=("orders",))
        assert stored() == value()
        assert before - stored(), "no line of the practice shop vanished"


def test_one_of_two_syncs_works_and_the_other_advises_to_retry(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        other = SyncLease(db, 1, "douyin_shop", mock.clock)
        assert other.take()
        [report] = sync(db, "douyin_shop", options=Options(clock=mock.clock))
        assert isinstance(report.error, SyncRunning) and report.error.exit_code == 75
        assert mock.requests["douyin_shop"].total == 0
        mock.advance(seconds=121)  # the other has given no sign of life
        assert pull(db, mock, "douyin_shop", kinds=("orders",))[0].stored > 0


def test_a_run_that_lost_its_lease_writes_nothing_more(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        rows: list[int] = []

        def usurp(_doing: object) -> None:
            if not rows:
                mock.advance(seconds=200)
                assert SyncLease(db, 1, "douyin_shop", mock.clock).take()
                rows.append(len(dump(db.path)["order_line"]))

        how = Options(clock=mock.clock, progress=usurp)
        [report] = sync(db, "douyin_shop", kinds=("orders",), options=how)
        assert isinstance(report.error, SyncRunning)
        assert len(dump(db.path)["order_line"]) == rows[0]


@pytest.mark.parametrize("platform", SHOPS)
def test_an_expired_token_is_refreshed_once_and_stored(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch) as mock:
        old = credentials.load(platforms.connector(platform))
        mock.expire_tokens(platform)
        pull(db, mock, platform, kinds=("orders",))
        new = credentials.load(platforms.connector(platform))
        assert new.access_token != old.access_token
        assert mock.platforms[platform].tokens.refreshes == 1
        assert (tmp_path / "config" / "credentials.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("platform", SHOPS)
def test_two_clients_with_the_same_expired_token_refresh_it_once(
    platform: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock(platform, tmp_path, monkeypatch) as mock:
        connector = platforms.connector(platform)
        now = int(mock.clock.now())
        facts, how = ShopSettings(1, ""), Options(clock=mock.clock)
        keys = credentials.load(connector)
        both = [open_account(db, connector, keys, facts, how) for _ in range(2)]
        mock.expire_tokens(platform)
        for account in both:
            list(connector.RESOURCES[0].fetch(account, TimeWindow(now - 3600, now)))
            account.client.close()
        assert mock.platforms[platform].tokens.refreshes == 1


def test_tokens_that_end_all_the_time_do_not_stop_a_sync(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    faults = Faults(expire_tokens_every=7)
    with at_mock("douyin_shop", tmp_path, monkeypatch, faults=faults) as mock:
        pull(db, mock, "douyin_shop", kinds=("orders", "refunds"))
        assert mock.platforms["douyin_shop"].tokens.refreshes >= 2
        assert figures(db, "day", MEASURES, SMALL) == truth_of(mock, "douyin_shop", "day", MEASURES)


def test_a_clock_that_is_wrong_by_an_hour_is_corrected_by_the_platforms_date(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    faults = Faults(clock_skew=3600)
    with at_mock("douyin_shop", tmp_path, monkeypatch, faults=faults) as mock:
        assert pull(db, mock, "douyin_shop", kinds=("orders",))[0].stored > 0


def test_a_spent_budget_stops_and_the_next_runs_go_on_from_there(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        codes = []
        for _ in range(12):
            how = Options(clock=mock.clock, budget=6)
            [report] = sync(db, "douyin_shop", kinds=("orders",), options=how)
            codes.append(report.error.code if report.error else None)
            if report.error is None:
                break
        assert codes[0] == "BudgetSpent" and codes[-1] is None
        assert figures(db, "day", MEASURES, SMALL) == truth_of(mock, "douyin_shop", "day", MEASURES)


def test_ctrl_c_leaves_whole_windows_and_the_next_run_goes_on(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:

        def interrupt(doing: object) -> None:
            if getattr(doing, "done", 0) > 0.4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sync(db, "douyin_shop", options=Options(clock=mock.clock, progress=interrupt))
        with db.read() as connection:
            result = connection.exec_driver_sql("SELECT outcome FROM sync_run").scalars().all()
            assert result == ["stopped"]
            assert connection.exec_driver_sql("SELECT COUNT(*) FROM lease").scalar() == 0
        pull(db, mock, "douyin_shop")
        assert figures(db, "day", MEASURES, SMALL) == truth_of(mock, "douyin_shop", "day", MEASURES)


def test_ctrl_c_while_records_are_stored_counts_none_twice(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    interrupted = []

    def interrupt(connection: Connection) -> None:
        if not interrupted and connection.exec_driver_sql("SELECT COUNT(*) FROM order_line").scalar():
            interrupted.append(True)
            raise KeyboardInterrupt

    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        event.listen(db.engine, "commit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sync(db, "douyin_shop", kinds=("orders",), options=Options(clock=mock.clock))
        with db.read() as connection:
            orders = connection.exec_driver_sql("SELECT COUNT(DISTINCT order_id) FROM order_line").scalar()
            (run,) = connection.exec_driver_sql("SELECT outcome, read, stored FROM sync_run").all()
        assert orders and tuple(run) == ("stopped", orders, orders)


def test_since_reads_again_from_that_day(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        [whole] = pull(db, mock, "douyin_shop", kinds=("orders",))
        since = int(mock.clock.now()) - 30 * 86_400
        [part] = pull(db, mock, "douyin_shop", kinds=("orders",), since=since)
        [usual] = pull(db, mock, "douyin_shop", kinds=("orders",))
        assert whole.read > part.read > usual.read and part.stored == 0


def test_landed_pages_are_read_again_by_a_corrected_parser(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from etl.platforms.douyin_shop import orders
    from etl.ranks import ORDER_RANK

    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        right = orders.STATUS
        with monkeypatch.context() as patch:
            patch.setattr(orders, "STATUS", {k: v for k, v in right.items() if k != 4} | {3: "paid"})
            patch.setitem(ORDER_RANK, "paid", 9)
            [report] = sync(db, "douyin_shop", kinds=("orders",), options=Options(clock=mock.clock))
            assert report.rejected > 0
            assert figures(db, "day", MEASURES, SMALL) != truth_of(mock, "douyin_shop", "day", MEASURES)
        request = mock.requests["douyin_shop"].total
        reports = reparse(db, "douyin_shop", clock=mock.clock)
        assert mock.requests["douyin_shop"].total == request
        assert sum(report.rejected for report in reports) == 0
        assert figures(db, "day", MEASURES, SMALL) == truth_of(mock, "douyin_shop", "day", MEASURES)
        assert dump(db.path)["rejected_answer"] == []
        before = dump(db.path)
        pull(db, mock, "douyin_shop", kinds=("orders",))
        after = dump(db.path)
        assert [t for t in before if before[t] != after[t] and t not in ("cursor", "read_stretch")] == []


def test_landed_pages_go_after_thirty_days(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with at_mock("douyin_shop", tmp_path, monkeypatch) as mock:
        pull(db, mock, "douyin_shop", kinds=("orders",))
        assert dump(db.path)["raw_page"]
        first = {row.split(",")[4] for row in dump(db.path)["raw_page"]}
        mock.advance(days=31)
        pull(db, mock, "douyin_shop", kinds=("orders",))
        assert not first & {row.split(",")[4] for row in dump(db.path)["raw_page"]}
