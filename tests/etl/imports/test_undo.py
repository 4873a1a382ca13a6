"""Imports taken back as a whole: stock and expected returns follow, and a death half way leaves all or nothing."""

import itertools
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from etl.imports.importer import import_file
from shop.connect import connect
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.orders.undo_import import undo_import
from shop.stock import counts, returns
from tests.support.stock.shop import HELPER, OWNER, at, catalog, ledger_is_sound, stock

ORDERS = "主订单编号,子订单编号,选购商品,商品数量,商品ID,商家编码,商品单价"
ORDERS += ",订单应付金额,订单提交时间,支付完成时间,发货时间,订单状态"
AT = "2026-10-10 20:00:00,2026-10-10 20:00:05"
PAID = f"{ORDERS}\n1,1,杯,2,3600,cup,100.00,200.00,{AT},,待发货\n"
SHIPPED = f"{ORDERS}\n1,1,杯,2,3600,cup,100.00,200.00,{AT},2026-10-11 09:00:00,已发货\n"
CASES = """售后单号,订单号,商品单号,商品发货状态,售后类型,退商品金额（元）,退运费金额（元）,售后状态,\
售后申请时间,商家退款时间,用户到账时间,售后完结时间
S1,1,1,已发货,退货退款,200.00,0,退款成功,2026-10-12 09:00:00,2026-10-13 09:00:00,2026-10-13 09:00:00,
"""


def imported(db: Database, folder: Path, content: str, name: str) -> None:
    path = folder / name
    path.write_text(content, "utf-8")
    assert import_file(db, path).stored == 1


def undo(db: Database, number: int) -> None:
    with db.write() as connection:
        undo_import(connection, 1, number, OWNER)
    assert ledger_is_sound(db) and figures_are_true(db)


def test_stock_and_expected_returns_follow_what_is_taken_back(db: Database, tmp_path: Path) -> None:
    catalog(db, cup="stocked")
    counts.set_counts(db, {"cup": 5}, actor=OWNER, at=at(0))
    imported(db, tmp_path, PAID, "paid.csv")
    imported(db, tmp_path, SHIPPED, "shipped.csv")
    assert stock(db, "cup") == (3, 0)
    imported(db, tmp_path, CASES, "cases.csv")
    (case,) = returns.expected(db)
    assert (case.sku, case.pieces) == ("cup", 2)
    undo(db, 3)
    assert returns.expected(db) == [] and stock(db, "cup") == (3, 0)
    imported(db, tmp_path, CASES, "cases.csv")
    returns.receive_return(db, case.platform, case.order_id, case.line_id, whole=2, actor=HELPER)
    assert stock(db, "cup") == (5, 0)
    for number in (2, 1):  # what is in the studio by hand stays there
        undo(db, number)
    assert stock(db, "cup") == (5, 0) and returns.expected(db) == []


def undone_until(path: Path, last: int) -> None:
    """Undo the first import, in a process that ends at this step of the database."""
    db, calls = connect(str(path)), itertools.count(1)

    def step() -> None:
        if next(calls) >= last:
            os._exit(9)

    with db.write() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(step, 10)
        undo_import(connection, 1, 1, OWNER)
        driver.set_progress_handler(None, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("steps", [1, 120, 10**9])
def test_a_death_while_an_import_is_taken_back_leaves_all_or_nothing(
    db: Database, tmp_path: Path, steps: int
) -> None:
    catalog(db, cup="stocked")
    counts.set_counts(db, {"cup": 5}, actor=OWNER, at=at(0))
    imported(db, tmp_path, PAID, "paid.csv")
    process = multiprocessing.get_context("fork").Process(target=undone_until, args=(db.path, steps))
    process.start()
    process.join()
    after = connect(str(db.path))
    with after.read() as connection:
        lines: Any = connection.exec_driver_sql("SELECT COUNT(*) FROM order_line").scalar()
    assert (process.exitcode, lines) == ((0, 0) if steps == 10**9 else (9, 1))
    assert stock(after, "cup") == (5 - 2 * lines, 0)
    assert ledger_is_sound(after) and figures_are_true(after)
    after.close()
