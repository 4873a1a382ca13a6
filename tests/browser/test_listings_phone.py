"""A studio assistant lists two new cups on a phone, and checks one, as only a browser can show it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shop.access.roles import OWNER
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.db.database import Database
from shop.listings import bulk_edit
from shop.listings.plan import Cell
from tests.browser.phone import WAIT, wide_parts
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.pictures import picture


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A shop with one product; the tests of this file share it."""
    db = new_database(tmp_path_factory.mktemp("phone") / "shop.db")
    product = ProductFields("青瓷主人杯", form="主人杯", glaze="青瓷", is_food_safe=True)
    fields = VariantFields(sku="QC", price_cents=12_800, height_mm=60, width_mm=90, weight_g=180)
    products.add(db, product, [fields], actor=OWNER, code="QC")
    yield db
    db.close()


@pytest.fixture(scope="module")
def address(shop: Database, serve: Callable[..., Any]) -> Iterator[str]:
    with serve(shop.path, KILNBOARD_ROLE="assistant", KILNBOARD_USER="mei") as result:
        yield result


def opened(phone: Page, address: str, link: str) -> Page:
    """The listings on the phone of an assistant."""
    phone.goto(f"{address}/listings?{link}")
    expect(phone.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
    return phone


def choose(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("combobox", name=label)
    field.click()
    field.fill(text)
    field.press("Enter")


def cup(page: Page, photo: Path, pieces: str, price: str) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
    page.get_by_label("价格").fill(price)
    page.get_by_label("在库件数").fill(pieces)
    page.get_by_label("高 mm").fill("62")
    page.get_by_label("宽 mm").fill("88")
    page.get_by_label("重 g").fill("180")


def test_two_new_cups_are_listed_one_after_the_other(
    phone: Page, address: str, shop: Database, tmp_path: Path
):
    page = opened(phone, address, "part=new")
    photo = tmp_path / "cup.jpg"
    photo.write_bytes(picture((1200, 900)))
    cup(page, photo, "4", "138")
    choose(page, "器型", "主人杯")
    choose(page, "釉色", "影青")
    page.get_by_text("釉面食品安全").click()
    page.get_by_text("抖音", exact=True).click()
    page.get_by_role("button", name="保存并录下一件").click()
    expect(page.get_by_text("K0001 已保存").first).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="上架到 抖音")).to_be_visible(timeout=WAIT)
    cup(page, photo, "1", "168")
    page.get_by_label("款名").fill("影青小杯")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("K0002 已保存").first).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="上架到 抖音").click()
    expect(page.get_by_text("抖音：已在售")).to_be_visible(timeout=WAIT)
    with shop.read() as connection:
        result = connection.exec_driver_sql(
            "SELECT p.title, p.form, p.glaze, v.price_cents, b.on_hand, l.status, "
            "(SELECT COUNT(*) FROM photo h WHERE h.owner = v.sku) FROM variant v "
            "JOIN product p USING (product_code) LEFT JOIN stock_balance b USING (sku) "
            "LEFT JOIN listing l ON l.sku = v.sku WHERE v.sku LIKE 'K%' ORDER BY v.sku"
        ).fetchall()
    assert [tuple(row) for row in result] == [
        ("影青 主人杯", "主人杯", "影青", 13_800, 4, "draft", 1),
        ("影青小杯", "主人杯", "影青", 16_800, 1, "live", 1),
    ]


def test_no_part_needs_sideways_scrolling_and_buttons_are_large_enough(phone: Page, address: str):
    page = opened(phone, address, "part=new")
    save = page.get_by_role("button", name="保存", exact=True)
    expect(save).to_be_visible(timeout=WAIT)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=WAIT)  # the style comes last
    box = save.bounding_box()
    assert box is not None and box["height"] >= 44
    assert wide_parts(page) == []


def test_edited_cells_are_looked_over_saved_as_one_and_undone(phone: Page, address: str, shop: Database):
    phone.set_viewport_size({"width": 1280, "height": 900})
    page = opened(phone, address, "part=table&columns=shelf&q=QC")
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    expect(canvas).to_be_visible(timeout=WAIT)
    settled(page)
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 500, box["y"] + 56)
    field = page.locator("#portal :is(input, textarea)")  # the cell's own, over the canvas
    expect(field).to_be_focused(timeout=WAIT)
    page.keyboard.type("B-7", delay=30)
    expect(field).to_have_value("B-7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="保存 1 处改动")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="保存 1 处改动").click()
    expect(page.get_by_text("已保存 1 处改动").first).to_be_visible(timeout=WAIT)

    def place() -> str | None:
        with shop.read() as connection:
            result: str | None = connection.exec_driver_sql(
                "SELECT place FROM variant WHERE sku = 'QC'"
            ).scalar()
            return result

    assert place() == "B-7"
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销").first).to_be_visible(timeout=WAIT)
    assert place() is None


def test_a_phone_types_one_field_of_many_rows_without_cells(phone: Page, address: str, shop: Database):
    bowls = [VariantFields(sku=f"WAN-{number}") for number in range(3)]
    products.add(shop, ProductFields("影青碗"), bowls, actor=OWNER, code="WAN")
    page = opened(phone, address, "part=table&columns=shelf&q=WAN")
    fields = page.locator(".row :is(input, select)")
    choose(page, "填哪一栏", "货位")
    expect(fields).to_have_count(3, timeout=WAIT)
    expect(page.get_by_test_id("stDataFrame")).to_be_hidden()
    fields.first.click()
    for place in ("A架-1", "A架-2", "A架-3"):
        page.keyboard.type(place)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存 3 处改动").first).to_be_visible(timeout=WAIT)
    opened(page, address, "part=table&columns=design&q=WAN")
    choose(page, "填哪一栏", "供货方式")
    expect(fields).to_have_count(3, timeout=WAIT)
    fields.nth(1).select_option("made_to_order")
    plan = bulk_edit.plan(shop, [Cell("stock_policy", ("WAN-1",), "one_of_a_kind")], actor=OWNER)
    bulk_edit.apply(shop, plan, actor=OWNER)  # somebody else, meanwhile
    fields.nth(2).select_option("made_to_order")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("别人把 现货 改成了 孤品；你填的是 定制")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="用我的").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存 1 处改动").first).to_be_visible(timeout=WAIT)
    with shop.read() as connection:
        sql = "SELECT place, stock_policy FROM variant WHERE sku LIKE 'WAN%' ORDER BY sku"
        stored = [tuple(row) for row in connection.exec_driver_sql(sql)]
    assert stored == [("A架-1", "stocked"), ("A架-2", "made_to_order"), ("A架-3", "made_to_order")]
