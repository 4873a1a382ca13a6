"""The Stock page in the hand: a location counted by taps, many cells edited as one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shop.db.database import Database
from shop.stock import count_page, levels
from tests.browser.phone import WAIT, count_location, wide_parts
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.stock.places import fill

SKUS = 8


@dataclass(frozen=True)
class Studio:
    """A dashboard on a shop of its own."""

    site: str
    db: Database
    skus: int


@pytest.fixture(scope="module")
def studio(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Any]
) -> Iterator[Studio]:
    """The tests of this file share it: each undoes what it did."""
    db, skus = new_database(tmp_path_factory.mktemp("stock") / "shop.db"), getattr(request, "param", SKUS)
    fill(db, skus, pictures=2)
    with serve(db.path, KILNBOARD_USER="小林", KILNBOARD_ROLE="assistant") as site:
        yield Studio(site, db, skus)
    db.close()


@pytest.mark.parametrize("studio", [SKUS, pytest.param(20, marks=pytest.mark.proof)], indirect=True)
def test_a_location_is_counted_with_one_tap_for_each_sku(phone: Page, studio: Studio):
    before = {item.sku: item.on_hand or 0 for item in levels.stock_levels(studio.db)}
    taps = count_location(phone, studio.site, studio.skus)
    assert taps == studio.skus + 5  # the place, three instead of one where pieces are missing, finish, yes
    (past,) = count_page.counts(studio.db, past=True)
    assert (past.lines, past.lines_right, past.finished_by) == (studio.skus, studio.skus - 2, "小林")
    after = {item.sku: item.on_hand or 0 for item in levels.stock_levels(studio.db)}
    changed = sorted(after[sku] - before[sku] for sku in after if after[sku] != before[sku])
    assert changed == [-3, 1]
    phone.get_by_role("button", name="撤销").first.tap()
    expect(phone.get_by_text("已撤销").first).to_be_visible(timeout=WAIT)
    assert {item.sku: item.on_hand for item in levels.stock_levels(studio.db)} == before


def test_no_part_scrolls_sideways_on_a_phone(phone: Page, studio: Studio):
    phone.goto(f"{studio.site}/stock?lang=en")
    assert wide_parts(phone) == []


def test_a_count_typed_into_the_table_is_looked_over_saved_and_undone(page: Page, studio: Studio):
    page.goto(f"{studio.site}/stock?stock=table&edit=1&field=cells&sort=name")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=WAIT)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=WAIT)
    settled(page)
    editor = page.locator("#portal input")
    for _ in range(5):  # a page that is still being laid out moves the cell away from the click
        box = page.get_by_test_id("stDataFrame").bounding_box()
        assert box
        page.mouse.click(box["x"] + 300, box["y"] + 55)  # the first row's count; Enter goes down
        page.keyboard.press("Enter")
        page.wait_for_timeout(1_000)
        if editor.count():
            break
    for pieces in range(31, 36):
        if not editor.count():
            page.keyboard.press("Enter")
        expect(editor).to_be_visible(timeout=WAIT)
        editor.fill(str(pieces))
        editor.press("Enter")
        expect(editor).to_have_count(0)
    save = page.get_by_role("button", name="保存 5 处改动")
    expect(save).to_be_visible(timeout=WAIT)
    save.click()
    expect(page.get_by_text("已保存 5 处改动").first).to_be_visible(timeout=WAIT)
    typed = {item.on_hand for item in levels.stock_levels(studio.db)} & set(range(31, 36))
    assert typed == set(range(31, 36))
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_text("已撤销").first).to_be_visible(timeout=WAIT)
    assert max(item.on_hand or 0 for item in levels.stock_levels(studio.db)) < 31


def test_the_stock_list_is_downloaded_as_a_file_and_a_name_in_it_opens_its_ledger(page: Page, studio: Studio):
    page.goto(f"{studio.site}/stock?stock=table&sort=name")
    with page.expect_download(timeout=WAIT) as result:
        page.get_by_text("下载 CSV").click()
    lines = result.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + SKUS
    assert lines[0].startswith("SKU,商品,货位")
    first = page.locator(".kb-shelf a").first
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name="发生了什么")).to_be_visible(timeout=WAIT)
    expect(page.locator(".kb-line b").first).to_have_text(name)
