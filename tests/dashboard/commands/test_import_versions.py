"""Exports of the same orders read twice, in any order, by other profiles, and taken back: through the command."""

import json
import shutil
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
CARRIERS = CASES / "01-dy-reexport-fills-carrier"
EDITED = CASES / "16-reexport-after-code-or-title-edited"
CORRECTED = CASES / "48-profile-mended-imported-again"
JANUARY = ("--from", "2026-01-01", "--to", "2026-01-31")


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
def figures(run: Any) -> Any:
    def figures(*metrics: str) -> list[Any]:
        content = json.loads(run("report", *metrics, *JANUARY, "--by", "month", "--json").output)
        return [sum(row[name] or 0 for row in content["rows"]) for name in metrics]

    return figures


def lines() -> list[tuple[Any, ...]]:
    db = connect()
    assert figures_are_true(db)
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT order_id, line_id, sku, status, carrier, quantity, buyer_paid_cents FROM order_line "
            "ORDER BY 1, 2"
        ).all()
    db.close()
    return [tuple(row) for row in rows]


def imports(run: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(run("import", "--list", "--json").output)["imports"]
    return listed


@pytest.mark.parametrize("order", [("day1", "day2"), ("day2", "day1")])
def test_an_export_of_the_next_day_fills_the_carrier_whichever_is_read_first(run: Any, order: Any) -> None:
    for name in order:
        run("import", CARRIERS / f"{name}.csv")
    assert [line[4] for line in lines()] == ["live"] * 40


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_later_export_by_its_name_has_the_corrected_code_in_any_order(
    run: Any, tmp_path: Path, order: Any
) -> None:
    for name, day in (("before", 1), ("after", 2)):
        shutil.copyfile(CARRIERS / f"renamed_{name}.csv", tmp_path / f"orders 2026-01-1{day} 093000.csv")
    for day in order:
        run("import", tmp_path / f"orders 2026-01-1{day} 093000.csv")
    assert [line[2] for line in lines()] == ["CUP-NEW"] * 40


def test_without_a_moment_the_file_that_is_read_later_is_the_later_one(run: Any) -> None:
    run("import", CARRIERS / "renamed_before.csv", CARRIERS / "renamed_after.csv")
    assert [line[2] for line in lines()] == ["CUP-NEW"] * 40


@pytest.mark.parametrize(("edited", "sku"), [("code", "CUP-01"), ("title", "CUP")])
def test_an_edited_code_or_title_makes_no_second_line(run: Any, figures: Any, edited: str, sku: str) -> None:
    for name in ("export1", f"export2_{edited}_edited"):
        run("import", "--profile", EDITED / "profile.toml", EDITED / f"{name}.csv")
    assert lines() == [("2600000000001", "#1", sku, "completed", "unknown", 1, 10_000)]
    assert figures("gmv", "units") == [100_00, 1]


def test_a_corrected_profile_replaces_its_first_reading_and_the_file_can_be_forgotten(
    run: Any, figures: Any
) -> None:
    file = next(CORRECTED.glob("*.xlsx"))
    run("import", "--profile", CORRECTED / "answered.toml", file)
    assert len(lines()) == 4
    run("import", "--profile", CORRECTED / "expert.toml", file)
    assert figures("gmv") == [460_00]
    assert [item["kind"] for item in imports(run)] == ["expert"]
    output = run("import", "--forget", file, "--dry-run")
    assert "4 orders, 5 order lines, 1 refund, 460.00 CNY will go." in output.output
    assert figures("gmv") == [460_00]
    run("import", "--forget", file, "--yes")
    assert (lines(), imports(run)) == ([], [])


def test_what_another_import_states_comes_back_when_the_later_one_is_undone(run: Any) -> None:
    run("import", CARRIERS / "renamed_before.csv", CARRIERS / "renamed_after.csv")
    before, after = lines(), imports(run)
    result = run("import", "--undo", after[0]["number"], "--yes")
    assert "40 rows that other files state too come back" in result.output
    assert [line[2] for line in lines()] == ["CUP-OLD"] * 40
    run("import", CARRIERS / "renamed_after.csv")
    assert lines() == before


def test_an_import_that_is_not_there_is_reported(run: Any) -> None:
    result = run("import", "--undo", "7", "--yes")
    assert result.exit_code == 1
    assert "There is no import 7" in result.output
