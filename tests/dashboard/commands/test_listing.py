"""`kilnboard listing`, as a studio would type it: enter, check, sell, match, edit, export, undo."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.connect import connect
from tests.support.fresh import empty_shop_file
from tests.support.pictures import picture

DATA = Path(__file__).parents[2] / "etl" / "data"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    monkeypatch.setenv("KILNBOARD_USER", "mei")
    use_language("en")

    def ran(*arguments: Any, code: int = 0) -> Result:
        words = ["listing", *map(str, arguments)]
        result = CliRunner().invoke(root_command(), words)
        assert result.exit_code == code, result.output + str(result.exception)
        return result

    return ran


def json_of(result: Result) -> Any:
    return json.loads(result.output)


def sold(tmp_path: Path, code: str) -> None:
    db = connect(str(tmp_path / "shop.db"))
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sold_name (shop_id, name_key, sku, title) VALUES (1, 7, ?, '青瓷 主人杯')", (code,)
        )
    db.close()


CUP = (
    "add",
    "--form",
    "主人杯",
    "--glaze",
    "青瓷",
    "--food-safe",
    "--price",
    "128",
    "--height",
    62,
    "--width",
    88,
    "--weight",
    180,
    "--on",
    "douyin",
    "--pieces",
    3,
)


def test_a_cup_from_the_first_line_to_being_live(run: Run, tmp_path: Path):
    created = json_of(run(*CUP, "--json"))
    assert (created["sku"], created["product"]) == ("K0001", "K0001")
    missing = json_of(run("check", "douyin/own/K0001", "--json", code=1))
    assert [item["code"] for item in missing["check"] if item["blocks"]] == ["photo"]
    assert "photo" in run("state", "douyin/own/K0001", "live", code=2).output
    (tmp_path / "cup.jpg").write_bytes(picture())
    assert "1 photos added" in run("photo", "add", "K0001", tmp_path / "cup.jpg").output
    assert "can go live" in run("check", "douyin/own/K0001").output
    live = json_of(run("state", "douyin/own/K0001", "live", "--json"))
    assert live["status"] == "live"
    shown = json_of(run("show", "K0001", "--json"))
    assert (shown["photos"], shown["price"], shown["listings"][0]["status"]) == (1, 12_800, "live")
    run("undo", live["undo"])
    rows = json_of(run("list", "主人杯", "--json"))["rows"]
    assert [(row["sku"], row["status"], row["on_hand"]) for row in rows] == [("K0001", "draft", 3)]
    assert "K0001" in run("list").output
    assert "Height (mm): 62" in run("show", "K0001").output


def test_edits_are_checked_one_by_one_and_undone_together(run: Run):
    run(*CUP)
    done = json_of(run("edit", "K0001", "price=99.90", "place=A3", "weight_g=heavy", "--json", code=1))
    assert {item["field"] for item in done["changes"]} == {"price", "place"}
    assert "not a whole number" in done["refused"][0]["reason"]
    run("undo", done["undo"])
    assert json_of(run("show", "K0001", "--json"))["price"] == 12_800
    assert "Nothing changes" in run("edit", "K0001", "price=128").output
    run("edit", "K0001", "colour=red", code=2)
    run("edit", "douyin/own/K0001", "listing_price=118")
    assert json_of(run("show", "K0001", "--json"))["listings"][0]["price"] == 11_800


def test_unmatched_items_are_matched_ignored_and_undone(run: Run, tmp_path: Path):
    run(*CUP)
    sold(tmp_path, "OLD-1")
    (row,) = json_of(run("match", "queue", "--json", code=1))["rows"]
    assert (row["value"], row["suggestions"][0]["sku"]) == ("OLD-1", "K0001")
    assert "K0001" in run("match", "queue", code=1).output
    assert json_of(run("match", "confirm", "code", "OLD-1", "K0001", "--json"))["wordings"] == 1
    assert json_of(run("match", "rules", "--json"))["rules"][0]["who"] == "mei"
    assert "OLD-1" in run("match", "rules").output
    run("match", "back", "code", "OLD-1")
    run("match", "ignore", "code", "OLD-1")
    assert json_of(run("match", "queue", "--json"))["rows"] == []
    run("match", "back", "code", "OLD-1")
    run("match", "new", "OLD-1")
    assert "Nothing waits" in run("match", "new", "OLD-1", code=2).output
    assert json_of(run("match", "queue", "--json"))["rows"] == []


def test_the_catalog_is_exported_and_imported_after_editing(run: Run, tmp_path: Path):
    run(*CUP)
    path = tmp_path / "catalog.csv"
    run("export", path)
    run("export", path, code=2)
    assert json_of(run("import", path, "--json"))["changes"] == 0
    path.write_text(path.read_text("utf-8-sig").replace("128.00", "138.00"), "utf-8-sig")
    looked = json_of(run("import", path, "--dry-run", "--json"))
    assert (looked["changes"], looked["undo"]) == (2, None)
    done = json_of(run("import", path, "--json"))
    assert json_of(run("show", "K0001", "--json"))["price"] == 13_800
    run("undo", done["undo"])
    assert json_of(run("show", "K0001", "--json"))["price"] == 12_800
    assert "1 row read" in run("import", path).output
    run("export", tmp_path / "catalog.xlsx")
    run("export", tmp_path / "shopify.csv", "--for", "shopify")
    assert (tmp_path / "shopify.csv").read_text("utf-8").startswith("Handle,Title,Body (HTML)")


def test_a_studios_etsy_file_with_its_stock(run: Run):
    done = json_of(run("import", DATA / "etsy_it.csv", "--json"))
    assert (done["kind"], done["stored"], done["opening_stock"]) == ("etsy_listings", 7, None)
    done = json_of(run("import", DATA / "etsy_it.csv", "--with-stock", "--json"))
    assert done["opening_stock"] == {"skus": 4, "pieces": 4}
    output = run("import", DATA / "shopify_old.csv", "--currency", "USD", code=1).output
    assert "1 set aside" in output


def test_offer_link_todo_archive_delete_and_history(run: Run):
    run(*CUP)
    run("offer", "K0001", "etsy", "--title", "Celadon cup")
    run("link", "etsy/own/K0001", "123456")
    assert "Nothing to change" in run("todo").output
    run("offer", "K0001", "kuaishou")
    run("delete", "kuaishou/own/K0001", "--yes")
    run("archive", "K0001")
    assert json_of(run("list", "--json"))["rows"] == []
    run("archive", "K0001", "--back")
    assert "cannot be deleted" in run("delete", "K0001", "--yes", code=2).output
    changes = json_of(run("undo", "--json"))["changes"]
    assert {item["verb"] for item in changes} >= {"listing.enter", "listing.offer", "catalog.archive"}
    assert changes[0]["who"] == "mei"
    assert "K0001" in run("undo").output
    run("undo", 9999, code=2)
    run("state", "no-listing", "live", code=2)


def test_the_actor_is_recorded_and_a_creator_is_rejected(run: Run, monkeypatch: pytest.MonkeyPatch):
    run("--as", "lin", *CUP)
    assert json_of(run("undo", "--json"))["changes"][0]["who"] == "lin"
    monkeypatch.setenv("KILNBOARD_ROLE", "creator")
    assert "creator" in run("edit", "K0001", "price=1", code=2).output
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    run("edit", "K0001", "price=1")


def test_a_piece_and_a_new_product_without_a_name(run: Run):
    run("add", code=2)
    run(*CUP)
    run("add", "--to", "K0001", "--policy", "one_of_a_kind", "--price", "888", "--pieces", 1)
    result = json_of(run("show", "K0001-P1", "--json"))
    assert (result["stock_policy"], result["piece_number"], result["on_hand"]) == ("one_of_a_kind", "1", 1)


def test_the_commands_of_the_readme_work_as_documented(run: Run, tmp_path: Path):
    readme = (Path(__file__).parents[3] / "docs" / "manual" / "en" / "by-command.md").read_text("utf-8")
    section = readme.split("## Products, listings and photos")[1].split("```")[1]
    (tmp_path / "cup.jpg").write_bytes(picture())
    (tmp_path / "products.csv").write_bytes((DATA / "etsy_it.csv").read_bytes())
    lines = [line.split("#")[0].split() for line in section.strip().splitlines()]
    assert len(lines) == 10
    for line in lines:
        words = [str(tmp_path / word) if "." in word and "/" not in word else word for word in line]
        is_open = words[2:4] == ["match", "queue"]
        if words[2:4] == ["match", "confirm"]:
            sold(tmp_path, "OLD-7")
        assert words[:2] == ["kilnboard", "listing"]
        assert run(*words[2:], code=0).output or is_open
