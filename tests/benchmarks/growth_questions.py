"""How long the growth page's questions take, all together, and how little that grows with the data.

    python tests/benchmarks/growth_questions.py [LINES] [--times 10] [`--keep FOLDER`]

Imports the practice shops of `questions.py`, queries each read model several times for a month against
the same days before and for a year against the year before, and prints the medians of the CPU time,
which other programs of a busy machine move less than the clock. The first question after an import also
computes the late roll-ups (hours, buyers): that time is listed separately.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shop.access.roles import OWNER
from shop.connect import connect
from shop.core.periods import Period, year_back
from shop.db.database import Database
from shop.growth.comparison.drivers import why
from shop.growth.comparison.per_session import effort
from shop.growth.comparison.ranges import before
from shop.growth.comparison.segments import cut
from shop.metrics.deferred_rollups import up_to_date
from shop.metrics.query import Query
from shop.performance.cohorts import cohorts
from shop.performance.hourly import hours
from shop.profit.gross_to_net import waterfall
from tests.benchmarks.questions import LAST, shop_of

REPEATS = 9
MONTH = Period(LAST.replace(day=1), LAST)
YEAR = Period(year_back(LAST).replace(day=1), LAST.replace(day=1))


def questions(period: Period, earlier: Period) -> dict[str, Callable[[Database], Any]]:
    """The questions of the growth page to these read models."""
    query = Query(("gmv",), period.start, period.end)
    return {
        "why: gmv": lambda db: why(db, query, earlier),
        "why: net sales": lambda db: why(db, query, earlier, "net_sales"),
        "by carrier": lambda db: cut(db, query, earlier, by="carrier"),
        "by product": lambda db: cut(db, query, earlier, by="product"),
        "by family": lambda db: cut(db, query, earlier, by="family"),
        "new and returning": lambda db: cut(db, query, earlier, by="buyers"),
        "per session": lambda db: effort(db, query, earlier),
        "ladder": lambda db: waterfall(db, query, OWNER),
        "cohorts": lambda db: cohorts(db, query),
        "hours": lambda db: hours(db, query),
    }


def medians(db: Database) -> dict[str, float]:
    """Milliseconds of each question, the median of several; the late roll-ups once."""
    start = time.process_time()
    up_to_date(db)
    result = {"late roll-ups, once": (time.process_time() - start) * 1000}
    for name, period, calendar in (("month", MONTH, "mtd"), ("year", YEAR, "year")):
        for name_of_question, question in questions(period, before(period, calendar)).items():
            question(db)
            taken = []
            for _ in range(REPEATS):
                start = time.process_time()
                question(db)
                taken.append(time.process_time() - start)
            result[f"{name}: {name_of_question}"] = statistics.median(taken) * 1000
    return result


def shop_in(folder: Path, lines: int) -> Database:
    """The shop of this many lines; the one that an earlier run stored, if it is there."""
    path = folder / f"{lines}.db"
    return connect(str(path)) if path.exists() else shop_of(folder, lines)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=100_000)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--keep", type=Path, help="keep the databases here, for another run")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        small = medians(shop_in(folder, given.lines))
        large = medians(shop_in(folder, given.lines * given.times))
    print(f"{'':28}{given.lines:>12,}{given.lines * given.times:>14,}   growth")
    for name, took in small.items():
        print(f"{name:28}{took:>9.1f} ms{large[name]:>11.1f} ms{large[name] / took:>8.2f}x")
    for span in ("month", "year"):
        sums = [sum(v for k, v in item.items() if k.startswith(span)) for item in (small, large)]
        print(f"{f'all of a {span}':28}{sums[0]:>9.1f} ms{sums[1]:>11.1f} ms")


if __name__ == "__main__":
    main()
