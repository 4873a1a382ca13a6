"""Which package may import which: dashboard -> etl -> shop, sample_data -> shop; frameworks in their
place.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.trees import nodes
from tests.support.pages import ROOT

PACKAGES = {
    "shop": set(),
    "etl": {"shop"},
    "sample_data": {"shop"},
    "dashboard": {"etl", "shop", "sample_data"},
}
HOMES = {
    "streamlit": ("dashboard/",),
    "plotly": ("dashboard/charts",),
    "requests": ("etl/http/client.py",),
    "click": ("dashboard/cli.py", "dashboard/commands/"),
    # a killed program leaves nothing: others take `temporary_folder`
    "tempfile": ("shop/db/partial.py", "shop/backups/second_folder.py", "dashboard/commands/demo/"),
}
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
PRACTICE = "dashboard/commands/"  # only the demo command reaches into the practice shop


@cache
def imported(file: Path) -> tuple[str, ...]:
    return tuple(imports(file))


def imports(file: Path) -> Iterator[str]:
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def may_import(place: str, module: str) -> bool:
    package, top = place.split("/")[0], module.split(".")[0]
    if top in HOMES:
        return place.startswith(HOMES[top])
    if top not in PACKAGES or top == package:
        return True
    return top in PACKAGES[package] and (top != "sample_data" or place.startswith(PRACTICE))


def test_a_fragment_gives_nothing_back():
    """When it runs alone, nobody reads its result: what is chosen in it would change nothing outside."""
    found = [
        f"{file.name}: {item.name}"
        for file in FILES
        for text in [file.read_text("utf-8")]
        if "fragment" in text  # parsing takes long
        for item in ast.walk(ast.parse(text))
        if isinstance(item, ast.FunctionDef) and any(map(is_fragment, item.decorator_list))
        if item.returns is None or ast.unparse(item.returns) != "None"
    ]
    assert found == []


def is_fragment(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).startswith("st.fragment")


def test_every_file_imports_only_what_its_package_may_import():
    places = {file: file.relative_to(ROOT).as_posix() for file in FILES}
    wrong = [
        f"{place} imports {module}"
        for file, place in places.items()
        for module in imported(file)
        if not may_import(place, module)
    ]
    assert wrong == []


def test_no_page_speaks_sql():
    pages = [file for file in FILES if "dashboard" in file.relative_to(ROOT).parts]
    assert [file.name for file in pages if "SELECT " in file.read_text("utf-8")] == []
    assert [
        file.name for file in pages if "sqlalchemy" in {name.split(".")[0] for name in imported(file)}
    ] == []


def test_plotly_express_is_nowhere(tmp_path):
    for line in (
        "import plotly.express as px",
        "from plotly import express",
        "from plotly.express import bar",
    ):
        (tmp_path / "chart.py").write_text(line)
        assert "plotly.express" in set(imports(tmp_path / "chart.py"))
    assert [file.name for file in FILES if "plotly.express" in imported(file)] == []


def test_one_copy_of_sqlite_opens_the_shop() -> None:
    """Two copies of SQLite in one process drop each other's locks (sqlite.org/howtocorrupt.html, 2.2.1)."""
    others = {"sqlite3", "pysqlite3", "apsw", "aiosqlite", "duckdb", "adbc_driver_sqlite"}
    found = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        if others & {name.split(".")[0] for name in imported(file)}
    }
    assert found == {"shop/db/database.py", "shop/db/refusals.py"}  # the choice of it; its codes of errors
    engines = {file.relative_to(ROOT).as_posix() for file in FILES if _makes_an_engine(file)}
    served = {f"shop/db/postgresql/{name}.py" for name in ("database", "schema")}
    assert engines == {"shop/db/database.py", *served}


def _makes_an_engine(file: Path) -> bool:
    makers, text = {"create_engine", "engine_from_config", "read_sql"}, file.read_text("utf-8")
    if not any(name in text for name in makers):
        return False  # parsing takes long
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return any(ast.unparse(function).split(".")[-1] in makers for function in calls)


def test_tests_open_databases_with_the_programs_own_sqlite() -> None:
    """Two copies of SQLite in one process drop each other's locks (sqlite.org/howtocorrupt.html, 2.2.1)."""
    others = {"tests/support/shared.py", "tests/shop/db/test_bulk_insert.py"}  # a lock of its own, memory
    calls = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "tests").rglob("*.py")
        for text in [file.read_text("utf-8")]
        if "sqlite3" in text  # parsing takes long
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sqlite3.connect"
    }
    assert calls - others == set()


def test_pages_of_tests_may_take_as_long_as_a_loaded_machine_needs() -> None:
    short = []
    for file in sorted((ROOT / "tests").rglob("*.py")):
        source = file.read_text("utf-8")
        if "AppTest.from_" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            is_page = ast.unparse(node.func) in ("AppTest.from_file", "AppTest.from_function")
            if is_page and "default_timeout" not in {keyword.arg for keyword in node.keywords}:
                short.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert short == []
