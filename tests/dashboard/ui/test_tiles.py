"""Every figure on a tile says what it means."""

import ast

from tests.support.pages import ROOT


def test_every_tile_has_its_meaning() -> None:
    """A tile is built with `tip`, which the page shows behind a question mark or in the window of its figure."""
    without = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Tile"
        and not any(item.arg == "tip" for item in node.keywords)
    ]
    assert without == []
