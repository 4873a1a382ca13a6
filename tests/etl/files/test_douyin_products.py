from datetime import date

import pytest

from etl.errors import PeriodWanted
from etl.files.douyin_products import period_in
from etl.imports.importer import import_file
from tests.support.files_by_kind import DATA

NAME = "商品_2025-10-01_2025-10-31.csv"


def test_each_carrier_is_a_record_of_the_given_period(load, rows):
    report = load(NAME)
    assert [(r.row, r.code) for r in report.reasons] == [(3, "RuinedId")]
    result = rows(
        "SELECT carrier, first_on, last_on, gmv_cents, orders, units, exposed_viewers, "
        "impressions, refund_cents FROM product_statement ORDER BY carrier"
    )
    period = ("2025-10-01", "2025-10-31")
    assert result == [
        ("all", *period, 100000, 10, 12, 3000, 5000, 8800),
        ("live", *period, 60000, 6, None, 2000, None, None),
        ("product_card", *period, 40000, 4, None, None, None, None),
        ("video", *period, 0, None, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-10-01..2025-10-31", date(2025, 10, 1), date(2025, 10, 31)),
        ("商品_20251001-20251031.xlsx", date(2025, 10, 1), date(2025, 10, 31)),
        ("商品 2025年10月.csv", date(2025, 10, 1), date(2025, 10, 31)),
        ("商品2024-02.csv", date(2024, 2, 1), date(2024, 2, 29)),
        ("商品_2025-10-05.csv", date(2025, 10, 5), date(2025, 10, 5)),
    ],
)
def test_periods_named_in_the_file(text, first, last):
    assert period_in(text) == (first, last)


@pytest.mark.parametrize("text", ["商品.csv", "2025-10-31..2025-10-01", "2025-13-01", "v2.5"])
def test_periods_that_are_not(text):
    assert period_in(text) is None


def test_a_report_without_its_days_needs_an_answer(db, tmp_path, rows):
    path = tmp_path / "商品.csv"
    path.write_bytes((DATA / NAME).read_bytes())
    with pytest.raises(PeriodWanted):
        import_file(db, path)
    import_file(db, path, settings={"period": "2025-10-01..2025-10-07"})
    assert rows("SELECT DISTINCT last_on FROM product_statement") == [("2025-10-07",)]
