"""A phone in the hand: taps on what a finger can hit, counted; and a location counted with them."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.browsers import settled

WAIT = 90_000
WIDTH = 390
FINGER = 44  # px: what a finger hits without aiming


class Finger:
    """Taps, counted; each is on something that a finger can hit."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, what: Locator) -> None:
        expect(what).to_be_enabled(timeout=WAIT)
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        assert box and box["height"] >= FINGER - 0.5 and box["width"] >= FINGER - 0.5, box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDTH
        what.tap()
        self.taps += 1


TOO_WIDE = "(main => main.scrollWidth > main.clientWidth)(document.querySelector('[data-testid=stMain]'))"


def wide_parts(page: Page) -> list[str]:
    """The parts of a page that need sideways scrolling."""
    buttons = page.locator(".st-key-parts button")
    expect(buttons.first).to_be_visible(timeout=WAIT)
    found = []
    for place in range(buttons.count()):
        buttons.nth(place).tap()
        expect(page.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        settled(page)
        if page.evaluate(TOO_WIDE):
            found.append(buttons.nth(place).inner_text())
    return found


def count_location(page: Page, site: str, skus: int = 20) -> int:
    """Count a location of some SKUs as an assistant would: one is three pieces short, the last has one over."""
    finger = Finger(page)
    page.goto(f"{site}/stock?stock=count")
    start = page.get_by_role("button", name=re.compile(rf"^A架-1 · {skus}"))
    finger.tap(start)
    lines = page.locator('[class*="st-key-line-"]')
    expect(lines).to_have_count(skus, timeout=WAIT)
    for number in range(skus):
        line = lines.nth(number)
        if number == 3:
            for _ in range(3):  # one after the other, without a pause
                finger.tap(line.get_by_test_id("stNumberInputStepDown"))
        elif number == skus - 1:
            finger.tap(line.get_by_test_id("stNumberInputStepUp"))
        else:
            finger.tap(line.get_by_role("button", name=re.compile("数对")))
    expect(page.get_by_text(f"{skus} / {skus}，2 处不一样")).to_be_visible(timeout=WAIT)
    finger.tap(page.get_by_role("button", name="完成盘点"))
    finger.tap(page.get_by_role("button", name="记进账"))
    expect(page.get_by_text("盘点完成", exact=False).first).to_be_visible(timeout=WAIT)
    return finger.taps
