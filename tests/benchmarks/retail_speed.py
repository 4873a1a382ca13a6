"""Import speed of a wholesaler's invoice lines with returns (the shape of UCI Online Retail) against a bare loop.

    python -m tests.benchmarks.retail_speed [LINES] [--runs N] [--file FILE]

The baseline reads the same file with `csv`, parses the same dates and money, and upserts the same columns into
one table with `executemany`; it knows no returns, checks nothing and stores no figures. Both run as processes of
their own, in turn, each on a new database; medians and the ratio are printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from pathlib import Path
from typing import Any

COLUMNS = "line_id, order_id, sku, title, quantity, paid_at, paid_on, unit_cents, paid_cents, buyer, country"


def baseline(source: Path, target: Path) -> int:
    """The bare loop: csv, dates, money, executemany upsert; the number of rows."""
    import csv

    from shop.db.database import sqlite_driver

    connection = sqlite_driver().connect(str(target), isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -98304"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(f"CREATE TABLE line ({COLUMNS}, PRIMARY KEY (order_id, line_id))")
    connection.execute("CREATE INDEX line_paid_on ON line (paid_on)")
    names = COLUMNS.split(", ")
    sets = ", ".join(f"{name} = excluded.{name}" for name in names)
    sql = (
        f"INSERT INTO line VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT (order_id, line_id) DO UPDATE SET {sets}"
    )
    count = 0
    with source.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        rows = (_bare_row(number, row) for number, row in enumerate(reader))
        connection.execute("BEGIN")
        while chunk := list(islice(rows, 10_000)):
            connection.executemany(sql, chunk)
            count += len(chunk)
        connection.execute("COMMIT")
    connection.close()
    return count


def _bare_row(number: int, row: list[str]) -> tuple[Any, ...]:
    order, code, title, pieces, moment, price, buyer, country = row
    at, quantity, unit = datetime.strptime(moment, "%m/%d/%Y %H:%M"), int(pieces), Decimal(price)
    paid = int((unit * quantity * 100).quantize(Decimal(1), ROUND_HALF_UP))
    cents = int((unit * 100).quantize(Decimal(1), ROUND_HALF_UP))
    moments = (int(at.timestamp()), at.date().isoformat())
    return (number, order, code, title, quantity, *moments, cents, paid, buyer, country)


def ours(source: Path, target: Path) -> int:
    """The real import by the built-in profile, with returns joined to their sales, and roll-ups; the rows."""
    from etl.imports.importer import import_file
    from etl.profiles import kind, model
    from shop.connect import connect

    db = connect(str(target))
    report = import_file(db, source, kind=kind.kind_of(model.built_in()["online_retail"]))
    db.close()
    assert report.read == report.stored + report.unchanged + report.rejected
    return report.read


def run(what: str, source: Path, target: Path) -> float:
    """The seconds that one of the two takes, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.retail_speed",
        "--child",
        what,
        str(source),
        str(target),
    ]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(json.loads(output.strip().splitlines()[-1]))


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--child"]:
        start = time.perf_counter()
        {"baseline": baseline, "ours": ours}[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        print(json.dumps(time.perf_counter() - start))
        return
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=500_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--file", type=Path, help="a file of this shape to use instead of a new one")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, ratios = Path(name), []
        source = given.file or _new_file(folder / "retail.csv", given.lines)
        for number in range(given.runs):
            bare = run("baseline", source, folder / f"bare{number}.db")
            own = run("ours", source, folder / f"ours{number}.db")
            ratios.append(bare / own)
            print(
                f"bare loop {bare:.2f} s, kilnboard import {own:.2f} s, ratio {ratios[-1]:.2f}x", flush=True
            )
            for path in folder.glob("*.db*"):
                path.unlink()
        print(f"ratio {statistics.median(ratios):.2f}x  ({min(ratios):.2f} to {max(ratios):.2f})")


def _new_file(path: Path, lines: int) -> Path:
    from tests.support.retail_file import write_retail_file

    write_retail_file(path, lines, skus=3_800, seed=lines)
    return path


if __name__ == "__main__":
    main()
