"""The words: the same keys in every language, each used, each there, and none bare in a page."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT

from dashboard import figures, words
from dashboard.words import LANGUAGES

SAID_IN_ENGLISH_AT_THE_ERROR = ("errors.", "reasons.", "questions.")
FILES = sorted((ROOT / "dashboard").rglob("*.py"))
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
    return {key for key in words.words(language) if not key.startswith(SAID_IN_ENGLISH_AT_THE_ERROR)}


def test_every_language_has_the_same_keys():
    first, *others = (keys(language) for language in LANGUAGES)
    for other in others:
        assert first ^ other == set()


@pytest.mark.parametrize("key", sorted(keys("zh")))
def test_a_key_has_the_same_fields_in_every_language(key):
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(words.words(language)[key]) if name}
        for language in LANGUAGES
    ]
    shared = set.union(*fields)
    assert all(shared - found <= {"on", "days"} for found in fields), fields


def test_every_format_in_the_words_is_known():
    for language in LANGUAGES:
        for key, text in words.words(language).items():
            for _, name, spec, _ in string.Formatter().parse(text):
                if name is not None and spec and not key.startswith("commands."):
                    assert "|" in spec or spec in figures.FORMATS, (language, key, spec)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def asked_keys(file: Path) -> Iterator[str]:
    """The keys that a file asks for; the varying parts of a key as *."""
    for call in calls(ast.parse(file.read_text("utf-8"))):
        if name_of(call) in ("t", "has") and call.args:
            for node in ast.walk(call.args[0]):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
                    )
                    break
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                    yield node.value


def all_asked() -> set[str]:
    found = {key for file in FILES for key in asked_keys(file)}
    literals = {
        node.value
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return found | (literals & keys("zh"))


def pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.escape(key).replace(r"\*", r"[^.]+(?:\.[^.]+)*"))


def test_every_key_that_is_asked_for_exists():
    known = set(words.words("zh"))
    for key in all_asked():
        if key.startswith(SAID_IN_ENGLISH_AT_THE_ERROR):
            continue
        assert any(pattern(key).fullmatch(other) for other in known), key


def test_no_key_is_unused():
    asked = [pattern(key) for key in all_asked()]
    unused = [key for key in sorted(keys("zh")) if not any(p.fullmatch(key) for p in asked)]
    assert unused == []


def test_a_missing_key_raises():
    with pytest.raises(KeyError):
        words.t("no.such.key")


@pytest.mark.parametrize("file", sorted((ROOT / "dashboard" / "views").glob("[a-z]*.py")), ids=str)
def test_a_page_holds_no_bare_text(file):
    for call in calls(ast.parse(file.read_text("utf-8"))):
        if name_of(call) in SHOWING and call.args:
            first = call.args[0]
            assert not isinstance(first, ast.JoinedStr), ast.unparse(call)
            assert not (isinstance(first, ast.Constant) and isinstance(first.value, str)), ast.unparse(call)


@pytest.mark.parametrize("file", sorted((ROOT / "dashboard" / "views").glob("[a-z]*.py")), ids=str)
def test_a_page_computes_nothing(file):
    tree = ast.parse(file.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    forbidden = {"groupby", "sum", "mean", "execute", "merge", "pivot_table", "agg"}
    assert not [call for call in calls(tree) if name_of(call) in forbidden]


def test_a_page_is_short():
    for file in (ROOT / "dashboard" / "views").glob("[a-z]*.py"):
        assert len(file.read_text("utf-8").splitlines()) <= 70, file.name


def test_plurals_follow_the_number():
    words.use("en")
    try:
        assert words.t("today.pieces", units=1) == "1 piece"
        assert words.t("today.pieces", units=12_345) == "12.3k pieces"
    finally:
        words.use("zh")
