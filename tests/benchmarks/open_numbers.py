"""What open numbers cost: the SQL of every metric over a month, and the Parquet files, as a shop grows.

    python -m tests.benchmarks.open_numbers [LINES] [--times 3]

Prints CPU seconds, peak memory and how much each grows with the lines; each part runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from sample_data.generator.practice import write_shop

LAST = date(2026, 10, 31)
MONTH = {"shop": 1, "start": "2026-10-01", "end": "2026-10-31", "currency": "CNY"}


def write_files(folder: Path) -> None:
    """All views as Parquet files."""
    from shop.connect import connect
    from shop.open_data.parquet import write_parquet

    db = connect(str(folder / "shop.db"))
    write_parquet(db, folder / "parquet")
    db.close()


def import_shop(folder: Path) -> None:
    """The order and session files of the practice shop."""
    from etl.imports.importer import import_file
    from shop.connect import connect

    db = connect(str(folder / "shop.db"))
    for path in sorted(folder.glob("files/douyin_*.csv")):
        import_file(db, path)
    db.close()


def late_figures(folder: Path) -> None:
    """The figures that imports leave for later."""
    from shop.connect import connect
    from shop.metrics.deferred_rollups import up_to_date

    db = connect(str(folder / "shop.db"))
    up_to_date(db)
    db.close()


def plain_sql(folder: Path) -> None:
    """Every metric of a month by its plain SQL."""
    import re

    from shop.connect import connect
    from shop.db.dialect import raw_cursor
    from shop.metrics.definitions import METRICS
    from shop.open_data.metric_sql import metric_sql

    db = connect(str(folder / "shop.db"))
    with db.read() as connection:
        cursor = raw_cursor(connection)
        for name in METRICS:
            sql = metric_sql(name)
            values = {key: MONTH[key] for key in set(re.findall(r"\$(\w+)", sql))}
            cursor.execute(sql, values).fetchone()
    db.close()


PARTS = {
    "import": import_shop,
    "late figures": late_figures,
    "SQL of all metrics, one month": plain_sql,
    "Parquet files": write_files,
}


def measured(part: str, folder: Path) -> dict[str, float]:
    """CPU seconds and peak megabytes of a part in a process of its own."""
    code = [sys.executable, "-m", "tests.benchmarks.open_numbers", "--part", part, "--folder", str(folder)]
    result: dict[str, float] = json.loads(subprocess.run(code, check=True, capture_output=True).stdout)
    return result


def main() -> None:
    """Measure, or run one part as a child."""
    options = argparse.ArgumentParser()
    options.add_argument("lines", nargs="?", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--part")
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    if given.part:
        start = time.process_time()
        PARTS[given.part](given.folder)
        used: Any = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"seconds": time.process_time() - start, "megabytes": used.ru_maxrss / 1024}))
        return
    figures = []
    with tempfile.TemporaryDirectory() as name:
        for lines in (given.lines, given.lines * given.times):
            folder = Path(name) / str(lines)
            write_shop(folder / "files", orders=lines, until=LAST, days=730, platforms=("douyin",))
            figures.append({part: measured(part, folder) for part in PARTS})
    for part in PARTS:
        few, many = (figure[part] for figure in figures)
        print(
            f"{part:32} {few['seconds']:8.2f} s {few['megabytes']:6.0f} MB   x{given.times}: {many['seconds']:8.2f} s "
            f"{many['megabytes']:6.0f} MB   grows x{many['seconds'] / few['seconds']:.2f}"
        )


if __name__ == "__main__":
    main()
