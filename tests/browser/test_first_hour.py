"""The first hour of a studio, in the browser alone: from an empty folder to a catalog, costs and an assistant."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from sample_data.generator.spring import FOLDER
from shop.access.accounts import accounts
from shop.catalog import match_queue
from shop.connect import connect
from shop.pricing.unit_costs import costs_to_type
from tests.support.browsers import settled
from tests.support.servers import opened

PASSWORD = "celadon cups in spring"
FILES = ("douyin_orders_2022-02.xlsx", "douyin_sessions.csv", "douyin_comments.csv")
MOST_CLICKS = 40


class Clicks:
    """Clicks, counted; each waits until the step before has gone: two steps that change stand on the page together."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, target: Locator) -> None:
        if target.page.get_by_test_id("stApp").count():
            settled(target.page)
        expect(target).to_have_count(1)
        target.click()
        self.count += 1


def test_the_first_hour_needs_no_terminal(page: Page, tmp_path: Path) -> None:
    path, click = tmp_path / "shop.db", Clicks()
    with opened(path, KILNBOARD_CONFIG=str(tmp_path / "config"), KILNBOARD_BACKGROUND="on") as address:
        page.set_viewport_size({"width": 1280, "height": 1000})
        page.goto(address)
        click(page.locator(".st-key-language-en button"))
        expect(page.get_by_text("of 7 steps")).to_be_visible()

        page.locator("input[type=file]").set_input_files([FOLDER / name for name in FILES])
        click.count += 2  # the button that chooses files, and the dialog of the system
        expect(page.get_by_text("rows read =")).to_have_count(3, timeout=90_000)
        click(page.get_by_role("button", name="Next", exact=True))

        expect(page.get_by_text("Orders from")).to_be_visible()
        click(page.get_by_role("button", name="Next", exact=True))

        click(page.get_by_role("button", name="Make all"))
        expect(page.get_by_text("are in the catalog").first).to_be_visible()
        click(page.get_by_role("button", name="Next", exact=True))

        expect(page.get_by_text("Count the shelf, phone in hand")).to_be_visible()
        click(page.get_by_role("button", name="Later"))  # the shelf is counted another day

        click(page.locator("input[inputmode=decimal]").first)  # every further one with Enter
        for cost in ("18.50", "22", "31.2"):
            page.keyboard.type(cost)
            page.keyboard.press("Enter")
        click(page.get_by_role("button", name="Save costs"))
        expect(page.get_by_text("3 costs saved").first).to_be_visible()

        page.goto(address)  # left, and taken up where it was
        click(page.get_by_role("link", name="First steps"))
        click(page.locator("a", has_text="owner's account"))
        page.get_by_label("Name", exact=True).fill("小林")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=again]").fill(PASSWORD)
        click(page.get_by_role("button"))

        expect(page.get_by_text("小林").first).to_be_visible()
        page.get_by_label("Name", exact=True).fill("小王")
        page.get_by_label("Password", exact=True).fill(PASSWORD + " too")
        click(page.get_by_role("button", name="Create the account"))
        expect(page.get_by_text("can sign in now").first).to_be_visible()

    db = connect(str(path))
    assert [(item.name, item.role) for item in accounts(db)] == [("小林", "owner"), ("小王", "assistant")]
    assert match_queue.count(db) == 0
    assert sorted(cents for _, _, cents in costs_to_type(db) if cents) == [1850, 2200, 3120]
    db.close()
    assert click.count <= MOST_CLICKS, click.count
