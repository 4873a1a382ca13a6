"""What the dashboard does by itself: each job in its turn, once per database, and its outcome where users see it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.server import late_figures
from dashboard.server.background import JOBS, BackgroundWorker, Job, run_due
from etl.notifications import Address
from etl.notifications.recipients import save
from etl.sync import schedule
from etl.sync.lease import SyncLease
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.core.errors import DatabaseBusy, DiskFull, MissingDatabase, ShopError
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.deferred_rollups import is_stale
from shop.settings import UnknownChoice, save_preferences
from tests.support.chat_robot import Robot
from tests.support.pages import no_error, open_page, shown
from tests.support.shops.catalogs import sell

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MESSAGES = tuple(job for job in JOBS if job.name == "message")


def every_hour(name: str, outcome: ShopError | Exception | None = None) -> Job:
    def run(_db: Database, _lease: SyncLease) -> ShopError | None:
        if isinstance(outcome, ShopError) or outcome is None:
            return outcome
        raise outcome

    return Job(name, lambda db, now: schedule.is_due(db, name, timedelta(hours=1), now), run)


def test_a_job_runs_when_it_is_due_and_its_end_is_recorded(db: Database) -> None:
    jobs = (every_hour("sync"), every_hour("message", DatabaseBusy()), every_hour("backup", ValueError("x")))
    now = datetime.now(UTC)
    assert run_due(db, jobs, now) == ["sync", "message", "backup"]
    assert run_due(db, jobs, now + timedelta(minutes=59)) == []
    assert run_due(db, jobs, now + timedelta(minutes=61)) == ["sync", "message", "backup"]
    runs = schedule.last_runs(db)
    assert {name: run.error for name, run in runs.items()} == {
        "sync": None,
        "message": "DatabaseBusy",
        "backup": "Unexpected",
    }
    assert all(run.ended_at is not None for run in runs.values())


def test_one_process_works_on_a_database_at_a_time(db: Database) -> None:
    with schedule.alone(db) as lease:
        assert lease is not None
        assert run_due(db, (every_hour("sync"),), NOW) == []
    assert run_due(db, (every_hour("sync"),), NOW) == ["sync"]


def test_the_morning_message_goes_out_by_itself_once_and_a_failure_is_shown(
    empty_shop: Path, tmp_path: Path, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop.connect import connect

    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    db = connect(str(empty_shop))
    save(
        Address(
            "工作室群", "dingtalk", "00:00", {"url": robot.url("/robot/send?access_token=a"), "secret": ""}
        )
    )
    assert run_due(db, MESSAGES) == ["message"]
    assert len(robot.posts) == 1
    assert run_due(db, MESSAGES, now=datetime.now(UTC) + timedelta(hours=1)) == []
    robot.answer = b'{"errcode":310000}'
    save(
        Address(
            "没有的群", "dingtalk", "00:00", {"url": robot.url("/robot/send?access_token=b"), "secret": ""}
        )
    )
    assert run_due(db, MESSAGES, now=datetime.now(UTC) + timedelta(hours=1)) == ["message"]
    db.close()
    page = open_page("settings", section="schedule")
    assert no_error(page)
    assert "每日早报" in shown(page) and "310000" in shown(page)


def test_a_shop_that_is_away_is_named_once_without_a_traceback(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: list[ShopError | None] = [MissingDatabase(path="p")] * 2
    outcomes += [DatabaseBusy(), MissingDatabase(path="p"), DiskFull(path="p"), None, DiskFull(path="p")]
    following = iter(outcomes)

    def database() -> Database:
        if problem := next(following):
            raise problem
        return db

    worker, last = BackgroundWorker(database), ""
    for _ in outcomes:
        last = worker.look(last)
    lines = capsys.readouterr().err.splitlines()
    assert [("已不在原处" in line, "磁盘" in line) for line in lines] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_preferences_are_the_owners_and_only_those_that_are_offered(db: Database) -> None:
    assert save_preferences(db, actor=OWNER, sync_minutes=60).sync_minutes == 60
    assert save_preferences(db, actor=OWNER, language="en").sync_minutes == 60
    with pytest.raises(UnknownChoice):
        save_preferences(db, actor=OWNER, sync_minutes=7)
    with pytest.raises(NotAllowed):
        save_preferences(db, actor=Actor("a", "creator"), up="red")


def test_late_figures_are_computed_before_somebody_reads_them(db: Database) -> None:
    figures = tuple(job for job in JOBS if job.name == "figures")
    assert run_due(db, figures) == []
    sell(db, "1", "2026-01-05 10:00:00", 9_000)
    assert is_stale(db)
    assert run_due(db, figures) == ["figures"]
    assert not is_stale(db) and figures_are_true(db)
    assert run_due(db, figures) == []


def test_a_page_does_not_compute_the_late_figures_of_years(
    empty_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread does so meanwhile, and the part says it; where nothing runs in the background the page does."""
    from shop.connect import connect

    monkeypatch.setattr(late_figures, "MOST_DAYS", 2)
    db = connect(str(empty_shop))
    for day in ("05", "06", "07"):
        sell(db, day, f"2026-01-{day} 10:00:00", 9_000, buyer_key=int(day))
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait, name=late_figures.THREAD)
    thread.start()
    links: tuple[dict[str, str], ...] = (
        {"part": "hours"},
        {"part": "buyers"},
        {"part": "payouts"},
        {"part": "split", "cut": "buyers"},
    )
    try:
        for link in links:
            page = open_page("growth", lang="en", **link)
            assert no_error(page) and "computed in the background" in shown(page), link
        assert is_stale(db)
    finally:
        ended.set()
        thread.join()
    page = open_page("growth", lang="en", **links[0])
    assert no_error(page) and "computed in the background" not in shown(page)
    assert not is_stale(db)
    db.close()
