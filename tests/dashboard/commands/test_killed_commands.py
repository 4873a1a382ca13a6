"""Commands ended at any step: the shop is as before or after, `doctor` is content, and running again finishes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shop.connect import connect
from shop.db.backup import backup
from tests.support.shops.practice_studio import spring_files

ROOT = Path(__file__).parents[3]
DRIVER = ROOT / "tests" / "support" / "odd_inputs" / "killed_commands.py"
FAMILIES = {
    "import": ["import", "new.csv", "--json"],
    "undo of an import": ["import", "--undo", "{import}", "--yes"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "copy.db"],
    "restore": ["restore", "good.db", "--yes", "--anyway"],
    "stock set": ["stock", "set", "{sku}=7", "{other}=3"],
    "stock move": ["stock", "move", "broken", "{sku}", "1"],
    "count": ["stock", "count", "start"],
    "batch": ["kiln", "batch", "start", "{sku}", "12", "--id", "K-1"],
    "firing": ["kiln", "firing", "plan", "{kiln}", "bisque", "2026-02-01"],
    "listing": ["listing", "edit", "{sku}", "price=99"],
    "shop": ["shop", "set", "--time-zone", "Asia/Tokyo"],
}
IN_EVERY_RUN = ("import",)


@pytest.fixture
def base(spring_studio: Path, tmp_path: Path) -> Path:
    """A shop with a workshop, a file of orders that it has not read, and a backup of another state."""
    folder = tmp_path / "base"
    folder.mkdir()
    for ending in ("", ".key"):
        shutil.copy(str(spring_studio) + ending, folder / f"shop.db{ending}")
    db = connect(str(folder / "shop.db"))
    backup(db, folder / "good.db")
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE variant SET size = 'changed' WHERE size IS NOT NULL OR 1")
    db.close()
    orders = next(path for path in spring_files() if path.name.startswith("douyin_orders_2022-03"))
    lines = orders.read_bytes().replace(b"\t69", b"\t68").split(b"\n")  # numbers that are new
    (folder / "new.csv").write_bytes(b"\n".join(lines[:60]))
    return folder


def words_of(base: Path, line: list[str]) -> list[str]:
    """The line with names that the shop has."""
    db = connect(str(base / "shop.db"))
    with db.read() as connection:

        def first(sql: str, place: int = 0) -> str:
            return str(connection.exec_driver_sql(f"{sql} LIMIT 1 OFFSET {place}").scalar())

        known = {
            "sku": first("SELECT sku FROM stock_balance ORDER BY sku"),
            "other": first("SELECT sku FROM stock_balance ORDER BY sku", 1),
            "kiln": first("SELECT kiln_id FROM kiln ORDER BY kiln_id"),
            "import": first(
                "SELECT source_id FROM source_file WHERE kind = 'douyin_orders' ORDER BY source_id"
            ),
        }
    db.close()
    return [word.format_map(known) for word in line]


def killed(base: Path, work: Path, family: str, count: int) -> list[dict[str, Any]]:
    """What came of killing a command at so many of its steps."""
    request = {
        "base": str(base),
        "work": str(work),
        "line": words_of(base, FAMILIES[family]),
        "copies": ["copy.db"],
        "count": count,
    }
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run(
        [sys.executable, str(DRIVER)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
    )
    return [json.loads(line) for line in result.stdout.splitlines()]


def check(base: Path, tmp_path: Path, family: str, count: int) -> None:
    whole, *kills = killed(base, tmp_path / "work", family, count)
    assert whole["code"] == 0 and whole["steps"] > 3, whole
    assert whole["changed"] or family in ("rebuild", "backup"), whole
    assert sum(kill["killed"] for kill in kills) >= len(kills) - 2
    bad = [
        kill
        for kill in kills
        if kill["state"] == "torn" or kill["wrong"] or kill["again"] not in ("", "whole")
    ]
    assert bad == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("family", IN_EVERY_RUN)
def test_a_command_ended_at_a_step_is_done_or_not_begun(family: str, base: Path, tmp_path: Path) -> None:
    check(base, tmp_path, family, 3)


@pytest.mark.proof
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_command_ended_at_five_hundred_steps_is_done_or_not_begun(
    family: str, base: Path, tmp_path: Path
) -> None:
    check(base, tmp_path, family, 500)
