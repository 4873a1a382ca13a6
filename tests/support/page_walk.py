"""A walk through a page: every control that stands on it is set to every choice that it offers.

The controls are read from the page itself, so that a new page, part or filter is walked without a word here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from html import unescape
from random import Random
from typing import Any, Literal

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Widget

from dashboard.i18n import messages

PARTS = ("button_group:link.", "button_group:as-")  # choose a part of the page or a cut, and chart or table
FILTER = re.compile(r"\w+:link\.")
Extent = Literal["every choice", "each filter", "parts"]
MOST_OF_DATA = 4  # so many choices of a control whose choices are the shop's own rows (SKUs, batches)
MISSING = re.compile(r"(?<![\w.“\"-])(nan|NaN|None|NaT|<NA>|inf)(?![\w-])")
SENTENCE = re.compile(r'<h1 class="kb-sentence">(.*?)</h1>', re.DOTALL)
# a dash that stands for a figure; not that of 1–12 March or 30 Nov – 1 Dec
NO_FIGURE = re.compile(r"(?:^|[，；：])\s?–|–(?=[，。；,.;]|$)|\s–\s(?!\d)")
UNFILLED = re.compile(r"\{\w*[:}!]")
LIKE_KEY = re.compile(r"\b([a-z_]+)((?:\.[a-z_0-9]+)+)\b")
WITH_OPTIONS = ("selectbox", "radio", "button_group", "multiselect")
FILES = (".csv", ".xlsx", ".db", ".toml", ".env", ".key")
TEMPLATES = {"hovertemplate", "texttemplate", "bdata", "template"}
UNSEEN = {
    "id",
    "url",
    "icon",
    "element_id",
    "form_id",
    "page_script_hash",
    "script_hash",
    "arrow_data",
    "js_content",
    "css_content",
    "html_content",
    "mixed",
    "json",
    "data",
}


@dataclass(frozen=True)
class Choice:
    """One choice of one control of a page: its place among the others, for its text may change."""

    control: str
    place: int
    option: str = field(compare=False)


@dataclass
class Walk:
    """What was seen on a walk: runs of the page, chosen options, faults with the path to them."""

    page: AppTest
    random: Random
    runs: int = 0
    chosen: set[Choice] = field(default_factory=set)
    every_choice: set[Choice] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Record what the page shows before any choice."""
        self._record_faults("as first opened", [])

    def through(self, view: str, extent: Extent) -> None:
        """Open a page and make its choices one after another, the newest controls first.

        All parts are always opened. With `each filter` every other control is set once on each page; with `parts` no
        filter is set, and what else there is once in the walk.
        """
        way: list[Choice] = []
        self.chosen.clear()
        known: dict[str, int] = {}
        self.page.switch_page(view).run()
        self._record_faults(view, way)
        while result := [item for item in choices(self.page) if self._is_new(item[0], extent)]:
            if self.page.exception:
                return
            for choice, _, _ in result:
                known.setdefault(choice.control, len(known))
            deepest = max(known[choice.control] for choice, _, _ in result)
            choice, widget, value = self.random.choice(
                [item for item in result if known[item[0].control] == deepest]
            )
            self.chosen.add(choice)
            self.every_choice.add(choice)
            way.append(choice)
            self._choose(widget, value)
            self._record_faults(view, way)

    def _is_new(self, choice: Choice, extent: Extent) -> bool:
        if choice in self.chosen or extent == "every choice" or choice.control.startswith(PARTS):
            return choice not in self.chosen
        if extent == "parts" and FILTER.match(choice.control):
            return False
        seen = self.every_choice if extent == "parts" else self.chosen
        return all(item.control != choice.control for item in seen)

    def _choose(self, widget: Widget, value: Any) -> None:
        """Set a control as the browser does, by the text of the choice."""
        states = self.page._tree.get_widget_states()
        state = next(item for item in states.widgets if item.id == widget.id)
        if isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, int):
            state.int_value = value
        elif isinstance(value, list):
            state.string_array_value.data[:] = value
        else:
            state.string_value = value
        self.page._run(states)

    def _record_faults(self, view: str, way: list[Choice]) -> None:
        self.runs += 1
        for fault in faults(self.page):
            message = " > ".join(f"{item.control}={item.option}" for item in way[-6:])
            self.faults.append(f"{view} [{message}]: {fault}")


def choices(page: AppTest) -> Iterator[tuple[Choice, Widget, Any]]:
    """Every choice that the page offers now and that is not set, outside of forms."""
    for node in page.main:
        if not isinstance(node, Widget) or getattr(node, "form_id", "") or getattr(node, "disabled", False):
            continue
        name = re.sub(r"\d+", "0", node.key or getattr(node, "label", ""))
        now = node._widget_state
        for place, (option, value) in enumerate(_options(node)):
            if not _is_set(now, value):
                yield Choice(f"{node.type}:{name}", place, option), node, value


def _is_set(now: Any, value: Any) -> bool:
    if isinstance(value, list):
        return list(now.string_array_value.data) == value
    return value in (now.bool_value, now.string_value) and not isinstance(value, int)


def _options(node: Widget) -> list[tuple[str, Any]]:
    kind = node.type
    if kind in WITH_OPTIONS:
        every = list(node.options)
        if len(every) > 9:  # rows of the shop's own
            every = [*every[: MOST_OF_DATA - 1], every[-1]]
        is_list = kind in ("button_group", "multiselect")
        return [(option, [option] if is_list else option) for option in every]
    if kind in ("toggle", "checkbox"):
        return [("on", True), ("off", False)]
    if kind == "pagination":
        return [(str(number), number) for number in {1, node.num_pages}]
    if kind == "date_input":
        return _days(node)
    return []


def _days(node: Any) -> list[tuple[str, list[str]]]:
    """Days to choose: one day, a leap day, a year's end, a long range; only those that are allowed."""
    leap, end = date(2024, 2, 29), date(2023, 12, 31)
    pairs = [
        ("one day", node.max, node.max),
        ("leap day", leap, leap),
        ("year's end", end, end + timedelta(days=1)),
        ("long", date(2021, 1, 1), min(node.max, date(2028, 3, 1))),
    ]
    result = []
    for name, first, last in pairs:
        days = [max(first, node.min), min(last, node.max)]
        if days[0] <= days[1]:
            result.append((name, [f"{on:%Y/%m/%d}" for on in days[: 1 + node.is_range]]))
    return result


def faults(page: AppTest) -> Iterator[str]:
    """What must not be on a page: an exception, an error box, a missing value, a key instead of words, two options
    with one label, of which the browser would choose the first.
    """
    for error in page.exception:
        place = [line for line in error.stack_trace if "/dashboard/" in line or "/shop/" in line][-1:]
        yield f"exception {error.value} {' '.join(place)}"
    for error in page.error:
        yield f"error box {error.value}"
    for node in page._tree:
        if node is page._tree or node.type in ("exception", "error"):
            continue
        if isinstance(node, Block) and (node.key or "") == "empty-error":
            yield "refusal at the door of the page"
        for message in _texts(node):
            if wrong := wrong_words(message):
                yield f"{wrong!r} in {node.type} {getattr(node, 'key', '')}: {message[:200]!r}"
        if node.type == "html":
            for sentence in SENTENCE.findall(node.proto.body):
                if NO_FIGURE.search(unescape(re.sub("<[^>]+>", "", sentence))):
                    yield f"a dash for a figure in the first sentence: {sentence!r}"
        if node.type == "dataframe":
            yield from _days_as_numbers(node)
        if node.type in WITH_OPTIONS:
            alike = {option for option in node.options if node.options.count(option) > 1}
            if alike:
                yield f"options alike in {node.type} {node.key or node.label}: {sorted(alike)[:3]}"


def _days_as_numbers(node: Any) -> Iterator[str]:
    """Columns of text that hold dates: the browser shows those as milliseconds."""
    configs = json.loads(node.proto.columns or "{}")
    texts = {name for name, item in configs.items() if item.get("type_config", {}).get("type") == "text"}
    table = node.value if texts else {}
    for name in texts.intersection(table):
        if any(isinstance(cell, date) for cell in table[name].dropna()):
            yield f"days as numbers in {name!r}"


def wrong_words(message: str) -> str:
    """The first missing value, unfilled field, mark of emphasis or raw key in a text, "" where there is none."""
    if messages.MARK in message:
        return messages.MARK
    for pattern in (MISSING, UNFILLED):
        if result := pattern.search(message):
            return result[0]
    for result in LIKE_KEY.finditer(message):
        if result[1] in _namespaces() and not result[0].endswith(FILES):
            return result[0]
    return ""


@cache
def _namespaces() -> set[str]:
    return {key.partition(".")[0] for key in messages.words("en")}


def _texts(node: Any) -> Iterator[str]:
    """All that one element shows: its own texts, the words of a table's cells, those of a figure."""
    if node.type == "dataframe":
        table = node.value
        yield from map(str, table.columns)
        for name in table.columns:
            yield from {value for value in table[name] if isinstance(value, str)}
        return
    if node.type == "plotly_chart":
        yield from _drawn(json.loads(node.proto.spec))
        return
    yield from _strings(getattr(node, "proto", None), node.type == "html")


def _drawn(figure: Any) -> Iterator[str]:
    """The words of a figure, without its templates and packed numbers."""
    if isinstance(figure, str):
        yield figure
    elif isinstance(figure, list):
        for item in figure:
            yield from _drawn(item)
    elif isinstance(figure, dict):
        for name, item in figure.items():
            if name not in TEMPLATES:
                yield from _drawn(item)


def _strings(proto: Any, is_html: bool) -> Iterator[str]:
    for field_, value in proto.ListFields() if hasattr(proto, "ListFields") else ():
        if field_.name in UNSEEN or field_.type == field_.TYPE_BYTES:
            continue
        for item in value if field_.is_repeated else (value,):
            if isinstance(item, str):
                yield _visible(item) if is_html else item
            else:
                yield from _strings(item, is_html)


def _visible(html: str) -> str:
    """The words of our own HTML, those of tips too."""
    if html.startswith("<style"):
        return ""
    tips = " ".join(re.findall(r'(?:title|alt|aria-label)="([^"]*)"', html))
    return unescape(re.sub(r"<[^>]+>", " ", html) + " " + tips)
