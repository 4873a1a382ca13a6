"""What only a browser can see: charts drawn, phone width, dark theme, silence on the network."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import new_page
from tests.browser.phone import WAIT
from tests.support.browsers import settled, visit

PAGES = ("", "growth", "products", "comments", "live", "stock", "kiln", "data")
NEW_YEAR = "growth?from=2022-01-01&to=2022-02-28&against=2021-11-01..2021-12-31&metric=units"


class Watched:
    """A page with all its requests and console messages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))

    def open(self, address: str, *, charts: int = 0) -> Page:
        self.page.goto(address)
        expect(self.page.locator("h1.kb-sentence").first).to_be_visible(timeout=WAIT)
        if charts:
            expect(self.page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=WAIT)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=WAIT)
        return self.page


@pytest.fixture
def watched(page: Page) -> Watched:
    return Watched(page)


@pytest.fixture(scope="module")
def phone(desktop: BrowserContext) -> Iterator[Watched]:
    with new_page(desktop) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        yield Watched(page)


@pytest.fixture(scope="module")
def new_year(desktop: BrowserContext, site: str) -> Iterator[Page]:
    """The growth of the New Year, which the tests of this page share."""
    with new_page(desktop) as page:
        yield Watched(page).open(f"{site}/{NEW_YEAR}", charts=1)


def test_growth_of_the_new_year_shows_68_percent(new_year: Page):
    expect(new_year.locator("h1.kb-sentence b").last).to_have_text("68.0%")
    expect(new_year.locator(".kb-tile .kb-change").first).to_contain_text("+68.0%")
    note = new_year.locator(".kb-note", has_text="59 天与 61 天")
    expect(note).to_be_hidden()  # one answer and one reason come first
    new_year.locator(".kb-story summary").click()
    expect(note).to_be_visible()
    days = new_year.locator(".st-key-chart-growth .bars .point path")
    expect(days.first).to_be_visible(timeout=WAIT)
    heights = days.evaluate_all("paths => paths.map(path => path.getBBox().height)")
    assert sum(height > 0 for height in heights) == 56  # three days of the festival without a sale


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_whole_growth_summary_fits_on_one_phone_screen(phone: Watched, site: str, language: str):
    page = phone.open(f"{site}/{NEW_YEAR}&lang={language}", charts=1)
    narrative = page.locator(".kb-story")
    for part in {
        "zh": ("68.0%", "多半（90%）", "影响最大的是", "直播 30 场", "春节"),
        "en": ("68.0%", "nine times in ten", "largest causes", "30 live sessions", "Spring Festival"),
    }[language]:
        expect(narrative).to_contain_text(part)
    narrative.locator("summary").click()
    box = narrative.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844 and box["x"] + box["width"] <= 390


def test_a_click_on_a_figure_opens_its_files(new_year: Page):
    new_year.locator('[class*="st-key-tile-1"] button').click()
    window = new_year.get_by_role("dialog")
    expect(window).to_contain_text("2,002", timeout=WAIT)
    new_year.keyboard.press("Escape")
    expect(window).to_have_count(0)


def widths(page: Page) -> dict[str, tuple[int, int]]:
    """How far the page, its main part and its widest elements reach, and the width available to them."""
    result = {
        root: tuple(page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]"))
        for root in ("document.scrollingElement", "document.querySelector('[data-testid=stMain]')")
    }
    reach = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.kb-tile, .kb-list, .kb-phone-rows, .js-plotly-plot, h1')]"
        ".map(element => element.getBoundingClientRect().right))"
    )
    return result | {"elements": (reach, 390)}


UNDER_HEADER = """() => {
  const box = (element) => element.getBoundingClientRect();
  const texts = [...document.querySelectorAll("[data-testid=stMain] :is(.stHtml > *, p, h1)")]
    .map(box).filter((text) => text.height && text.width);
  const header = box(document.querySelector("[data-testid=stHeader]"));
  return Math.min(...texts.map((text) => text.top)) < header.bottom - 1 ? 1 : 0;
}"""


def test_every_page_is_silent_and_fits_a_phone_with_tables_as_lists(phone: Watched, site: str):
    faults: list[tuple[object, ...]] = []
    lists = 0
    phone.complaints.clear()
    # pages other than the first are reached by a click: a deep link makes the framework itself
    # probe for its health address below the page's path
    page = phone.open(f"{site}/?period=all")
    for name in PAGES:
        visit(page, name)
        faults += [(name, "text under the header")] * page.evaluate(UNDER_HEADER)
        lists += page.locator(".kb-phone-rows:visible li").count()
        faults += [(name, "a wide table")] * page.locator("[data-testid=stDataFrame]:visible").count()
        faults += [(name, what, *both) for what, both in widths(page).items() if both[0] > both[1]]
    assert faults == [] and lists
    assert phone.complaints == []
    assert phone.hosts <= {"127.0.0.1", ""}


CUT = """() => [...document.querySelectorAll("[data-testid=stMain] :is(a, button) *")].filter((element) =>
  getComputedStyle(element).overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1
).map((element) => element.innerText)"""


def test_every_link_is_read_to_its_end_on_a_phone(phone: Watched, site: str):
    for address in ("search?find=直播", "search?find=cup&lang=en"):
        page = phone.open(f"{site}/{address}")
        expect(page.get_by_test_id("stPageLink").first).to_be_visible(timeout=WAIT)
        settled(page)
        assert page.evaluate(CUT) == [], address


LONG_NAME = """(name) => {
  const sentence = document.querySelector(".kb-sentence");
  sentence.innerHTML = `先讲<b>${name}</b>：前二十分钟`;
  return sentence.querySelector("b").getBoundingClientRect().right <= sentence.getBoundingClientRect().right + 1;
}"""


def test_a_long_name_stands_out_within_the_screen_of_a_phone(phone: Watched, site: str):
    page = phone.open(f"{site}/search")
    for name in ("Powder celadon Bamboo-hat tea cup Medium Second", "w" * 80):
        assert page.evaluate(LONG_NAME, name), name


def test_the_dark_theme_is_ours(phone: Watched, site: str):
    page = phone.open(f"{site}/growth", charts=1)
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground == "rgb(23, 25, 28)"
    ink = page.evaluate("getComputedStyle(document.querySelector('.kb-sentence')).color")
    assert ink == "rgb(232, 230, 225)"
    bar = page.evaluate("getComputedStyle(document.querySelector('.bars .point path')).fill")
    assert bar == "rgb(154, 160, 166)"  # a level of the waterfall is neutral


def test_the_language_is_switched_and_stays_on_the_next_page(watched: Watched, site: str):
    page = watched.open(site)
    page.get_by_text("English", exact=True).click()
    expect(page.locator("h1.kb-sentence")).to_contain_text("the month so far", timeout=WAIT)
    assert "lang=en" in page.url
    page.locator("[data-testid=stSidebarNav] a[href*='/growth']").click()
    expect(page.locator("h1.kb-sentence")).to_contain_text("a day", timeout=WAIT)
    page.wait_for_function("location.search.includes('lang=en')")


def test_a_choice_makes_a_link_that_opens_the_same_view(watched: Watched, site: str, desktop: BrowserContext):
    page = watched.open(f"{site}/growth")
    page.get_by_role("combobox", name="时段").click()
    page.get_by_role("option", name="近 30 天").click()
    expect(page.locator("h1.kb-sentence")).to_contain_text("2月14日", timeout=WAIT)
    page.wait_for_function("location.search.includes('period=days_30')")
    report = page.locator("h1.kb-sentence").inner_text()
    with new_page(desktop) as other:
        assert Watched(other).open(page.url).locator("h1.kb-sentence").inner_text() == report


def test_a_chart_gives_way_to_its_table(new_year: Page):
    chart = new_year.locator(".st-key-chart-growth")
    chart.get_by_text("表", exact=True).click()
    expect(chart.get_by_test_id("stDataFrame")).to_be_visible(timeout=WAIT)
    with new_year.expect_download() as result:
        chart.get_by_text("下载 CSV").click()
    text = result.value.path().read_text("utf-8-sig")
    assert len(text.splitlines()) == 1 + 61
    assert text.splitlines()[1].startswith("2022-01-01,")
    chart.get_by_text("图", exact=True).click()  # as the other tests of this page expect it
    expect(chart.locator(".bars .point path").first).to_be_visible(timeout=WAIT)
