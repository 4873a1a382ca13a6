"""Signing in and out, and a socket without a session: in Chromium, served as `open` serves it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.connect import connect
from tests.support.browsers import socket_opens
from tests.support.fresh import empty_shop_file
from tests.support.servers import opened

PASSWORD = "celadon cups in spring"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty shop with an owner, served as `kilnboard open` serves it."""
    path = empty_shop_file(tmp_path_factory.mktemp("sign-in") / "shop.db")
    db = connect(str(path))
    add_account(db, "小林", "owner", PASSWORD, actor=OWNER)
    db.close()
    with opened(path) as address:
        yield address


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_signs_in_on_a_phone_and_out_again(page: Page, server: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/people?lang={language}")
    assert "/sign-in?next=" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=user]", "小林")
    page.fill("[name=password]", "wrong")
    page.click("button")
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url("**/people?**")
    expect(page.locator("h1.kb-sentence")).to_contain_text("小林")
    page.get_by_role("button", name="停用" if language == "zh" else "Block", exact=True).click()
    expect(page.locator(".st-key-empty-error")).to_contain_text("小林")  # the last owner: why not, at once
    (cookie,) = [item for item in page.context.cookies() if item["name"] == "kilnboard_session"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert "kilnboard_session" not in page.evaluate("document.cookie")
    page.context.clear_cookies()
    page.goto(server)
    assert "/sign-in" in page.url
    assert not socket_opens(page, server)
