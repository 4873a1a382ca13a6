"""The Stock page as it is used: search, edit many, count, reserve, decide, receive, book, and undo."""

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from shop.db.database import Database
from shop.stock import count_page, counts, history, oversold, returns
from tests.support.fresh import new_database
from tests.support.pages import bodies, no_error, open_page, sentence, shown
from tests.support.stock.places import fill
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, line, load, refund, stock

PARTS = ("todo", "table", "count", "holds", "one", "history")
CUPS = [f"cup{number:02}" for number in range(50)]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Four bowls, three cups, a vase that exists once, a mug that nobody counted yet."""
    db = new_database(tmp_path / "studio.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "studio.db"))
    monkeypatch.setenv("KILNBOARD_USER", "小林")
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    catalog(db, bowl="stocked", cup="stocked", vase="one_of_a_kind", mug="stocked")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET place = 'A-1' WHERE sku <> 'mug'")
        connection.exec_driver_sql("UPDATE variant SET reorder_point = 3 WHERE sku = 'cup'")
    counts.set_counts(db, {"bowl": 4, "cup": 3, "vase": 1}, actor=OWNER, at=at(0))
    return db


def query(db: Database, sql: str) -> list[Any]:
    with db.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert no_error(page)
    return page


def undone(page: AppTest) -> AppTest:
    return press(page, "saved-undo")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_the_sample_shop(spring_shop: Path, part: str, language: str):
    page = open_page("stock", stock=part, lang=language)
    assert no_error(page)
    assert not re.search(r"\{\w+[:}]", shown(page))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_shop_without_a_catalog_is_sent_to_the_listings(empty_shop: Path, language: str):
    page = open_page("stock", lang=language)
    assert no_error(page)
    assert {"zh": "商品目录还是空的", "en": "catalog is still empty"}[language] in sentence(page)


@pytest.mark.parametrize("part", PARTS)
def test_an_uncounted_catalog_is_shown_how_to_begin(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    db = new_database(tmp_path / "new.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "new.db"))
    catalog(db, bowl="stocked")
    page = open_page("stock", stock=part)
    assert no_error(page)
    assert "还没有盘过库存：1 个规格" in sentence(page)
    first = open_page("stock")
    assert no_error(first)
    assert "盘哪里" in shown(first)


def test_the_stock_that_a_platform_states_begins_the_books(studio: Database):
    with studio.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO listing (shop_id, platform, listing_id, sku, status, currency, quantity, "
            "updated_at, payload_hash) VALUES (1, 'etsy', '7', 'mug', 'live', 'CNY', 9, 1, 1)"
        )
    page = press(open_page("stock", stock="count"), "accept-stated")
    assert stock(studio, "mug") == (9, 0)
    undone(page)
    assert query(studio, "SELECT * FROM stock_balance WHERE sku = 'mug'") == []


# --- the table -------------------------------------------------------------------------------------


def test_the_stock_is_searched_narrowed_and_leads_to_each_sku(studio: Database):
    page = open_page("stock", stock="table")
    assert "在库 8 件" in sentence(page) and "1 个规格到了补货线" in sentence(page)
    result = re.findall(r'href="[^"]*stock=one&amp;sku=([a-z]+)"', " ".join(bodies(page)))
    assert result == ["cup", "bowl", "mug", "vase"]
    assert "该补货" in shown(page) and "没盘过" in shown(page)
    narrowed = shown(open_page("stock", stock="table", find="bow", lang="en"))
    assert "bowl" in narrowed and "vase" not in narrowed
    assert "mug" in shown(open_page("stock", stock="table", show="uncounted"))
    assert "没有符合条件的规格" in shown(open_page("stock", stock="table", show="held"))


def edit(page: AppTest, cells: dict[int, dict[str, Any]]) -> AppTest:
    """Type into cells of the table, as its editor reports them."""
    key = page.session_state["stock-rows"][0]
    page.session_state[key] = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    return page.run()


def test_fifty_cells_are_one_confirmation_one_transaction_and_one_undo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    db = new_database(tmp_path / "cups.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "cups.db"))
    catalog(db, **dict.fromkeys(CUPS, "stocked"))
    counts.set_counts(db, dict.fromkeys(CUPS, 60), actor=OWNER, at=at(0))
    page = open_page("stock", stock="table", edit="1", field="cells", sort="name")
    edit(page, {row: {"on_hand": row} for row in range(49)} | {49: {"place": "B-2"}})
    assert "保存 50 处改动" in page.button(key="save-stock").label
    version = db.version()
    press(page, "save-stock")
    assert db.version() == version + 1
    assert [stock(db, sku)[0] for sku in CUPS] == [*range(49), 60]
    assert query(db, "SELECT place FROM variant WHERE sku = 'cup49'") == [("B-2",)]
    assert "已保存 50 处改动" in shown(page)
    undone(page)
    assert {stock(db, sku)[0] for sku in CUPS} == {60}
    assert query(db, "SELECT place FROM variant WHERE sku = 'cup49'") == [(None,)]
    assert ledger_is_sound(db)


def test_a_cell_that_is_no_count_is_named_and_the_good_ones_are_saved(studio: Database):
    page = open_page("stock", stock="table", edit="1", field="cells", sort="name")
    edit(page, {0: {"on_hand": 9}, 3: {"on_hand": 2}})
    assert "孤品，不能有 2 件" in " ".join(item.value for item in page.text)
    press(page, "save-stock")
    assert (stock(studio, "bowl")[0], stock(studio, "vase")[0]) == (9, 1)


def test_a_sale_between_looking_and_saving_saves_nothing(studio: Database):
    page = open_page("stock", stock="table", edit="1", field="cells", sort="name")
    edit(page, {0: {"on_hand": 9}, 1: {"on_hand": 9}})
    load(studio, line("1", "bowl"))
    press(page, "save-stock")
    assert (stock(studio, "bowl")[0], stock(studio, "cup")[0]) == (3, 3)
    assert "bowl 刚刚被其他人改过" in shown(page)
    press(page, "save-stock")  # the edits are still there, now against what is so
    assert (stock(studio, "bowl")[0], stock(studio, "cup")[0]) == (9, 9)


# --- counting --------------------------------------------------------------------------------------


def start_count(studio: Database) -> AppTest:
    page = press(open_page("stock", stock="count"), "start-A-1")
    (item,) = count_page.counts(studio)
    assert "0 / 3" in page.get("progress")[0].proto.text
    press(page, f"right-{item.count_id}-bowl")
    page.number_input(key=f"pieces-{item.count_id}-cup").decrement().run()
    return page


def test_a_location_is_counted_line_by_line_and_booked_after_a_review(studio: Database):
    page = start_count(studio)
    (item,) = count_page.counts(studio)
    assert (item.lines, item.lines_right, item.started_by) == (2, 1, "小林")
    assert "还有 1 行没点" in shown(page)
    press(page, "finish")
    assert stock(studio, "cup")[0] == 3
    press(page, "finish-back")
    press(page, "finish")
    press(page, "finish-sure")
    assert (stock(studio, "bowl")[0], stock(studio, "cup")[0], stock(studio, "vase")[0]) == (4, 2, 1)
    assert "盘点完成：2 行里 1 行相符，少 1 件" in shown(page)
    assert count_page.counts(studio) == []
    undone(page)
    assert stock(studio, "cup")[0] == 3
    assert "已撤销" in shown(open_page("stock", stock="count"))


def test_a_line_is_counted_again_and_a_count_is_given_up(studio: Database):
    page = start_count(studio)
    (item,) = count_page.counts(studio)
    press(page, f"again-{item.count_id}-cup")
    assert count_page.counts(studio)[0].lines == 1
    press(page, "drop")
    press(page, "drop-sure")
    assert stock(studio, "cup")[0] == 3
    assert count_page.counts(studio) == []
    assert "这次盘点已丢掉" in shown(page)


def test_a_count_is_interrupted_and_resumed_and_a_past_one_is_undone(studio: Database):
    page = start_count(studio)
    (item,) = count_page.counts(studio)
    press(page, "count-later")
    page = press(open_page("stock", stock="count"), f"go-on-{item.count_id}")
    press(page, f"right-{item.count_id}-vase")
    press(page, "finish")
    press(page, "finish-sure")
    page = press(open_page("stock", stock="count"), f"back-{item.count_id}")
    assert stock(studio, "cup")[0] == 3


def test_a_piece_of_another_location_is_located_and_counted(studio: Database):
    page = press(open_page("stock", stock="count"), "start-A-1")
    (item,) = count_page.counts(studio)
    page.text_input(key="count-text").set_value("mug").run()
    page.number_input(key=f"pieces-{item.count_id}-mug").increment().run()
    press(page, "finish")
    press(page, "finish-sure")
    assert stock(studio, "mug") == (1, 0)


def test_of_many_places_one_is_chosen_from_a_list_and_a_long_count_has_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    db = new_database(tmp_path / "long.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "long.db"))
    fill(db, 60, places=30)
    page = open_page("stock", stock="count")
    page.selectbox(key="count-place").set_value("B架-3").run()
    press(page, "start-B架-3")
    assert "0 / 2" in page.get("progress")[0].proto.text
    press(page, "count-later")
    press(page, "start-*")
    (whole, _) = count_page.counts(db)
    first = count_page.count_page(db, whole.count_id, None).lines[0].level.sku
    press(page, f"right-{whole.count_id}-{first}")
    assert "1 / 60" in page.get("progress")[0].proto.text
    assert len([item for item in page.number_input if item.key.startswith("pieces-")]) == 20
    page.session_state[f"count-page-{whole.count_id}"] = 3
    page.run()
    third = count_page.count_page(db, whole.count_id, None, number=3).lines[0].level.sku
    press(page, f"right-{whole.count_id}-{third}")
    assert count_page.counts(db)[0].lines == 2


def test_somebody_else_finished_the_count_meanwhile(studio: Database):
    page = start_count(studio)
    (item,) = count_page.counts(studio)
    counts.finish(studio, item.count_id, actor=HELPER)
    press(page, f"right-{item.count_id}-vase")
    assert "当前状态不能这样操作" in shown(page)


# --- reservations -----------------------------------------------------------------------------------------


def test_a_piece_is_reserved_for_a_session_extended_and_released(studio: Database):
    page = open_page("stock", stock="holds")
    page.selectbox(key="hold-sku").set_value("cup").run()
    assert "可售 3 件" in shown(page)
    page.number_input(key="hold-pieces").set_value(2).run()
    page.selectbox(key="hold-platform").set_value("douyin").run()
    press(page, "hold")
    (stored,) = history.open_reservations(studio)
    assert (stored.sku, stored.remaining, stored.platform, stored.created_by) == ("cup", 2, "douyin", "小林")
    assert stock(studio, "cup") == (3, 2)
    press(page, f"longer-hours_2-{stored.reservation_id}")
    assert (history.open_reservations(studio)[0].expires_at - stored.expires_at).total_seconds() == 7200
    undone(page)
    assert history.open_reservations(studio)[0].expires_at == stored.expires_at
    press(page, f"release-{stored.reservation_id}")
    assert stock(studio, "cup") == (3, 0)


def test_more_than_is_available_cannot_be_reserved_and_the_page_shows_the_limit(studio: Database):
    page = open_page("stock", stock="holds")
    page.selectbox(key="hold-sku").set_value("cup").run()
    page.number_input(key="hold-pieces").set_value(9).run()
    press(page, "hold")
    assert "只有 3 件可动" in shown(page)
    assert history.open_reservations(studio) == []


# --- what waits ------------------------------------------------------------------------------------


def test_what_was_sold_twice_comes_first_with_who_paid_first_and_a_sibling(studio: Database):
    load(studio, line("1", "vase"), line("2", "vase", paid=11, platform="kuaishou"))
    page = open_page("stock")
    assert "1 单" in sentence(page)
    assert "抖音 1" in shown(page) and "快手 2" in shown(page)
    page.selectbox(key="instead-kuaishou-2-1-0").select_index(0).run()
    chosen = page.selectbox(key="instead-kuaishou-2-1-0").value.sku
    press(page, "sibling-kuaishou-2-1-0")
    assert oversold.oversold(studio) == []
    assert stock(studio, chosen)[0] == {"bowl": 3, "cup": 2}[chosen]
    undone(page)
    press(page, "waits-kuaishou-2-1-0")
    assert oversold.oversold(studio) == []
    page = open_page("stock", stock="todo")
    assert no_error(page)
    press(page, "reopen-kuaishou-2-1-0")
    press(page, "refunded-kuaishou-2-1-0")
    assert query(studio, "SELECT SUM(short) FROM stock_claim") == [(0,)]


def test_returned_parcels_are_whole_broken_or_some_of_each(studio: Database):
    load(
        studio,
        *(line(str(n), "bowl", 1, status="completed", shipped=20) for n in (1, 2)),
        refund("1"),
        refund("2"),
        line("3", "cup", 2, status="completed", shipped=20),
        refund("3"),
    )
    page = open_page("stock", stock="todo")
    result = {item.order_id: "-".join(map(str, item.key)) for item in returns.expected(studio)}
    press(page, f"whole-{result['1']}")
    assert stock(studio, "bowl") == (3, 0)
    press(page, f"broken-{result['2']}")
    assert stock(studio, "bowl") == (3, 0)
    for name, pieces in (("whole", 1), ("broken", 1)):
        page.number_input(key=f"part-{name}-{result['3']}").set_value(pieces).run()
    press(page, f"parts-{result['3']}")
    assert stock(studio, "cup") == (2, 0)
    assert returns.expected(studio) == []
    undone(page)
    assert [item.order_id for item in returns.expected(studio)] == ["3"]


# --- one SKU ---------------------------------------------------------------------------------------


def test_breakage_and_direct_sales_are_recorded_with_actor_and_reason(studio: Database):
    page = open_page("stock", stock="one", sku="bowl")
    page.text_input(key="why-bowl").set_value("摔了").run()
    press(page, "book")
    assert stock(studio, "bowl") == (3, 0)
    (last, *_) = history.movements(studio, "bowl")
    assert (last.reason, last.actor, last.note, last.after) == ("broken", "小林", "摔了", 3)
    press(page, f"move-back-{last.movement_id}")
    assert stock(studio, "bowl") == (4, 0)
    page.segmented_control(key="reason-bowl").set_value("counted").run()
    page.number_input(key="verb-counted-bowl").set_value(7).run()
    press(page, "book")
    assert stock(studio, "bowl") == (7, 0)
    undone(page)
    assert stock(studio, "bowl") == (4, 0)


def test_an_uncounted_sku_begins_with_its_count(studio: Database):
    page = open_page("stock", stock="one", sku="mug", lang="en")
    assert "never counted" in shown(page)
    page.number_input(key="verb-counted-mug").set_value(5).run()
    press(page, "book")
    assert stock(studio, "mug") == (5, 0)


def test_only_the_owner_sees_and_sets_a_presale(studio: Database, monkeypatch: pytest.MonkeyPatch):
    page = open_page("stock", stock="one", sku="cup")
    assert not [item for item in page.button if item.key == "presale"]
    monkeypatch.setenv("KILNBOARD_ROLE", "owner")
    page = open_page("stock", stock="one", sku="cup")
    page.number_input(key="presale-cup-0").set_value(2).run()
    press(page, "presale")
    assert query(studio, "SELECT presale FROM stock_balance WHERE sku = 'cup'") == [(2,)]


def test_a_creator_sees_the_stock_and_changes_nothing(studio: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KILNBOARD_ROLE", "creator")
    page = open_page("stock", stock="one", sku="cup")
    press(page, "book")
    assert stock(studio, "cup") == (3, 0)
    assert "当前身份不能" in shown(page)


def test_the_list_of_changes_undoes_any_of_them(studio: Database):
    page = open_page("stock", stock="one", sku="bowl")
    press(page, "book")
    (number,) = [item[0] for item in query(studio, "SELECT audit_id FROM audit WHERE verb = 'broken'")]
    page = press(open_page("stock", stock="history"), f"undo-{number}")
    assert stock(studio, "bowl") == (4, 0)
    assert "小林 已撤销" in shown(page)
    assert ledger_is_sound(studio)
