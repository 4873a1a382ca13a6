"""Import speed into PostgreSQL against a bare loop of csv, COPY and upsert: processor seconds of both and their ratio.

    python -m tests.benchmarks.group.import_speed [LINES] [--runs N]

The baseline reads the same file as that of `import_speed`, sends the same columns by COPY to a temporary table and
upserts them from there. All but the first import find the statements translated, as on any machine. Counted are the
seconds of all processes, those of the server too; both run in turn, each in a process and a database of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from codecs import BOM_UTF8
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sample_data.generator.practice import write_shop
from tests.benchmarks.import_speed import COLUMNS, _bare_row, joined, ours
from tests.support.engines.postgres import new_database, server

KEYS = ("shop_id", "platform", "order_id", "line_id")
TEXTS = ("platform", "order_id", "line_id", "paid_on", "currency")
CHUNK = 10_000


def baseline(source: Path, url: str) -> int:
    """The bare loop; the number of rows."""
    import psycopg

    kinds = (f"{name} {'text' if name in TEXTS or name.startswith('text') else 'bigint'}" for name in COLUMNS)
    sets = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEYS)
    count = 0
    with psycopg.connect(url) as connection, source.open(encoding="utf-8-sig", newline="") as file:
        run: Any = connection.execute
        run(f"CREATE TABLE line ({', '.join(kinds)}, PRIMARY KEY ({', '.join(KEYS)}))")
        run("CREATE INDEX line_paid_on ON line (shop_id, paid_on)")
        run("CREATE TEMP TABLE new (LIKE line)")
        reader = csv.reader(file)
        place = {name: number for number, name in enumerate(next(reader))}
        rows = (_bare_row(row, place) for row in reader)
        while chunk := list(islice(rows, CHUNK)):
            with connection.cursor().copy("COPY new FROM STDIN") as copy:
                for row in chunk:
                    copy.write_row(row)
            run(f"INSERT INTO line SELECT * FROM new ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {sets}")
            run("TRUNCATE new")
            count += len(chunk)
    return count


def is_utf8(path: Path) -> bool:
    """Whether a file begins as one of UTF-8; a few of the practice shop's months are in another encoding."""
    with path.open("rb") as file:
        return file.read(3) == BOM_UTF8


def child(what: str, source: Path, url: str) -> None:
    """Run one of the two in this process and print its rows and seconds."""
    start = time.perf_counter()
    rows = baseline(source, url) if what == "baseline" else ours(source, url)  # type: ignore[arg-type]
    used = os.times()
    print(json.dumps({"rows": rows, "cpu": sum(used[:4]), "wall": time.perf_counter() - start}))


def server_seconds(pid: int) -> float:
    """Processor seconds of a server and all its processes, those that have ended too (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = [
        Path(f"/proc/{item}/stat").read_text().rsplit(")", 1)[1].split() for item in (str(pid), *children)
    ]
    return sum(int(value) for item in fields for value in item[11:15]) / os.sysconf("SC_CLK_TCK")


def run(what: str, source: Path, url: str, pid: int) -> dict[str, float]:
    """Run one of the two in a process of its own."""
    target, before = new_database(url), server_seconds(pid)
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, "--child", what, str(source), target],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    result["server"] = server_seconds(pid) - before
    return result


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
        return
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as url:
        pid = int(Path(url.split("host=")[1], "data", "postmaster.pid").read_text().split()[0])
        shop = Path(folder) / "shop"
        write_shop(
            shop, orders=given.lines, until=date(2026, 10, 31), platforms=("douyin",), only_orders=True
        )
        files = [path for path in sorted(shop.glob("douyin_orders_*.csv")) if is_utf8(path)]
        source = joined(files, Path(folder) / "orders.csv")
        results: dict[str, list[dict[str, float]]] = {"baseline": [], "ours": []}
        for _ in range(given.runs):
            for name, several in results.items():
                several.append(run(name, source, url, pid))
    seconds = {name: [item["cpu"] + item["server"] for item in several] for name, several in results.items()}
    ratios = [bare / own for bare, own in zip(seconds["baseline"], seconds["ours"], strict=True)]
    for name, several in results.items():
        middle = sorted(several, key=lambda item: item["cpu"] + item["server"])[len(several) // 2]
        print(
            f"{name:<9}{middle['rows']:>11,.0f} rows {middle['cpu']:>7.2f} s CPU, server {middle['server']:>7.2f} s,"
            f" {middle['wall']:>7.2f} s wall"
        )
    print(f"ratio of CPU {statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
