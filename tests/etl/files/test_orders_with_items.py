"""One shop's orders from two reports: the sums of orders in one, their lines in the other, in any order of reading."""

import csv
import io
import tempfile
from datetime import date
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.imports.importer import import_file
from shop.access.roles import OWNER
from shop.db.database import Database
from shop.maintenance import figures_are_true
from shop.metrics.query import total
from shop.metrics.request import Query
from shop.orders.undo_import import undo_import
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

ORDERS = (
    "订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实际支付金额,"
    "订单状态,收货地址 ,订单创建时间,订单付款时间,"
    "宝贝标题 ,宝贝总数量,天猫卡券抵扣,退款金额,确认收货时间"
)
ITEMS = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,商家编码,买家应付货款,买家实际支付金额,退款金额,"
    "订单创建时间,订单付款时间"
)
METRICS = (
    "gmv",
    "buyer_paid",
    "shipping_paid",
    "refunds",
    "net_sales",
    "orders",
    "units",
    "platform_discounts",
)
STATE = (
    "SELECT order_id, line_id, sku, quantity, list_cents, seller_discount_cents, platform_discount_cents, "
    "buyer_paid_cents, shipping_cents, province, status, completed_at, updated_at FROM order_line "
    "ORDER BY order_id, line_id"
)


def yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def write(path: Path, header: str, rows: list[list[str]]) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header.split(","), *rows])
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def reports(folder: Path, seed: int) -> tuple[list[Path], dict[str, int]]:
    """An early and a late order report and an item report of the same orders, and what their figures are."""
    random = Random(seed)
    early, late, items = [], [], []
    due = dict.fromkeys(METRICS, 0)
    for number in range(random.randint(1, 3)):
        order, at = f"30000000000000000{number}1", f"2026-01-{10 + number} 20:00:0"
        postage, lines = random.choice((0, 1200)), []
        for line in range(random.randint(1, 3)):
            unit, pieces = random.randint(1000, 9999), random.randint(1, 2)
            asked = unit * pieces - random.choice((0, 333))  # less what the shop gave
            coupon = random.choice((0, 0, 101, 500))
            back = random.choice((0, 0, asked - coupon))
            lines.append((asked, coupon, back))
            state = "交易关闭" if back else "交易成功"
            row = [
                f"{order}{line}",
                order,
                "手工主人杯",
                yuan(unit),
                str(pieces),
                state,
                f"CUP-{line}",
                yuan(asked),
            ]
            items.append([*row, yuan(asked - coupon - back), yuan(back), f"{at}0", f"{at}5"])
            due["units"] += pieces
        asked, coupon, back = (sum(part) for part in zip(*lines, strict=True))
        for rows, refunded, state in ((early, 0, "买家已付款"), (late, back, "交易成功")):
            paid = asked - coupon + postage
            head = [
                order,
                "buyer",
                yuan(asked),
                yuan(postage),
                yuan(asked + postage),
                yuan(paid - refunded),
                state,
            ]
            done = f"2026-01-{20 + number} 10:00:00" if rows is late else ""
            rows.append(
                [*head, "江西省 景德镇市", f"{at}0", f"{at}5", "杯", "3", yuan(coupon), yuan(refunded), done]
            )
        due["gmv"] += asked
        due["buyer_paid"] += asked - coupon
        due["platform_discounts"] += coupon
        due["shipping_paid"] += postage
        due["refunds"] += back
        due["orders"] += 1
    due["net_sales"] = due["gmv"] - due["refunds"]
    files = [
        write(folder / "ExportOrderList1.csv", ORDERS, early),
        write(folder / "ExportOrderList2.csv", ORDERS, late),
        write(folder / "ExportItemList.csv", ITEMS, items),
    ]
    return files, due


def figures(db: Database) -> dict[str, Any]:
    return total(db, Query(METRICS, date(2026, 1, 1), date(2026, 1, 31)))


def state(db: Database) -> list[Any]:
    with db.read() as connection:
        return list(connection.exec_driver_sql(STATE).all())


@given(st.integers(0, 10**9), st.sampled_from(list(permutations(range(3)))))
@settings(max_examples=examples(5), deadline=None)
def test_orders_and_items_give_one_end_state_and_the_sums_of_both(seed: int, order: tuple[int, ...]) -> None:
    """Postage and the platform's coupons are in one report only, lines in the other: both count once."""
    with tempfile.TemporaryDirectory() as name:
        files, due = reports(Path(name), seed)
        states = []
        for number, places in enumerate((range(3), order)):
            db = new_database(Path(name) / f"{number}.db")
            for place in places:
                assert import_file(db, files[place]).rejected == 0
            assert figures(db) == due
            again = import_file(db, write(Path(name) / f"{number}.csv", *_content(files[2])))
            assert (again.stored, figures(db)) == (0, due)
            states.append(state(db))
            db.close()
        assert states[0] == states[1]


def _content(path: Path) -> tuple[str, list[list[str]]]:
    """The same rows as another file: an extra empty row at the end."""
    header, *rows = csv.reader(io.StringIO(path.read_bytes().decode("gb18030"), newline=""))
    return ",".join(header), [*rows, [""]]


@pytest.mark.parametrize("undone", [0, 1, 2])
def test_a_report_that_is_undone_leaves_what_the_others_state(tmp_path: Path, undone: int) -> None:
    files, due = reports(tmp_path, 11)
    db, other = new_database(tmp_path / "shop.db"), new_database(tmp_path / "other.db")
    for number, file in enumerate(files):
        import_file(db, file)
        if number != undone:
            import_file(other, file)
    with db.write() as connection:
        undo_import(connection, 1, undone + 1, OWNER)
    assert state(db) == state(other)
    assert figures(db) == figures(other)
    assert figures(other) == due or undone == 2
    assert figures_are_true(db)
    import_file(db, files[undone])
    assert figures(db) == due
    other.close()
    db.close()
