"""The exports of other back offices, read as they are: their figures, in any order of columns, as CSV or workbook."""

import csv
import io
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from dashboard.cli import root_command
from etl.errors import UnknownMeaning
from etl.imports.importer import import_file
from shop.connect import connect
from shop.db.database import Database
from shop.metrics.ad_costs import ads_by_day, ads_of_session
from tests.support.fresh import empty_shop_file, new_database

CASES = Path(__file__).parents[2] / "data" / "cases"
DATA = Path(__file__).parents[1] / "data"
SOLD = (
    "SELECT SUM(platform_discount_cents + buyer_paid_cents), COUNT(DISTINCT order_id), SUM(quantity), "
    "SUM(shipping_cents) FROM order_line WHERE paid_on IS NOT NULL AND NOT is_gift"
)
BACK = "SELECT COALESCE(SUM(amount_cents), 0), COALESCE(SUM(shipping_cents), 0) FROM refund"
# file, its kind, (gmv, orders, pieces, shipping), refunds of goods and of shipping: computed by hand, in cents
FIGURES = (
    ("02-kuaishou-orders/orders.csv", "kuaishou_orders", (890_00, 6, 7, 12_00), (100_00, 0)),
    ("02-kuaishou-orders/orders.xlsx", "kuaishou_orders", (890_00, 6, 7, 12_00), (100_00, 0)),
    (
        "03-taobao-exportorderlist/ExportOrderList202601.csv",
        "taobao_orders",
        (750_00, 6, 8, 12_00),
        (130_00, 0),
    ),
    ("05-pinduoduo-orders/orders_export.csv", "pinduoduo_orders", (480_00, 4, 5, 8_00), (100_00, 0)),
    ("07-wechat-channels-shop/订单.xlsx", "wechat_orders", (460_00, 3, 5, 12_00), (40_00, 0)),
    ("08-etsy-sold-orders/EtsySoldOrders2026-1.csv", "etsy_orders", (240_00, 4, 5, 24_00), (30_00, 0)),
    (
        "09-etsy-sold-order-items/EtsySoldOrderItems2026-1.csv",
        "etsy_order_items",
        (240_00, 3, 5, 18_00),
        (0, 0),
    ),
    ("11-shopify-orders-export/orders_export_1.csv", "shopify_orders", (320_00, 5, 7, 30_00), (70_00, 6_00)),
    (
        "12-woocommerce-advanced-export/orders-2026-01.csv",
        "woocommerce_orders",
        (280_00, 4, 6, 24_00),
        (66_00, 0),
    ),
)
each = pytest.mark.parametrize("case", FIGURES, ids=lambda case: case[0])


def figures(db: Database, query: str) -> tuple[int, ...]:
    with db.read() as connection:
        return tuple(connection.exec_driver_sql(query).one())


@each
def test_figures_are_right_through_the_command(case: Any, tmp_path: Path, monkeypatch: Any) -> None:
    name, kind, sold, back = case
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    result = CliRunner().invoke(
        root_command(), ["import", str(CASES / name), "--json"], catch_exceptions=False
    )
    report = json.loads(result.output)["files"][0]
    assert (result.exit_code, report["kind"], report["set_aside"]) == (0, kind, 0)
    db = connect(str(tmp_path / "shop.db"))
    assert figures(db, SOLD) == sold
    assert figures(db, BACK) == back
    with db.read() as connection:
        stored = "\n".join(map(str, connection.exec_driver_sql("SELECT * FROM order_line").all()))
    db.close()
    assert "CANARY" not in stored and "example.com" not in stored


def table_of(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        worksheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return [[str(cell) for cell in row] for row in worksheet]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    return [row for row in csv.reader(io.StringIO(text, newline="")) if row]


@each
def test_figures_do_not_depend_on_the_shape_of_the_file(case: Any, tmp_path: Path) -> None:
    name, kind, sold, back = case
    jitter = random.Random(name)
    rows = table_of(CASES / name)
    places = jitter.sample(range(len(rows[0])), len(rows[0]))
    shuffled = [[row[place] for place in places] for row in rows]
    shuffled = [["x", *row, f"extra {n}"] for n, row in enumerate(shuffled)]
    shuffled[0][0], shuffled[0][-1] = "内部编号", "内部说明"
    out = io.StringIO(newline="")
    csv.writer(out).writerows(shuffled)
    book = io.BytesIO()
    with Workbook(book, {"in_memory": True}) as workbook:
        worksheet = workbook.add_worksheet("Sheet1")
        for number, row in enumerate(shuffled):
            for column, cell in enumerate(row):
                worksheet.write_string(number, column, cell)
    files = {
        "utf8.csv": out.getvalue().encode("utf-8-sig"),
        "gb.csv": out.getvalue().encode("gb18030"),
        "book.xlsx": book.getvalue(),
    }
    for file, content in files.items():
        path = tmp_path / file
        path.write_bytes(content)
        db = new_database(tmp_path / f"{file}.db")
        report = import_file(db, path)
        assert (report.kind, report.rejected) == (kind, 0)
        assert (figures(db, SOLD), figures(db, BACK)) == (sold, back)
        db.close()


def test_a_gift_order_is_a_line_of_the_order_that_it_came_with(db: Database) -> None:
    import_file(db, CASES / "02-kuaishou-orders/orders.csv")
    gifts = figures(db, "SELECT order_id, sku, quantity, buyer_paid_cents FROM order_line WHERE is_gift")
    assert gifts == ("2600000000001", "TRAY", 1, 0)


def test_a_gift_line_is_no_piece_in_a_file_whose_reader_knows_no_gifts(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    """By its word with a list price, and by no price at all beside a line with one."""
    header = "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,商家编码,买家应付货款"
    header += ",买家实际支付金额,退款金额,订单创建时间,订单付款时间"
    lines = ("杯,100.00,{},CUP,100.00,100.00", "【赠品】杯垫,9.90,{},MAT,0,0", "茶巾,0,{},CLOTH,0,0")
    at = "无退款申请,2026-01-10 20:00:00,2026-01-10 20:00:05"
    path = tmp_path / "items.csv"
    written = (f"{n},1,{line.format('1,买家已付款')},{at}" for n, line in enumerate(lines))
    path.write_text("\n".join((header, *written)), "gb18030")
    assert import_file(db, path).kind == "taobao_order_items"
    assert rows("SELECT sku, is_gift FROM order_line ORDER BY sku") == [("CLOTH", 1), ("CUP", 0), ("MAT", 1)]


@pytest.mark.parametrize(("pieces", "code"), [("无", "BadCount"), ("9999999999999", "TooMuch")])
def test_the_sum_of_an_order_is_not_given_to_the_lines_that_can_be_read(
    db: Database, tmp_path: Path, pieces: str, code: str
) -> None:
    """A line of unknown weight: what of the subtotal is the other line's is unknown too."""
    header = "Name,Financial Status,Paid at,Currency,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price"
    at = "2026-01-10 20:00:00 +0000"
    path = tmp_path / "orders_export.csv"
    path.write_text(
        f"{header}\n#1,paid,{at},EUR,120,{at},{pieces},A,40\n#1,,,,,{at},1,B,40\n#2,paid,{at},EUR,9,{at},1,C,9\n"
    )
    report = import_file(db, path)
    assert {reason.code for reason in report.reasons} >= {code}
    with db.read() as connection:
        stored = connection.exec_driver_sql("SELECT SUM(buyer_paid_cents) FROM order_line").scalar()
    assert (report.stored, stored) == (1, 9_00)


def test_shopify_shares_a_discount_and_preserves_the_offset_of_each_moment(
    load: Any, rows: Any, db: Database
) -> None:
    import_file(db, CASES / "11-shopify-orders-export/orders_export_1.csv")
    paid = rows(
        "SELECT sku, seller_discount_cents, buyer_paid_cents FROM order_line WHERE order_id = '#1002'"
    )
    assert sorted(paid) == [("BOWL-2", 615, 7385), ("MUG-1", 385, 4615)]  # 10.00 over 80.00 and 50.00
    at = rows("SELECT paid_at FROM order_line WHERE order_id IN ('#1003', '#1006') ORDER BY order_id")
    assert at == [(1769905800,), (1782862200,)]  # 2026-02-01 00:30 +0000, 2026-07-01 00:30 +0100


SHOPIFY = (
    "Name,Financial Status,Paid at,Currency,Subtotal,Shipping,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Lineitem discount\n"
)


def test_shopify_shares_the_subtotal_by_what_each_line_costs_after_its_own_discount(
    rows: Any, db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "orders_export.csv"
    path.write_text(
        f"{SHOPIFY}#1,paid,2026-01-10 20:00:05 +0000,GBP,90.00,free,2026-01-10 20:00:00 +0000,1,Mug,50.00,MUG,20.00\n"
        "#1,,,,,,2026-01-10 20:00:00 +0000,2,Bowl,30.00,BOWL,0.00\n"
        "#2,paid,2026-01-10 20:00:05 +0000,JPY,5000,700,2026-01-10 20:00:00 +0000,1,Vase,5000,VASE,0\n"
        "#3,paid,2026-01-10 20:00:05 +0000,pound,50.00,0,2026-01-10 20:00:00 +0000,1,Mug,50.00,MUG,0\n",
        "utf-8",
    )
    report = import_file(db, path)
    assert [(r.row, r.code, r.details["found"]) for r in report.reasons] == [(5, "BadCurrency", "POUND")]
    assert rows(
        "SELECT sku, currency, list_cents, buyer_paid_cents, shipping_cents FROM order_line ORDER BY sku"
    ) == [("BOWL", "GBP", 60_00, 60_00, 0), ("MUG", "GBP", 50_00, 30_00, 0), ("VASE", "JPY", 5000, 5000, 700)]


def test_shopify_rejects_an_order_that_lost_a_line_and_not_its_neighbours(
    rows: Any, db: Database, tmp_path: Path
) -> None:
    content = (DATA / "shopify_orders.csv").read_text("utf-8-sig")
    path = tmp_path / "orders_export.csv"
    path.write_text(content.replace("#1011,canary@example.com,,", "#lost,canary@example.com,,"), "utf-8")
    report = import_file(db, path)
    assert [(r.row, r.code) for r in report.reasons] == [(2, "MoreThanList"), (3, "Missing"), (5, "BadMoney")]
    assert rows("SELECT order_id, list_cents, buyer_paid_cents FROM order_line") == [("#1012", 50_00, 50_00)]


def test_woocommerce_takes_the_discounts_of_the_lines_where_an_order_has_any(
    rows: Any, db: Database, tmp_path: Path
) -> None:
    head = (
        "Order Number,Order Status,Order Date,Cart Discount Amount,Order Shipping Amount,Order Total Amount,SKU,"
        "Item Name,Quantity,Item Cost,Discount Amount,Order Currency\n"
    )
    lines = [
        "1,Completed,2026-01-10 20:00,5,0,85,MUG,Mug,1,50,5,USD",  # a coupon for mugs
        "1,Completed,2026-01-10 20:00,5,0,85,BOWL,Bowl,1,40,0,USD",
        "2,Completed,2026-01-10 20:00,9,0,81,MUG,Mug,1,50,0,USD",  # a coupon for the order
        "2,Completed,2026-01-10 20:00,9,0,81,BOWL,Bowl,1,40,0,USD",
    ]
    (tmp_path / "orders.csv").write_text(head + "\n".join(lines) + "\n", "utf-8")
    import_file(db, tmp_path / "orders.csv")
    paid = rows("SELECT order_id, sku, buyer_paid_cents FROM order_line ORDER BY order_id, sku")
    assert paid == [("1", "BOWL", 40_00), ("1", "MUG", 45_00), ("2", "BOWL", 36_00), ("2", "MUG", 45_00)]


def test_a_status_word_of_any_order_export_can_be_given_a_meaning(
    rows: Any, db: Database, tmp_path: Path
) -> None:
    content = (DATA / "shopify_orders.csv").read_text("utf-8-sig")
    path = tmp_path / "orders_export.csv"
    path.write_text(content.replace("refunded,2026", "settled in kind,2026"), "utf-8")
    assert "UnknownStatus" in {reason.code for reason in import_file(db, path).reasons}
    import_file(db, path, status_words={"settled in kind": "paid"})
    assert ("#1012",) in rows("SELECT order_id FROM order_line")
    with pytest.raises(UnknownMeaning):
        import_file(db, DATA / "fund_flow.csv", status_words={"入账": "paid"})


@pytest.mark.parametrize(
    ("header", "cell", "stored"),
    [
        ("GMV (S$)", "S$12.30", (1230, "SGD")),
        ("GMV (US$)", "US$12.30", (1230, "USD")),
        ("GMV", "$12.30", (1230, "CNY")),
    ],
)
def test_an_amount_of_a_live_session_may_name_the_currency_of_its_header(
    rows: Any, db: Database, tmp_path: Path, header: str, cell: str, stored: tuple[int, str]
) -> None:
    head = f"Creator,Launched Time,Duration,{header},Viewers\n"
    (tmp_path / "live.csv").write_text(f"{head}kiln,2026-01-10 20:00:00,1h,{cell},900\n", "utf-8")
    assert import_file(db, tmp_path / "live.csv", kind="tiktok_sessions").stored == 1
    assert rows("SELECT gmv_cents, currency FROM live_session") == [stored]


def test_fund_flow_gives_payouts_fees_and_what_was_undone(db: Database, rows: Any) -> None:
    report = import_file(db, CASES / "14-douyin-dongzhang/动账明细.csv")
    assert (report.kind, report.stored) == ("douyin_fund_flow", 2)
    assert rows(
        "SELECT order_id, paid_out_cents, platform_fee_cents, promotion_fee_cents, refund_cents FROM settlement "
        "ORDER BY order_id"
    ) == [("6910000000000000001", 94_00, 5_00, 1_00, 0), ("6910000000000000002", -100_00, 0, 0, 100_00)]


def test_spend_of_a_day_and_account_is_stored_once(db: Database, load: Any, rows: Any) -> None:
    load("qianchuan.csv")
    assert rows("SELECT platform, day, account, amount_cents, currency FROM ad_spend ORDER BY day") == [
        ("douyin", "2026-01-10", "18001", 300_50, "CNY"),
        ("douyin", "2026-01-11", "18001", 120_00, "CNY"),
    ]


QIANCHUAN = {
    "products.csv": "日期,账户ID,商品ID,整体消耗(元)\n2026-01-10,18001,9001,100.00\n2026-01-10,18001,9002,30.00\n",
    "rooms.csv": "账户ID,直播间名称,直播间ID,开播时间,消耗(元)\n18001,晚场,7001,2026-01-10 20:00:00,150.25\n",
    "plans.csv": "日期,账户ID,计划名称,消耗(元)\n2026-01-10,18001,冬季,200.00\n2026-01-10,18001,上新,80.25\n",
    "days.csv": "日期,消耗(元)\n2026-01-10,310.50\n2026-01-11,45.00\n",
}


@pytest.mark.parametrize("order", [1, -1])
def test_spend_stated_at_several_levels_counts_once(
    db: Database, tmp_path: Path, rows: Any, order: int
) -> None:
    """By product 130.00 and by session 150.25, by plan 280.25, by day of the whole shop 310.50: the last counts."""
    for name, content in list(QIANCHUAN.items())[::order]:
        (tmp_path / name).write_text(content, "utf-8")
        report = import_file(db, tmp_path / name)
        assert (report.kind, report.rejected) == ("qianchuan_spend", 0), name
    assert rows("SELECT level, SUM(amount_cents) FROM ad_spend GROUP BY level ORDER BY level") == [
        ("account", 355_50),
        ("plan", 280_25),
        ("product", 130_00),
        ("session", 150_25),
    ]
    values = {"shop": 1, "start": "2026-01-10", "end": "2026-01-11", "currency": "CNY"}
    at = int(datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp())
    with db.read() as connection:
        stated = ads_by_day(connection, values)
        own = {"shop": 1, "platform": "douyin", "session": "7001", "started": 0}
        by_start = {"shop": 1, "platform": "douyin", "session": "other", "started": at + 60}
        assert ads_of_session(connection, own) == ads_of_session(connection, by_start) == ("CNY", 150_25)
        assert ads_of_session(connection, by_start | {"started": at + 3600}) is None
    assert {key: day.cents for key, day in stated.items()} == {
        ("douyin", "2026-01-10"): 310_50,
        ("douyin", "2026-01-11"): 45_00,
    }


def test_the_etsy_statement_parts_sales_fees_and_advertising(load: Any, rows: Any) -> None:
    report = load("etsy_statement.csv")
    assert (report.read, report.stored, report.rejected) == (5, 4, 1)  # the deposit is no record
    assert rows(
        "SELECT order_id, kind, paid_out_cents, income_cents, platform_fee_cents, refund_cents FROM settlement "
        "ORDER BY kind"
    ) == [
        ("3300000011", "Fee", -3_25, 0, 3_25, 0),
        ("3300000013", "Refund", -29_00, -30_00, -1_00, 30_00),
        ("3300000011", "Sale", 54_07, 56_00, 1_93, 0),
    ]
    assert rows("SELECT day, amount_cents, currency FROM ad_spend") == [("2026-01-11", 4_50, "USD")]


def test_square_sales_have_the_zone_of_the_file_and_returns_their_own_day(load: Any, rows: Any) -> None:
    load("square_items.csv", currency="USD")
    assert rows(
        "SELECT sku, quantity, list_cents, buyer_paid_cents, paid_at FROM order_line ORDER BY sku"
    ) == [
        ("BOWL-2", 2, 80_00, 72_00, 1768093205),  # 2026-01-10 20:00:05 in New York
        ("MUG-1", 1, 50_00, 50_00, 1768093205),
    ]
    assert rows("SELECT amount_cents, is_estimate, kind FROM refund") == [(50_00, 0, "return_refund")]


@pytest.mark.parametrize("items_first", [True, False])
def test_orders_and_their_items_complete_each_other_and_never_add_up(db: Database, items_first: bool) -> None:
    files = [
        CASES / "08-etsy-sold-orders/EtsySoldOrders2026-1.csv",
        CASES / "09-etsy-sold-order-items/EtsySoldOrderItems2026-1.csv",
    ]
    for file in reversed(files) if items_first else files:
        import_file(db, file)
    # 50, 90 and 100 by their items, 50 of the order that only the file of orders has
    assert figures(db, SOLD) == (290_00, 4, 6, 24_00)
    assert figures(db, BACK) == (30_00, 0)
