"""`kilnboard group` and `--shop`: shops are listed, opened by their short names, and taken off without a loss."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.commands import group
from dashboard.i18n.language import use_language
from etl import credentials
from sample_data.generator.spring import FOLDER as SPRING
from shop.connect import connect
from shop.group.access import GRANTS
from shop.group.comparison import CALENDARS

ORDERS = SPRING / "douyin_orders_2021-11.csv"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_language("en")
    path = tmp_path / "home.db"
    connect(str(path)).close()
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    return path


def run(home: Path, *words: str, code: int = 0, given: str = "") -> str:
    with pytest.MonkeyPatch.context() as patch:  # what a command leaves in the environment is of that command
        patch.setenv("KILNBOARD_DB", str(home))
        patch.setenv("KILNBOARD_SHOP", "")
        result = CliRunner().invoke(root_command(), list(words), input=given)
    assert result.exit_code == code, (result.output, result.exception)
    assert "*" not in result.output  # the marks of bold words are for pages
    return result.output


def lines_in(place: str) -> int:
    db = connect(place)
    row = db.row("SELECT COUNT(*) FROM order_line")
    db.close()
    assert row is not None
    return int(row[0])


def test_a_shop_is_listed_worked_in_by_its_name_and_taken_off(home: Path) -> None:
    assert "No shop is listed yet" in run(home, "group", "list")
    assert "was created" in run(home, "group", "add", "gaoling", "--title", "高岭窑")
    run(home, "group", "add", "gaoling", code=2)
    run(home, "--shop", "gaoling", "import", str(ORDERS))
    (listed,) = json.loads(run(home, "group", "list", "--json"))["shops"]
    place = listed.pop("place")
    assert listed == {"name": "gaoling", "title": "高岭窑", "people": {}}
    assert "gaoling" in place and lines_in(place) > 0 == lines_in(str(home))
    assert "Its data stay" in run(home, "group", "remove", "gaoling", given="y\n")
    assert lines_in(place) > 0
    assert "gaoling" in run(home, "--shop", "gaoling", "status", code=2)


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_report_of_all_shops_is_printed_and_json(home: Path) -> None:
    for name in ("gaoling", "yaoli", "gone"):
        run(home, "group", "add", name)
    run(home, "--shop", "gaoling", "import", str(ORDERS))
    home.with_name("gone.db").unlink()
    days = ("--from", "2021-11-01", "--to", "2021-11-30")
    report = json.loads(run(home, "group", "report", *days, "--json"))
    (row,) = report["shops"]
    (total,) = report["totals"]
    alone = json.loads(run(home, "--shop", "gaoling", "report", "gmv", *days, "--json"))
    assert row["figures"]["gmv"]["now"] == total["figures"]["gmv"] == alone["total"]["now"]["gmv"] > 0
    assert row["name"] == "gaoling" and row["before"] == ["2021-10-02", "2021-10-31"]
    assert [item["name"] for item in report["failed"]] == ["gone"]
    printed = run(home, "group", "report", *days)
    assert (
        "gaoling" in printed
        and "yaoli: no sales were read yet" in printed
        and "gone: The database" in printed
    )


def test_a_name_with_a_slip_creates_nothing(home: Path) -> None:
    run(home, "group", "add", "gaoling")
    before = sorted(home.parent.iterdir())
    for name in ("gaolin", "../home", "高岭"):
        run(home, "--shop", name, "status", code=2)
    assert sorted(home.parent.iterdir()) == before


def test_people_are_given_shops(home: Path) -> None:
    run(home, "user", "add", "Mei", "--role", "owner", "--password", "celadon cups in spring")
    run(home, "user", "add", "Lin", "--role", "guest", "--password", "celadon cups in spring")
    run(home, "group", "add", "gaoling")
    run(home, "group", "allow", "Lin", "gaoling", "sums")
    assert "Lin (sums only)" in run(home, "group", "list")
    run(home, "group", "allow", "Lin", "gaoling", "none")
    assert "Lin" not in run(home, "group", "list")
    assert "other shops only" in run(home, "user", "list")
    run(home, "user", "role", "Lin", "packer")
    assert "packer" in run(home, "user", "list")


def test_the_keys_of_a_shop_are_in_a_folder_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_SHOP", "gaoling")
    assert credentials.folder().parts[-2:] == ("shops", "gaoling")
    monkeypatch.delenv("KILNBOARD_SHOP")
    monkeypatch.setenv("KILNBOARD_DB", "postgresql://me@host/county?shop=yaoli")
    assert credentials.folder().name == "yaoli"


def test_what_can_be_typed_is_what_there_is() -> None:
    assert list(group.CALENDAR.choices) == list(CALENDARS)
    assert list(group.GRANTED.choices) == [*GRANTS, "none"]
