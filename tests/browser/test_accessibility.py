"""No page or part has a serious finding of axe-core, in any language or scheme; on phones controls are large."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.views import pages
from tests.browser.phone import WIDTH
from tests.support.browsers import settled, visit
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


@contextmanager
def opened_page(browser: Browser, scheme: Scheme, width: int) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 600, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def problems(page: Page, width: int) -> list[str]:
    """What is wrong with the page that is open."""
    expect(page.locator("h1.kb-sentence").first).to_be_visible()
    settled(page)
    small = page.evaluate(SMALL_CONTROLS % SMALLEST) if width < 600 else []
    return [*findings(page), *small]


def test_some_pages_have_no_serious_finding(phone: Page, address: str) -> None:
    phone.goto(f"{address}/?lang=zh")
    for view in ("", "settings", "listings"):
        visit(phone, view)
        assert problems(phone, WIDTH) == [], view


@pytest.mark.proof
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("zh", "light", 390), ("en", "dark", 390), ("zh", "dark", 1280), ("en", "light", 1280)],
)
@pytest.mark.parametrize("view", ["", *VIEWS])
def test_no_page_or_part_has_a_serious_finding(
    browser: Browser, address: str, view: str, language: str, scheme: Scheme, width: int
) -> None:
    found: dict[str, list[str]] = {}
    with opened_page(browser, scheme, width) as page:
        for link in links_of(view or "today"):
            page.goto(f"{address}/{view}?lang={language}&{link}")
            found[link] = problems(page, width)
    assert {link: wrong for link, wrong in found.items() if wrong} == {}
