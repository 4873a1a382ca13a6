"""Layers: an import only goes down, inside every package as between packages, and there is no circle.

Every import counts, those under TYPE_CHECKING and inside functions too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.trees import nodes

ROOT = Path(__file__).parents[2]
# Longest prefix wins. A package may import packages of lower layers only; inside a package anything but circles.
LAYERS: dict[str, dict[str, int]] = {
    "shop": {
        "shop.core": 0,
        "shop.stats": 0,
        "shop.models": 1,
        "shop.migrations": 2,
        "shop.db": 3,
        "shop.access": 4,
        "shop.backups": 5,
        "shop.metrics": 5,
        "shop.export": 6,
        "shop.coverage": 6,
        "shop.open_data": 6,
        "shop.connect": 7,
        "shop.group": 8,
        "shop.group.comparison": 18,
        "shop.stock": 7,
        "shop.comments": 7,
        "shop.reconciliation": 7,
        "shop.catalog": 8,
        "shop.privacy": 8,
        "shop.kiln": 9,
        "shop.first_steps": 9,
        "shop.pricing": 10,
        "shop.kiln_planning": 11,
        "shop.maintenance": 11,
        "shop.settings": 11,
        "shop.backup_drill": 12,
        "shop.salvage": 12,
        "shop.listings": 12,
        "shop.streams": 12,
        "shop.performance": 12,
        "shop.demand": 13,
        "shop.profit": 13,
        "shop.orders": 13,
        "shop.undo": 13,
        "shop.growth.comparison": 14,
        "shop.growth.maturity": 15,
        "shop.growth.forecasting": 15,
        "shop.growth.alerts": 16,
        "shop.overview": 17,
        "shop.search": 17,
    },
    "etl": {
        "etl.errors": 0,
        "etl.ranks": 0,
        "etl.couriers": 0,
        "etl.garbage": 0,
        "etl.http": 1,
        "etl.tables": 1,
        "etl.credentials": 3,
        "etl.files": 2,
        "etl.platforms": 2,
        "etl.profiles": 3,
        "etl.catalog": 3,
        "etl.controllers": 3,
        "etl.imports": 4,
        "etl.sync": 4,
        "etl.notifications": 4,
    },
    "dashboard": {
        "dashboard.i18n": 0,
        "dashboard.theme": 0,
        "dashboard.text": 1,
        "dashboard.charts": 1,
        "dashboard.reports": 2,
        "dashboard.ui": 2,
        "dashboard.server.background": 3,
        "dashboard.server.main": 4,
        "dashboard.server.launch": 5,
        "dashboard.server": 2,
        "dashboard.views": 3,
        "dashboard.commands": 3,
        "dashboard.app": 4,
        "dashboard.cli": 4,
    },
    "sample_data": {
        "sample_data.generator": 0,
        "sample_data.mock_platforms": 1,
        "sample_data.studio": 2,
        "sample_data.__main__": 3,
    },
}
PACKAGES = {"shop": 0, "etl": 1, "sample_data": 1, "dashboard": 2}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {
        module_name(file): file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))
    }


def imports(file: Path) -> Iterator[str]:
    """The modules of this project that a file imports, wherever the import stands."""
    known = modules()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                if inner in known:
                    yield inner
                elif node.module in known:
                    yield node.module


@cache
def graph() -> dict[str, frozenset[str]]:
    return {name: frozenset(imports(file)) - {name} for name, file in modules().items()}


def package_of(module: str) -> str:
    """The entry of LAYERS that a module belongs to."""
    package = module.split(".")[0]
    fits = [name for name in LAYERS[package] if module == name or module.startswith(f"{name}.")]
    return max(fits, key=len, default=package)


def test_every_module_has_a_layer():
    packages = set(PACKAGES)
    without = [
        name for name in modules() if package_of(name) in packages and name not in (*packages, "shop.growth")
    ]
    assert without == []


def goes_down(here: str, there: str) -> bool:
    """Whether one package may import another."""
    package, other = here.split(".")[0], there.split(".")[0]
    if package == other:
        return LAYERS[package][there] < LAYERS[package].get(here, 99)
    return PACKAGES[other] < PACKAGES[package]


def test_an_import_only_goes_down():
    wrong = [
        f"{module} imports {target}"
        for module, targets in graph().items()
        for target in sorted(targets)
        if (there := package_of(target)) not in PACKAGES and there != (here := package_of(module))
        if not goes_down(here, there)
    ]
    assert wrong == []


def test_no_page_imports_another_page():
    def page(module: str) -> str:
        return ".".join(module.split(".")[:3])

    assert [
        f"{module} imports {target}"
        for module, targets in graph().items()
        if module.startswith("dashboard.views.")
        for target in sorted(targets)
        if target.startswith("dashboard.views.") and page(target) != page(module)
    ] == []


def circles() -> list[list[str]]:
    """The groups of modules that import each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    result: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for target in graph().get(module, ()):
            if target not in index:
                visit(target)
                low[module] = min(low[module], low[target])
            elif target in stack:
                low[module] = min(low[module], index[target])
        if low[module] == index[module]:
            group = []
            while not group or group[-1] != module:
                group.append(stack.pop())
            if len(group) > 1:
                result.append(sorted(group))

    for module in modules():
        if module not in index:
            visit(module)
    return result


def test_there_is_no_import_circle():
    assert circles() == []


def test_the_check_sees_a_circle_an_upward_import_and_one_inside_a_function(tmp_path, monkeypatch):
    (tmp_path / "shop" / "core").mkdir(parents=True)
    (tmp_path / "shop" / "stock").mkdir()
    (tmp_path / "shop" / "core" / "a.py").write_text("def f():\n    from shop.stock import b\n    return b\n")
    (tmp_path / "shop" / "stock" / "b.py").write_text("from shop.core.a import f\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    modules.cache_clear()
    graph.cache_clear()
    try:
        assert graph() == {
            "shop.core.a": frozenset({"shop.stock.b"}),
            "shop.stock.b": frozenset({"shop.core.a"}),
        }
        assert circles() == [["shop.core.a", "shop.stock.b"]]
    finally:
        modules.cache_clear()
        graph.cache_clear()
