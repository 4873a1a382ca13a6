"""How long it takes to judge whether figures can be trusted: intervals, maturity, outliers.

    python tests/benchmarks/trust_questions.py [LINES]

Imports a practice shop of LINES order lines (two years of days) with its refunds and settlements
into a new database and prints the median milliseconds of each question, and how many times the
plain totals of a month each of them takes.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.connect import connect
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.alerts.anomalies import anomalies
from shop.growth.comparison.growth import compare
from shop.growth.maturity.expected_refunds import maturity
from shop.growth.maturity.same_age import at_same_age
from shop.metrics.query import Query, total

LAST = date(2026, 10, 31)
MONTH = Period(LAST.replace(day=1), LAST)
BEFORE = Period(date(2026, 9, 1), date(2026, 9, 30))
TILES = Query(("gmv", "net_sales", "orders", "units"), MONTH.start, MONTH.end)
LATE = Query(("net_by_order", "refund_rate"), MONTH.start, MONTH.end)
REPEATS = 9


def questions(db: Database) -> dict[str, Callable[[], object]]:
    """The questions of this kind from pages."""
    sixty = Query(("gmv",), LAST - timedelta(days=59), LAST)
    return {
        "plain totals of a month": lambda: total(db, TILES),
        "four changes with intervals": lambda: compare(db, TILES, BEFORE),
        "refunds still to come": lambda: maturity(db, LATE, LAST),
        "settlement still to come": lambda: maturity(db, LATE, LAST, ("settlement",)),
        "two months at the same age": lambda: at_same_age(db, LATE, BEFORE, LAST),
        "unusual days of sixty": lambda: anomalies(db, sixty),
    }


def shop_of(folder: Path, lines: int) -> Database:
    """A database with a practice shop of this many order lines, refunds and settlements too."""
    write_shop(folder / "files", orders=lines, until=LAST, days=730, platforms=("douyin",))
    db = connect(str(folder / "shop.db"))
    for path in sorted((folder / "files").glob("douyin_[aos]*.csv")):
        import_file(db, path)
        path.unlink()
    return db


def milliseconds(question: Callable[[], object]) -> float:
    """The median time of several runs, the first one left out."""
    question()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        question()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("lines", nargs="?", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as folder:
        db = shop_of(Path(folder), reader.parse_args().lines)
        result = {name: milliseconds(question) for name, question in questions(db).items()}
        db.close()
    plain = result["plain totals of a month"]
    for name, taken in result.items():
        print(f"{name:30} {taken:7.1f} ms {taken / plain:6.1f}x")


if __name__ == "__main__":
    main()
