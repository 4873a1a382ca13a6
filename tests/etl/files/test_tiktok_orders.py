import csv

import pytest
from python_calamine import CalamineWorkbook

from etl.errors import AmbiguousDates, CurrencyWanted
from etl.imports.importer import import_file
from shop.export.tables import write_table
from tests.support.files_by_kind import DATA

LINES = (
    "SELECT line_id, sku, status, quantity, list_cents, seller_discount_cents, "
    "platform_discount_cents, buyer_paid_cents, shipping_cents, currency, paid_on "
    "FROM order_line ORDER BY line_id"
)


def test_long_header_in_ringgit(load, rows):
    report = load("tiktok_long.csv")
    assert (report.read, report.stored, report.rejected) == (6, 4, 2)
    first, second, third = "577000000000000001", "577000000000000002", "577000000000000003"
    assert rows(LINES) == [
        (
            f"{first}/1729400000000000001/1",
            "QC-CUP",
            "completed",
            2,
            10000,
            1000,
            500,
            8500,
            490,
            "MYR",
            "2025-10-31",
        ),
        (
            f"{first}/1729400000000009999/1",
            "1729400000000009999",
            "completed",
            1,
            3050,
            0,
            0,
            3050,
            0,
            "MYR",
            "2025-10-31",
        ),
        (
            f"{second}/1729400000000000002/1",
            "QC-CUP",
            "cancelled",
            1,
            5000,
            500,
            0,
            4500,
            500,
            "MYR",
            "2025-11-01",
        ),
        (f"{third}/1729400000000000003/1", "QC-CUP", "unpaid", 1, 2000, 0, 0, 2000, 0, "MYR", None),
    ]


def test_what_the_order_got_back_is_an_estimate_on_the_day_of_the_cancellation(load, rows):
    load("tiktok_long.csv")
    query = "SELECT order_id, amount_cents, shipping_cents, refunded_on, is_estimate FROM refund"
    assert rows(query) == [("577000000000000002", 4500, 500, "2025-11-03", 1)]


def test_unknown_words_and_more_than_the_list_are_rejected(load):
    reasons = [(r.row, r.column, r.code) for r in load("tiktok_long.csv").reasons]
    assert reasons == [
        (7, "Order Status", "UnknownStatus"),
        (8, "SKU Subtotal After Discount", "MoreThanList"),
    ]


def test_short_header_without_payment_time_in_rupiah(load, rows):
    load("tiktok_24.csv")
    result = rows(
        "SELECT status, list_cents, buyer_paid_cents, currency, paid_on FROM order_line ORDER BY order_id"
    )
    assert result == [
        ("completed", 125000, 120000, "IDR", "2025-10-25"),
        ("cancelled", 80000, 80000, "IDR", None),
        ("cancelled", 70000, 70000, "IDR", "2025-10-27"),
    ]
    assert rows("SELECT amount_cents, refunded_on FROM refund") == [(70000, "2025-10-27")]


def test_workbook_with_american_dates_takes_dollars_from_its_country(load, rows):
    assert load("tiktok.xlsx").stored == 1
    assert rows("SELECT list_cents, seller_discount_cents, currency, paid_on FROM order_line") == [
        (120000, 10000, "USD", "2025-10-31")
    ]


def _without(tmp_path, *, prefix="MYR ", country="Malaysia", days=()):
    text = (DATA / "tiktok_long.csv").read_text("utf-8-sig").replace(prefix, "")
    text = text.replace(country, "Atlantis")
    for old, new in days:
        text = text.replace(old, new)
    path = tmp_path / "tiktok.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_file_without_a_currency_needs_an_answer(db, tmp_path):
    path = _without(tmp_path)
    with pytest.raises(CurrencyWanted):
        import_file(db, path)
    assert import_file(db, path, settings={"currency": "MYR"}).stored == 4


def test_ambiguous_dates_need_an_answer(db, tmp_path, rows):
    path = _without(tmp_path, prefix="!", country="!", days=[("31/10/2025", "03/10/2025")])
    with pytest.raises(AmbiguousDates):
        import_file(db, path)
    import_file(db, path, settings={"dates": "mdy"})
    assert rows("SELECT min(paid_on) FROM order_line") == [("2025-01-11",)]


def test_rejected_rows_are_read_again_with_the_headers_of_their_file(db, load, rows, monkeypatch):
    from etl.files import tiktok_orders
    from etl.imports.retry import retry

    load("tiktok_long.csv")
    monkeypatch.setitem(tiktok_orders.STATUS, "Teleported", "shipped")
    retry(db)
    result = rows("SELECT line_id, currency, created_at, paid_on FROM order_line WHERE status = 'shipped'")
    assert result == [("577000000000000004/1729400000000000004/1", "MYR", 1762052400, None)]


def test_rupiah_of_a_file_are_exported_as_they_were_written(load, db, tmp_path):
    load("tiktok_24.csv")
    for name in ("lines.csv", "lines.xlsx"):
        write_table(db, "order_line", tmp_path / name)
    with (tmp_path / "lines.csv").open(encoding="utf-8-sig") as file:
        lists = sorted(row["list"] for row in csv.DictReader(file))
    assert "125000" in lists and all("." not in text for text in lists)
    header, *rows = CalamineWorkbook.from_path(tmp_path / "lines.xlsx").get_sheet_by_index(0).to_python()
    assert sorted(str(int(row[header.index("list")])) for row in rows) == lists


def test_a_settlement_states_what_the_courier_cost(load, rows, tmp_path):
    """What TikTok deducts for shipping is the courier's, and stays part of the other fees that make the sums add up."""
    header, first, *_ = (DATA / "tiktok_settlement.csv").read_text("utf-8-sig").splitlines()
    path = tmp_path / "income.csv"
    first = first.replace("88.00", "84.50").replace("-12.00", "-15.50")
    path.write_text(f"{header},Seller shipping fee\n{first},-3.50\n", "utf-8")
    load(path)
    assert rows(
        "SELECT paid_out_cents, platform_fee_cents, other_fee_cents, courier_cents FROM settlement"
    ) == [(84_50, 7_00, 3_50, 3_50)]


@pytest.mark.parametrize(("given", "goods", "shipping"), [("26.49", 2000, 499), ("10.00", 1000, 0)])
def test_sales_tax_is_in_no_refund(db, rows, tmp_path, given, goods, shipping):
    path = tmp_path / "us.csv"
    path.write_text(
        "Order ID,Order Status,SKU ID,Seller SKU,Product Name,Quantity,SKU Unit Original Price,"
        "SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,"
        "Shipping Fee After Discount,Taxes,Order Amount,Order Refund Amount,Created Time,Paid Time\n"
        "577111111111111112\t,Completed,1729111111111111111\t,CUP,Cup,1,USD 20.00,USD 20.00,0,0,USD 20.00,"
        f"USD 4.99,USD 1.50,USD 26.49,USD {given},01/16/2026 08:00:00 AM\t,01/16/2026 08:00:30 AM\t\n",
        "utf-8",
    )
    assert import_file(db, path).stored == 1
    assert rows("SELECT buyer_paid_cents, shipping_cents FROM order_line") == [(2000, 499)]
    assert rows("SELECT amount_cents, shipping_cents FROM refund") == [(goods, shipping)]
