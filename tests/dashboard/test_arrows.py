"""Which room may know which: dashboard -> etl -> shop, sample_data -> shop; frameworks in their
place.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT

ROOMS = {"shop": set(), "etl": {"shop"}, "sample_data": {"shop"}, "dashboard": {"etl", "shop", "sample_data"}}
HOMES = {
    "streamlit": ("dashboard/",),
    "plotly": ("dashboard/charts",),
    "requests": ("etl/client.py", "etl/platforms/"),
    "click": ("dashboard/cli.py", "dashboard/commands/"),
}
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
PRACTICE = "dashboard/commands/"  # only the demo command reaches into the practice shop


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_only_what_its_room_may_know(file):
    place = file.relative_to(ROOT).as_posix()
    room = place.split("/")[0]
    for module in imported(file):
        top = module.split(".")[0]
        if top in ROOMS and top != room:
            assert top in ROOMS[room], f"{place} imports {module}"
            assert top != "sample_data" or place.startswith(PRACTICE), place
        if top in HOMES:
            assert place.startswith(HOMES[top]), f"{place} imports {module}"


def test_no_page_speaks_sql():
    for file in (ROOT / "dashboard").rglob("*.py"):
        assert "SELECT " not in file.read_text("utf-8"), file.name
        assert "sqlalchemy" not in {module.split(".")[0] for module in imported(file)}, file.name


def test_plotly_express_is_nowhere():
    for file in FILES:
        assert "plotly.express" not in set(imported(file)), file.name
