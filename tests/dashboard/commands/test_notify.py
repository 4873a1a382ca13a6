"""The morning message: its text, and that each address gets it once a day."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.reports import morning
from shop.db.database import Database
from tests.support.chat_robot import Robot

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def run(spring_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    copy = tmp_path / "shop.db"
    copy.write_bytes(spring_path.read_bytes())
    monkeypatch.setenv("KILNBOARD_DB", str(copy))
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    use_language("en")

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(root_command(), list(arguments), typed, catch_exceptions=False)

    return run


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_reports_the_previous_day(spring: Database, language: str) -> None:
    use_language(language)
    report = morning.morning(spring, datetime(2022, 3, 1, 9, 0, tzinfo=CHINA))
    yesterday = "2月28日" if language == "zh" else "28 Feb"
    assert yesterday in report.title
    assert len(report.text.splitlines()) >= 2
    use_language("en")


def test_an_empty_shop_is_reported_as_empty(db: Database) -> None:
    use_language("en")
    assert "No sales yet" in morning.morning(db, datetime(2022, 3, 1, 9, tzinfo=CHINA)).text


def test_an_address_is_added_notified_once_and_removed(run: Any, robot: Robot) -> None:
    robot.secret = "SECx"
    url = robot.url("/robot/send?access_token=a")
    assert "No addresses" in run("notify", "list").output
    added = run(
        "notify", "add", "studio", "--url", url, "--service", "dingtalk", "--at", "00:00", typed="SECx\n"
    )
    assert added.exit_code == 0
    assert "SECx" not in added.output + run("notify", "list").output
    assert run("notify", "test", "studio").exit_code == 0
    assert run("notify", "now").exit_code == 0
    assert run("notify", "now").exit_code == 0
    assert len(robot.posts) == 2  # the test, and the day's own
    assert robot.posts[1]["text"]["content"].strip() == run("notify", "preview").output.strip()
    assert run("notify", "remove", "studio").exit_code == 0
    assert run("notify", "test", "studio").exit_code == 2


def test_a_failed_message_is_reported_and_retried(run: Any, robot: Robot) -> None:
    robot.answer = b'{"errcode":45009}'
    url = robot.url("/cgi-bin/webhook/send?key=k")
    run("notify", "add", "group", "--url", url, "--service", "wecom", "--at", "00:00")
    error = run("notify", "now")
    assert error.exit_code == 1
    assert "45009" in error.output
    robot.answer = b'{"errcode":0}'
    assert "sent" in run("notify", "now").output


def test_strange_addresses_and_times_are_rejected(run: Any) -> None:
    strange = run("notify", "add", "x", "--url", "https://example.com/hook", "--secret", "")
    assert strange.exit_code == 2
    assert "example.com" in strange.output
    late = run("notify", "add", "x", "--url", "https://oapi.dingtalk.com/r", "--at", "25:00")
    assert late.exit_code == 2


def test_a_wecom_group_gets_the_card_too(run: Any, robot: Robot) -> None:
    url = robot.url("/cgi-bin/webhook/send?key=k")
    run("notify", "add", "group", "--url", url, "--service", "wecom", "--card")
    assert run("notify", "test", "group").exit_code == 0
    kinds = [post["msgtype"] for post in robot.posts]
    assert kinds == ["text", "image"]
