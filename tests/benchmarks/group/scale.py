"""A group of shops on three PostgreSQL servers against one: questions of one shop, and all shops side by side.

    python -m tests.benchmarks.group.scale [--shops 30] [--lines 100000] [--runs 5]

One shop is filled once and copied inside each server with amounts of its own (times 1, 2, 3 ...), so that no two shops
are alike. Each question is put to the same shop on one server that has all shops and on one of three that has a third
of them, in turn; printed are medians of wall time and their ratio in the same run, and how the times grow.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from shop import overview
from shop.connect import connect
from shop.core.periods import Period
from shop.db.database import Database
from shop.db.moving import carry
from shop.db.urls import with_shop
from shop.group.comparison import ShopFigures, shop_figures
from shop.group.parallel import ask_all
from shop.growth.comparison import growth
from shop.metrics.query import Query, total
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from tests.support.engines.nodes import Node, nodes
from tests.support.engines.postgres import own_data_folder
from tests.support.fresh import new_database
from tests.support.shops.days import noon

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
LAST = date(2026, 5, 31)
DAYS = 730
MAY = Period(date(2026, 5, 1), LAST)
YEAR = Query(("gmv", "orders"), date(2025, 6, 1), LAST, currency="CNY")
QUESTIONS: dict[str, Callable[[Database], Any]] = {
    "side by side": lambda db: shop_figures(db, MAY, "mtd", NOW),
    "today, week, month": lambda db: overview.spans(db, YEAR, overview.clock(db, NOW, LAST)),
    "months": lambda db: growth.months(db, YEAR),
    "year by SKU": lambda db: total(db, Query(("gmv",), YEAR.start, LAST, where=(("sku", ("s7",)),))),
}


def fill(db: Database, lines: int) -> None:
    """Order lines of two years, evenly over the days, of fifty pieces and two platforms."""
    with db.write() as connection:
        load = Upsert(connection, 1)
        for platform in ("douyin", "kuaishou"):
            for start in range(0, lines // 2, 10_000):
                places = range(start, min(start + 10_000, lines // 2))
                days = [LAST - timedelta(days=place % DAYS) for place in places]
                size = len(days)
                columns: dict[str, Any] = {
                    "order_id": [f"o{place}" for place in places],
                    "line_id": ["1"] * size,
                    "paid_on": [day.isoformat() for day in days],
                    "created_at": [noon(day) for day in days],
                    "paid_at": [noon(day) + place % 30_000 for day, place in zip(days, places, strict=True)],
                    "sku": [f"s{place % 50}" for place in places],
                    "title": [f"杯 {place % 50}" for place in places],
                    "quantity": [1] * size,
                    "status": ["completed"] * size,
                    "currency": ["CNY"] * size,
                    "list_cents": [5_000 + place % 997 for place in places],
                    "buyer_paid_cents": [5_000 + place % 997 for place in places],
                    "platform_discount_cents": [0] * size,
                    "carrier": ["live"] * size,
                    "updated_at": [noon(day) for day in days],
                    "payload_hash": [place + 1 for place in places],
                }
                load.put(IngestBatch("order_line", platform, columns, list(range(size))))
        load.finish()


def copy_shop(url: str, base: str, name: str, factor: int) -> None:
    """Copy a shop inside a server, every amount times a factor."""
    import psycopg

    connect(with_shop(url, name), is_new=True).close()
    with psycopg.connect(url) as server:
        for table in SQLModel.metadata.sorted_tables:
            if table.name == "meta":
                continue
            names = [column.name for column in table.columns]
            values = [f'"{item}" * {factor}' if item.endswith("_cents") else f'"{item}"' for item in names]
            into = ", ".join(f'"{item}"' for item in names)
            server.execute(
                f'INSERT INTO "shop_{name}"."{table.name}" ({into}) SELECT {", ".join(values)} '
                f'FROM "shop_{base}"."{table.name}" ON CONFLICT DO NOTHING'.encode()
            )
    with psycopg.connect(url, autocommit=True) as server:
        for table in SQLModel.metadata.sorted_tables:
            server.execute(f'ANALYZE "shop_{name}"."{table.name}"'.encode())


def seconds_of(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """How long a call took, and its result."""
    began = time.perf_counter()
    result = work(*given)
    return time.perf_counter() - began, result


def compare(alone: list[Database], spread: list[Database], runs: int) -> None:
    for name, question in QUESTIONS.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(runs):
            for pair in zip(alone, spread, strict=True):
                results = []
                for place, db in enumerate(pair):
                    seconds, result = seconds_of(question, db)
                    times[place].append(seconds)
                    results.append(result)
                same = str(results[0]) == str(results[1])
                assert same, (name, pair[0].shown_name)
        one, three = map(statistics.median, times)
        print(
            f"{name:20} one server {one * 1e3:7.1f} ms, of three {three * 1e3:7.1f} ms, ratio {three / one:.2f}"
        )


def side_by_side(names: list[str], urls: dict[str, str], runs: int) -> float:
    dbs = {name: connect(urls[name]) for name in names}

    def figures(name: str) -> ShopFigures:
        return shop_figures(dbs[name], MAY, "mtd", NOW)

    times = [seconds_of(partial(ask_all, names, figures, seconds=600))[0] for _ in range(runs)]
    for db in dbs.values():
        db.close()
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=30)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, own_data_folder(Path(place)), nodes(4, "") as servers:
        run(given, Path(place), servers)


def run(given: argparse.Namespace, folder: Path, servers: list[Node]) -> None:
    file = new_database(folder / "base.db")
    fill(file, given.lines)
    for node in servers:
        base = connect(with_shop(node.url, "base"), is_new=True)
        carry(file, base)
        base.close()
    names = [f"shop-{number}" for number in range(1, given.shops + 1)]
    spread = {name: with_shop(servers[place % 3].url, name) for place, name in enumerate(names)}
    alone = {name: with_shop(servers[3].url, name) for name in names}
    began = time.perf_counter()
    for place, name in enumerate(names):
        for url in (spread[name], alone[name]):
            copy_shop(with_shop(url, ""), "base", name, place + 1)
    print(
        f"{given.shops} shops of {given.lines:,} lines, twice: {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    some = names[:: max(given.shops // 6, 1)]
    dbs = [connect(alone[name]) for name in some], [connect(spread[name]) for name in some]
    compare(*dbs, given.runs)
    for db in (*dbs[0], *dbs[1]):
        db.close()
    for count in sorted({given.shops // 3, 2 * given.shops // 3, given.shops}):
        one, three = (side_by_side(names[:count], urls, given.runs) for urls in (alone, spread))
        print(f"{count:4} shops side by side: one server {one:6.2f} s, three {three:6.2f} s", flush=True)
    for lines in (given.lines // 10, given.lines // 3):
        small, served = new_database(folder / f"{lines}.db"), f"lines-{lines}"
        fill(small, lines)
        db = connect(with_shop(servers[3].url, served), is_new=True)
        carry(small, db)
        report = {
            name: statistics.median(seconds_of(question, db)[0] for _ in range(given.runs))
            for name, question in QUESTIONS.items()
        }
        print(
            f"{lines:8,} lines: " + ", ".join(f"{name} {item * 1e3:.1f} ms" for name, item in report.items())
        )
        db.close()


if __name__ == "__main__":
    main()
