"""Small files whose figures once meant something else, queried as a user does: through the command."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.connect import connect
from shop.maintenance import figures_are_true
from tests.support.fresh import empty_shop_file

CASES = Path(__file__).parents[2] / "data" / "cases"
ZONES = CASES / "67-shop-day-outside-china"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    use_language("en")

    def run(*arguments: Any) -> Result:
        result = CliRunner().invoke(root_command(), [str(a) for a in arguments], catch_exceptions=False)
        assert result.exit_code in (0, 1), result.output
        return result

    return run


@pytest.fixture
def json_of(run: Any) -> Any:
    return lambda *arguments: json.loads(run(*arguments, "--json").output)


def of_days(content: Any, metric: str) -> dict[str, int]:
    return {row["day"]: row[metric] for row in content["rows"] if row[metric]}


JANUARY = ("--from", "2026-01-01", "--to", "2026-01-31")
TURN = ("--by", "day", "--from", "2026-01-29", "--to", "2026-02-02")


def test_a_shop_in_new_york_has_new_york_days(json_of: Any) -> None:
    report = json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert report["files"][0]["shop"] == {"time_zone": "America/New_York", "currency": "USD"}
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 70_00, "2026-02-01": 80_00}
    assert json_of("shop", "show")["shop"]["currency"] == "USD"


def test_a_day_without_a_time_is_that_day_of_the_shop(json_of: Any) -> None:
    json_of("import", "--profile", ZONES / "sydney.toml", ZONES / "dates_only.csv")
    days = {"2026-01-31": 10_00, "2026-02-01": 20_00}
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == days
    json_of("shop", "set", "--time-zone", "America/Los_Angeles")
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == days


def test_a_chosen_time_zone_is_not_changed_by_a_file(json_of: Any) -> None:
    json_of("shop", "set", "--time-zone", "Europe/London", "--currency", "gbp")
    report = json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert "shop" not in report["files"][0]
    assert json_of("shop", "show")["shop"] == {"name": "", "time_zone": "Europe/London", "currency": "GBP"}
    days = of_days(json_of("report", "gmv", "--currency", "USD", *TURN), "gmv")
    assert days == {"2026-01-31": 30_00, "2026-02-01": 120_00}


def test_another_time_zone_computes_all_days_again(json_of: Any, tmp_path: Path) -> None:
    json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv")
    assert json_of("shop", "set", "--time-zone", "Asia/Shanghai")["moved_rows"] == 2
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 10_00, "2026-02-01": 140_00}
    db = connect(str(tmp_path / "shop.db"))
    assert figures_are_true(db)
    db.close()
    json_of("import", "--profile", ZONES / "newyork.toml", ZONES / "orders.csv", "--dates", "mdy")
    lines = json_of("report", "lines", *TURN)["total"]["now"]["lines"]
    assert lines == 4  # read once more in another time zone, no line is doubled
    json_of("shop", "set", "--time-zone", "America/New_York")
    assert of_days(json_of("report", "gmv", *TURN), "gmv") == {"2026-01-31": 70_00, "2026-02-01": 80_00}


def test_a_time_zone_or_currency_that_does_not_exist_is_rejected(run: Any) -> None:
    for option, word in (("--time-zone", "Europe/Jingdezhen"), ("--currency", "ABC")):
        result = CliRunner().invoke(root_command(), ["shop", "set", option, word])
        assert result.exit_code == 2
        assert word in result.output
