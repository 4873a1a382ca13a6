"""The Douyin order export: money by hand, traps of real files, nobody's name anywhere."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.errors import ReaderEnded
from etl.imports import worker
from etl.imports.importer import import_file
from etl.imports.report import FileReport
from etl.imports.retry import retry
from sample_data.generator.buyers import CANARY
from sample_data.generator.headers import DOUYIN_ORDERS_74 as HEADERS
from sample_data.generator.spring import FOLDER as SPRING
from shop.db.database import Database
from tests.support.fresh import new_database

ORDER = {
    "主订单编号": "\t6917926768823643751",
    "子订单编号": "\t6917926768823643751",
    "选购商品": "景德镇手工青瓷主人杯",
    "商品规格": "青瓷;小".replace(";", " "),
    "商品数量": "2",
    "商品ID": "\t3512000182137104798",
    "商家编码": "QC-ZRB-S",
    "商品单价": "68.00",
    "订单应付金额": "121.00",
    "运费": "10.00",
    "优惠总金额": "25.00",
    "平台优惠": "5.00",
    "商家优惠": "20.00",
    "达人优惠": "0.00",
    "商家改价": "0.00",
    "支付优惠": "1.00",
    "平台实际承担优惠金额": "5.00",
    "商家实际承担优惠金额": "20.00",
    "达人实际承担优惠金额": "0.00",
    "订单提交时间": "2026-01-05 23:59:30",
    "支付完成时间": "2026-01-06 00:00:05",
    "订单状态": "已发货",
    "售后状态": "-",
    "流量体裁": "直播",
    "收件人": "王小明",
    "收件人手机号": "13912345678",
    "详细地址": "珠山区陶瓷街 8 号",
    "省": "江西省",
    "买家留言": "请打电话 13912345678",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(*orders: dict[str, str], name: str = "orders.csv", encoding: str = "utf-8-sig") -> Path:
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADERS, restval="-")
        writer.writeheader()
        writer.writerows(ORDER | order for order in orders)
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


def another(number: int, **more: str) -> dict[str, str]:
    order = str(6917926768823643751 + number)
    return {"主订单编号": order, "子订单编号": order, **more}


def line(db: Database, columns: str) -> Any:
    with db.read() as connection:
        return tuple(connection.exec_driver_sql(f"SELECT {columns} FROM order_line").one())


def test_money_by_who_bears_it(db: Database, write: Callable[..., Path]) -> None:
    import_file(db, write(ORDER))
    money = "list_cents, seller_discount_cents, platform_discount_cents, buyer_paid_cents, shipping_cents"
    # paid 121 - 10 shipping - 1 payment discount = 110; others bear 5 + 1; 136 - 110 - 6 = 20 ours
    assert line(db, money) == (13_600, 2_000, 600, 11_000, 1_000)
    assert line(db, "paid_on, status, carrier, seller, sku, quantity, province, attribution") == (
        "2026-01-06",
        "shipped",
        "live",
        "own",
        "QC-ZRB-S",
        2,
        "江西省",
        "A",
    )
    assert line(db, "paid_at") == (1_767_628_805,)  # 2026-01-05 16:00:05 UTC


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_actual_exports(db: Database, write: Callable[..., Path], encoding: str) -> None:
    report = import_file(db, write(*(another(n) for n in range(30)), encoding=encoding))
    assert (report.read, report.stored, report.rejected) == (30, 30, 0)


def test_a_later_export_brings_the_later_state_in_whatever_order(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    early = write(another(1, 订单状态="待发货"), name="early.csv")
    late = write(
        another(1, 订单状态="已完成", 售后状态="退款成功", 订单完成时间="2026-01-20 10:00:00"),
        name="late.csv",
    )
    result = []
    for files in ((early, late), (late, early), (late, early, late, early)):
        db = new_database(tmp_path / f"{len(result)}.db")
        db.path.with_suffix(".db.key").write_text("11" * 32)
        for file in files:
            import_file(db, file)
        result.append(line(db, "status, after_sale, payload_hash, updated_at"))
        db.close()
    assert result[0][:2] == ("completed", "refunded")
    assert result[0] == result[1] == result[2]


def test_joined_sub_orders_share_the_money_to_the_last_fen(db: Database, write: Callable[..., Path]) -> None:
    joined = another(
        1,
        子订单编号="6917926768823643752;6917926768823643753",
        选购商品="杯;碗",
        商品数量="1;1",
        商家编码="A;B",
        商品单价="10.00;20.00",
        订单应付金额="29.99",
        运费="0.01",
        平台优惠="0",
        商家优惠="0.02",
        支付优惠="0",
        平台实际承担优惠金额="0",
        商家实际承担优惠金额="0.02",
        商品ID="1;2",
        商品规格="小;大",
    )
    uneven = another(5, 子订单编号="8;9", 商品数量="1;1;1")
    report = import_file(db, write(joined, uneven))
    assert (report.read, report.stored, report.rejected) == (2, 1, 1)
    assert report.reasons[0].code == "UnevenParts"
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT sku, buyer_paid_cents, shipping_cents FROM order_line ORDER BY sku"
        ).all()
    assert [tuple(row) for row in rows] == [("A", 1_000, 0), ("B", 1_998, 1)]


def test_sub_orders_that_share_a_quantity_or_a_sum_are_rejected_by_name(
    db: Database, write: Callable[..., Path]
) -> None:
    pair = {"子订单编号": "691;692", "选购商品": "杯;碗", "商家编码": "A;B", "运费": "0", "支付优惠": "0"}
    plain = {"优惠总金额": "0", "平台优惠": "0", "平台实际承担优惠金额": "0", "订单应付金额": "60.00"}
    one_each = another(1, **pair, **plain, 商品数量="2", 商品单价="20.00;40.00")
    shared_pieces = another(2, **pair, **plain, 商品数量="3", 商品单价="20.00;40.00")
    shared_sum = another(3, **pair, **plain, 商品数量="1;2", 商品单价="60.00")
    same_price = another(4, **pair, **plain, 商品数量="1;2", 商品单价="20.00")
    report = import_file(db, write(one_each, shared_pieces, shared_sum, same_price))
    assert [(reason.row, reason.code) for reason in report.reasons] == [
        (3, "SharedQuantity"),
        (4, "SharedQuantity"),
    ]
    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT sku, quantity, buyer_paid_cents FROM order_line ORDER BY order_id, sku"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("A", 1, 20_00),
        ("B", 1, 40_00),
        ("A", 1, 20_00),
        ("B", 2, 40_00),
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "column"),
    [
        ({"订单状态": "待火星发货"}, "UnknownStatus", "订单状态"),
        ({"订单应付金额": "一百"}, "BadMoney", "订单应付金额"),
        ({"订单应付金额": "12.3.45"}, "BadMoney", "订单应付金额"),
        ({"商品数量": "若干"}, "BadCount", "商品数量"),
        ({"商品数量": "0"}, "NotPositive", "商品数量"),
        ({"订单提交时间": "2026-02-30 10:00:00"}, "BadTime", "订单提交时间"),
        ({"支付完成时间": "昨天"}, "BadTime", "支付完成时间"),
        ({"主订单编号": "6.91793E+18"}, "RuinedId", "主订单编号"),
        ({"主订单编号": "-"}, "Missing", "主订单编号"),
        ({"订单应付金额": "500.00"}, "MoreThanList", "订单应付金额"),
    ],
)
def test_invalid_rows_are_rejected_and_the_rest_is_stored(
    db: Database, write: Callable[..., Path], wrong: dict[str, str], code: str, column: str
) -> None:
    report = import_file(db, write(another(1), another(2, **wrong), another(3)))
    assert (report.read, report.stored, report.rejected) == (3, 2, 1)
    assert [(r.row, r.code, r.column) for r in report.reasons] == [(3, code, column)]
    again = retry(db)
    assert (again[0].read, again[0].rejected) == (1, 1)


def test_ids_that_a_spreadsheet_rounded_are_rejected(db: Database, write: Callable[..., Path]) -> None:
    rounded = [
        {"主订单编号": f"69179267688{n}00000000"[:19], "子订单编号": f"69179267688{n}00000000"[:19]}
        for n in range(100, 140)
    ]
    report = import_file(db, write(*rounded))
    assert report.stored == 0
    assert {reason.code for reason in report.reasons} == {"RuinedId"}


def test_nobody_is_named_in_the_database(db: Database, write: Callable[..., Path]) -> None:
    import_file(db, write(another(1), another(2, 订单状态="?"), another(3, 商品数量="1\n")))
    for path in sorted(SPRING.glob("douyin_orders*")):
        import_file(db, path)
    db.close()
    for path in db.path.parent.glob("shop.db*"):
        content = path.read_bytes().decode("utf-8", "ignore")
        for name in ("王小明", "13912345678", "陶瓷街", "请打电话"):
            assert name not in content, (path.name, name)
        assert not [m for m in re.finditer(CANARY, content) if not inside_an_id(m)]


def inside_an_id(result: re.Match[str]) -> bool:
    """Eleven digits within a longer number are no telephone."""
    around = result.string[max(result.start() - 1, 0)] + result.string[result.end() : result.end() + 1]
    return result[0].isdigit() and any(char.isdigit() for char in around)


def test_the_same_buyer_is_recognised_again_and_another_shop_cannot_identify_them(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    file = write(another(1), another(2), another(3, 收件人="李四"))
    keys = []
    for name in ("one", "two"):
        db = new_database(tmp_path / f"{name}.db")
        import_file(db, file)
        with db.read() as connection:
            keys.append(
                [
                    r[0]
                    for r in connection.exec_driver_sql("SELECT buyer_key FROM order_line ORDER BY order_id")
                ]
            )
        db.close()
    assert keys[0][0] == keys[0][1] != keys[0][2]
    assert not set(keys[0]) & set(keys[1])


def dump(db: Database) -> list[Any]:
    with db.read() as connection:
        return [
            tuple(row)
            for table in ("order_line", "fact_sku_day", "sold_sku", "rejected_record")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5")
        ]


def test_a_worker_process_reads_the_same_rows(
    tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [another(n, **({"订单状态": "?"} if n % 50 == 7 else {})) for n in range(300)]
    file = write(*lines)
    result: list[tuple[FileReport, list[Any]]] = []
    for limit in (1 << 40, 1):
        monkeypatch.setattr(worker, "WORKER_FROM_BYTES", limit)
        db = new_database(tmp_path / f"{limit}.db")
        db.path.with_suffix(".db.key").write_text("11" * 32)
        result.append((import_file(db, file), dump(db)))
        db.close()
    assert result[0] == result[1]
    assert result[0][0].rejected == 6


def test_a_worker_process_that_dies_leaves_nothing(
    db: Database, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WORKER_FROM_BYTES", 1)
    monkeypatch.setattr(worker, "CODE", "import sys; sys.stdin.buffer.read(); sys.exit(3)")
    before = dump(db)
    with pytest.raises(ReaderEnded, match="ended early"):
        import_file(db, write(another(1)))
    assert dump(db) == before


def test_broken_bytes_deep_in_a_large_file_cost_one_row(
    db: Database, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WORKER_FROM_BYTES", 1)
    file = write(*(another(n) for n in range(2_000)))
    content = file.read_bytes()
    place = content.rindex("景德镇".encode())
    file.write_bytes(content[:place] + b"\xff\xfe" + content[place + 2 :])
    report = import_file(db, file)
    assert (report.read, report.stored, report.rejected) == (2_000, 1_999, 1)
    assert report.reasons[0].code == "BrokenBytes"


@pytest.mark.parametrize(("name", "phone"), [("张**", "1**********"), ("李*", "138****0000"), ("匿名", "-")])
def test_a_masked_buyer_is_nobody(db: Database, write: Callable[..., Path], name: str, phone: str) -> None:
    import_file(
        db, write(another(1, 收件人=name, 收件人手机号=phone), another(2, 收件人=name, 收件人手机号=phone))
    )
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT buyer_key FROM order_line").all() == [(None,)]
