from dataclasses import astuple

import pytest

from etl.errors import BadProfile, OpenQuestion
from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model
from tests.support.files_by_kind import DATA


def test_online_retail(load, rows):
    report = load("online_retail.csv")
    assert (report.kind, report.read, report.stored, report.rejected) == ("online_retail", 12, 7, 5)
    result = rows(
        "SELECT order_id, sku, quantity, list_cents, buyer_paid_cents, paid_on, currency"
        " FROM order_line ORDER BY order_id, sku"
    )
    day = "2010-12-01"
    assert result == [
        ("536365", "71053", 6, 2034, 2034, day, "GBP"),
        ("536365", "85123A", 6, 1530, 1530, day, "GBP"),
        ("536409", "22111", 1, 495, 495, day, "GBP"),
        ("536409", "22111", 1, 495, 495, day, "GBP"),
        ("536414", "22139", 56, 0, 0, day, "GBP"),
        ("536420", "PADS", 1, 0, 0, "2010-12-02", "GBP"),
    ]
    assert ("WHITE HANGING HEART T-LIGHT HOLDER £",) in rows("SELECT title FROM sold_sku")
    assert rows("SELECT order_id, amount_cents, refunded_on, status, is_estimate FROM refund") == [
        ("C536379", 2750, "2010-12-13", "refunded", 0)
    ]
    reasons = [(r.row, r.column, r.code) for r in report.reasons]
    assert reasons == [
        (7, "Quantity", "NotPositive"),
        (8, "InvoiceNo", "ByRule"),
        (9, "InvoiceNo", "ByRule"),
        (11, "Quantity", "Missing"),
        (12, "Quantity", "NotNegative"),
    ]
    assert (report.rounded, str(report.rounded_by)) == (1, "-0.001")


def test_a_customer_is_the_same_with_and_without_a_decimal_point(load, rows):
    load("online_retail.csv")
    assert rows("SELECT COUNT(DISTINCT buyer_key) FROM order_line WHERE order_id = '536365'") == [(1,)]


def test_tmall_report_stores_the_province_and_no_address(load, rows):
    report = load("tmall.csv")
    assert [(r.row, r.code) for r in report.reasons] == [(5, "MoreThanList")]
    result = rows(
        "SELECT order_id, status, sku, list_cents, seller_discount_cents, "
        "buyer_paid_cents, province, paid_on FROM order_line ORDER BY 1"
    )
    assert result == [
        ("1", "unpaid", "(order)", 17880, 17880, 0, "上海", None),
        ("2", "paid", "(order)", 2100, 0, 2100, "内蒙古自治区", "2020-02-21"),
        ("3", "paid", "(order)", 3700, 0, 3700, None, "2020-02-20"),
    ]
    assert rows("SELECT order_id, amount_cents, refunded_on, is_estimate FROM refund") == [
        ("3", 3000, "2020-02-20", 1)
    ]


def test_etsy_listings_in_two_currencies(load, rows):
    assert [(r.row, r.code) for r in load("etsy.csv").reasons] == [(4, "BadMoney")]
    assert rows("SELECT sku, title, spec, price_cents, currency, quantity FROM listing ORDER BY 1") == [
        ("BOWL-S", "Tea bowl", "Shino", 4500, "JPY", None),
        ("BOWL-T", "Tea bowl", "Tenmoku", 4500, "JPY", None),
        ("MUG-1", "Celadon mug", None, 2850, "EUR", 3),
    ]


def test_shopify_rows_without_a_price_continue_a_product(load, rows):
    report = load("shopify.csv")
    assert (report.read, report.stored) == (3, 3)
    result = rows("SELECT sku, title, spec, status, price_cents, currency, quantity FROM listing ORDER BY 1")
    assert result == [
        ("MUG-L", "Celadon mug", "Large", "live", 3400, "CNY", 2),
        ("MUG-S", "Celadon mug", "Small", "live", 2800, "CNY", 4),
        ("plate", "Plate", None, "retired", 1990, "CNY", 0),
    ]
    assert rows("SELECT product_code, description FROM product ORDER BY 1") == [
        ("celadon-mug", "Thrown by hand"),
        ("plate", None),
    ]


@pytest.fixture
def ordini():
    return generic.kind_of(model.load(DATA / "ordini.toml"))


def test_a_profile_of_ones_own_with_decimal_commas_and_returns_by_word(load, rows, ordini):
    report = load("ordini.csv", kind=ordini)
    assert (report.read, report.stored, report.rejected) == (3, 2, 1)
    result = rows(
        "SELECT order_id, quantity, list_cents, buyer_paid_cents, province, created_at FROM order_line"
    )
    assert result == [("A-1", 2, 2500, 2500, "Toscana", 1759519800)]
    assert rows("SELECT order_id, amount_cents FROM refund") == [("A-2", 120000)]


def test_rejected_rows_are_read_again_by_the_same_profile(ordini):
    from etl.imports.registry import kind_of_source

    assert ordini.profile_text == (DATA / "ordini.toml").read_text("utf-8")
    again = kind_of_source(ordini.NAME, ordini.profile_text)
    assert list(map(astuple, again.FIELDS)) == list(map(astuple, ordini.FIELDS))
    assert again.VERSION == ordini.VERSION


def test_a_new_refund_updates_the_line_and_equal_lines_stay_two(db, tmp_path, rows, ordini):
    header, *lines = (DATA / "ordini.csv").read_text("cp1252").splitlines()
    for number, text in enumerate(([lines[0], lines[0]], [lines[0], lines[0].replace("Spedito", "Reso")])):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([header, *text]), "cp1252")
        import_file(db, path, kind=ordini)
    assert rows("SELECT COUNT(*), COUNT(DISTINCT line_id) FROM order_line") == [(2, 2)]


GOOD = (DATA / "ordini.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('table = "order_line"', 'table = "orders"', "table"),
        ("[money]", "[monney]", "monney"),
        ('decimal = ","', 'decimal = ";"', "money.decimal"),
        ('order_id = "Numero ordine"', "", "columns.order_id"),
        ('sku = "Articolo"', 'skuu = "Articolo"', "columns.skuu"),
        ('platform = "bottega"', "", "constants.platform"),
        ('currency = "EUR"', "", "constants.currency"),
        ('time_zone = "Europe/Rome"', 'time_zone = "Europe/Roma"', "dates.time_zone"),
        ('Spedito = "shipped"', 'Spedito = "sent"', "status.Spedito"),
        ('begins = "Totale"', "begins = 3", "ignore.begins"),
        ('column = "status"', 'column = "state"', "returns.column"),
        ('separator = ";"', 'separator = ";;"', "file.separator"),
        ('name = "ordini"', "name = [", "TOML"),
    ],
)
def test_a_profile_that_cannot_be_followed_names_the_place(old, new, key):
    assert old in GOOD
    with pytest.raises(BadProfile) as result:
        model.read(GOOD.replace(old, new), "ordini.toml")
    assert result.value.details["key"] == key


def test_an_open_question_is_rejected():
    with pytest.raises(OpenQuestion):
        model.read(GOOD + '\n[questions]\n"dates.order" = "dmy or mdy?"\n', "ordini.toml")


def test_a_column_that_the_table_lacks_is_named(load):
    from etl.errors import MissingColumns

    kind = generic.kind_of(model.read(GOOD.replace('"Totale"\nstatus', '"Importo"\nstatus'), "x.toml"))
    with pytest.raises(MissingColumns, match="Importo"):
        load("ordini.csv", kind=kind)


def test_all_tabs_of_a_workbook_are_read(db, tmp_path, rows):
    import xlsxwriter

    header, *lines = (DATA / "online_retail.csv").read_text("cp1252").splitlines()
    with xlsxwriter.Workbook(tmp_path / "retail.xlsx") as book:
        for name, some in (("Year 2009-2010", lines[:2]), ("Year 2010-2011", lines[2:4])):
            worksheet = book.add_worksheet(name)
            for row, line in enumerate([header, *some]):
                worksheet.write_row(row, 0, line.split(","))
    report = import_file(db, tmp_path / "retail.xlsx")
    assert (report.read, report.stored) == (4, 4)
    assert rows("SELECT COUNT(*) FROM order_line") == [(4,)]
