"""Odd command lines, generated from the tree of commands: any argument may be of any shape."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from dashboard.cli import root_command
from shop.db.database import Database

SERVING = ("open", "demo")  # they end on a signal only
ODD = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "2",
    "7",
    "99999999999999999999",
    "-99999999999999999999",
    "9223372036854775807",
    "1e400",
    "0.005",
    "nan",
    "inf",
    "-0",
    "١٢",
    "²",
    "2026-02-30",
    "2025-10-20",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2025-10",
    "2025-13",
    "0000-00",
    "2025-10-01..2025-10-31",
    "2025-10-31..2025-10-01",
    "0001-01-01..9999-12-31",
    "..",
    "25:61",
    "10m",
    "999999d",
    "=",
    "a=",
    "=1",
    "a=1",
    "a=b=c",
    "crack=99999999999999999999",
    "A-1=-5",
    "%",
    "%s",
    "{}",
    "{0}",
    "{name}",
    "a\0b",
    "\0",
    "a\nb",
    "\x1b[31mred",
    "\udce9",
    "窑变 100%",
    "'; DROP TABLE sku; --",
    "../../etc",
    "x" * 5_000,
    "9" * 5_000,
    "all",
    "none",
    "CNY",
    "USD",
    "XXX",
    "gmv",
    "gmv,units",
    "day",
    "month",
    "sku",
    "platform",
    "sku,platform",
    "platform=douyin",
    "last_year",
    "lunar",
    "Asia/Shanghai",
    "Nowhere/Town",
    "/",
    "Asia/../../etc",
    "douyin",
    "kuaishou",
    "tiktok",
    "douyin_shop",
    "yunlin/1",
    "glaze",
    "bisque",
    "qingtuan",
    "double_eleven",
    "http://127.0.0.1:1/x",
    "smtp",
)
IN_THE_SHOP = {  # values that exist, so that a line gets further than the first refusal
    "sku": "SELECT sku FROM variant ORDER BY sku LIMIT 5",
    "batch": "SELECT batch_id FROM kiln_batch ORDER BY batch_id LIMIT 5",
    "firing": "SELECT firing_id FROM firing ORDER BY firing_id LIMIT 5",
    "kiln": "SELECT kiln_id FROM kiln ORDER BY kiln_id LIMIT 5",
    "material": "SELECT material_id FROM material ORDER BY material_id LIMIT 5",
    "order": "SELECT order_id FROM order_line ORDER BY order_id LIMIT 5",
    "session": "SELECT session_id FROM live_session ORDER BY session_id LIMIT 5",
    "listing": "SELECT platform || '/' || listing_id FROM listing ORDER BY listing_id LIMIT 5",
    "platform": "SELECT DISTINCT platform FROM order_line",
}


def values_in(db: Database) -> dict[str, list[str]]:
    """Some names of each kind of thing that a shop has."""
    with db.read() as connection:
        return {
            name: [str(row[0]) for row in connection.exec_driver_sql(sql)]
            for name, sql in IN_THE_SHOP.items()
        }


def odd_paths(folder: Path) -> list[str]:
    """Paths that are missing, folders, no database, empty, binary, odd by name or not to be written."""
    (folder / "a folder 100%").mkdir()
    (folder / "empty.csv").touch()
    (folder / "text.csv").write_text("甲,乙\n1,2\n", "utf-8")
    (folder / "binary.xlsx").write_bytes(bytes(range(256)) * 4)
    (folder / "half.db").write_bytes(b"SQLite format 3\0" + b"\0" * 50)
    (folder / "loop").symlink_to(folder / "loop")
    names = ("a folder 100%", "empty.csv", "text.csv", "binary.xlsx", "half.db", "loop")
    missing = ("missing.csv", "missing/窑 %20.csv", "empty.csv/x", "x" * 300, "new.pdf", "new.csv", "new.png")
    return [
        *(str(folder / name) for name in (*names, *missing)),
        "",
        "-",
        "a\0b",
        "/dev/null",
        "/proc/x",
        ".",
    ]


def commands() -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups that do something themselves included."""
    return list(_below(root_command(), ()))


def _below(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            member = command.get_command(context, name)
            assert member is not None
            yield from _below(member, (*words, name))
        if not command.invoke_without_command:
            return
    yield words, command


class OddLines:
    """Command lines by number: the same number gives the same line."""

    def __init__(self, known: dict[str, list[str]], paths: Sequence[str]) -> None:
        self.known, self.paths = known, paths
        self.commands = [item for item in commands() if item[0][0] not in SERVING]

    def line(self, number: int, seed: int = 1) -> list[str]:
        """One command with odd arguments and some of its options."""
        rng = random.Random(seed * 1_000_003 + number)
        words, command = self.commands[number % len(self.commands)]
        line = list(words)
        first = ["--db", rng.choice(self.paths)] if rng.random() < 0.04 else []
        for parameter in command.params:
            is_argument = isinstance(parameter, click.Argument)
            if not is_argument and rng.random() > (0.9 if parameter.required else 0.3):
                continue
            if is_argument and rng.random() < 0.03:
                continue
            times = rng.choice((1, 1, 2, 3)) if parameter.nargs == -1 or parameter.multiple else 1
            for _ in range(times):
                if not is_argument:
                    line.append(rng.choice(parameter.opts))
                if getattr(parameter, "is_flag", False):
                    break
                line.extend(self._value(parameter, rng) for _ in range(max(parameter.nargs, 1)))
        return [*first, *line]

    def _value(self, parameter: click.Parameter, rng: random.Random) -> str:
        kind: Any = parameter.type
        if isinstance(kind, click.Path) and rng.random() < 0.9:
            return rng.choice(self.paths)
        if isinstance(kind, click.Choice) and rng.random() < 0.9:
            return str(rng.choice(list(kind.choices)))
        name = (parameter.name or "").rstrip("s")
        known = self.known.get(name) or self.known["sku"]
        if known and rng.random() < (0.6 if name in self.known else 0.1):
            return rng.choice(known)
        return rng.choice(ODD)
