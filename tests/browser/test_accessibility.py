"""No page or part has a serious finding of axe-core, in any language or scheme; on phones controls are large."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.views import pages
from tests.support.browsers import settled
from tests.support.servers import opened
from tests.support.web.page_parts import links_of

SMALLEST = 40  # pixels
SMALL_CONTROLS = """
() => [...document.querySelectorAll('button, a[href], input:not([type=checkbox]):not([type=radio]), summary')]
  .filter((element) => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const isSeen = box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && box.left < innerWidth
      && box.right > 0;
    const isText = element.closest('.stMarkdown p, .kb-note, .kb-sentence, [data-testid="stDataFrame"]');
    return isSeen && !isText && !element.closest('[aria-hidden=true]') && box.height < %d;
  })
  .map((element) => `${element.tagName} ${element.innerText || element.getAttribute('aria-label') || ''}`.slice(0, 60))
"""
Scheme = Literal["light", "dark"]
VIEWS = [name for name in pages() if name != "today"]
SOME = ["", "settings", "listings"]


@pytest.fixture(scope="module")
def address(spring_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("accessible") / "shop.db"
    shutil.copy(spring_path, path)
    with opened(path, KILNBOARD_CONFIG=str(path.parent / "config")) as result:
        yield result


def findings(page: Page) -> list[str]:
    """The serious and critical findings of axe-core on a page."""
    result = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {json.dumps([node['target'] for node in item['nodes'][:3]])}"
        for item in result
        if item["impact"] in ("serious", "critical")
    ]


def check(
    browser: Browser, address: str, view: str, links: list[str], language: str, scheme: Scheme, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 600, bypass_csp=True
    )
    page = context.new_page()
    problems: dict[str, list[str]] = {}
    for link in links:
        page.goto(f"{address}/{view}?lang={language}&{link}")
        expect(page.locator("h1.kb-sentence").first).to_be_visible()
        settled(page)
        problems[link] = findings(page)
        if width < 600:
            problems[link] += page.evaluate(SMALL_CONTROLS % SMALLEST)
    context.close()
    assert {link: found for link, found in problems.items() if found} == {}, (view, language, scheme, width)


@pytest.mark.parametrize("view", SOME)
def test_some_pages_have_no_serious_finding(browser: Browser, address: str, view: str) -> None:
    check(browser, address, view, [""], "zh", "light", 390)


@pytest.mark.proof
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("zh", "light", 390), ("en", "dark", 390), ("zh", "dark", 1280), ("en", "light", 1280)],
)
@pytest.mark.parametrize("view", ["", *VIEWS])
def test_no_page_or_part_has_a_serious_finding(
    browser: Browser, address: str, view: str, language: str, scheme: Scheme, width: int
) -> None:
    check(browser, address, view, links_of(view or "today"), language, scheme, width)
