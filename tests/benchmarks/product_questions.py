"""How long the questions of the Products page take, and how little that grows with the data.

    python tests/benchmarks/product_questions.py [LINES] [--times 10]

Imports a practice shop of LINES order lines (two years of days) and one of `--times` as many, gives each
a catalog with form, glaze and family for all that it sold, a kiln, and stock that is tracked for the last
90 days, repeats each question several times, and prints the medians of the CPU time (which other programs
move less than the clock) and the growth.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.access.roles import Actor
from shop.catalog import matching
from shop.connect import connect
from shop.db.database import Database
from shop.kiln_planning import proposals
from shop.metrics.query import Query, answer
from shop.performance import breakage, refunds, sales, turnover
from shop.stock import ledger, order_demand
from shop.stock.ledger import Movement
from tests.benchmarks.questions import LAST

OWNER = Actor("owner")
TRACKED = timedelta(days=90)
SALES = ("gmv", "units", "refunds")
STOCK_METRICS = ("sell_through", "on_hand", "stock_cover_days", "stock_cover_sessions")
REPEATS = 9


def questions() -> dict[str, Callable[[Database], Any]]:
    """The questions of the page, part by part."""
    month, quarter, year = (Query(("gmv",), LAST - timedelta(days=days - 1), LAST) for days in (31, 90, 365))

    def by(query: Query, metrics: tuple[str, ...], *cuts: str) -> Callable[[Database], Any]:
        return lambda db: answer(db, Query(metrics, query.start, query.end, cuts))

    return {
        "sold: families of a month": by(month, SALES, "family"),
        "sold: families of a year": by(year, SALES, "family"),
        "sold: forms by day, a year": by(year, SALES, "day", "form"),
        "sold: own SKUs of a month": lambda db: sales.sold(db, month, by="variant"),
        "sold: own SKUs of a year": lambda db: sales.sold(db, year, by="variant"),
        "shelf: tile of a month": by(month, ("sell_through",)),
        "shelf: glazes of a quarter": by(quarter, STOCK_METRICS, "glaze"),
        "shelf: SKUs of a month": lambda db: turnover.turnover(db, month),
        "shelf: SKUs of a quarter": lambda db: turnover.turnover(db, quarter),
        "refunds: cases of a month": lambda db: refunds.refund_cases(db, month),
        "refunds: cases of a year": lambda db: refunds.refund_cases(db, year),
        "broken: packing, a month": lambda db: breakage.breakage_rates(db, month),
        "broken: packing, a year": lambda db: breakage.breakage_rates(db, year),
        "broken: provinces, a month": lambda db: breakage.breakage_rates(db, month, "province"),
        "broken: provinces, a year": lambda db: breakage.breakage_rates(db, year, "province"),
        "next: a kiln load": lambda db: proposals.propose(db, "k", LAST, actor=OWNER),
    }


def shop_of(folder: Path, lines: int) -> Database:
    """A database with the orders and after-sale cases of a practice shop of this many order lines."""
    files = folder / f"files{lines}"
    write_shop(files, orders=lines, until=LAST, days=730, platforms=("douyin",))
    db = connect(str(folder / f"{lines}.db"))
    for path in sorted(files.glob("douyin_[aos]*.csv")):
        import_file(db, path)
        path.unlink()
    return db


CATALOG = (
    "INSERT INTO product (shop_id, product_code, title, form, glaze, family, updated_at, "
    "payload_hash) SELECT shop_id, sku, title, 'form ' || (n % 12), 'glaze ' || (n % 9), "
    "'family ' || (n % 7), 1, 1 FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY sku) AS n FROM sold_sku)",
    "INSERT INTO variant (shop_id, sku, product_code, currency, shelf_cm2, packing, updated_at, "
    "payload_hash) SELECT shop_id, sku, sku, 'CNY', 90, 'box ' || (LENGTH(sku) % 3), 1, 1 FROM sold_sku",
    "INSERT INTO kiln (shop_id, kiln_id, name, shelf_cm2) VALUES (1, 'k', 'kiln', 14000)",
)


def furnished(db: Database) -> Database:
    """The shop with a catalog of all that it sold, and stock tracked for the last weeks."""
    since = int((datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) - TRACKED).timestamp())
    with db.write() as connection:
        for sql in CATALOG:
            connection.execute(text(sql))
        matching.resolve(connection, 1)
        skus = [row[0] for row in connection.execute(text("SELECT sku FROM variant"))]
        ledger.start_tracking(connection, dict.fromkeys(skus, since))
        ledger.move(
            connection,
            [
                Movement(sku, "counted", f"bench:{sku}", 100_000, booked_at=since, actor="owner")
                for sku in skus
            ],
        )
        order_demand.follow_skus(connection, skus)
    return db


def medians(db: Database) -> dict[str, float]:
    """Milliseconds of CPU of each question, the median of several."""
    result = {}
    for name, question in questions().items():
        question(db)
        taken = []
        for _ in range(REPEATS):
            start = time.process_time()
            question(db)
            taken.append(time.process_time() - start)
        result[name] = statistics.median(taken) * 1000
    return result


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=100_000)
    arguments.add_argument("--times", type=int, default=10)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = medians(furnished(shop_of(Path(folder), given.lines)))
        large = medians(furnished(shop_of(Path(folder), given.lines * given.times)))
    print(f"{'':28}{given.lines:>12,}{given.lines * given.times:>14,}   growth")
    for name, before in small.items():
        print(f"{name:28}{before:>9.1f} ms{large[name]:>11.1f} ms{large[name] / before:>8.2f}x")


if __name__ == "__main__":
    main()
