"""A shop whose every name, note and key is hostile: no page fails or shows a foreign image or link.

The places that take text are read from the models, the parts of the pages from the pages themselves.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.text.markdown import literal
from dashboard.views.settings.sections import SECTIONS
from tests.support.odd_inputs.hostile_shop import make_hostile, make_keys_hostile
from tests.support.page_walk import UNSEEN, Choice, Extent, Walk
from tests.support.pages import VIEWS, open_page

ACTIVE = "⟦**b** *i* __u__ _v_ `c` $m$ ~~s~~ [l] #h⟧ "  # markdown would read each part of it
HOSTILE = (
    ACTIVE
    + '![x](http://evil/x.png) [a](http://evil) <img src="http://evil/y.png"> http://evil/z www.evil.com '
    "$x$ :material/home: :red[r] :smile: {0} %s \" ' `c` \n\n# h\t🏺 \u202eמזרח " + "w" * 300
)
KEY = "⟦*k*_`k`$~k~⟧<b>[a](http://evil)=1+1 %&#?/窑 {0} "
MARKUP = re.compile(re.escape('<img src="http://evil') + "|" + re.escape("<b>[a]"))
MARKDOWN = re.compile(
    r"(?<!\\)\[[^\]]*\]\([^)]*evil|(?<!\\)!\[|https?://|www\.|(?<!\\):material/home|(?<!\\)<img"
)
EVERYWHERE = ("label", "help", "body", "delta", "text", "caption")
READ_AS_MARKDOWN = {
    "html": (),
    "text": ("help",),
    "code": (),
    "radio": (*EVERYWHERE, "options", "captions"),
    "button_group": (*EVERYWHERE, "content"),
}
"""The fields of an element that Streamlit reads as markdown."""


@pytest.fixture(scope="module")
def hostile_path(spring_studio: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "shop.db"
    shutil.copyfile(spring_studio, path)
    make_hostile(path, lambda number: f"{HOSTILE}{number}")
    make_keys_hostile(path, KEY)
    return path


@pytest.fixture(autouse=True)
def shop(hostile_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(hostile_path))


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


def shown_texts(page: AppTest) -> Iterator[tuple[str, bool]]:
    """Every text on the page outside of tables and figures, and whether Streamlit reads it as markdown."""
    for element in page._tree:
        proto = getattr(element, "proto", None)
        if (
            element is not page._tree
            and proto is not None
            and element.type not in ("dataframe", "plotly_chart")
        ):
            yield from _texts(proto, element.type)


def _texts(proto: Any, kind: str) -> Iterator[tuple[str, bool]]:
    for field, value in proto.ListFields() if hasattr(proto, "ListFields") else ():
        if field.type == field.TYPE_BYTES or field.name in UNSEEN:
            continue
        for item in value if field.is_repeated else (value,):
            if isinstance(item, str):
                yield item, field.name in READ_AS_MARKDOWN.get(kind, EVERYWHERE)
            else:
                yield from _texts(item, kind)


def not_as_written(page: AppTest) -> Iterator[str]:
    """Texts with a name that is not shown character by character; one that is cut ends early or with an ellipsis."""
    for text, is_markdown in shown_texts(page):
        for start in re.finditer("⟦", text):
            rest = text[start.start() :].partition("⟧")[0].partition("…")[0]
            names = [literal(name) if is_markdown else name for name in (ACTIVE, KEY)]
            if not any(name.startswith(rest) for name in names):
                yield f"not as written: {rest[:120]!r} in {text[:60]!r}"


def obeyed(page: AppTest) -> list[str]:
    """What of the hostile texts the page reads as markup; a failure of the page itself."""
    failed = [element.value for element in (*page.exception, *page.error)]
    read = [text for text in markdown_of(page) if MARKDOWN.search(text)]
    read += not_as_written(page)
    return [*failed, *read, *(item.proto.body for item in page.get("html") if MARKUP.search(item.proto.body))]


class HostileWalk(Walk):
    """A walk that looks for what is obeyed."""

    def _record_faults(self, view: str, way: list[Choice]) -> None:
        self.runs += 1
        path = " > ".join(f"{item.control}={item.place}" for item in way[-4:])
        self.faults += [f"{view} [{path}]: {fault[:300]}" for fault in obeyed(self.page)]


def walk(view: str, extent: Extent) -> None:
    result = HostileWalk(open_page(view, period="all"), Random(1))
    result.through(f"views/{view}/page.py", extent)
    print(f"{view}: {result.runs} runs")
    assert not result.faults, "\n".join(result.faults[:9])


@pytest.mark.parametrize("view", VIEWS)
def test_no_part_of_a_page_reads_hostile_words_as_markup(view: str) -> None:
    walk(view, "parts")


@pytest.mark.proof
@pytest.mark.parametrize("view", VIEWS)
def test_no_choice_on_a_page_reads_hostile_words_as_markup(view: str) -> None:
    walk(view, "every choice")


@pytest.mark.parametrize("section", [item.name for item in SECTIONS if item.show is not None])
def test_no_section_of_the_settings_reads_hostile_words_as_markup(section: str) -> None:
    assert obeyed(open_page("settings", section=section)) == []


def test_typed_text_is_shown_verbatim() -> None:
    shown = literal(HOSTILE)
    assert not MARKDOWN.search(shown) and "\n" not in shown
    assert re.sub(r"\\(?=[!-/:-@\[-`{-~])|\u2060", "", shown) == " ".join(HOSTILE.split())
