"""Records the commands: help, everything that only reads, the files they write, and a script of writes."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

import sample_data
from shop.db.database import sqlite_driver

if TYPE_CHECKING:
    from tests.support.behaviour.recorder import Recording

DAYS = {
    "spring": {"from": "2022-01-01", "to": "2022-02-28", "listing": "douyin/own/GP-0062"},
    "demo": {"from": "2026-10-01", "to": "2026-10-31", "listing": "douyin/own/GP-0062"},
}
PERIOD = "--from {from} --to {to}"
READING: dict[str, tuple[str, ...]] = {
    "status": ("",),
    "metrics": ("",),
    "report": (
        "",
        PERIOD,
        f"gmv units orders refund_rate {PERIOD} --against year",
        f"gmv {PERIOD} --against lunar",
        f"gmv {PERIOD} --against campaign",
        f"gmv units {PERIOD} --by day",
        f"gmv units {PERIOD} --by sku",
        f"gmv {PERIOD} --by month --csv",
        "nonsense",
    ),
    "forecast": ("", "gmv --weeks 2 --on {to}", "units --on {to}"),
    "goal": ("",),
    "campaign": ("",),
    "reconcile": ("",),
    "doctor": ("",),
    "notify list": ("",),
    "notify preview": ("",),
    "connect": ("",),
    "sync": ("",),
    "import": ("--retry --dry-run",),
    "listing check": ("{listing}", "douyin/none"),
    "listing list": ("", "杯", "--platform douyin", "--status draft", "--lacking photo", "--archived"),
    "listing match queue": ("",),
    "listing match rules": ("",),
    "listing photo list": ("CS-HQ-L",),
    "listing show": ("CS-HQ-L", "NONE"),
    "listing todo": ("",),
    "stock count show": ("1",),
    "stock history": ("", "--limit 5"),
    "stock holds": ("",),
    "stock list": (
        "",
        "CS",
        *(f"--show {which}" for which in ("all", "low", "out", "short", "held", "uncounted", "gone")),
    ),
    "stock oversold": ("", "--all"),
    "stock push": ("--dry-run",),
    "stock returns": ("",),
    "stock show": ("CS-HQ-L", "NONE"),
    "kiln batch list": ("",),
    "kiln batch show": ("B0091", "NONE"),
    "kiln card": ("douyin CS-HQ-L CS-HQ-M --coupon 10",),
    "kiln cost": ("", "CS-HQ-L"),
    "kiln firing list": ("", PERIOD),
    "kiln floor": ("CS-HQ-L douyin --coupon 10",),
    "kiln kilns": ("",),
    "kiln material list": ("",),
    "kiln material use": ("CS-HQ-L",),
    "kiln next": ("K1", "K2 --by takings", "K3 --by margin --thrown"),
    "kiln terms": ("douyin",),
    "kiln yield": (
        "",
        *(f"--by {by}" for by in ("stage", "form", "glaze", "kiln", "position", "maker", "month")),
    ),
}
FILES = (
    f"report gmv units {PERIOD} --by day --html report.html",
    f"report gmv units {PERIOD} --by day --xlsx report.xlsx",
    f"card gmv {PERIOD} --out card.html",
    f"card gmv {PERIOD} --out card.svg --no-amounts",
    "kiln card douyin CS-HQ-L --html floor.html",
    "listing export catalog.csv",
    "listing export catalog.xlsx",
    "listing export shopify.csv --for shopify",
    "listing export etsy.csv --for etsy",
)
EXPORTED = ("order_line", "refund", "comment", "live_session", "video", "product", "settlement", "none")
WRITING = """
goal set gmv 50000 --month 2026-11
goal clear gmv --month 2026-11
campaign set opening 2026 2026-11-20..2026-11-25
campaign remove opening 2026
campaign reset 618 2026
reconcile state douyin 2026-11-20 gmv 3240.50 --orders 20
reconcile forget douyin 2026-11-20 gmv
stock set CS-HQ-L 12 CS-HQ-M 3
stock move broken CS-HQ-L 2 --note fell
stock move made CS-HQ-L 4 --key market
stock move made CS-HQ-L 4 --key market
stock move sold CS-HQ-M 99
stock move broken CS-HQ-M 1
stock hold CS-HQ-L 2 --for 3h --platform douyin
stock extend {hold_id} --for 1h
stock release {hold_id}
stock undo {change}
stock presale CS-HQ-M 6
stock margin douyin_shop 1
stock count start
stock count add {count} CS-HQ-L 11
stock count show {count}
stock count finish {count} --yes
stock count start --place A
stock count drop {count}
stock settle douyin none 1 refunded
stock receive douyin none 1 --whole 1
stock follow
listing add 茶杯 --form 主人杯 --glaze 青瓷 --food-safe --price 128 --height 62 --on douyin --pieces 6
listing check douyin/own/K0001
listing edit CS-HQ-L price=138 place=A3
listing state douyin/own/GP-0062 live
listing offer CS-HQ-L kuaishou --title 杯
listing archive CS-HQ-M
listing archive CS-HQ-M --back
listing link douyin/own/K0001 3512000000000000001
listing match ignore code GP-0099
listing match back code GP-0099
listing match confirm code GP-0006 CS-HQ-L
listing match new GP-0032
listing delete kuaishou/own/CS-HQ-L
listing delete CS-HQ-L --yes
listing photo remove CS-HQ-L 1
listing photo add CS-HQ-L none.jpg
listing export {out}.csv
listing import {out}.csv
listing undo
kiln kilns E1 --shelf 3360 --wear 5
kiln material add clay --kind clay --reorder-at 5 --order 50
kiln material buy clay 100 400 --on 2026-11-01
kiln material count clay 90 --on 2026-11-02
kiln material back 1
kiln material waste clay 1 --on 2026-11-02
kiln material use CS-HQ-L clay greenware 0.3
kiln batch start CS-HQ-L 10 --on 2026-11-02 --maker Lin --id R1
kiln batch step R1 greenware --lost crack=1 --on 2026-11-05
kiln firing plan E1 bisque 2026-11-07 R1
kiln firing fire E1-261107 --on 2026-11-07
kiln firing open E1-261107 --on 2026-11-08 --energy 4
kiln firing bill E1-261107 --energy 5
kiln batch step R1 glazed --on 2026-11-09
kiln firing plan E1 glaze_fired 2026-11-10 R1:5:top R1:4:bottom
kiln firing open E1-261110 R1@bottom:stuck=2 --on 2026-11-11
kiln batch check R1 prime=4 second=1 --part 1 --on 2026-11-12
kiln batch close R1 --cause other --on 2026-11-13
kiln batch show R1
kiln batch start CS-HQ-L 3 --id R2
kiln batch step R2 greenware
kiln batch forget R2 greenware
kiln batch step R2 greenware
kiln firing plan E1 bisque 2026-12-01 R2
kiln firing load E1-261201
kiln firing cancel E1-261201
kiln batch cancel R2
kiln cost CS-HQ-L --set 12.50 --on 2026-11-20
kiln terms douyin --fee 5 --commission 20 --shipping 3
kiln undo {undo}
notify add robot --url https://example.invalid/robot --service feishu --secret s
notify list
notify remove robot
import {samples}/douyin_orders_2022-03.csv {samples}/douyin_comments.csv
import {samples}/douyin_sessions.csv --dry-run
rebuild
backup {out}.db
restore {out}.db --yes
"""


def commands(
    group: click.Command | None = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Every command of the program and every group, by its words."""
    if group is None:
        from dashboard import cli

        group = cli.root_command()
    yield " ".join(path), group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            result = group.get_command(context, name)
            assert result is not None
            yield from commands(result, (*path, name))


def run(arguments: list[str]) -> str:
    """What a command prints, with its exit code; an exception that it lets through is named."""
    from dashboard import cli

    out, err, code = io.StringIO(), io.StringIO(), "0"
    sys.argv = ["kilnboard", *arguments]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as end:
            code = str(end.code or 0)
        except Exception as problem:
            code = f"{type(problem).__name__}: {problem}"
    return f"exit {code}\n{out.getvalue()}\n--- stderr\n{err.getvalue()}"


def record_help(recording: Recording) -> None:
    """The help text of every command in both languages, and which ones no table here names."""
    known = (
        *READING,
        *WRITING.strip().splitlines(),
        *FILES,
        "export",
        "demo",
        "open",
        "notify now",
        "notify test",
    )
    for words, command in list(commands()):
        for language in ("zh", "en"):
            name = f"help/{language}/{words.replace(' ', '-') or 'kilnboard'}"
            if recording.wants(name):
                recording.write(name, run(["--lang", language, *words.split(), "--help"]))
        if not isinstance(command, click.Group) and not any(
            f"{item} ".startswith(f"{words} ") for item in known
        ):
            recording.write(f"help/unrecorded/{words}", "no run of this command is recorded")


def record_reading(recording: Recording, shop: str, database: Path) -> None:
    """Every reading command in both languages and as JSON, then the files that commands write."""
    result = dict(commands())
    front = ["--db", str(database)]
    for words, variants in READING.items():
        takes_json = words in result and any("--json" in item.opts for item in result[words].params)
        for place, variant in enumerate(variants, 1):
            typed = [*words.split(), *variant.format(**DAYS[shop]).split()]
            for language in ("zh", "en"):
                for extra in (["--json"], []) if takes_json and "--csv" not in typed else ([],):
                    kind = "json" if extra else "text"
                    name = f"commands/{shop}/{words.replace(' ', '-')}/{place}-{language}-{kind}"
                    if recording.wants(name):
                        message = run([*front, "--lang", language, *typed, *extra])
                        recording.write(name, f"$ {' '.join([*typed, *extra])}\n{message}")
    exports = [f"export {table} {table}.{kind}" for table in EXPORTED for kind in ("csv", "xlsx")]
    for line in (*FILES, *exports):
        typed = line.format(**DAYS[shop]).split()
        file = next(Path(word) for word in typed if Path(word).suffix)
        for language in ("zh", "en"):
            name = f"files/{shop}/{typed[0]}-{file.name}/{language}"
            if recording.wants(name):
                file.unlink(missing_ok=True)
                message = run([*front, "--lang", language, *typed])
                recording.write(name, f"$ {line}\n{message}\n--- {file.name}\n{contents(file)}")


def contents(file: Path) -> str:
    """The text of a file; of a workbook every part without its moment of writing."""
    if not file.exists():
        return "(no file)"
    if file.suffix != ".xlsx":
        return file.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(file) as book:
        parts = [name for name in sorted(book.namelist()) if name != "docProps/core.xml"]
        return "\n".join(f"--- {name}\n{book.read(name).decode('utf-8')}" for name in parts).replace(
            "><", ">\n<"
        )


def record_writing(recording: Recording, shop: str, database: Path) -> None:
    """The script of writes on a copy, and all tables after it, a file for each."""
    if not recording.wants(f"writing/{shop}"):
        return
    result = dict(commands())
    answers = {
        "out": f"saved-{shop}",
        "hold_id": "0",
        "samples": str(Path(str(sample_data.__file__)).parent / "spring_2022"),
    }
    for place, line in enumerate(WRITING.strip().splitlines(), 1):
        typed = line.format_map(answers).split()
        words = next(" ".join(typed[:size]) for size in (3, 2, 1) if " ".join(typed[:size]) in result)
        extra = ["--json"] if any("--json" in item.opts for item in result[words].params) else []
        message = run(["--db", str(database), "--lang", "en", *typed, *extra])
        answers |= dict(re.findall(r'"(change|count|hold_id|undo)": (\d+)', message))
        recording.write(f"writing/{shop}/{place:02}-{words.replace(' ', '-')}", f"$ {line}\n{message}")
    connection = sqlite_driver().connect(database)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in tables.fetchall():
        rows = connection.execute(f'SELECT * FROM "{table}"')
        head = [column[0] for column in rows.description]
        stored = [
            place for place, name in enumerate(head) if name != "matched_at"
        ]  # the database's own clock
        lines = sorted(", ".join(repr(row[place]) for place in stored) for row in rows)
        recording.write(f"writing/{shop}/tables/{table}", "\n".join([", ".join(head), *lines]))
    connection.close()
