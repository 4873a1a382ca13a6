"""An import is taken back on the Data page: what would go is shown first, and it can be kept."""

import csv
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from xlsxwriter import Workbook

from dashboard.views.data import wording
from etl.imports.importer import import_file
from shop import coverage
from shop.connect import connect
from tests.support.pages import ROOT, bodies, no_error, open_page, shown

FILE = Path(__file__).parents[3] / "data" / "cases" / "01-dy-reexport-fills-carrier" / "day2.csv"


def test_an_import_is_shown_and_undone(empty_shop: Path) -> None:
    db = connect(str(empty_shop))
    import_file(db, FILE)
    page = open_page("data")
    page.selectbox(key="undo-import").select(1).run()
    page.button(key="undo-show").click().run()
    assert f"{FILE.name}：将删除 40 个订单" in "".join(bodies(page))
    page.button(key="undo-keep").click().run()
    assert len(coverage.files(db)) == 1
    page.selectbox(key="undo-import").select(1).run()
    page.button(key="undo-show").click().run()
    page.button(key="undo-go").click().run()
    assert no_error(page)
    assert coverage.files(db).empty
    db.close()


@pytest.mark.parametrize("is_archive", [True, False])
def test_what_was_dropped_as_one_file_is_undone_as_one(
    empty_shop: Path, tmp_path: Path, *, is_archive: bool
) -> None:
    spring = ROOT / "sample_data" / "spring_2022"
    tables = [spring / f"douyin_{kind}_2021-11.csv" for kind in ("aftersale", "orders")]
    path = tmp_path / ("export.zip" if is_archive else "export.xlsx")
    if is_archive:
        with ZipFile(path, "w") as archive:
            for table in tables:
                archive.write(table, table.name)
    else:
        with Workbook(path) as book:
            for table in tables:
                worksheet = book.add_worksheet(table.stem[-20:])
                for number, row in enumerate(csv.reader(table.read_text("utf-8-sig").splitlines())):
                    worksheet.write_row(number, 0, [cell.strip() for cell in row])
    db = connect(str(empty_shop))
    import_file(db, FILE)
    import_file(db, path)
    assert len(coverage.files(db)) == 3
    page = open_page("data")
    page.selectbox(key="undo-import").select(3).run()
    page.button(key="undo-show").click().run()
    page.button(key="undo-go").click().run()
    assert no_error(page) and f"已撤销 {path.name}" in shown(page)
    assert coverage.files(db)["name"].tolist() == [FILE.name]
    db.close()


def test_a_file_that_is_read_again_and_again_is_one_line() -> None:
    """A feed of four kinds under one name, five times each; two single files stay as they are."""
    names = (
        "number",
        "name",
        "kind",
        "first_on",
        "last_on",
        "read",
        "stored",
        "unchanged",
        "set_aside",
        "imported",
    )
    feed = [
        (
            number,
            "feed",
            ("danmaku", "douyin_orders")[number % 2],
            None if number % 2 else f"2026-01-{number:02}",
        )
        for number in range(12, 2, -1)
    ]
    single = [(number, f"{number}.csv", "douyin_orders", "2026-01-01") for number in (2, 1)]
    rows = [(*row, row[3], 5, 4, 1, 0, f"minute {row[0]}") for row in [*feed, *single]]
    table = wording.read_files(pd.DataFrame(rows, columns=names))
    assert table["number"].tolist() == [12, 2, 1]
    first = table.iloc[0]
    assert "feed" in first["name"] and "10" in first["name"] and " + " in first["kind"]
    assert (first["first_on"], first["last_on"], first["read"], first["imported"]) == (
        "2026-01-04",
        "2026-01-12",
        50,
        "minute 12",
    )
