"""The Orders page on a shelf of twenty SKUs and ten orders: pick, pack, hold back, undo; a packer sees no sums."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard.cli import root_command
from shop.connect import connect
from shop.orders import parcels
from tests.shop.performance.test_presale import RECORDS, REFUNDS, batches, put
from tests.support.fresh import new_database
from tests.support.pages import APP, no_error, open_page, sentence, shown
from tests.support.shops.outgoing import number, orders_to_send
from tests.support.shops.small_shop import store

pytestmark = pytest.mark.usefixtures("outgoing_clock")


@pytest.fixture
def stocked_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shop.db"
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    monkeypatch.setenv("KILNBOARD_USER", "小王")
    db = new_database(path)
    orders_to_send(db)
    db.close()
    return path


def outbox(path: Path) -> parcels.Outbox:
    db = connect(str(path))
    try:
        return parcels.outbox(db)
    finally:
        db.close()


def press(page: AppTest, start: str) -> AppTest:
    button = next(item for item in page.button if item.key and item.key.startswith(start))
    return button.click().run()


def test_the_sentence_counts_late_orders(stocked_shop: Path) -> None:
    page = open_page("orders")
    assert no_error(page)
    assert "3 单已超过承诺发货时间" in sentence(page)
    assert "3 orders are late" in sentence(open_page("orders", lang="en"))


def test_ten_orders_are_picked_and_packed(stocked_shop: Path) -> None:
    page = open_page("orders", orders="pick")
    taps = 1  # the part
    while any(item.key and item.key.startswith("picked-") for item in page.button):
        page = press(page, "picked-")
        taps += 1
        assert no_error(page)
    page = press(page, "all-sent")
    taps += 1
    assert taps <= 45
    result = outbox(stocked_shop)
    assert not result.ready
    assert len(result.sent) == 10
    page = press(page, "saved-undo")
    assert len(outbox(stocked_shop).ready) == 10
    assert no_error(page)


def test_too_few_pieces_postpone_an_order(stocked_shop: Path) -> None:
    page = press(open_page("orders", orders="pick"), "fewer-")
    assert no_error(page)
    assert [item.waits_for for item in outbox(stocked_shop).delayed] == ["stock"]
    page = open_page("orders", orders="waiting")
    assert "等补货 1 单" in shown(page)
    press(page, "over-")
    assert not outbox(stocked_shop).delayed


def test_an_order_is_put_on_hold_from_its_menu_and_back(stocked_shop: Path) -> None:
    page = open_page("orders")
    page = page.menu_button[0].click("kiln").run()
    assert no_error(page)
    held = outbox(stocked_shop)
    assert [item.waits_for for item in held.delayed] == ["kiln"] and len(held.ready) == 9
    press(page, "saved-undo")
    assert len(outbox(stocked_shop).ready) == 10


def test_the_filters_of_all_orders_narrow_and_are_named(stocked_shop: Path) -> None:
    page = open_page("orders", orders="all", days="all")
    assert no_error(page) and number(3) in shown(page)
    page.selectbox(key="link.status").select("shipped").run()
    assert no_error(page) and number(3) not in shown(page)
    assert "筛选：已发货 · " in page.get("popover")[0].proto.popover.label


@pytest.mark.parametrize("typed", ["{}", "'{}", '="{}"', "\t{}"])
def test_an_order_is_listed_and_opened(stocked_shop: Path, typed: str) -> None:
    page = open_page("orders", q=typed.format(number(3)))
    assert no_error(page)
    assert "1 单" in shown(page)
    assert number(3) in shown(page)
    assert number(4) not in shown(page)
    one = open_page("orders", order=number(3), of="douyin")
    assert no_error(one)
    assert "买家实付 ¥256.00" in " ".join(shown(one).split())


def test_a_packer_sees_no_sums(stocked_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_ROLE", "packer")
    first = AppTest.from_file(str(APP), default_timeout=120).run()
    assert sentence(first) == sentence(open_page("orders"))  # a packer begins with them
    for link in (
        {},
        {"orders": "pick"},
        {"orders": "all"},
        {"q": "青瓷"},
        {"order": number(0), "of": "douyin"},
    ):
        page = open_page("orders", **link)
        assert no_error(page)
        assert "¥" not in shown(page)
    press(open_page("orders"), "sent-")
    assert len(outbox(stocked_shop).sent) == 1


def test_an_unknown_order_has_words(stocked_shop: Path) -> None:
    page = open_page("orders", order="1", of="douyin")
    assert no_error(page)
    assert "没有订单 1" in shown(page)


def test_a_note_is_saved(stocked_shop: Path) -> None:
    page = open_page("orders", order=number(0), of="douyin")
    page.text_input(key=f"note-douyin-{number(0)}").set_value("放贺卡").run()
    page = press(page, "save-note")
    assert no_error(page)
    assert "放贺卡" in shown(open_page("orders"))


def test_labels_are_printed_from_the_stock_page(stocked_shop: Path) -> None:
    page = open_page("stock", stock="labels")
    assert no_error(page)
    assert "20" in "".join(item.label for item in page.get("download_button")) or page.multiselect
    page = open_page("stock", stock="scan")
    assert no_error(page)
    page = page.text_input(key="label-typed").set_value("22222").run()
    assert "没有标签是“22222”" in shown(page)


def test_deposits_and_balances_that_are_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of docs/manual/en/presale.md on the page and by the command; a packer sees none of it."""
    path = tmp_path / "shop.db"
    monkeypatch.setenv("KILNBOARD_DB", str(path))
    db = new_database(path)
    put(db, *batches(RECORDS))
    store(db, refunds=REFUNDS)
    db.close()
    page = open_page("orders", orders="presale")
    assert no_error(page)
    words_of_page = " ".join(shown(page).split())
    assert "还有 1 单待付尾款，共 ¥70" in words_of_page
    assert "不退 ¥40" in words_of_page
    words = ["order", "presale", "--from", "2026-03-01", "--to", "2026-03-31", "--json"]
    result = json.loads(CliRunner().invoke(root_command(), words, catch_exceptions=False).output)
    assert result["sums"]["deposits"] == 200_00
    assert [item["state"] for item in result["orders"]] == ["sold", "open", "retained", "refunded", "sold"]
    monkeypatch.setenv("KILNBOARD_ROLE", "packer")
    assert "¥" not in shown(open_page("orders", orders="presale"))
