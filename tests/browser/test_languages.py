"""Texts of the framework in the language of the page, and a crash in words: in Chromium that speaks English."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.i18n.messages import words
from dashboard.views import pages
from shop.connect import connect
from tests.support.browsers import visit
from tests.support.servers import opened

TEXTS = """() => {
  const ours = '[data-testid="stMarkdownContainer"], .stHtml, script, style, noscript, pre, textarea, .js-plotly-plot, '
    + '[data-testid="stIconMaterial"], [data-testid="stExpanderIcon"], [role="gridcell"]';
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest(ours)) found.push(walk.currentNode.nodeValue.trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name).trim());
  return found.filter((text) => /[A-Za-z]{3,}/.test(text) && !/[\\u4e00-\\u9fff]/.test(text));
}"""
# In the ordinary suite; between them they have every kind of widget.
FEW = ("today", "growth", "search", "stock", "data", "settings")
NAMES = {"English"}  # a language by its own name; kinds of files are in capitals alone


@pytest.fixture(scope="module")
def shop(spring_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("languages") / "shop.db"
    shutil.copy(spring_path, path)
    return path


@pytest.fixture(scope="module")
def address(shop: Path) -> Iterator[str]:
    with opened(shop) as result:
        yield result


@pytest.fixture
def show(page: Page, address: str) -> Callable[[str], Page]:
    def show(path: str) -> Page:
        page.goto(f"{address}/{path}")
        expect(page.get_by_test_id("stMainBlockContainer")).to_be_visible()
        expect(page.locator(".kb-sentence, [data-testid='stException']").first).to_be_visible()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        return page

    return show


def foreign(page: Page) -> list[str]:
    """What is shown that only the framework can have written, in English."""
    mine = {text.strip(" •") for text in page.evaluate(TEXTS)}
    stored = set(page.locator('[role="option"], input').all_inner_texts())
    english = {text for key, text in words("en").items() if key.startswith("framework.")}
    return sorted(
        text
        for text in mine - stored - NAMES
        if text in english or (" " in text and text[0].isupper() and not text.isupper())
    )


@pytest.mark.parametrize("names", [FEW, pytest.param([*pages()], marks=pytest.mark.proof)])
def test_no_page_in_chinese_shows_a_framework_text_in_english(
    show: Callable[[str], Page], names: Sequence[str]
) -> None:
    texts, page = {}, show("?lang=zh")
    for name in names:
        if name in ("search", "group"):  # no link leads to them here: a field in the frame, and a second shop
            show(f"{name}?q=QC&lang=zh")
        else:
            visit(page, "" if name == "today" else name)
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        if left := foreign(page):
            texts[name] = left
    assert texts == {}


def test_what_opens_is_in_chinese_too_and_follows_a_change_of_language(show: Callable[[str], Page]) -> None:
    page = show("settings?section=audit&lang=zh")
    page.get_by_test_id("stDateInput").get_by_role("button").first.click()
    expect(page.get_by_role("grid").get_by_text("一", exact=True).first).to_be_visible()
    page.keyboard.press("Escape")
    for written, shown in (("One of a kind", "One of a kind"), ("3 of 1,200", "第 3 个，共 1,200 个")):
        page.evaluate(
            "text => document.body.append(Object.assign(document.createElement('i'), {innerText: text}))",
            written,
        )
        expect(page.locator("body > i").last).to_have_text(shown)  # what users write is left alone
    box = page.get_by_test_id("stSelectbox").first.locator("input")
    box.click()
    box.fill("zzz")
    expect(page.get_by_text("没有结果")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Who did what", exact=True).first).to_be_visible()
    box.click()
    box.fill("zzz")
    expect(page.get_by_text("No results")).to_be_visible()


def test_a_crash_says_what_happened_what_is_saved_and_how_to_go_on(
    shop: Path, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "shop.db"
    shutil.copy(shop, path)
    db = connect(str(path))
    with db.write() as connection:  # a value that no version of the program writes
        connection.exec_driver_sql(
            "INSERT INTO audit (shop_id, done_at, actor, role, verb, subject) "
            "VALUES (1, 1e18, '小林', 'owner', 'x', 'y')"
        )
    db.close()
    with opened(path) as address:
        for language, title, code in (("zh", "程序出错了", "代码"), ("en", "Something went wrong", "code")):
            page.goto(f"{address}/settings?section=audit&lang={language}")
            expect(page.get_by_text(title)).to_be_visible()
            said = page.get_by_test_id("stMain").inner_text()
            assert code in said and "Traceback" not in said and "Error" not in said
            back = page.get_by_role("link", name="回到首页" if language == "zh" else "Back to the first page")
            expect(back).to_be_visible()
        back.click()
        expect(page.locator(".kb-sentence").first).to_be_visible()
        assert title not in page.get_by_test_id("stMain").inner_text()
    log = (tmp_path / "crashes.log").read_text("utf-8")
    assert log.count(" UTC, ") >= 2 and "小林" not in log and "1000000000" not in log
