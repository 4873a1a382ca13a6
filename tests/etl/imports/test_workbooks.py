"""Workbooks with several worksheets: of one kind that overlap, and of several kinds."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from etl.imports.importer import import_file
from shop.db.database import Database
from tests.support.files_by_kind import DATA

Row = Sequence[Any]
RETAIL: Row = (
    "Invoice",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "Price",
    "Customer ID",
    "Country",
)
SALE: Row = ("489434", "85048", "BALL", 12, "2010-12-01 07:45:00", 6.95, 13085, "UK")
RETURN: Row = ("C489436", "85048", "BALL", -1, "2010-12-06 07:46:00", 6.95, 13085, "UK")
LATER: Row = ("489500", "22423", "STAND", 2, "2011-01-05 07:46:00", 1.5, 13085, "UK")


def book(path: Path, **worksheets: Sequence[Row]) -> Path:
    with Workbook(path) as workbook:
        for name, rows in worksheets.items():
            worksheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                worksheet.write_row(number, 0, row)
    return path


def rows_of(name: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO((DATA / name).read_text(encoding))))


def test_rows_that_two_worksheets_have_are_one_record_and_doubles_of_one_stay_two(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    """The workbook of two years, whose second worksheet begins nine days before the first one ends."""
    both = [RETAIL, SALE, SALE, RETURN]
    path = book(tmp_path / "retail.xlsx", first=both, second=[*both, LATER])
    report = import_file(db, path)
    assert (report.read, report.stored, report.unchanged, report.rejected) == (7, 4, 3, 0)
    assert rows("SELECT SUM(list_cents), SUM(quantity), COUNT(*) FROM order_line") == [
        (2 * 83_40 + 3_00, 26, 3)
    ]
    assert rows("SELECT SUM(amount_cents), COUNT(*) FROM refund") == [(6_95, 1)]


def test_worksheets_of_several_kinds_are_all_read_and_the_rest_is_named(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    path = book(
        tmp_path / "export.xlsx",
        orders=rows_of("douyin_orders.csv", "gb18030"),
        notes=[("do not edit",)],
        cases=rows_of("aftersale.csv"),
    )
    report = import_file(db, path)
    assert report.kind == "douyin_orders + douyin_aftersale" and report.worksheets_left == ("notes",)
    stored = rows("SELECT kind, worksheet, stored FROM source_file ORDER BY source_id")
    assert [(kind, worksheet) for kind, worksheet, _ in stored] == [
        ("douyin_orders", "orders"),
        ("douyin_aftersale", "cases"),
    ]
    assert sum(item[2] for item in stored) == report.stored > 0
    again = import_file(db, path)
    assert again.seen_before and (again.stored, again.rejected) == (0, report.rejected)
