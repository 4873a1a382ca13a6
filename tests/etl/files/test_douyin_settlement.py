from datetime import date
from decimal import Decimal

from etl.imports.importer import import_file
from shop.metrics.query import Query, answer
from shop.profit.margins import sold_lines


def test_payouts_fees_and_subsidies(load, rows):
    report = load("settlement.csv")
    assert (report.kind, report.read, report.stored, report.rejected) == ("douyin_settlement", 6, 6, 0)
    result = rows(
        "SELECT substr(line_id, -3), kind, paid_out_cents, income_cents, buyer_paid_cents, "
        "platform_subsidy_cents, creator_subsidy_cents, platform_fee_cents, commission_cents, "
        "settled_on FROM settlement ORDER BY 1, 2"
    )
    day = "2025-10-12"
    assert result == [
        ("001", "已结算", 8360, 8800, 7800, 800, 200, 440, 0, day),
        ("002", "已结算", 6600, 8800, 8800, 0, 0, 440, 1760, day),
        ("002", "已结算", 6600, 8800, 8800, 0, 0, 440, 1760, day),
        ("003", "结算后退款", -6600, -8800, -8800, 0, 0, -440, -1760, day),
        ("004", "已结算", 8000, 8800, 8800, 0, 0, 800, 0, day),  # fees written without a minus
        ("005", "已结算", 1235, 1300, 1300, 0, 0, 65, 0, day),  # 12.345, half up
    ]


def test_formula_row_and_totals_are_no_records_and_half_cents_are_rounded(load):
    report = load("settlement.csv")
    assert (report.reasons, report.rounded, report.rounded_by) == ((), 1, Decimal("0.005"))


ORDER = """主订单编号,子订单编号,选购商品,商品数量,商品ID,商品单价,订单应付金额,订单提交时间,支付完成时间,订单状态
6910000000000000001,6910000000000000001,手工主人杯,1,3600,100.00,100.00,2026-01-10 20:00:00,2026-01-10 20:00:05,已完成
"""
SETTLED = """结算时间,订单号,子订单号,结算金额,结算单类型,用户实付,收入合计,平台服务费,佣金,站外推广费
2026-01-25 09:59:58,6910000000000000001,6910000000000000001,94.00,已结算,100.00,100.00,-5.00,0,-1.00
"""
FLOW = """动账时间,动帐流水号,动账方向,动账金额,动账场景,子订单号,订单号,订单实付应结,平台服务费,佣金,站外推广费
2026-01-25 10:00:00,D1,入账,94.00,货款结算入账,6910000000000000001,6910000000000000001,100.00,-5.00,0,-1.00
"""


def test_a_payout_that_two_kinds_of_files_state_counts_once(db, tmp_path):
    query = Query(
        metrics=("settlement_income", "platform_fees"), start=date(2026, 1, 1), end=date(2026, 1, 31)
    )
    for name, content in (("orders", ORDER), ("settled", SETTLED), ("flow", FLOW)):
        path = tmp_path / f"{name}.csv"
        path.write_text(content, "utf-8")
        assert import_file(db, path).stored == 1
        if name != "orders":
            figures = answer(db, query)
            assert figures.iloc[0].tolist() == [100_00, 5_00], name
            line = sold_lines_of(db, query)
            assert (line.fee_cents, line.commission_cents) == (6_00, 0), name


def sold_lines_of(db, query):
    with db.read() as connection:
        (line,) = sold_lines(connection, query)
    return line
