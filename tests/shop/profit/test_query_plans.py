"""How SQLite reads what profit is computed from: never a whole range of days again for each row of another table."""

from dataclasses import replace
from datetime import date

import pytest

from shop.access.roles import OWNER
from shop.db.database import Database
from shop.metrics.query import Query
from shop.profit.gross_to_net import waterfall
from shop.profit.margins import margins

pytestmark = pytest.mark.sqlite_file("reads the plans of SQLite")
RANGE = Query(("gmv",), date(2025, 5, 1), date(2025, 10, 31), currency="CNY")


def test_no_range_of_days_is_read_once_for_each_row(workshop_db: Database) -> None:
    statements: list[str] = []
    with workshop_db.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(statements.append)
    margins(workshop_db, RANGE, actor=OWNER)
    (design,) = workshop_db.row("SELECT MIN(product_code) FROM product")
    margins(workshop_db, replace(RANGE, where=(("product_code", (design,)),)), actor=OWNER)
    waterfall(workshop_db, RANGE, OWNER)
    driver.set_trace_callback(None)
    queries = [sql for sql in statements if sql.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert any("FROM refund r" in sql for sql in queries)
    wrong = [sql for sql in queries if ranges_in_loops(driver.execute(f"EXPLAIN QUERY PLAN {sql}"))]
    assert wrong == []


def ranges_in_loops(plan: object) -> list[str]:
    """The steps of a plan that read orders by a range of days and are no first loop."""
    loops: dict[int, int] = {}
    result = []
    for _, parent, _, step in plan:  # type: ignore[attr-defined]
        if step.startswith(("SEARCH", "SCAN")):
            if loops.get(parent) and "order_line_paid_on" in step and "paid_on>?" in step:
                result.append(step)
            loops[parent] = loops.get(parent, 0) + 1
    return result
