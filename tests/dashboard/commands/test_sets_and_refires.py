"""A set of four cups, and cups that go into the kiln once more: through the commands, as a studio types them."""

import json
import re
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
    assert "There is no SKU “BOX”" in run("listing add 四只装 --sku SET4 --parts 'CUP*4; BOX'", 2)
    assert run("listing add 主人杯四只装 --price 360 --sku SET4 --parts 'CUP*4' --json")["sku"] == "SET4"
    run("stock set CUP 10")
    assert "SET4 is a set" in run("stock set SET4 2", 2)
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


def test_three_underfired_cups_go_in_once_more(run: Any) -> None:
    script = (CASES / "80-kiln-refire" / "commands.sh").read_text("utf-8").replace("\\\n", " ")
    commands = [
        part.strip().removeprefix("$K ")
        for line in script.splitlines()
        for part in line.split(";")
        if part.strip().startswith("$K ")
    ]
    for line in commands[:-2]:
        run(line)
    (card,) = run("kiln batch list --json")["batches"][1:]
    assert (card["stage"], card["again"], card["next"]) == ("glaze_fired", 3, "glaze_fired")
    assert "Only 3 pieces" in run("kiln batch write-off B1 glaze_fired 4", 2)
    for line in commands[-2:]:
        run(line)
    run("kiln firing bill E1-261114 --energy 60")
    batch = run("kiln batch show B1 --json")
    assert [
        (s["stage"], s["pass_number"], s["pieces_in"], s["pieces_out"], s["again"]) for s in batch["steps"]
    ] == [
        ("greenware", 1, 12, 11, 0),
        ("bisque", 1, 11, 10, 0),
        ("glazed", 1, 10, 10, 0),
        ("glaze_fired", 1, 10, 7, 3),
        ("glaze_fired", 2, 3, 2, 0),
    ]
    run("kiln batch check B1 prime=9 --on 2026-11-16")
    assert run("stock list CUP --json")["skus"][0]["on_hand"] == 9  # of twelve
    # bisque 45.00, glaze firings 65.00 and 65.00; all of it is in the nine that are good
    (cost,) = run("kiln cost CUP --json")["costs"]
    assert (cost["kiln_cents"] + cost["loss_cents"], cost["unit_cents"]) == (17_500 // 9, 17_500 // 9)
    passes = run("kiln yield --by firing_pass --from 2026-11-01 --json")["rows"]
    assert [(row["firing_pass"], row["pieces_in"], row["pieces_out"]) for row in passes] == [
        ("first", 21, 17),
        ("further", 3, 2),
    ]
    stages = run("kiln yield --from 2026-11-01 --json")["rows"]
    assert [(row["stage"], row["pieces_in"], row["pieces_out"]) for row in stages] == [
        ("greenware", 12, 11),
        ("bisque", 11, 10),
        ("glazed", 10, 10),
        ("glaze_fired", 10, 9),
        ("checked", 9, 9),
    ]


def test_gold_on_some_cups_and_what_nobody_fires_again(run: Any) -> None:
    for line in (
        "listing add 主人杯 --price 100 --sku CUP --shelf 100",
        "kiln kilns E1 --shelf 9000",
        "kiln batch start CUP 10 --id B1 --on 2026-11-01",
        "kiln batch step B1 greenware --on 2026-11-03",
        "kiln batch step B1 bisque --on 2026-11-05",
        "kiln batch step B1 glazed --on 2026-11-06",
        "kiln batch step B1 glaze_fired --lost underfired=2 --on 2026-11-08",
        "kiln firing plan E1 decor_fired 2026-11-10 B1:4",
        "kiln firing open E1-261110 B1:underfired=1 --on 2026-11-11",
        "kiln batch check B1 prime=7 --on 2026-11-12",  # four plain ones and three with gold
    ):
        run(line)
    cards = {card["stage"]: card for card in run("kiln batch list --json")["batches"]}
    assert {stage: card["again"] for stage, card in cards.items()} == {"glaze_fired": 2, "decor_fired": 1}
    run("kiln batch step B1 glaze_fired --in 1 --on 2026-11-14")  # once more, good
    run("kiln batch check B1 prime=1 --on 2026-11-15")
    assert "8 good · 1 lost" in run("kiln batch write-off B1 glaze_fired")
    closed = run("kiln batch close B1")
    assert "8 good · 2 lost" in closed and not run("kiln batch list --json")["batches"]


def test_a_curve_is_added_to_a_firing_shown_and_undone(run: Any, tmp_path: Path) -> None:
    log = tmp_path / "kiln.csv"
    log.write_text("Time (min),PV (°F)\n0,68\n60,1112\n120,2264\n150,2264\n160,OPEN\n", "utf-8")
    run("kiln kilns E1 --shelf 9000")
    run("kiln firing plan E1 glaze_fired 2026-11-10")
    assert run("kiln curve E1-261110 --json") == {"firing": "E1-261110", "points": None}
    assert "4 readings in °F, 1 rows left out" in run(f"kiln curve E1-261110 '{log}'")
    assert run("kiln curve E1-261110 --json") == {
        "firing": "E1-261110",
        "peak": 12_400,
        "soak_seconds": 1800,
        "to_peak_seconds": 7200,
        "seconds": 9000,
        "points": [[0, 200], [3600, 6000], [7200, 12_400], [9000, 12_400]],
    }
    undo = re.findall(r"kiln undo (\d+)", run("kiln curve E1-261110 --delete"))[0]
    run(f"kiln undo {undo}")
    assert run("kiln curve E1-261110 --json")["peak"] == 12_400
    assert "no firing E9" in run("kiln curve E9", 2)
