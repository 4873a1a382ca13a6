"""`kilnboard order` and `kilnboard label` as a script and a packer meet them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.i18n.language import use_language
from shop.catalog.label_codes import is_well_formed
from tests.support.fresh import new_database
from tests.support.shops.outgoing import number, orders_to_send

pytestmark = pytest.mark.usefixtures("outgoing_clock")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = tmp_path / "shop.db"
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    monkeypatch.setenv("KILNBOARD_USER", "小王")
    monkeypatch.delenv("KILNBOARD_ROLE", raising=False)
    use_language("en")
    db = new_database(path)
    orders_to_send(db)
    db.close()

    def run(*arguments: Any, code: int = 0) -> str:
        result = CliRunner().invoke(root_command(), [str(word) for word in arguments], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_orders_are_listed_shown_picked_and_shipped_as_json(run: Any) -> None:
    orders = json.loads(run("order", "list", "--show", "send", "--json"))["orders"]
    assert [order["order_id"] for order in orders] == [number(place) for place in range(10)]
    assert {"platform", "status", "promised_at", "lines", "province", "courier"} <= set(orders[0])
    assert "buyer_key" not in json.dumps(orders)
    (order,) = json.loads(run("order", "list", f"'{number(3)}", "--json"))["orders"]
    detail = json.loads(run("order", "show", number(3)[-8:], "--json"))
    assert detail["order"]["order_id"] == order["order_id"] == number(3)
    assert set(detail) == {
        "order",
        "sums",
        "refunds",
        "payouts",
        "movements",
        "contents",
        "comments",
        "readings",
    }
    stops = json.loads(run("order", "pick", "--orders", 2, "--json"))["stops"]
    assert [(stop["sku"], stop["pieces"], stop["picked"]) for stop in stops] == [
        ("S0000", 1, False),
        ("S0001", 1, False),
        ("S0002", 1, False),
    ]
    done = json.loads(run("order", "ship", "douyin", number(0), number(1), "--json"))
    assert done["sent"] == 2
    assert done["undo"] > 0
    assert len(json.loads(run("order", "list", "--show", "sent", "--json"))["orders"]) == 2


def test_in_words_with_exit_codes(run: Any) -> None:
    assert number(0) in run("order", "list")
    assert "No orders match" in run("order", "list", "nothing here")
    assert "S0000" in run("order", "pick")
    assert number(2) in run("order", "show", number(2))
    assert "There is no order" in run("order", "show", "693", code=2)  # several have it
    assert "There is no order" in run("order", "ship", "douyin", "123", code=2)


def test_a_packer_gets_no_sums(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_ROLE", "packer")
    text = (
        run("order", "show", number(0), "--json")
        + run("order", "list", "--json")
        + run("order", "show", number(0))
    )
    assert "128" not in text.replace(number(0), "")
    assert "cents" not in text


def test_labels_and_packing_lists_are_written(run: Any, tmp_path: Path) -> None:
    labels = json.loads(run("label", "S0000", "A架-1", "--out", tmp_path / "labels.html", "--json"))["labels"]
    assert [(label["kind"], label["subject"]) for label in labels] == [("sku", "S0000"), ("place", "A架-1")]
    assert all(is_well_formed(label["code"]) for label in labels)
    page = (tmp_path / "labels.html").read_text()
    assert page.count('class="symbol"') == 2
    assert all(label["code"] in page for label in labels)
    run("order", "pick", "--paper", tmp_path / "pick.html", "--size", "76x130")
    paper = (tmp_path / "pick.html").read_text()
    assert "size: 76mm 130mm" in paper
    assert all(number(place) in paper for place in range(10))
    assert "¥" not in paper
    for order in json.loads(run("order", "list", "--json"))["orders"]:
        promised = datetime.fromisoformat(order["promised_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
        assert f", {promised:%H:%M}</small>" in paper  # on the shop's clock
    assert "neither a SKU nor a place" in run("label", "NOTHING", code=2)
    assert "no such label paper" in run("label", "S0000", "--paper", "a5", code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("label", "S0000", "--out"),
        ("order", "pick", "--paper"),
        ("card", "gmv", "--out"),
        ("report", "growth", "--html"),
        ("listing", "export"),
    ],
    ids=" ".join,
)
def test_a_file_that_cannot_be_written_is_named(run: Any, tmp_path: Path, words: tuple[str, ...]) -> None:
    target = tmp_path / "missing" / "file.png"
    assert f"{target} cannot be used" in run(*words, target, code=2)
