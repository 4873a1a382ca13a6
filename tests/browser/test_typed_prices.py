"""Numbers typed fast or changed together are all stored; two people who type over the same cells see every conflict."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shop.access.roles import OWNER
from shop.catalog import products
from shop.catalog.products import ProductFields, VariantFields
from shop.connect import connect
from tests.support.fresh import new_database

COUNT = 8


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """How many pieces the shop has."""
    return int(getattr(request, "param", COUNT))


@pytest.fixture
def path(tmp_path: Path, count: int) -> Path:
    """A shop with some pieces at 100.00 each."""
    db = new_database(tmp_path / "shop.db")
    pieces = [VariantFields(sku=f"CUP-{number:02}", price_cents=100_00) for number in range(count)]
    products.add(db, ProductFields("青瓷杯"), pieces, actor=OWNER, code="CUP")
    db.close()
    return tmp_path / "shop.db"


def stored(path: Path) -> list[int]:
    db = connect(str(path))
    with db.read() as connection:
        rows = connection.exec_driver_sql("SELECT price_cents FROM variant ORDER BY sku").all()
    db.close()
    return [row[0] for row in rows]


def open_prices(page: Page, address: str, count: int = COUNT) -> Page:
    page.goto(f"{address}/listings?part=prices&lang=en")
    expect(page.locator("input[inputmode=decimal]")).to_have_count(count)
    return page


def type_all(page: Page, prices: list[str], pause: float) -> None:
    page.locator("input[inputmode=decimal]").first.click()
    for price in prices:
        page.keyboard.type(price)
        page.keyboard.press("Enter")
        page.wait_for_timeout(pause)


@pytest.mark.parametrize("count", [COUNT, pytest.param(20, marks=pytest.mark.proof)], indirect=True)
def test_prices_typed_at_a_fifth_of_a_second_are_all_stored(
    page: Page, path: Path, count: int, serve: Callable[..., Any]
) -> None:
    with serve(path) as address:
        open_prices(page, address, count)
        type_all(page, [f"{200 + number}.5" for number in range(count)], 200)
        page.get_by_role("button", name="Save prices").click()
        expect(page.get_by_text(f"{count} changes saved").first).to_be_visible()
    assert stored(path) == [20050 + 100 * number for number in range(count)]


def test_two_sessions_on_the_same_cells_see_every_conflict(
    page: Page, path: Path, serve: Callable[..., Any]
) -> None:
    with serve(path) as address:
        first, second = open_prices(page, address), open_prices(page.context.new_page(), address)
        type_all(first, ["111"] * COUNT, 0)
        type_all(second, ["222"] * COUNT, 0)
        first.get_by_role("button", name="Save prices").click()
        expect(first.get_by_text(f"{COUNT} changes saved").first).to_be_visible()
        second.get_by_role("button", name="Save prices").click()
        expect(second.get_by_text("Somebody else changed this")).to_have_count(COUNT)
        assert stored(path) == [11100] * COUNT  # nothing is lost behind anybody's back
        for _ in range(COUNT - 1):
            second.get_by_role("button", name="Keep mine").first.click()
        second.get_by_role("button", name="Take theirs").click()
        second.get_by_role("button", name="Save prices").click()
        expect(second.get_by_text(f"{COUNT - 1} changes saved").first).to_be_visible()
        second.close()
    assert sorted(stored(path)) == [11100] + [22200] * (COUNT - 1)


def test_numbers_are_changed_together_with_one_save_and_one_undo(
    page: Page, path: Path, serve: Callable[..., Any]
) -> None:
    with serve(path) as address:
        open_prices(page, address)
        page.get_by_label("Find").fill("cup-01")
        page.get_by_label("Change together").fill("-12.5 %")
        page.get_by_role("button", name="Change these 1").click()
        page.get_by_label("Find").fill("")
        page.locator("input[inputmode=decimal]").nth(5).click()
        page.keyboard.type("0.99")
        page.get_by_role("button", name="Same below").click()
        page.get_by_label("Change together").fill("+5%")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Save prices").click()
        expect(page.get_by_text(f"{COUNT} changes saved").first).to_be_visible()
        assert stored(path) == [105_00, 91_88, *[105_00] * 3, *[1_04] * 3]  # 87.50 and 0.99 with 5 % more
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone.").first).to_be_visible()
        assert stored(path) == [100_00] * COUNT

        page.goto(f"{address}/stock?stock=table&edit=1&sort=name&lang=en")
        expect(page.locator("input[inputmode=decimal]")).to_have_count(COUNT)
        type_all(page, [str(number) for number in range(COUNT)], 0)
        page.get_by_role("button", name="Save numbers").click()
        expect(page.get_by_text(f"{COUNT} changes saved").first).to_be_visible()
        page.get_by_label("Change together").fill("+3")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Save numbers").click()
        expect(page.get_by_role("status")).to_have_text("")
        db = connect(str(path))
        with db.read() as connection:
            rows = connection.exec_driver_sql("SELECT sku, on_hand FROM stock_balance ORDER BY sku").all()
        db.close()
        assert [row[1] for row in rows] == [number + 3 for number in range(COUNT)]

        page.goto(f"{address}/listings?part=new&lang=en")
        page.get_by_test_id("stMain").get_by_test_id("stTextInput").get_by_role(
            "textbox"
        ).first.press_sequentially("杯")
        expect(page.get_by_test_id("InputInstructions")).to_be_attached()
        expect(page.get_by_test_id("InputInstructions")).to_be_hidden()  # no hint lies over what is typed
