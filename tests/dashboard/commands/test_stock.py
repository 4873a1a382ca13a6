"""`kilnboard stock` as a script and an assistant meet it: words, JSON, exit codes, and undo."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.access.roles import OWNER
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.connect import connect
from tests.support.fresh import new_database
from tests.support.shops.practice_studio import spring_files


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shop of two cups and a jar, and the command line on it."""
    path = tmp_path / "shop.db"
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("KILNBOARD_USER", "小林")
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    use_language("en")
    db = new_database(path)
    for sku, policy in (("CUP", "stocked"), ("BOWL", "stocked"), ("JAR", "one_of_a_kind")):
        products.add(
            db,
            ProductFields(sku.title(), form="cup", glaze="celadon"),
            [VariantFields(sku=sku, stock_policy=policy, price_cents=9_900)],
            actor=OWNER,
            code=sku,
        )
    db.close()

    def run(*arguments: Any, code: int = 0, answers: str | None = None) -> str:
        result = CliRunner().invoke(
            root_command(), ["stock", *map(str, arguments)], catch_exceptions=False, input=answers
        )
        assert result.exit_code == code, result.output
        return result.output

    return run


def json_of(run: Any, *arguments: Any, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


def orders(db_path: Path, *lines: tuple[str, str, int, int]) -> None:
    """Order, SKU, pieces and minutes after the opening count, as a load brings them."""
    import time

    from shop.orders.batch import IngestBatch
    from shop.orders.upsert import Upsert

    now = int(time.time())
    columns: dict[str, list[Any]] = {
        "order_id": [item[0] for item in lines],
        "line_id": ["1"] * len(lines),
        "sku": [item[1] for item in lines],
        "title": [item[1] for item in lines],
        "quantity": [item[2] for item in lines],
        "status": ["paid"] * len(lines),
        "currency": ["CNY"] * len(lines),
        "buyer_paid_cents": [100] * len(lines),
        "list_cents": [100] * len(lines),
        "paid_at": [now + item[3] * 60 for item in lines],
        "paid_on": ["2026-11-23"] * len(lines),
        "updated_at": [now] * len(lines),
        "payload_hash": list(range(len(lines))),
    }
    db = connect(str(db_path))
    with db.write() as connection:
        load = Upsert(connection, 1)
        load.put(IngestBatch("order_line", "douyin", columns, list(range(len(lines)))))
        load.finish()
    db.close()


def test_stock_is_set_transferred_shown_and_undone(run: Any) -> None:
    message = run("set", "CUP", 12, "BOWL", 3)
    assert "2 SKUs set, 15 pieces" in message
    now = json_of(run, "move", "broken", "CUP", 2, "--note", "fell")
    assert (now["on_hand"], now["free"], now["short"]) == (10, 10, 0)
    assert "fell" in run("show", "CUP") and "小林" in run("show", "CUP")
    run("undo", now["change"])
    (cup,) = json_of(run, "list", "CUP")["skus"]
    assert (cup["on_hand"], cup["is_low"]) == (12, False)
    moves = json_of(run, "show", "CUP")["movements"]
    assert [(item["reason"], item["on_hand"]) for item in moves] == [
        ("broken", 2),
        ("broken", -2),
        ("counted", 12),
    ]
    assert "15 pieces" in run("list") and "BOWL" in run("list", "--show", "all")
    assert run("history").count("小林") >= 3


def test_missing_stock_is_not_sold_and_is_reported(run: Any) -> None:
    run("set", "CUP", 1)
    assert "only 1 can be given" in run("move", "sold", "CUP", 2, code=1)
    assert "kilnboard stock set BOWL" in run("move", "sold", "BOWL", code=2)
    assert "no SKU “MUG”" in run("move", "made", "MUG", code=2)
    assert "one of a kind" in run("set", "JAR", 2, code=2)
    assert "Usage" in run("set", "CUP", code=2) and "number of pieces" in run("set", "CUP", "x", code=2)


def test_a_script_that_tries_again_books_once(run: Any) -> None:
    run("set", "CUP", 1)
    for _ in range(3):
        run("move", "made", "CUP", 4, "--key", "market-2026-11-23")
    assert json_of(run, "list", "CUP")["skus"][0]["on_hand"] == 5


def test_a_location_is_counted_step_by_step(run: Any) -> None:
    run("set", "CUP", 12, "BOWL", 3)
    number = json_of(run, "count", "start")["count"]
    run("count", "add", number, "CUP", 11, "BOWL", 3)
    worksheet = json_of(run, "count", "show", number)
    assert (worksheet["lines"], worksheet["lines_right"], worksheet["pieces"], worksheet["pieces_right"]) == (
        2,
        1,
        15,
        14,
    )
    error = run("count", "finish", number, code=1, answers="n\n")
    assert "-1" in error
    run("count", "finish", number, answers="y\n")
    assert json_of(run, "list", "CUP")["skus"][0]["on_hand"] == 11
    run("undo", json_of(run, "history")["changes"][0]["audit_id"])
    assert json_of(run, "list", "CUP")["skus"][0]["on_hand"] == 12
    other = json_of(run, "count", "start")["count"]
    run("count", "drop", other)
    run("count", "finish", other, "--yes", code=2)


def test_pieces_are_reserved_for_a_session(run: Any) -> None:
    run("set", "CUP", 2)
    reserved = json_of(run, "hold", "CUP", 2, "--for", "2h", "--platform", "douyin", "--note", "tonight")
    assert (reserved["on_hand"], reserved["held"], reserved["free"]) == (2, 2, 0)
    assert "tonight" in run("holds")
    assert "only 0" in run("hold", "CUP", 1, code=1)
    run("extend", reserved["hold_id"], "--for", "1d")
    run("release", reserved["hold_id"])
    assert json_of(run, "holds")["holds"] == []
    assert "ended already" in run("release", reserved["hold_id"], code=2)


def test_an_import_speaks_of_oversold_orders_where_it_stored_something(run: Any, tmp_path: Path) -> None:
    run("set", "JAR", 1)
    orders(tmp_path / "shop.db", ("early", "JAR", 1, 1), ("late", "JAR", 1, 2))
    letter = tmp_path / "letter.csv"
    letter.write_text("Dear,Sir\n1,2\n", "utf-8")
    for file, is_stored in ((letter, False), (spring_files()[0], True)):
        result = CliRunner().invoke(root_command(), ["import", str(file)], catch_exceptions=False)
        assert ("oversold" in result.output) == is_stored, result.output


def test_oversold_pieces_are_reported_and_settled(run: Any, tmp_path: Path) -> None:
    run("set", "JAR", 1, "CUP", 4)
    orders(tmp_path / "shop.db", ("early", "JAR", 1, 1), ("late", "JAR", 1, 2))
    assert "came first: douyin early" in run("oversold", code=1)
    (item,) = json_of(run, "oversold", code=1)["oversold"]
    assert (item["order_id"], item["short"], item["siblings"][0]["sku"]) == ("late", 1, "CUP")
    run("settle", "douyin", "late", "1", "sibling", "--with", "CUP")
    assert "Nothing is oversold" in run("oversold")
    assert json_of(run, "list", "CUP")["skus"][0]["on_hand"] == 3
    run("settle", "douyin", "late", "1", "reopen")
    run("settle", "douyin", "late", "1", "waits")
    assert json_of(run, "oversold", "--all")["oversold"][0]["settled_how"] == "waits"
    assert "No return" in run("returns") and json_of(run, "returns") == {"returns": []}
    run("receive", "douyin", "late", "1", "--whole", 1, code=2)


def test_an_assistant_may_do_all_but_what_the_owner_decides(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("presale", "CUP", 3)
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    run("move", "made", "CUP", 2)
    for error in (("presale", "CUP", 9), ("push", "douyin_shop", "--on"), ("margin", "douyin_shop", 1)):
        assert "Ask the owner" in run(*error, code=2)
    monkeypatch.setenv("KILNBOARD_ROLE", "king")
    assert "no role" in run("move", "made", "CUP", code=2)


def test_nothing_is_pushed_to_a_platform_without_the_owners_permission(run: Any, tmp_path: Path) -> None:
    db = connect(str(tmp_path / "shop.db"))
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO listing (shop_id, platform, listing_id, sku, product_id, currency, quantity, "
            "updated_at, payload_hash) VALUES (1, 'douyin', '17', 'CUP', '1', 'CNY', 9, 0, 0)"
        )
    db.close()
    run("set", "CUP", 5)
    assert json_of(run, "push") == {"pushes": []}
    assert "douyin: not allowed (1 live listings)" in run("push")
    (would,) = json_of(run, "push", "--dry-run")["pushes"]
    assert (would["known"], would["quantity"], would["outcome"]) == (9, 5, "would")
    run("margin", "douyin_shop", 2)
    run("push", "douyin_shop", "--on")
    assert "would tell douyin 17 (CUP): 9 → 3" in run("push", "--dry-run")
    assert json_of(run, "push") == {"pushes": []}  # allowed, but not connected
    run("push", "--on", code=2)


def test_doctor_checks_the_stock(run: Any, tmp_path: Path) -> None:
    run("set", "CUP", 5)
    orders(tmp_path / "shop.db", ("A", "CUP", 2, 1))
    check = CliRunner().invoke(root_command(), ["doctor", "--json"])
    result = {item["name"]: item for item in json.loads(check.output)["checks"]}
    assert result["stock"]["ok"]
    db = connect(str(tmp_path / "shop.db"))
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM stock_claim")
    db.close()
    check = CliRunner().invoke(root_command(), ["doctor", "--json"])
    result = {item["name"]: item for item in json.loads(check.output)["checks"]}
    assert not result["stock"]["ok"] and "stock follow" in result["stock"]["says"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_speaks_both_languages(run: Any, language: str, tmp_path: Path) -> None:
    use_language(language)
    run("set", "CUP", 3, "JAR", 1)
    orders(tmp_path / "shop.db", ("A", "JAR", 1, 1), ("B", "JAR", 1, 2), ("C", "CUP", 1, 1))
    run("hold", "CUP", 1)
    for command in ("list", "holds", "history", "returns", "push"):
        assert run(command)
    assert run("show", "JAR") and run("oversold", code=1)
