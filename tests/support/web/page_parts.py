"""The parts of the pages as their code has them, with the parameter of the address that opens each."""

from __future__ import annotations

import ast
from pathlib import Path

import dashboard.views
from dashboard.views.settings.sections import SECTIONS

FOLDER = Path(dashboard.views.__file__).parent
PARAMETERS = {
    **dict.fromkeys(("growth", "kiln", "listings"), "part"),
    "products": "look",
    **{name: name for name in ("comments", "live", "orders", "stock")},
}


def _names(page: str) -> list[str]:
    """The keys of the dictionary of parts in a page's own code."""
    for file in ("parts.py", "page.py"):
        path = FOLDER / page / file
        tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id.lower() == "parts":
                assert isinstance(node, ast.Assign | ast.AnnAssign)
                assert isinstance(node.value, ast.Dict)
                return [str(ast.literal_eval(key)) for key in node.value.keys if key is not None]
    return []


def links_of(page: str) -> list[str]:
    """The queries that open a page and each of its parts or sections."""
    if page == "settings":
        return ["", *(f"section={section.name}" for section in SECTIONS if section.show is not None)]
    names = _names(page)
    assert not names or page in PARAMETERS, f"{page} has parts: how are they opened?"
    return ["", *(f"{PARAMETERS[page]}={name}" for name in names)]
