"""`kilnboard kiln`, as a studio would type it: from a bag of clay to the host's card."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.access.roles import Actor
from shop.catalog.products import ProductFields, VariantFields, add
from shop.metrics.settings import today
from tests.support.fresh import new_database

README = Path(__file__).parents[3] / "docs" / "manual" / "en" / "by-command.md"
Run = Callable[..., Result]


def ran(line: str, *, code: int = 0) -> Result:
    result = CliRunner().invoke(root_command(), ["kiln", *line.split()])
    assert result.exit_code == code, result.output + str(result.exception)
    return result


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which `COMMANDS` were run, line by line."""
    path = tmp_path_factory.mktemp("story") / "shop.db"
    db = new_database(path)
    cup = VariantFields(sku="CUP", price_cents=6_800, shelf_cm2=80)
    add(db, ProductFields("Cup", form="cup"), [cup], actor=Actor("Lin"), code="CUP")
    db.close()
    use_language("en")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KILNBOARD_DB", str(path))
        patched.delenv("KILNBOARD_ROLE", raising=False)
        for line in COMMANDS.strip().splitlines():
            ran(line)
    return path


@pytest.fixture
def kiln(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    shutil.copy(template, tmp_path / "shop.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    use_language("en")
    return ran


def json_of(run: Run, line: str) -> dict[str, object]:
    result: dict[str, object] = json.loads(run(f"{line} --json").output)
    return result


COMMANDS = """
kilns E1 --shelf 3360 --wear 5
material add clay --kind clay --reorder-at 5 --order 50
material buy clay 100 400 --on 2026-03-01
material add box --kind packing --unit box
material buy box 100 145 --on 2026-03-01
material use CUP clay greenware 0.3
material use CUP box packing 1
batch start CUP 10 --on 2026-03-02 --maker Lin --id B1
batch step B1 greenware --lost crack=1 --on 2026-03-05
firing plan E1 bisque 2026-03-07 B1
firing fire E1-260307 --on 2026-03-07
firing open E1-260307 --on 2026-03-08 --energy 4
batch step B1 glazed --on 2026-03-09
firing plan E1 glaze_fired 2026-03-10 B1:5:top B1:4:bottom
firing open E1-260310 B1@bottom:stuck=2 --on 2026-03-11
batch check B1 prime=4 second=1 --part 1 --on 2026-03-12
batch list
batch show B1
firing list
material list
"""


def test_the_readme_lines_run_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "shop.db"))
    monkeypatch.chdir(tmp_path)
    use_language("en")
    db = new_database(tmp_path / "shop.db")
    cup = VariantFields(sku="CUP", price_cents=6_800, shelf_cm2=80)
    add(db, ProductFields("Cup", form="cup"), [cup], actor=Actor("Lin"), code="CUP")
    with db.read() as connection:
        now = today(connection)
    db.close()
    text = README.read_text("utf-8")
    block = text[text.index("## The kiln") :].split("```")[1]
    for line in block.strip().splitlines():
        message = line.partition("#")[0].replace("2026-03-07", str(now))
        words = message.replace("E1-260307", f"E1-{now:%y%m%d}").split()
        assert words[:2] == ["kilnboard", "kiln"]
        ran(" ".join(words[2:]))
    assert "Cup" in (tmp_path / "card.html").read_text("utf-8")


def test_a_batch_from_clay_to_stock(kiln: Run):
    (open_batch,) = json_of(kiln, "batch list")["batches"]
    assert (open_batch["stage"], open_batch["waiting"], open_batch["next"]) == ("glaze_fired", 2, "checked")
    kiln("batch check B1 prime=2 --on 2026-03-13")
    batch = json_of(kiln, "batch show B1")
    assert (batch["status"], batch["closed_on"]) == ("closed", "2026-03-13")
    (clay, box) = sorted(json_of(kiln, "material list")["materials"], key=lambda m: m["kind"])
    assert (clay["book"], clay["value_cents"]) == (97_000, 38_800)
    assert box["cents_a_unit"] == 145


def test_yields_are_printed_with_their_base(kiln: Run):
    result = json_of(kiln, "yield --by position --stage glaze_fired --from 2026-03-01 --to 2026-03-31")
    rows = {row["position"]: (row["pieces_in"], row["pieces_out"]) for row in result["rows"]}
    assert rows == {"top": (5, 5), "bottom": (4, 2)}
    assert "glaze firing, stuck: 2 lost" in kiln("yield --from 2026-03-01 --to 2026-03-31").output


def test_costs_and_floors(kiln: Run):
    message = kiln("cost CUP").output
    assert "firing E1-260310 has no energy bill yet" in message
    kiln("firing bill E1-260310 --energy 22")
    kiln("batch check B1 prime=2 --on 2026-03-13")
    (cost,) = json_of(kiln, "cost CUP")["costs"]
    # clay 12.00, bisque 4.00 + 5.00 wear, glaze firing 22.00 + 5.00: 48.00 / 7; a box 1.45
    assert (cost["unit_cents"], cost["is_complete"]) == (686 + 145, True)
    kiln("terms douyin --fee 5 --commission 20 --shipping 3")
    floor = json_of(kiln, "floor CUP douyin --coupon 10")
    assert floor["floor_cents"] == 1_000 - (-(831 + 300) * 10_000 // 7_500)


def test_the_card_is_printed_and_written(kiln: Run, tmp_path: Path):
    kiln("terms douyin --fee 5 --commission 20")
    assert "68.00" in kiln("card douyin CUP --coupon 5").output
    kiln(f"card douyin CUP --html {tmp_path / 'card.html'}")
    page = (tmp_path / "card.html").read_text("utf-8")
    assert "Cup" in page and "¥68.00" in page


def test_what_was_typed_is_undone(kiln: Run):
    message = kiln("batch step B1 greenware --part 1 --on 2026-03-05 --lost crack=0").output
    number = message.rsplit(maxsplit=1)[1]
    assert json_of(kiln, "batch show B1")["steps"][0]["pieces_out"] == 10
    kiln(f"undo {number}")
    assert json_of(kiln, "batch show B1")["steps"][0]["pieces_out"] == 9


def test_mistakes_are_rejected_with_a_reason(kiln: Run):
    assert "ready for glaze firing" in kiln("batch step B1 glaze_fired --in 4 --on 2026-03-12", code=2).output
    assert "crack=2" in kiln("batch step B1 greenware --lost crack", code=2).output
    assert "2026-03-01" in kiln("batch start CUP 3 --on yesterday", code=2).output
    assert "There is no batch B9" in kiln("batch show B9", code=2).output


def test_costs_are_the_owners(kiln: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    kiln("cost CUP", code=2)
    kiln("terms douyin --fee 5", code=2)
    assert json_of(kiln, "floor CUP douyin")["cost"] is None
    assert "loss_value" not in json_of(kiln, "yield --from 2026-03-01 --to 2026-03-31")["rows"][0]


def test_the_report_knows_yield_and_lost_value(kiln: Run):
    kiln("batch check B1 prime=2 --on 2026-03-13")
    line = "report yield loss_value --by maker --from 2026-03-01 --to 2026-03-31 --json"
    result = CliRunner().invoke(root_command(), line.split())
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.output)["rows"]
    assert row["maker"] == "Lin"
    assert row["yield"] == 0.7
