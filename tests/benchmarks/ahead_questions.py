"""How long it takes to look ahead and to check: calendars, forecast, goals, reconciliation.

    python tests/benchmarks/ahead_questions.py [LINES]

Imports a practice shop of LINES order lines (two years of days) into a new database and prints the
median milliseconds of CPU of each question, and how many times the plain totals of a month each takes.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.access.roles import OWNER
from shop.connect import connect
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.calendars import differences, pair
from shop.growth.forecasting.forecast import forecast, project
from shop.growth.forecasting.goals import pace, set_goal
from shop.metrics.query import Query, total
from shop.reconciliation.reconcile import reconcile
from shop.reconciliation.statements import enter_statement, statements

LAST = date(2026, 10, 31)
MONTH = Period(LAST.replace(day=1), LAST)
TILES = Query(("gmv", "net_sales", "orders", "units"), MONTH.start, MONTH.end)
REPEATS = 7


def shop_of(folder: Path, lines: int) -> Database:
    """A database with a practice shop of this many order lines, a goal and two totals of the platform."""
    files = folder / "files"
    write_shop(files, orders=lines, until=LAST, days=730, platforms=("douyin",))
    db = connect(str(folder / "shop.db"))
    for path in sorted(files.iterdir()):
        if path.name.startswith(("douyin_orders", "douyin_sessions", "douyin_after", "商品")):
            import_file(db, path)
        path.unlink()
    set_goal(db, LAST, "gmv", 10**9, actor=OWNER)
    for number in (10, 11):
        amount = int(total(db, day_of(number))["buyer_paid"] or 0)
        enter_statement(db, "douyin", date(2026, 10, number), "gmv", amount, actor=OWNER)
    return db


def day_of(number: int) -> Query:
    """What buyers paid on a day of the last month."""
    day = date(2026, 10, number)
    return Query(("buyer_paid",), day, day)


def questions(db: Database) -> dict[str, Callable[[], object]]:
    """The questions of this kind from pages and commands."""
    gmv = Query(("gmv",), MONTH.start, MONTH.end)
    year, lunar = pair(db, MONTH, "year"), pair(db, MONTH, "lunar")
    message = statements(db)
    typed = next(item for item in message if item.source == "typed")
    reports = [item for item in message if item.source == "compass"]
    result: dict[str, Callable[[], object]] = {
        "totals of a month": lambda: total(db, TILES),
        "two calendars and why they differ": lambda: differences(db, gmv, year, lunar),
        "four weeks ahead, with 39 trials": lambda: forecast(db, gmv, LAST),
        "the month's end, with 39 trials": lambda: project(db, gmv, date(2026, 10, 15)),
        "a goal and its pace": lambda: pace(db, gmv, date(2026, 10, 15)),
        "reconcile a day": lambda: reconcile(db, typed),
    }
    if reports:
        result["reconcile a month"] = lambda: reconcile(db, reports[0])
    return result


def median(question: Callable[[], object]) -> float:
    """The median milliseconds of CPU of a question, after a first time."""
    question()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        question()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Import, query, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="?", type=int, default=200_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        db = shop_of(Path(folder), lines)
        result = {name: median(question) for name, question in questions(db).items()}
        db.close()
    base = result["totals of a month"]
    for name, took in result.items():
        print(f"{name:36}{took:9.1f} ms{took / base:9.1f} x")


if __name__ == "__main__":
    main()
