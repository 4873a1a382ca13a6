"""The syntax trees of the source, read once for all tests of this folder."""

import ast
from functools import cache
from pathlib import Path


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of the tree of a file."""
    return tuple(ast.walk(ast.parse(file.read_text("utf-8"))))
