"""A missing cell of a text column is NaN, and NaN is true: who tests a cell reads it by `cells` or `records`."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.trees import nodes

ROOT = Path(__file__).parents[2]
FILES = sorted(path for room in ("shop", "etl", "dashboard") for path in (ROOT / room).rglob("*.py"))


def _is_column(node: ast.expr) -> bool:
    """Whether an iterable is a column, columns side by side, or the rows of a table, read without `cells`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "itertuples" or (node.func.attr == "tolist" and _is_column(node.func.value))
    return isinstance(node.func, ast.Name) and node.func.id == "zip" and any(map(_is_column, node.args))


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    """The names that are tested for truth or for None below a node."""
    for part in ast.walk(node):
        tested: list[ast.expr] = []
        if isinstance(part, ast.IfExp | ast.If):
            tested = [part.test]
        elif isinstance(part, ast.BoolOp):
            tested = part.values[:-1]
        elif isinstance(part, ast.comprehension):
            tested = part.ifs
        for test in tested:
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                test = test.operand
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
                test = test.left
            yield test


def missing_tests(tree: Iterable[ast.AST]) -> list[tuple[int, str]]:
    """The lines at which a name that stands for a cell of a column is tested for truth or for None."""
    found = []
    for node in tree:
        loops = getattr(node, "generators", [node] if isinstance(node, ast.For) else [])
        names = {
            part.id
            for loop in loops
            if _is_column(loop.iter)
            for part in ast.walk(loop.target)
            if isinstance(part, ast.Name)
        }
        found += [
            (test.lineno, test.id) for test in _tests(node) if isinstance(test, ast.Name) and test.id in names
        ]
    return sorted(set(found))


def test_a_cell_is_tested_only_where_missing_is_none() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in FILES
        if "import pandas" in path.read_text("utf-8")
        for line, name in missing_tests(nodes(path))
    }
    assert not found


@pytest.mark.parametrize(
    "source",
    (
        'x = [word or "" for word in table["reason"]]',
        'x = [f(word) if word else None for word in table["reason"].tolist()]',
        'x = [f(word) for word, n in zip(table["reason"], table["n"]) if word is not None]',
        "for word, n in table.itertuples(index=False):\n    if not word:\n        pass",
    ),
)
def test_such_a_test_is_seen(source: str) -> None:
    assert missing_tests(ast.walk(ast.parse(source)))


def test_cells_may_be_tested() -> None:
    assert not missing_tests(ast.walk(ast.parse('x = [word or "" for word in cells(table["reason"])]')))
