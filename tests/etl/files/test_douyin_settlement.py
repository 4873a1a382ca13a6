from decimal import Decimal


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
