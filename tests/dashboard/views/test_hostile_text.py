"""A shop whose every name and note is hostile: no page fails or shows a foreign image or link."""

import re
import shutil
from pathlib import Path

import pytest

from dashboard.text.markdown import literal
from tests.support.odd_inputs.hostile_shop import make_hostile
from tests.support.pages import no_error, open_page

HOSTILE = (
    '![x](http://evil/x.png) [a](http://evil) <img src="http://evil/y.png"> http://evil/z www.evil.com '
    "$x$ :material/home: :red[r] :smile: {0} %s \" ' `c` \n\n# h\t🏺 \u202eמזרח " + "w" * 300
)
PARTS = {
    "products": ("look", ("sold", "shelf", "returns", "waiting", "origins", "next")),
    "kiln": ("part", ("now", "new", "mend", "days", "yields", "materials", "prices")),
    "listings": ("part", ("new", "table", "one", "queue", "files", "history")),
    "stock": ("stock", ("todo", "table", "count", "holds", "one", "history")),
    "live": ("kind", ("sessions", "videos")),
    "settings": ("section", ("people", "audit", "shop", "messages")),
    **dict.fromkeys(("today", "growth", "data", "orders", "comments"), ("lang", ("en",))),
}
CASES = [(view, name, part) for view, (name, parts) in PARTS.items() for part in parts]
MARKDOWN = re.compile(
    r"(?<!\\)\[[^\]]*\]\([^)]*evil|(?<!\\)!\[|https?://|www\.|(?<!\\):material/home|(?<!\\)<img"
)


@pytest.fixture(scope="module")
def hostile_path(spring_studio: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "shop.db"
    shutil.copyfile(spring_studio, path)
    make_hostile(path, lambda number: f"{HOSTILE}{number}")
    return path


@pytest.fixture
def hostile_shop(hostile_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KILNBOARD_DB", str(hostile_path))
    return hostile_path


def markdown_of(page: object) -> list[str]:
    """Every text on the page that Streamlit reads as markdown: texts, labels, helps and options."""
    result: list[str] = []
    for element in page.main:  # type: ignore[attr-defined]
        proto = getattr(element, "proto", None)
        for name in ("label", "help", "body"):
            value = getattr(proto, name, "")
            if isinstance(value, str) and element.type not in ("html", "text"):
                result.append(value)
    return result


@pytest.mark.parametrize(("view", "name", "part"), CASES)
def test_no_part_of_a_page_reads_hostile_words_as_markdown(
    view: str, name: str, part: str, hostile_shop: Path
) -> None:
    page = open_page(view, **{name: part})
    assert no_error(page)
    read = [text for text in markdown_of(page) if MARKDOWN.search(text)]
    assert read == []
    assert not any('<img src="http://evil' in item.proto.body for item in page.get("html"))


def test_typed_text_is_shown_verbatim() -> None:
    shown = literal(HOSTILE)
    assert not MARKDOWN.search(shown) and "\n" not in shown
    assert re.sub(r"\\(?=[!-/:-@\[-`{-~])|\u2060", "", shown) == " ".join(HOSTILE.split())
