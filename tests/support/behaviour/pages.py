"""Records the pages: every part of every page, and every option of its controls, one at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from streamlit.runtime.state.common import TESTING_KEY
from streamlit.testing.v1 import AppTest

import dashboard

if TYPE_CHECKING:
    from tests.support.behaviour.recorder import Recording

MOST = 12  # options of one control that are opened; all of them are recorded by name
CONTROLS = ("selectbox", "radio", "button_group")  # whose options are opened one at a time
LABELLED = (*CONTROLS, "multiselect")
GONE = "(no such choice any more)"
INTERNAL = {"id", "formId", "stackTrace", "deferredFileId", "elementHash", "tooltipId", "key"}


def pages() -> dict[str, str]:
    """Every page by its address, with its file as the navigation names it."""
    root = Path(str(dashboard.__file__)).parent
    flat = {file.stem: file for file in (root / "views").glob("[a-z]*.py")}
    nested = {file.parent.name: file for file in (root / "views").glob("*/page.py")}
    return {name: file.relative_to(root).as_posix() for name, file in sorted((flat | nested).items())}


class Opened:
    """A page in a session of its own, as a link opens it."""

    def __init__(self, page: str, language: str) -> None:
        self.app = AppTest.from_file(
            str(Path(str(dashboard.__file__)).parent / "app.py"), default_timeout=120
        )
        self.labels: dict[str, Any] = {}
        self.app.query_params["lang"] = language
        self.run()
        for _ in range(2):  # a change of page empties the address
            self.app.query_params["lang"] = language
            self.app.switch_page(pages()[page])
        self.run()

    def run(self) -> None:
        """Run the page; every control then has the label that it shows.

        The test harness would name the options again with the page's own function, which reads language and
        currency of the page's run and so only works within it.
        """
        self.app.run()
        for item in (*self.app.main, *self.app.sidebar):
            if item.type not in LABELLED:
                continue
            proto, several = item.proto, item.type in ("button_group", "multiselect")
            if several:
                first: Any = [item.options[place] for place in proto.default]
                raw: Any = list(proto.raw_values)
            else:
                first = item.options[proto.default] if proto.HasField("default") and item.options else None
                raw = proto.raw_value
            label = raw if proto.set_value else self.labels.get(item.id, first)
            self.labels[item.id] = label
            is_single = getattr(item, "_is_single_select", not several)
            item._value = (label[0] if label else None) if several and is_single else label
            naming = self.app.session_state[TESTING_KEY]
            naming[item.id] = partial(named, list(item.options), item._value, naming[item.id])

    def controls(self, besides: str = "") -> Iterator[Any]:
        """The select boxes and segmented controls outside forms, each label once."""
        seen = {besides}
        for item in self.app.main:
            if item.type in CONTROLS and item.label not in seen and not item.proto.form_id:
                seen.add(item.label)
                yield item

    def choose(self, kind: str, label: str, option: Any) -> bool:
        """Set the control of this label and run; False where it is not there or has no such option."""
        for item in self.controls():
            if (
                (item.type, item.label) == (kind, label)
                and option in item.options
                and not item.proto.disabled
            ):
                item._value = option
                self.labels[item.id] = [option] if kind == "button_group" else option
                self.run()
                return True
        return False

    def text(self) -> str:
        """All that the page shows, in order, and its address."""
        address = "&".join(f"{name}={value}" for name, value in sorted(self.app.query_params.items()))
        shown = [item for block in (self.app.main, self.app.sidebar) for item in block]
        return "\n".join(
            [f"address ?{address}", *(f"[{item.type}] {text_of(item)}" for item in shown if is_leaf(item))]
        )


def is_leaf(item: Any) -> bool:
    """Whether this is an element and no container of others."""
    return not hasattr(item, "children")


def named(options: list[str], shown: Any, name: Callable[[Any], str], value: Any) -> str:
    """The label of a control's value: itself, else the one shown (in a form), else as the page names it."""
    if value in options:
        return str(value)
    return shown if isinstance(shown, str) else name(value)


def record_pages(recording: Recording, shop: str, database: Path) -> None:
    """Every page of a shop in both languages."""
    os.environ["KILNBOARD_DB"] = str(database)
    for page in pages():
        for language in ("zh", "en"):
            name = f"pages/{page}/{shop}/{language}"
            if recording.wants(name) or recording.only.startswith(f"{name}/"):
                try:
                    record_page(recording, name, Opened(page, language))
                except Exception as problem:  # the other pages are recorded all the same
                    recording.write(f"{name}/failed", f"{type(problem).__name__}: {problem}")
                    print(f"{name} broke off: {problem}", file=sys.stderr)


def record_page(recording: Recording, name: str, page: Opened) -> None:
    """A page as it opens, then every part of it, then every option of the controls in each part."""
    recording.write(f"{name}/opened", page.text())
    if recording.only == f"{name}/opened":
        return
    groups = [item for item in page.controls() if item.type == "button_group"]
    if not groups:
        record_options(recording, name, page)
        return
    parts = max(groups, key=lambda item: len(item.options))  # the others narrow what a part shows
    label, options = parts.label, list(parts.options)
    for place, option in enumerate(options, 1):
        is_chosen = page.choose("button_group", label, option)
        recording.write(
            f"{name}/part-{place}/opened", f"{label} = {option}\n{page.text() if is_chosen else GONE}"
        )
        if is_chosen:
            record_options(recording, f"{name}/part-{place}", page, besides=label)


def record_options(recording: Recording, name: str, page: Opened, besides: str = "") -> None:
    """Each option of each control of the page, the others as they were."""
    result = [
        (item.type, item.label, list(item.options), page.labels[item.id]) for item in page.controls(besides)
    ]
    for number, (kind, label, options, shown) in enumerate(result, 1):
        before = shown[0] if isinstance(shown, list) and shown else shown
        for place, option in enumerate(options[:MOST], 1):
            if option == before:
                continue
            is_chosen = page.choose(kind, label, option)
            here = f"{name}/{number}-{kind}/{place}"
            recording.write(here, f"{label} = {option}\n{page.text() if is_chosen else GONE}")
        page.choose(kind, label, before)


def text_of(item: Any) -> str:
    """One element as text: words of HTML, tables as CSV, charts and controls as JSON."""
    if item.type == "html":
        body = re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.DOTALL)
        return unescape(re.sub(r"\s*<[^>]+>\s*", "\n", body)).strip() + f"\n(markup {digest(body)})"
    report = MessageToDict(item.proto)
    if item.type in ("arrow_data_frame", "arrow_table"):
        report.pop("data", None)
        return f"{as_json(report)}\n{item.value.to_csv()}"
    if item.type == "plotly_chart":
        report["spec"] = json.loads(report.get("spec", "{}"))
        report["spec"].get("layout", {}).pop("template", None)
    return as_json(report)


def as_json(result: Any) -> str:
    """A message without identifiers, sorted."""
    return json.dumps(plain(result), ensure_ascii=False, sort_keys=True, indent=1)


def plain(result: Any) -> Any:
    """The same without internal fields, media addresses and long binary texts."""
    if isinstance(result, dict):
        return {name: plain(value) for name, value in result.items() if name not in INTERNAL}
    if isinstance(result, list):
        return [plain(value) for value in result]
    if isinstance(result, str) and result.startswith(("/media/", "data:image")):
        return f"({digest(result)})"
    return result


def digest(text: str) -> str:
    """A short sum of a text, to see that it changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
