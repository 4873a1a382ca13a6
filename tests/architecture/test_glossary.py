"""Names, comments and docstrings use the words of the field: no word of an earlier private vocabulary."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.trees import nodes

ROOT = Path(__file__).parents[2]
ROOMS = ("shop", "etl", "dashboard")
MOST_IN_TEXT = 9  # comments and docstrings in all rooms together

WORDS = """
told tell tells retell teller asked asks asking said says saying found kept keep keeps keeping remember
remembered anew beside apart mend mended verb verbs door doors room rooms house luck lucky dice beat nap
patience abroad whence standing standings desk claim claims claimed hold holds held holding shelf shelves
shelved stocking moved workbench made hanging hangs adopt adopting adopted ripe ripeness cause causes sides
ladder ladders unusual odd grown compared performed waited campaigned story stories sheet sheets drawings
cards hosting letter letters bookkeeping leftovers stated waiting standin standins refused terms telling
"""
PHRASES = ("set aside", "take back", "taken back", "put back", "way back", "given back", "going live",
           "law of delay", "kiln book", "left for good")  # fmt: skip
FORBIDDEN = re.compile(rf"(?<![a-z])(?:{'|'.join([*re.findall(r'[a-z]+', WORDS), *PHRASES])})(?![a-z])")

COLUMNS = {  # of tables that are released: renaming them would need a migration of every shop's database
    *("set_aside", "hold_id", "kept", "made_at", "made_by", "made_on", "moved_at", "stated_at", "stated_by"),
    *(
        "stated_sku",
        "shelf_cm2",
        "cause",
        "verb",
        "stock_claim",
        "stock_hold",
        "stated_total",
        "order_line_apart",
    ),
    *("stock_claim_sku", "stock_claim_short", "stock_hold_open", "stock_hold_quantity", "platform_terms"),
}
GROWTH_STORY = {"growth_story", "GrowthStory", "build_story"}  # the report's name in the product
PUBLISHED = {
    "Refused"  # an error's class name is the code that `--json` prints and the database stores
}
CONSTANTS = {"ASKS_PLATFORM"}  # an optional constant of the modules in etl/files, looked up by its name
STREAMS = {  # what `kilnboard live show --json` prints, and the platforms' own word for 福袋
    *("stated", "by_room", "STATED", "BY_ROOM", "LUCKY_BAG")
}
ALLOWED = COLUMNS | GROWTH_STORY | PUBLISHED | CONSTANTS | STREAMS


FIELD_SENSE = re.compile(  # in sentences: a live room, what a platform states, the alphabet, a published method's name
    r"(?i)\b(?:live )?rooms?\b|\bstated\b|\bfirst letters\b|\bSignal Processing Letters\b|\bchain ladder\b"
)


def words_of(name: str) -> str:
    """A name in lower-case words: OpenItems and open_items are "open items"."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return " ".join(parts).lower()


@dataclass(frozen=True)
class Module:
    """One of our files: its path, its text and all nodes of its syntax tree."""

    path: str
    source: str
    nodes: list[ast.AST]


def names(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """All names that a module gives: classes, functions, parameters, variables, attributes of self, aliases."""
    for node in nodes:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name


def texts(module: Module) -> Iterator[tuple[int, str]]:
    """Comments and the lines of docstrings, without quotations and code."""
    for token in tokenize.generate_tokens(io.StringIO(module.source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in module.nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node, clean=False)
            for number, line in enumerate((text or "").split("\n"), start=getattr(node, "lineno", 1)):
                yield number, re.sub(r"`[^`]*`|“[^”]*”|\"[^\"]*\"", " ", line)


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """The files of all rooms, parsed once; a released migration is never changed, so it is left out."""
    paths = [
        path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts
    ]
    return [Module(str(path.relative_to(ROOT)), path.read_text("utf-8"), list(nodes(path))) for path in paths]


@cache
def is_forbidden(name: str) -> bool:
    return bool(FORBIDDEN.search(words_of(name))) and name not in ALLOWED


def is_forbidden_in(text: str) -> bool:
    return bool(FORBIDDEN.search(FIELD_SENSE.sub(" ", text).lower()))


def test_no_name_uses_a_word_of_the_glossary(modules: list[Module]) -> None:
    wrong = [
        f"{module.path}:{line}: {name}"
        for module in modules
        for line, name in [(1, Path(module.path).stem), *names(module.nodes)]
        if is_forbidden(name)
    ]
    assert wrong == []


def test_comments_and_docstrings_hardly_use_them(modules: list[Module]) -> None:
    wrong = [
        f"{module.path}:{line}: {text.strip()}"
        for module in modules
        if is_forbidden_in(module.source)  # finding the comments takes long
        for line, text in texts(module)
        if is_forbidden_in(text)
    ]
    assert len(wrong) <= MOST_IN_TEXT, "\n".join(wrong)


def test_a_class_name_means_one_thing(modules: list[Module]) -> None:
    seen: dict[str, list[str]] = {}
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                seen.setdefault(node.name, []).append(module.path)
    assert {name: paths for name, paths in seen.items() if len(paths) > 1} == {}
