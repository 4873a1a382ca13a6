"""The session that is due on the Today page, where nothing is on air."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown
from tests.support.shops.small_shop import line, session, store


def test_the_session_that_is_due_is_named_with_its_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=2)).replace(hour=19, minute=30, second=0)
    starts = [f"{due - timedelta(weeks=weeks):%Y-%m-%d %H:%M:%S}" for weeks in range(1, 5)]
    db = new_database(tmp_path / "shop.db")
    store(
        db,
        lines=[line("1", starts[0], 100)],
        sessions=[session(start, start, 3_600, account="小满") for start in starts],
    )
    db.close()
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    page = open_page("today")
    assert no_error(page)
    assert f"{due.month}月{due.day}日" in shown(page) and "19:30，主播小满" in shown(page)


def test_sessions_on_air_on_two_platforms_at_once_are_both_shown_though_their_ids_are_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = f"{datetime.now(ZoneInfo('Asia/Shanghai')) - timedelta(minutes=10):%Y-%m-%d %H:%M:%S}"
    db = new_database(tmp_path / "shop.db")
    for platform, title in (("douyin", "开窑"), ("kuaishou", "茶席")):
        running = session("1", began, 3_600, title=title) | {"ended_at": None, "seconds": None}
        store(db, lines=[line(platform, began, 100)], sessions=[running], platform=platform)
    db.close()
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    page = open_page("today")
    assert no_error(page) and "开窑" in shown(page) and "茶席" in shown(page)
