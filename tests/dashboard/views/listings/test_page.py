"""The Listings page as it is used: match, enter, edit many, check, import, and undo."""

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.views.listings import prices
from etl.imports.importer import import_file
from shop.access.roles import OWNER
from shop.catalog import match_queue, photos, products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.listings import catalog_table, listings
from shop.stock import counts
from tests.support.fresh import empty_shop_file, new_database
from tests.support.pages import bodies, no_error, open_page, sentence, shown
from tests.support.pictures import picture

DATA = Path(__file__).parents[3] / "etl" / "data"
READY = {"height_mm": 62, "width_mm": 88, "weight_g": 180, "price_cents": 12_800}


@pytest.fixture
def small_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    db = new_database(tmp_path / "small.db")
    monkeypatch.setenv("KILNBOARD_DB", str(tmp_path / "small.db"))
    product = ProductFields("青瓷主人杯", form="主人杯", glaze="青瓷", is_food_safe=True)
    fields = [VariantFields(sku="QC-S", title="小号", **READY), VariantFields(sku="QC-L", **READY)]
    products.add(db, product, fields, actor=OWNER, code="QC")
    return db


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    with db.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert no_error(page)
    return page


def undone(page: AppTest) -> AppTest:
    return press(page, "saved-undo")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["new", "table", "one", "queue", "files", "history"])
def test_every_part_opens_on_the_sample_and_on_an_empty_shop(
    spring_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, language: str
):
    page = open_page("listings", part=part, lang=language)
    assert no_error(page)
    assert not re.search(r"\{\w+[:}]", shown(page))
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "empty.db")))
    assert no_error(open_page("listings", part=part, lang=language))


def test_what_waits_is_on_top_and_a_touch_matches_it(small_shop: Database):
    with small_shop.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sold_name (shop_id, name_key, sku, title, spec) "
            "VALUES (1, 1, 'old-1', '青瓷主人杯 手工', '小号')"
        )
    page = open_page("listings")
    assert "1 样" in sentence(page)
    (row,) = match_queue.unmatched(small_shop)
    press(page, f"take-code-old-1-{row.suggestions[0].sku}")
    assert rows(small_shop, "SELECT sku, how FROM sold_match") == [("QC-S", "rule")]
    assert "已匹配" in shown(page)
    undone(page)
    assert rows(small_shop, "SELECT * FROM sold_match") == []
    press(page, "ignore-code-old-1")
    assert match_queue.count(small_shop) == 0
    page = open_page("listings", part="queue")
    press(page, "back-code-old-1")
    press(page, "make-code-old-1")
    assert ("old-1",) in rows(small_shop, "SELECT sku FROM variant")


def fill(page: AppTest, number: int, **fields: Any) -> None:
    for name, value in fields.items():
        key = f"entry-{name}-{0 if name in ('form', 'glaze', 'kind', 'food', 'place') else number}"
        if name in ("form", "glaze"):
            page.selectbox(key=key).set_value(value)
        elif name == "food":
            page.toggle(key=key).set_value(value)
        elif name in ("name", "size", "sku", "place"):
            page.text_input(key=key).set_value(value)
        else:
            page.number_input(key=key).set_value(value)


def test_two_new_cups_in_a_row_preserve_form_and_glaze(small_shop: Database):
    page = open_page("listings", part="new")
    fill(
        page,
        0,
        form="主人杯",
        glaze="青瓷",
        price=128.0,
        pieces=3,
        height=62,
        width=88,
        weight=180,
        food=True,
    )
    press(page, "entry-next")
    assert "K0001 已保存" in shown(page)
    fill(page, 1, name="粉青小杯", price=98.5, pieces=2)
    press(page, "entry-save")
    result = rows(small_shop, "SELECT title, form, glaze FROM product ORDER BY product_code")
    assert result[0] == ("青瓷 主人杯", "主人杯", "青瓷")
    assert result[1] == ("粉青小杯", "主人杯", "青瓷")
    assert rows(small_shop, "SELECT sku, on_hand FROM stock_balance ORDER BY 1") == [
        ("K0001", 3),
        ("K0002", 2),
    ]
    assert rows(small_shop, "SELECT price_cents FROM variant WHERE sku = 'K0002'") == [(9_850,)]
    undone(page)
    assert rows(small_shop, "SELECT is_archived FROM variant WHERE sku = 'K0002'") == [(1,)]


def test_a_form_without_a_name_shows_what_it_needs(small_shop: Database):
    page = open_page("listings", part="new")
    press(page, "entry-save")
    assert "请至少填款名、器型或釉色之一" in shown(page)
    assert rows(small_shop, "SELECT COUNT(*) FROM product") == [(1,)]


def edit(page: AppTest, cells: dict[int, dict[str, Any]]) -> AppTest:
    """Type into cells of the table, as its editor reports them."""
    page.run()
    key = next(
        name
        for name in page.session_state.filtered_state
        if name.startswith("editor-") and name != "editor-saves"
    )
    page.session_state[key] = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    return page.run()


def test_the_price_of_the_table_is_in_whole_units_and_names_are_not_empty(small_shop: Database):
    page = open_page("listings", part="table")
    assert no_error(page)
    (frame,) = [item.value for item in page.dataframe] or [None]
    if frame is not None:
        assert frame["price"].tolist() == [128.0, 128.0]
        assert frame["name"].tolist() == ["青瓷主人杯", "青瓷主人杯 小号"]


def test_the_readiness_check_is_shown_with_the_listing_and_passing_it_allows_going_on_sale(
    small_shop: Database,
):
    listings.create_draft(small_shop, "QC-S", "douyin", actor=OWNER)
    page = open_page("listings", part="one", sku="QC-S")
    assert "没有照片" in " ".join(item.value for item in page.markdown)
    assert not [item for item in page.button if item.key == "live-douyin-own/QC-S"]
    photos.add(small_shop, "sku", "QC-S", [photos.prepare(picture())], actor=OWNER)
    counts.set_counts(small_shop, {"QC-S": 4}, actor=OWNER)
    page = open_page("listings", part="one", sku="QC-S")
    press(page, "live-douyin-own/QC-S")
    assert rows(small_shop, "SELECT status FROM listing") == [("live",)]
    press(page, "to-0-paused")
    assert rows(small_shop, "SELECT status FROM listing") == [("paused",)]
    undone(page)
    assert rows(small_shop, "SELECT status FROM listing") == [("live",)]


def test_a_draft_is_offered_elsewhere_linked_and_deleted(small_shop: Database):
    page = open_page("listings", part="one", sku="QC-L")
    page.selectbox(key="offer-QC-L").set_value("etsy").run()
    press(page, "offer-go")
    assert rows(small_shop, "SELECT platform, status FROM listing") == [("etsy", "draft")]
    page.text_input(key="link-0").set_value("1234567890").run()
    press(page, "link-save-0")
    assert rows(small_shop, "SELECT listing_id FROM listing") == [("1234567890",)]
    undone(page)
    press(page, "delete-0")
    assert rows(small_shop, "SELECT * FROM listing") == []


def test_the_history_takes_any_change_back(small_shop: Database):
    number = products.archive(small_shop, sku="QC-L", actor=OWNER)
    page = open_page("listings", part="history", lang="en")
    assert "archived QC-L" in shown(page)
    press(page, f"undo-{number}")
    assert rows(small_shop, "SELECT SUM(is_archived) FROM variant") == [(0,)]


def test_an_assistant_may_and_a_creator_may_not(small_shop: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KILNBOARD_ROLE", "creator")
    page = open_page("listings", part="one", sku="QC-L")
    press(page, "archive")
    assert rows(small_shop, "SELECT SUM(is_archived) FROM variant") == [(0,)]
    assert "当前身份不能" in " ".join(bodies(page))
    monkeypatch.setenv("KILNBOARD_ROLE", "assistant")
    press(page, "archive")
    assert rows(small_shop, "SELECT SUM(is_archived) FROM variant") == [(1,)]


def test_the_prices_of_a_large_catalog_are_typed_page_by_page(
    small_shop: Database, monkeypatch: pytest.MonkeyPatch
):
    def opened(**link: str) -> tuple[list[str], bool]:
        """The SKUs that have a field, and whether one can search."""
        page = open_page("listings", part="prices", lang="en", **link)
        assert no_error(page)
        (fields,) = page.get("bidi_component")
        skus = re.findall(r"QC-[SL]", fields.proto.json)
        return list(dict.fromkeys(skus)), any(box.label == "Search" for box in page.text_input)

    assert opened() == (["QC-L", "QC-S"], False)
    monkeypatch.setattr(prices, "ROWS", 1)
    assert [opened(page=number) for number in "123"] == [(["QC-L"], True), (["QC-S"], True), (["QC-S"], True)]
    assert opened(q="小号") == (["QC-S"], True)


def test_stray_listings_and_foreign_platforms_are_shown_by_their_names(small_shop: Database):
    import_file(small_shop, DATA / "etsy_it.csv")
    page = open_page("listings", part="table", lang="en")
    assert no_error(page)
    assert catalog_table.summary(small_shop).variants == 12


def test_every_action_in_the_history_has_a_message(spring_shop: Path):
    for language in ("zh", "en"):
        assert no_error(open_page("listings", part="history", lang=language))


def test_the_parts_of_a_set_are_typed_refused_saved_and_undone(small_shop: Database):
    products.add(small_shop, ProductFields("四只装"), [VariantFields(sku="SET4")], actor=OWNER, code="SET4")
    counts.set_counts(small_shop, {"QC-S": 9, "QC-L": 1}, actor=OWNER)

    def typed(sku: str, added: dict[str, int], **stored: int) -> AppTest:
        page = open_page("listings", part="one", sku=sku)
        page.session_state[f"parts-added-{sku}-0"] = list(added)
        for part, pieces in (added | stored).items():
            page.session_state[f"pieces-{part}-{sku}-0"] = pieces
        return press(page.run(), "parts-save")

    page = typed("SET4", {"QC-S": 4, "QC-L": 1})
    assert "套装只由单件 SKU 组成" in shown(typed("QC-S", {"SET4": 2}))
    assert rows(small_shop, "SELECT parts FROM variant WHERE sku = 'SET4'") == [("QC-S*4; QC-L",)]
    undone(page)
    assert rows(small_shop, "SELECT * FROM set_part") == []
    page = typed("SET4", {"QC-S": 5, "QC-L": 1})
    page = typed("SET4", {}, **{"QC-S": 4, "QC-L": 0})
    assert rows(small_shop, "SELECT parts FROM variant WHERE sku = 'SET4'") == [("QC-S*4",)]
    undone(page)
    assert rows(small_shop, "SELECT parts FROM variant WHERE sku = 'SET4'") == [("QC-S*5; QC-L",)]
    page = typed("SET4", {}, **{"QC-S": 4})
    assert rows(small_shop, "SELECT parts FROM variant WHERE sku = 'SET4'") == [("QC-S*4; QC-L",)]
    stock = open_page("stock", stock="one", sku="SET4")
    assert no_error(stock) and "套装没有自己的库存" in shown(stock)
    undone(page)
    typed("SET4", {}, **{"QC-S": 0, "QC-L": 0})
    assert rows(small_shop, "SELECT parts FROM variant WHERE sku = 'SET4'") == [(None,)]
