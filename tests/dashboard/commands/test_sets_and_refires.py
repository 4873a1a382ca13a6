"""A set of four cups, and cups that go into the kiln once more: through the commands, as a studio types them."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n import format
from dashboard.i18n.language import use_language
from tests.support.fresh import empty_shop_file

CASES = Path(__file__).parents[2] / "data" / "cases"
BUNDLE = CASES / "71-bundle-of-four-cups" / "orders.csv"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    use_language("en")

    def run(line: str, code: int = 0) -> Any:
        result = CliRunner().invoke(root_command(), shlex.split(line), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return json.loads(result.output) if "--json" in line else result.output

    with time_machine.travel("2026-11-29T02:00:00Z"):
        yield run
    format.use_currency("CNY")


def test_a_sold_set_takes_its_four_cups(run: Any, tmp_path: Path) -> None:
    run("listing add 手工主人杯 --price 100 --sku CUP")
    assert "There is no SKU “BOX”" in run("listing add 四只装 --sku SET4 --parts 'CUP*4; BOX'", 1)
    assert run("listing add 主人杯四只装 --price 360 --sku SET4 --parts 'CUP*4' --json")["sku"] == "SET4"
    run("stock set CUP 10")
    assert "SET4 is a set" in run("stock set SET4 2", 1)
    with time_machine.travel("2026-11-29T03:00:00Z"):
        run(f"import '{BUNDLE}'")
        shelf = {row["sku"]: row for row in run("stock list --json")["skus"]}
        assert shelf["CUP"]["on_hand"] == 5  # ten less one single cup and a set of four
        assert (shelf["SET4"]["on_hand"], shelf["SET4"]["short"]) == (1, 0)
        assert shelf["SET4"]["parts"] == [
            {"sku": "CUP", "title": "手工主人杯", "pieces": 4, "free": 5, "short": 0, "limits": True}
        ]
        sold = run("stock move sold SET4 1 --json")  # over the counter
        assert (sold["on_hand"], run("stock list CUP --json")["skus"][0]["on_hand"]) == (0, 1)
        run(f"stock undo {sold['change']}")
        assert run("stock hold SET4 1 --json")["free"] == 0
        sheet = tmp_path / "catalog.csv"
        run(f"listing export '{sheet}'")
        assert "CUP*4" in sheet.read_text("utf-8-sig")
        edited = run("listing edit SET4 'parts=CUP*2' --json")
        assert [edited["changes"][0][name] for name in ("before", "after")] == ["CUP*4", "CUP*2"]
        run(f"listing undo {edited['undo']}")
        run(f"listing import '{sheet}'")  # nothing changed
        assert run("stock list SET4 --json")["skus"][0]["parts"][0]["pieces"] == 4


def test_a_sheet_brings_a_set_with_its_parts(run: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "catalog.csv"
    rows = (
        "款号,款名,SKU,套装组成",
        "GIFT,礼盒,SET4,CUP*4；BOX",
        "CUP,主人杯,CUP,",
        "BOX,盒,BOX,",
        "BAD,坏的,SET5,SET4*2",
    )
    sheet.write_text("\n".join(rows), "utf-8")
    assert "a set is made of single SKUs" in run(f"listing import '{sheet}'", 1)
    run("stock set CUP 9")
    run("stock set BOX 1")
    (row,) = run("stock list SET4 --json")["skus"]
    assert (row["on_hand"], [part["limits"] for part in row["parts"]]) == (1, [False, True])
