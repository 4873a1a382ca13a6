"""A page that stays open shows what others write, and leaves whoever types in peace."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from shop.access.accounts import add_account
from shop.access.roles import OWNER, Actor
from shop.access.sessions import COOKIE, sign_in
from shop.db.database import Database
from shop.stock import counts
from tests.support.browsers import settled
from tests.support.fresh import new_database
from tests.support.servers import opened
from tests.support.stock.places import fill

PASSWORD = "a password of the studio"
LIN = Actor("小林", "assistant")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Database]:
    db = new_database(tmp_path / "shop.db")
    fill(db, 4)
    add_account(db, "掌柜", "owner", PASSWORD, actor=OWNER)
    yield db
    db.close()


@pytest.fixture
def page(shop: Database, page: Page, tmp_path: Path) -> Iterator[Page]:
    """The owner's open stock page."""
    with opened(shop.path, KILNBOARD_CONFIG=str(tmp_path / "config")) as address:
        token = sign_in(shop, "掌柜", PASSWORD, address="127.0.0.1")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page.goto(f"{address}/stock?stock=table&lang=zh")
        settled(page)
        yield page


def test_an_open_page_follows_others_but_never_while_somebody_types(page: Page, shop: Database) -> None:
    figure = page.locator("tr", has_text="S0001").locator(".kb-on_hand")
    line = page.locator(".kb-news")
    counts.set_counts(shop, {"S0001": 71}, actor=LIN)
    expect(figure).to_have_text("71")
    expect(line).to_have_count(0)

    box = page.get_by_placeholder("搜索", exact=False).first
    box.press_sequentially("青")
    counts.set_counts(shop, {"S0001": 72}, actor=LIN)
    expect(line).to_contain_text("有新数据")
    expect(figure).to_have_text("71")
    expect(box).to_have_value("青")
    page.locator(".st-key-frame-changes button").evaluate(
        "button => button.click()"
    )  # as any other one would
    expect(figure).to_have_text("72")
    expect(line).to_have_count(0)  # at once: it would be no news any more

    box.press_sequentially("瓷")
    counts.set_counts(shop, {"S0001": 74}, actor=LIN)
    expect(line).to_contain_text("有新数据")
    box.fill("")
    line.get_by_role("button", name="显示").click()
    expect(figure).to_have_text("74")
    expect(line).to_have_count(0)

    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/changes" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true")
    page.wait_for_timeout(500)  # one that was under way
    asked.clear()
    counts.set_counts(shop, {"S0001": 73}, actor=LIN)
    page.wait_for_timeout(5_000)
    assert not asked
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(figure).to_have_text("73")
