"""Pre-sale orders with two payments: the figures of docs/manual/en/presale.md, from the platform's own records."""

from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from etl.imports.importer import import_file
from etl.platforms.douyin_shop.orders import parse_orders
from etl.platforms.records import ParseContext
from shop.access.roles import OWNER
from shop.db.database import Database
from shop.metrics.query import Query, answer, total
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert
from shop.performance.presale import presale_orders, presale_sums
from shop.profit.gross_to_net import waterfall
from shop.profit.refund_bridge import refund_bridge
from shop.stats.proportions import Rate
from tests.support.fresh import new_database
from tests.support.shops.small_shop import at, refund, store

MARCH = Query(("gmv",), date(2026, 3, 1), date(2026, 3, 31), currency="CNY")
CLOSED, PART_PAID, PAID = 4, 103, 2


def record(
    order: str, status: int, deposit: tuple[int, int], balance: tuple[int, int | None], changed: int
) -> dict[str, Any]:
    """An order as the API lists it: deposit and balance are (yuan, day of March on which it was paid)."""
    phases = [
        {
            "sku_order_id": order,
            "total_phase": 2,
            "current_phase": number,
            "phase_payable_price": yuan * 100,
            "pay_success": day is not None,
            "phase_pay_time": moment(day) if day else 0,
            "phase_close_time": moment(25) if number == 2 else moment(9),
        }
        for number, (yuan, day) in enumerate((deposit, balance), 1)
    ]
    cents = (deposit[0] + balance[0]) * 100
    item = {
        "order_id": order,
        "order_status": status,
        "product_id_str": "1",
        "product_name": "壶",
        "code": "POT",
        "item_num": 1,
        "sum_amount": cents,
        "pay_amount": cents,
        "post_amount": 0,
    }
    times = {
        "create_time": moment(deposit[1]),
        "pay_time": moment(deposit[1]),
        "update_time": moment(changed),
    }
    return {
        "order_id": order,
        "order_status": status,
        **times,
        "sku_order_list": [item],
        "order_phase_list": phases,
    }


def moment(day: int) -> int:
    return at(f"2026-03-{day:02d} 12:00:00")


RECORDS = [
    record("A", PAID, (50, 3), (150, 20), 20),
    record("B", PART_PAID, (30, 5), (70, None), 5),
    record("C", CLOSED, (40, 6), (60, None), 26),
    record("D", CLOSED, (60, 8), (140, None), 10),
    record("E", PAID, (20, 9), (80, 21), 28),
]
REFUNDS = [
    refund("rd", "D", "2026-03-10 12:00:00", 60_00, line_id="D", stage="before_ship"),
    refund("re", "E", "2026-03-28 12:00:00", 80_00, line_id="E", stage="after_ship"),
]


def batches(records: list[dict[str, Any]]) -> list[IngestBatch]:
    result = parse_orders(records, ParseContext("Asia/Shanghai"))
    assert not result.refusals
    return list(result.batches)


def put(db: Database, *given: IngestBatch) -> None:
    for batch in given:
        with db.write() as connection:
            load = Upsert(connection, 1)
            load.put(batch)
            load.finish()


@pytest.fixture
def presale(db: Database) -> Database:
    put(db, *batches(RECORDS))
    store(db, refunds=REFUNDS)
    return db


def figures(db: Database) -> tuple[Any, ...]:
    sums = presale_sums(presale_orders(db, MARCH))
    names = ("gmv", "orders", "refunds", "refunds_by_order", "net_sales")
    sold = total(db, Query(names, MARCH.start, MARCH.end, currency="CNY"))
    return sums, tuple(sold[name] for name in names)


def test_the_example_of_the_documentation(presale: Database) -> None:
    sums, sold = figures(presale)
    assert (sums.orders, sums.deposits, sums.sold, sums.open) == (5, 200_00, 70_00, 30_00)
    assert (sums.refunded, sums.retained, sums.balance_open) == (60_00, 40_00, 70_00)
    assert sums.conversion == Rate(2, 4)
    assert sold == (300_00, 2, 80_00, 80_00, 220_00)
    days = answer(presale, Query(("gmv",), date(2026, 3, 20), date(2026, 3, 21), by=("day",), currency="CNY"))
    assert days["gmv"].tolist() == [200_00, 100_00]
    received = 200_00 + 150_00 + 80_00 - 60_00 - 80_00
    assert received == sold[4] + sums.open + sums.retained
    steps = {step.name: step.cents for step in waterfall(presale, MARCH, OWNER).steps}
    assert (steps["retained_deposits"], steps["gmv"], steps["refunds"]) == (40_00, 300_00, -80_00)
    bridge = refund_bridge(presale, MARCH)
    assert (bridge.by_refund_day, bridge.in_both, bridge.by_order) == (80_00, 80_00, 80_00)
    states = {order.order_id: order.state for order in presale_orders(presale, MARCH)}
    assert states == {"A": "sold", "B": "open", "C": "retained", "D": "refunded", "E": "sold"}


def test_the_figures_are_independent_of_the_order_of_import(tmp_path: Path) -> None:
    """Lines, deposits and refunds in any order, and orders read before and after each payment."""
    early = [record("A", PART_PAID, (50, 3), (150, None), 3), record("E", PART_PAID, (20, 9), (80, None), 9)]
    lines, deposits = sorted(batches(RECORDS), key=lambda batch: batch.table)
    results = set()
    for number, order in enumerate(permutations((lines, deposits, None))):
        db = new_database(tmp_path / f"{number}.db")
        put(db, *batches(early))
        for batch in order:
            if batch is None:
                store(db, refunds=REFUNDS)
            else:
                put(db, batch)
        put(db, *batches(early))  # an older reading changes nothing
        results.add(figures(db))
        db.close()
    assert len(results) == 1
    (result,) = results
    assert result[1] == (300_00, 2, 80_00, 80_00, 220_00)


def test_a_file_that_names_only_the_day_of_the_deposit(db: Database) -> None:
    import_file(db, Path("tests/data/cases/02-kuaishou-orders/orders.csv"))
    orders = presale_orders(db, Query(("gmv",), date(2026, 1, 1), date(2026, 1, 31)))
    assert [(o.order_id, o.deposit_on, o.deposit_cents, o.sold_on) for o in orders] == [
        ("2600000000007", date(2026, 1, 5), None, date(2026, 1, 10))
    ]
    sums = presale_sums(orders)
    assert (sums.orders, sums.unknown, sums.deposits) == (1, 1, 0)
