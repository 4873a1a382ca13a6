"""What the page tests share: open a page on a database, read its words."""

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
VIEWS = sorted(path.parent.name for path in (ROOT / "dashboard" / "views").glob("*/page.py"))


def open_address(view: str, **link: str) -> AppTest:
    """What the address of a view leads to, with these parameters."""
    page = AppTest.from_file(str(APP), default_timeout=120)
    page._page_hash = calc_hash(view)  # what `switch_page` sets, which wants a run of another page before it
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def open_page(view: str, **link: str) -> AppTest:
    """The page of this view, opened by a link with these parameters; raises ValueError where there is none."""
    page = open_address(view, **link)
    return page.switch_page(f"views/{view}/page.py")


def bodies(page: AppTest) -> list[str]:
    """All our own HTML on the page, in order."""
    return [element.proto.body for element in page.get("html")]


def shown(page: AppTest) -> str:
    """The words of our own HTML, without tags."""
    return unescape(re.sub(r"<[^>]+>", " ", " ".join(bodies(page))))


def sentence(page: AppTest) -> str:
    """The first sentence of the page."""
    result = re.search(r'<h1 class="kb-sentence">(.*?)</h1>', " ".join(bodies(page)), re.DOTALL)
    assert result, "the page does not begin with a sentence"
    return unescape(re.sub(r"<[^>]+>", "", result[1]))


def no_error(page: AppTest) -> bool:
    """Whether the page ran to its end without an exception or an error box."""
    problems = [*page.exception, *page.error]
    assert not problems, [element.value for element in problems]
    return True


SPRING_LINK: Mapping[str, str] = {
    "from": "2022-01-01",
    "to": "2022-02-28",
    "against": "2021-11-01..2021-12-31",
    "metric": "units",
}
