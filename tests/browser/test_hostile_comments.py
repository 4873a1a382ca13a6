"""Hostile comments in the browser: nothing is loaded from elsewhere, no script runs, nothing breaks out of the page."""

from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shop.core import clock
from tests.browser.conftest import Serve
from tests.browser.phone import WAIT, WIDTH
from tests.support.fresh import new_database
from tests.support.remarks.hostile_remarks import hostile_remarks
from tests.support.remarks.spoken import speak

PARTS = ("queue", "demand", "leads", "words", "all")
MAIN = '[data-testid="stMain"]'


def store(path: Path, count: int) -> None:
    today = clock.today("Asia/Shanghai").isoformat()
    with closing(new_database(path)) as db:
        speak(db, *[(f"p{number}", today, remark) for number, remark in enumerate(hostile_remarks(count))])


def check(page: Page, site: str, width: int, parts: tuple[str, ...]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for part in parts:
        page.goto(f"{site}/comments?comments={part}&lang=zh")
        expect(page.locator(f"{MAIN} .stMainBlockContainer")).to_be_visible(timeout=WAIT)
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate("window.pwned") is None, part
        assert page.locator("a[href*='evil.example'], img[src*='evil.example']").count() == 0, part
        drawn, given = page.evaluate(
            "(m => [m.scrollWidth, m.clientWidth])(document.querySelector('[data-testid=stMain]'))"
        )
        assert drawn <= given, part
    expect(page.get_by_text("evil.example").first).to_be_attached()  # the comments were there, as text
    assert {url for url in requests if not url.startswith((site, "data:", "blob:"))} == set()


def test_hostile_comments_stay_plain_text(page: Page, serve: Serve, tmp_path: Path) -> None:
    store(tmp_path / "shop.db", 60)
    with serve(tmp_path / "shop.db") as site:
        check(page, site, WIDTH, ("queue", "all"))


@pytest.mark.proof
def test_a_thousand_hostile_comments_stay_plain_text(page: Page, serve: Serve, tmp_path: Path) -> None:
    store(tmp_path / "shop.db", 1_000)
    with serve(tmp_path / "shop.db") as site:
        for width in (WIDTH, 1280):
            check(page, site, width, PARTS)
