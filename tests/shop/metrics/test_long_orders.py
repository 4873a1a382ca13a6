"""Roll-ups of orders of many lines are added up another way than others; both ways give the same figures."""

import csv
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from etl.imports.importer import import_file
from etl.profiles import kind, model
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics import rollups
from shop.metrics.query import Query, answer

PROFILE = """table = "order_line"
constants = {platform = "own", currency = "USD", status = "completed"}
dates = {order = "ymd"}
returns = {column = "order_id", begins = "R"}
[columns]
order_id = "Order"
line_id = "Line"
sku = "SKU"
quantity = "Qty"
unit_price = "Price"
paid_at = "Paid"
created_at = "Date"
"""
FIRST = date(2026, 1, 1)
SPLIT_ORDERS = "SELECT order_id FROM order_line GROUP BY order_id HAVING COUNT(DISTINCT paid_on) > 1"


def write_orders(path: Path, seed: int, *, split: float) -> dict[str, set[str]]:
    """Orders over 60 days; some are paid on several days. The orders of each SKU are returned."""
    rng = random.Random(seed)
    orders: dict[str, set[str]] = defaultdict(set)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Order", "Line", "SKU", "Qty", "Price", "Date", "Paid"])
        for number in range(150):
            day = FIRST + timedelta(days=rng.randrange(50))
            is_return, is_split = number > 20 and rng.random() < 0.1, rng.random() < split
            for line in range(rng.randrange(4, 12)):
                paid = day + timedelta(days=rng.randrange(3) if is_split else 0)
                sku = f"CUP{rng.randrange(6)}"
                writer.writerow(
                    [
                        f"{'R' * is_return}{number}",
                        f"{number}-{line}",
                        sku,
                        1 + line % 2,
                        "9.90",
                        day,
                        paid,
                        "",
                    ]
                )
                if not is_return:
                    orders[sku].add(str(number))
    return orders


@pytest.mark.parametrize("split", [0, 0.2, 1])
@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_give_the_same_figures(db: Database, tmp_path: Path, seed: int, split: float) -> None:
    orders = write_orders(tmp_path / "orders.csv", seed, split=split)
    import_file(db, tmp_path / "orders.csv", kind=kind.kind_of(model.read(PROFILE, "own.toml")))
    with db.read() as connection:
        days = connection.exec_driver_sql("SELECT COUNT(DISTINCT paid_on) FROM order_line").scalar_one()
        of_split_orders = connection.exec_driver_sql(SPLIT_ORDERS).fetchall()
    assert days > rollups.MANY_DAYS
    assert bool(of_split_orders) == (split > 0)
    table = answer(db, Query(("orders",), FIRST, FIRST + timedelta(days=60), ("sku",)))
    assert dict(zip(table["sku"], table["orders"], strict=True)) == {s: len(o) for s, o in orders.items()}
    assert figures_are_true(db)  # computes all figures again, line by line
