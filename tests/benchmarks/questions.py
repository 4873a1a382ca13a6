"""How long the pages' questions take, and how little that grows with the data.

    python tests/benchmarks/questions.py [LINES] [--times 10]

Imports a practice shop of LINES order lines (two years of days) and one of `--times` as many into
new databases, repeats each question several times, and prints the medians and the growth.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.query import Query, answer

LAST = date(2026, 10, 31)
SALES = ("gmv", "net_sales", "orders", "units")
REPEATS = 15


def questions() -> dict[str, Query]:
    """The questions of the pages: tiles, days, months, products, carriers."""
    year, month = LAST - timedelta(days=364), LAST.replace(day=1)
    return {
        "today: tiles of a month": Query(SALES, month, LAST),
        "today: sixty days": Query(SALES, LAST - timedelta(days=59), LAST, ("day",)),
        "today: up to an hour": Query(SALES, month, LAST, cut_at=1_793_440_800),
        "growth: a year of days": Query((*SALES, "units_per_day"), year, LAST, ("day",)),
        "growth: months": Query((*SALES, "units_per_day", "days"), year, LAST, ("month",)),
        "products: a month": Query(("units", "gmv", "refunds", "per_unit"), month, LAST, ("sku",)),
        "products: a year": Query(("units", "gmv", "refunds", "per_unit"), year, LAST, ("sku",)),
        "carriers of a year": Query(SALES, year, LAST, ("carrier",)),
        "sessions": Query(("session_gmv", "views", "gpm"), month, LAST, ("session",)),
        "buyers of a month": Query(("buyers",), month, LAST),
    }


def shop_of(folder: Path, lines: int) -> Database:
    """A database with a practice shop of this many order lines."""
    files = folder / f"files{lines}"
    write_shop(files, orders=lines, until=LAST, days=730, platforms=("douyin",))
    db = connect(str(folder / f"{lines}.db"))
    for path in sorted(files.glob("douyin_[os]*.csv")):
        import_file(db, path)
        path.unlink()
    return db


def medians(db: Database) -> dict[str, float]:
    """Milliseconds of each question, the median of several."""
    result = {}
    for name, query in questions().items():
        answer(db, query)
        taken = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            answer(db, query)
            taken.append(time.perf_counter() - start)
        result[name] = statistics.median(taken) * 1000
    return result


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=100_000)
    arguments.add_argument("--times", type=int, default=10)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = medians(shop_of(Path(folder), given.lines))
        large = medians(shop_of(Path(folder), given.lines * given.times))
    print(f"{'':28}{given.lines:>12,}{given.lines * given.times:>14,}   growth")
    for name, before in small.items():
        print(f"{name:28}{before:>9.1f} ms{large[name]:>11.1f} ms{large[name] / before:>8.2f}x")
    print(f"{'all together':28}{sum(small.values()):>9.1f} ms{sum(large.values()):>11.1f} ms")


if __name__ == "__main__":
    main()
