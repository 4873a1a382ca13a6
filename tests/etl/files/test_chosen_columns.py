"""Exports whose columns the user chose: what follows from the others is read, what does not is said or refused."""

from pathlib import Path
from typing import Any

import pytest

from etl.errors import MissingColumns
from etl.imports.importer import import_file
from shop.db.database import Database

REDUCED = """主订单编号,子订单编号,选购商品,商品数量,商家编码,订单应付金额,运费,订单提交时间,订单状态,售后状态,\
发货时间,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额
1,1,杯,2,CUP,28.90,0.00,2026-09-22 23:59:10,已完成,退款成功,2026-09-23 08:53:45,21.00,25.00,0.00
2,2,杯,1,CUP,25.00,5.00,2026-09-25 10:00:00,已发货,-,2026-09-25 18:00:00,5.00,0.00,8.00
3,3,碗,1,BOWL,15.90,0.00,2026-09-26 10:00:00,已关闭,-,-,0.00,0.00,0.00
4,4,碗,1,BOWL,15.90,0.00,2026-09-26 10:00:00,已关闭,退款成功,-,0.00,0.00,0.00
5,5,碗,1,BOWL,15.90,0.00,2026-09-26 11:00:00,待支付,-,-,0.00,0.00,0.00
"""
FULL = """主订单编号,子订单编号,选购商品,商品数量,商家编码,商品单价,订单应付金额,运费,订单提交时间,支付完成时间,\
订单状态,平台实际承担优惠金额,达人实际承担优惠金额
1,1,杯,2,CUP,37.45,28.90,0.00,2026-09-22 23:59:10,2026-09-23 00:02:10,待发货,21.00,0.00
"""
TEMPLATE = """订单号,订单状态,商家实收金额(元),商品总价(元),店铺优惠折扣(元),平台优惠折扣(元),商品数量(件),商品id,\
样式ID,商品规格,商家编码-规格维度,售后状态,订单成交时间
260915-123456789,已发货,17.50,22.00,4.50,3.00,2,123,9001,原味两袋,SKU-NEW,无售后,2026-09-15 23:06:56
260915-123456790,已收货,30.00,30.00,0,0,1,123,9002,一袋,SKU-ONE,退款成功,2026-09-16 00:10:56
"""
LEAST = """订单号,订单状态,商家实收金额(元),商品数量(件),商品id,商家编码-规格维度,订单成交时间
260915-123456789,已发货,17.50,2,123,SKU-NEW,2026-09-15 23:06:56
"""
LINES = """
SELECT order_id, status, paid_on, quantity, list_cents, seller_discount_cents, platform_discount_cents, buyer_paid_cents
FROM order_line ORDER BY order_id
"""


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, "utf-8-sig")
    return path


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    with db.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_douyin_orders_without_price_and_payment(db: Database, tmp_path: Path) -> None:
    report = import_file(db, written(tmp_path, "a.csv", REDUCED))
    assert (report.kind, report.stored, report.rejected, report.by_order_day) == ("douyin_orders", 5, 0, True)
    assert rows(db, LINES) == [
        ("1", "completed", "2026-09-22", 2, 74_90, 25_00, 21_00, 28_90),
        ("2", "shipped", "2026-09-25", 1, 33_00, 0, 13_00, 20_00),
        ("3", "cancelled", None, 1, 15_90, 0, 0, 15_90),  # closed, neither sent nor refunded: never paid
        ("4", "cancelled", "2026-09-26", 1, 15_90, 0, 0, 15_90),
        ("5", "unpaid", None, 1, 15_90, 0, 0, 15_90),
    ]
    assert rows(db, "SELECT order_id, amount_cents FROM refund ORDER BY 1") == [("1", 28_90), ("4", 15_90)]


@pytest.mark.parametrize("order", [(REDUCED, FULL), (FULL, REDUCED)])
def test_the_day_of_payment_stands_once_a_file_has_it(
    db: Database, tmp_path: Path, order: tuple[str, str]
) -> None:
    for number, content in enumerate(order):
        import_file(db, written(tmp_path, f"{number}.csv", content))
    (line,) = (row for row in rows(db, LINES) if row[0] == "1")
    assert line == ("1", "completed", "2026-09-23", 2, 74_90, 25_00, 21_00, 28_90)


@pytest.mark.parametrize("name", ["支付时间", "付款时间", "支付成功时间"])
def test_a_renamed_moment_of_payment_is_not_replaced(db: Database, tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingColumns, match="支付完成时间"):
        import_file(db, written(tmp_path, "a.csv", FULL.replace("支付完成时间", name)))


def test_a_pinduoduo_template_is_pinduoduo(db: Database, tmp_path: Path) -> None:
    report = import_file(db, written(tmp_path, "orders.csv", TEMPLATE))
    assert (report.kind, report.stored, report.rejected) == ("pinduoduo_orders", 2, 0)
    assert rows(db, LINES) == [
        ("260915-123456789", "shipped", "2026-09-15", 2, 22_00, 4_50, 3_00, 14_50),
        ("260915-123456790", "completed", "2026-09-16", 1, 30_00, 0, 0, 30_00),
    ]
    assert rows(db, "SELECT order_id, amount_cents FROM refund") == [("260915-123456790", 30_00)]


def test_the_least_of_a_pinduoduo_template(db: Database, tmp_path: Path) -> None:
    assert import_file(db, written(tmp_path, "orders.csv", LEAST)).kind == "pinduoduo_orders"
    assert rows(db, LINES) == [("260915-123456789", "shipped", "2026-09-15", 2, 17_50, 0, 0, 17_50)]
