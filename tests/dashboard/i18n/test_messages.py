"""The words: the same keys in every language, each used, each there, and none bare in a page."""

import ast
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n import format, messages
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.views import pages
from tests.support.pages import ROOT

ENGLISH_IN_THE_CODE = ("errors.", "reasons.", "questions.", "found.")
FILES = sorted((ROOT / "dashboard").rglob("*.py"))
PAGES = sorted((ROOT / "dashboard" / "views").glob("*/page.py"))
SHOWING = {
    "title",
    "header",
    "subheader",
    "markdown",
    "write",
    "text",
    "caption",
    "info",
    "warning",
    "error",
    "success",
    "button",
    "download_button",
    "selectbox",
    "segmented_control",
    "radio",
    "toggle",
    "checkbox",
    "text_input",
    "date_input",
    "file_uploader",
    "metric",
    "expander",
    "popover",
    "page_link",
    "form_submit_button",
    "status",
    "sentence",
    "note",
    "heading",
}


def keys(language: str) -> set[str]:
    return {key for key in messages.words(language) if not key.startswith(ENGLISH_IN_THE_CODE)}


def test_every_language_has_the_same_keys():
    first, *others = (keys(language) for language in LANGUAGES)
    for other in others:
        assert first ^ other == set()


def fields_of(key: str, language: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(messages.words(language)[key]) if name}


def test_no_key_is_written_in_two_files():
    for language in LANGUAGES:
        files = sorted((ROOT / "dashboard" / "words" / language).glob("*.toml"))
        counts = Counter(key for file in files for key in flat("", tomllib.loads(file.read_text("utf-8"))))
        assert [key for key, times in counts.items() if times > 1] == [], language


def flat(before: str, table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(f"{before}{key}.", value)
        else:
            yield before + key


def test_every_key_has_the_same_fields_in_every_language():
    faults = []
    for key in sorted(keys("zh")):
        fields = {
            language: {name for name in fields_of(key, language) if not name.startswith("@")}
            for language in LANGUAGES
        }
        every = set.union(*fields.values())
        if any(every - some - {"on", "days"} for some in fields.values()):
            faults.append((key, fields))
    assert faults == []


def test_what_stands_out_has_a_beginning_and_an_end():
    odd = [
        (language, key)
        for language in LANGUAGES
        for key, text in messages.words(language).items()
        if text.count(messages.MARK) % 2
    ]
    assert odd == []


def test_every_format_in_the_words_is_known():
    unknown = [
        (language, key, spec)
        for language in LANGUAGES
        for key, text in messages.words(language).items()
        for _, name, spec, _ in string.Formatter().parse(text)
        if name is not None and spec and not key.startswith("commands.")
        if "|" not in spec and spec not in format.FORMATS
    ]
    assert unknown == []


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def keys_used(file: Path) -> Iterator[str]:
    """The keys that a file uses; the varying parts of a key as *."""
    for call in calls(tree_of(file)):
        if name_of(call) in ("t", "has") and call.args:
            for node in ast.walk(call.args[0]):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
                    )
                    break
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                    yield node.value


@cache
def all_keys_used() -> frozenset[str]:
    result = {key for file in FILES for key in keys_used(file)}
    literals = {
        node.value
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(result | (literals & keys("zh")))


def matches(key: str, known: set[str]) -> set[str]:
    """The known keys that a key from the source stands for; a * in it is one part of a key or more."""
    if "*" not in key:
        return {key} & known
    pattern = re.compile(re.escape(key).replace(r"\*", r"[^.]+(?:\.[^.]+)*"))
    return {other for other in known if pattern.fullmatch(other)}


def test_every_key_in_use_exists():
    known = set(messages.words("zh"))
    missing = [
        key
        for key in sorted(all_keys_used())
        if not key.startswith(ENGLISH_IN_THE_CODE) and not matches(key, known)
    ]
    assert missing == []


QUOTED_PAGE = {
    "zh": re.compile(r"[“「]([^”」]+)[”」]页(?!面|数|码)"),
    "en": re.compile(r"\b[Tt]he ([A-Z][\w& ]*?) page\b"),
}
OLD_NAMES = ("商品管理", "窑炉页", "看板页")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_called_by_their_name_from_one_place(language: str) -> None:
    """A message names a page by `{@data.name}`, never by a word of its own."""
    names = {messages.words(language)[f"{page}.name"] for page in pages()}
    typed = (
        re.compile("|".join(re.escape(name) + "页(?!面|数|码)" for name in names))
        if language == "zh"
        else None
    )
    wrong = []
    for key, message in messages.words(language).items():
        quoted = [name for name in QUOTED_PAGE[language].findall(message) if not name.startswith("{@")]
        if quoted or (typed and typed.search(message)) or any(name in message for name in OLD_NAMES):
            wrong.append(f"{key}: {message}")
    assert wrong == []
    for key, message in messages.words(language).items():
        for page in re.findall(r"\{@(\w+)\.name\}", message):
            assert page in pages(), (key, page)


def test_errors_in_the_code_call_pages_by_their_english_name() -> None:
    names = {messages.words("en")[f"{page}.name"] for page in pages()}
    for folder in ("shop", "etl", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"\bon the ([A-Z][\w& ]*?) page\b", path.read_text("utf-8")):
                assert name in names, f"{path}: {name}"


LISTED = (
    "framework.",
    "audit.actions.",
)  # handed to the browser as a whole; one for each action that is logged


def test_no_key_is_unused():
    known = keys("zh")
    used = {other for key in all_keys_used() for other in matches(key, known)}
    assert [key for key in sorted(known - used) if not key.startswith(LISTED)] == []


def test_a_missing_key_raises():
    with pytest.raises(KeyError):
        messages.t("no.such.key")


def is_bare_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_page_contains_untranslated_text():
    bare = [
        f"{page.parent.name}: {ast.unparse(call)}"
        for page in PAGES
        for call in calls(tree_of(page))
        if name_of(call) in SHOWING and call.args and is_bare_text(call.args[0])
    ]
    assert bare == []


def test_no_page_computes_anything():
    forbidden = {"groupby", "sum", "mean", "execute", "merge", "pivot_table", "agg"}
    computed = [
        f"{page.parent.name}: {ast.unparse(node)}"
        for page in PAGES
        for node in ast.walk(tree_of(page))
        if isinstance(node, ast.BinOp) or (isinstance(node, ast.Call) and name_of(node) in forbidden)
    ]
    assert computed == []


def test_every_page_is_checked_here():
    assert [page.parent.name for page in PAGES] == sorted(pages())


def test_every_page_is_short():
    assert [page.parent.name for page in PAGES if len(page.read_text("utf-8").splitlines()) > 70] == []


def test_plurals_follow_the_number():
    use_language("en")
    try:
        assert messages.t("today.pieces", units=1) == "1 piece"
        assert messages.t("today.pieces", units=12_345) == "12.3k pieces"
    finally:
        use_language("zh")


def test_what_an_error_found_is_said_in_every_language() -> None:
    """English words in the code, such as `found="binary data"`, have words in the others."""
    said = {
        keyword.value.value
        for package in ("shop", "etl", "dashboard")
        for file in (ROOT / package).rglob("*.py")
        if "found=" in file.read_text("utf-8")  # parsing takes long
        for node in calls(tree_of(file))
        for keyword in node.keywords
        if keyword.arg == "found"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
        and " " in keyword.value.value.strip()
    }
    assert said and {text for text in said if f"found.{text}" not in messages.words("zh")} == set()
