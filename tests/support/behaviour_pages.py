"""Records the pages: every part of every page, and every option of its controls, one at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

import dashboard

if TYPE_CHECKING:
    from .behaviour import Recording

MOST = 12  # options of one control that are opened; all of them are recorded by name
INTERNAL = {"id", "formId", "stackTrace", "elementHash", "tooltipId", "key"}


def pages() -> dict[str, str]:
    """Every page by its address, with its file as the navigation names it."""
    root = Path(str(dashboard.__file__)).parent
    flat = {file.stem: file for file in (root / "views").glob("[a-z]*.py")}
    nested = {file.parent.name: file for file in (root / "views").glob("*/page.py")}
    return {name: file.relative_to(root).as_posix() for name, file in sorted((flat | nested).items())}


def opened(page: str, language: str, **link: str) -> AppTest:
    """A page as a link opens it."""
    app = AppTest.from_file(str(Path(str(dashboard.__file__)).parent / "app.py"), default_timeout=120)
    link = {"lang": language, **link}
    app.run()
    for _ in range(2):  # a change of page empties the address
        for name, value in link.items():
            app.query_params[name] = value
        app.switch_page(pages()[page])
    return app.run()


def record_pages(recording: Recording, shop: str, database: Path) -> None:
    """Every page of a shop in both languages."""
    os.environ["KILNBOARD_DB"] = str(database)
    for page in pages():
        for language in ("zh", "en"):
            name = f"pages/{page}/{shop}/{language}"
            if recording.wants(name) or recording.only.startswith(f"{name}/"):
                record_page(recording, name, opened(page, language))


def record_page(recording: Recording, name: str, app: AppTest) -> None:
    """A page as it opens, then every part of it, then every option of the controls in each part."""
    recording.keep(f"{name}/opened", told(app))
    if recording.only == f"{name}/opened":
        return
    parts = [one for one in app.main if one.type == "button_group" and not one.proto.disabled]
    if not parts:
        record_options(recording, name, app)
        return
    widest = max(parts, key=lambda one: len(one.options))  # others narrow what a part shows
    label, options = widest.label, list(widest.options)
    for place, option in enumerate(options, 1):
        if not choose(app, "button_group", label, option):
            recording.keep(f"{name}/part-{place}/opened", f"cannot choose {label} = {option}")
            continue
        recording.keep(f"{name}/part-{place}/opened", f"{label} = {option}\n{told(app)}")
        record_options(recording, f"{name}/part-{place}", app, besides=label)


def record_options(recording: Recording, name: str, app: AppTest, besides: str = "") -> None:
    """Each option of each control of the page, the others as they were."""
    controls = [(one.type, one.label, list(one.options), one.value) for one in choices(app, besides)]
    for number, (kind, label, options, before) in enumerate(controls, 1):
        for place, option in enumerate(options[:MOST], 1):
            here = f"{name}/{number}-{kind}/{place}"
            if not choose(app, kind, label, option):
                recording.keep(here, f"cannot choose {label} = {option}")
                continue
            recording.keep(here, f"{label} = {option}\n{told(app)}")
        choose(app, kind, label, before)


def choices(app: AppTest, besides: str) -> Iterator[Any]:
    """The select boxes and segmented controls of a page outside forms, each label once."""
    seen = {besides}
    for one in app.main:
        if one.type in ("selectbox", "button_group") and one.label not in seen and not one.proto.form_id:
            seen.add(one.label)
            yield one


def choose(app: AppTest, kind: str, label: str, option: Any) -> bool:
    """Set the control of this label and run; whether there is such a control with such an option."""
    for one in app.main:
        if one.type == kind and one.label == label and not one.proto.disabled:
            try:
                one.set_value(option)
                app.run()
            except (KeyError, ValueError, RuntimeError):
                return False
            return True
    return False


def told(app: AppTest) -> str:
    """All that a page shows, in order, and its address."""
    address = "&".join(f"{name}={value}" for name, value in sorted(app.query_params.items()))
    lines = [f"address ?{address}"]
    for block in (app.main, app.sidebar):
        lines += [f"[{one.type}] {said(one)}" for one in block if not hasattr(one, "children")]
    return "\n".join(lines)


def said(one: Any) -> str:
    """One element as text: words of HTML, tables as CSV, charts and controls as JSON."""
    if one.type == "html":
        body = re.sub(r"<style>.*?</style>", "", one.proto.body, flags=re.DOTALL)
        return unescape(re.sub(r"\s*<[^>]+>\s*", "\n", body)).strip() + f"\n(markup {digest(body)})"
    told = MessageToDict(one.proto)
    if one.type in ("arrow_data_frame", "arrow_table"):
        told.pop("data", None)
        return f"{as_json(told)}\n{one.value.to_csv()}"
    if one.type == "plotly_chart":
        told["spec"] = json.loads(told.get("spec", "{}"))
        told["spec"].get("layout", {}).pop("template", None)
    return as_json(told)


def as_json(found: Any) -> str:
    """A message without identifiers, sorted."""
    return json.dumps(plain(found), ensure_ascii=False, sort_keys=True, indent=1)


def plain(found: Any) -> Any:
    """The same without internal fields, media addresses and long binary texts."""
    if isinstance(found, dict):
        return {name: plain(value) for name, value in found.items() if name not in INTERNAL}
    if isinstance(found, list):
        return [plain(value) for value in found]
    if isinstance(found, str) and found.startswith(("/media/", "data:image")):
        return f"({digest(found)})"
    return found


def digest(text: str) -> str:
    """A short sum of a text, to see that it changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
