"""What lies ahead, in words and on the command line, in zh and en."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text import forecast as ahead
from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.access.roles import OWNER
from shop.connect import connect
from shop.db.backup import backup
from shop.growth.forecasting.forecast import forecast, project
from shop.growth.forecasting.goals import pace, past, set_goal
from shop.metrics.query import Query
from tests.support.fresh import new_database

UNTIL = date(2025, 10, 20)


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ahead")
    write_shop(folder, orders=900, days=180, until=UNTIL, platforms=("douyin",), only_orders=True)
    db = new_database(folder / "shop.db")
    for file in folder.glob("douyin_orders*"):
        import_file(db, file)
    db.close()
    return folder / "shop.db"


@pytest.fixture
def own(half_a_year: Path, tmp_path: Path) -> Path:
    """A copy of the shop that a test may change."""
    source = connect(str(half_a_year))
    backup(source, tmp_path / "shop.db")
    source.close()
    return tmp_path / "shop.db"


@pytest.fixture
def run(own: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(own))
    use_language("en")

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(root_command(), [str(a) for a in arguments], catch_exceptions=False)

    return run


def test_the_forecast_has_a_stable_format(run: Any) -> None:
    result = run("forecast", "gmv", "--on", UNTIL, "--weeks", 2, "--json")
    assert result.exit_code == 0
    message = json.loads(result.output)
    assert list(message) == [
        "metric",
        "unit",
        "currency",
        "known_until",
        "why_none",
        "history_days",
        "missing_days",
        "month",
        "days",
        "total",
        "trials",
        "unseen",
    ]
    assert message["unit"] == "cents" and message["currency"] == "CNY"
    assert len(message["days"]) == 14
    assert message["days"][0]["day"] == "2025-10-21"
    assert all(
        isinstance(day[name], int) for day in message["days"] for name in ("expected", "low", "high", "naive")
    )
    assert all(day["low"] <= day["high"] for day in message["days"])
    assert message["total"]["expected"] == sum(day["expected"] for day in message["days"])
    assert message["month"]["low"] <= message["month"]["expected"] <= message["month"]["high"]
    assert 0 < message["trials"]["covered"] < 1


def test_the_forecast_as_text_states_its_accuracy(run: Any) -> None:
    message = run("forecast", "orders", "--on", UNTIL).output
    assert "Oct 2025: Orders expected" in message
    assert "8 in 10" in message
    assert "Tried on the past" in message
    assert "2025-11-17" in message
    assert "*" not in message


def test_a_young_shop_gets_no_forecast_and_the_reason(run: Any) -> None:
    result = run("forecast", "--on", "2025-05-10")
    assert result.exit_code == 1
    assert "a forecast needs 56 (eight weeks)" in result.output
    assert json.loads(run("forecast", "--on", "2025-05-10", "--json").output)["why_none"] == "short"


@pytest.mark.parametrize(
    "arguments",
    [
        ("forecast", "aov"),
        ("forecast", "turnover"),
        ("forecast", "--on", "soon"),
        ("goal", "set", "gmv", "0"),
        ("goal", "set", "gmv", "much"),
        ("goal", "set", "aov", "50"),
        ("goal", "clear", "gmv"),
        ("goal", "set", "gmv", "5", "--month", "May"),
        ("campaign", "set", "618", "2026", "June"),
        ("campaign", "remove", "spring sale", "2026"),
        ("campaign", "reset", "618", "2026"),
        ("campaign", "set", " ", "2026", "2026-01-01"),
        ("goal", "set", "gmv", "1.005"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(run: Any, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.output) > 20
    assert "Traceback" not in result.output


def test_a_goal_is_set_shown_and_undone(run: Any) -> None:
    assert "No goal yet" in run("goal").output
    message = run("goal", "set", "gmv", "12,000.50", "--month", "2025-09").output
    assert message == "Set: the GMV goal of Sep 2025 is ¥12,000.50.\n"
    run("goal", "set", "units", "5", "--month", "2025-08")
    goals = json.loads(run("goal", "--json").output)["goals"]
    assert [(goal["month"], goal["metric"], goal["target"]) for goal in goals] == [
        ("2025-09", "gmv", 1_200_050),
        ("2025-08", "units", 5),
    ]
    assert goals[1]["outlook"] == "reached"
    assert "Aug 2025: the Units goal of 5 was reached" in run("goal").output
    assert "Removed" in run("goal", "clear", "gmv", "--month", "2025-09").output


def test_the_campaign_calendar_is_shown_changed_and_reset(run: Any) -> None:
    listed = run("campaign", "--year", "2025").output
    assert "618" in listed and "2025-05-13" in listed and "Double 11" in listed
    assert "estimate" in listed
    run("campaign", "set", "双11", "2026", "2026-10-15..2026-11-11")
    run("campaign", "set", "开窑节", "2026", "2026-04-01..2026-04-05", "--estimate")
    rows = json.loads(run("campaign", "--year", "2026", "--json").output)["campaigns"]
    own = {row["name"]: row for row in rows if row["is_own"]}
    assert own["双11"]["from"] == "2026-10-15" and own["双11"]["key"] == "double11"
    assert own["开窑节"]["is_estimate"]
    run("campaign", "remove", "618", "2026")
    assert run("campaign", "reset", "Double 11", "2026").exit_code == 0
    rows = json.loads(run("campaign", "--year", "2026", "--json").output)["campaigns"]
    known = {row["key"]: row["is_own"] for row in rows}
    assert "618" not in known
    assert known["double11"] is False


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_reads_in_both_languages(own: Path, tmp_path: Path, language: str) -> None:
    use_language(language)
    db = connect(str(own))
    query = Query(("gmv",), UNTIL, UNTIL)
    message = []
    for metric in ("gmv", "net_sales", "orders", "units"):
        request = Query((metric,), UNTIL, UNTIL)
        result = forecast(db, request, UNTIL)
        message += [ahead.weeks(result), ahead.trials(result), ahead.cautions(result)]
        message += [
            ahead.month(project(db, request, UNTIL)),
            ahead.month(project(db, request, date(2025, 9, 30))),
        ]
    young = forecast(db, query, UNTIL - timedelta(days=150))
    quiet = forecast(db, query, UNTIL + timedelta(days=100))
    message += [ahead.weeks(young), ahead.no_forecast(quiet)]
    message += [ahead.month(project(db, query, UNTIL - timedelta(days=150)))]
    for target in (1, 500_000, 10**12):
        for on in (UNTIL, date(2025, 9, 30), UNTIL - timedelta(days=150)):
            set_goal(db, on, "gmv", target, actor=OWNER)
            message += [ahead.goal(item) for item in pace(db, query, on)]
            message += [ahead.past_goal(item) for item in past(db, query, UNTIL)]
    db.close()
    assert all("{" not in line for line in message)
    assert ("eight weeks" if language == "en" else "八周") in "".join(message)
    assert ahead.no_forecast(forecast_of_nothing(tmp_path)) != ""


def forecast_of_nothing(folder: Path) -> Any:
    db = new_database(folder / "empty.db")
    result = forecast(db, Query(("gmv",), UNTIL, UNTIL), UNTIL)
    db.close()
    return result
