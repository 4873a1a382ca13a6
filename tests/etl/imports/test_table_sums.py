"""What an import stored, held against a slow reader that shares nothing with this project; rows that are no records."""

import pytest
from sqlalchemy import text

from etl.imports.importer import import_file
from etl.imports.records import is_total
from shop.db.database import Database
from tests.oracles import table_rows
from tests.support.files_by_kind import DATA


def test_refunds_are_those_of_a_second_reader(db: Database) -> None:
    path = DATA / "aftersale.csv"
    report = import_file(db, path)
    rejected = {reason.row - 2 for reason in report.reasons}
    rows = table_rows.records(path.read_text("utf-8-sig"), ",")
    good = [row for number, row in enumerate(rows) if number not in rejected and row["售后单号"]]
    refunded = {row["售后单号"]: row for row in good if "退款成功" in row["售后状态"]}
    with db.read() as connection:
        query = text("SELECT count(*), sum(amount_cents) FROM refund WHERE status = 'refunded'")
        result = tuple(connection.execute(query).one())
    assert result == (len(refunded), table_rows.total(list(refunded.values()), "退商品金额（元）"))


@pytest.mark.parametrize(
    "cell", ["合计", "总计：", "本页小计 3 件", "共 2 条记录", "Total (2 rows)", "共计：3,000"]
)
def test_words_of_rows_that_are_no_records(cell: str) -> None:
    assert is_total(cell)
    assert not is_total(f"手工主人杯 {cell}")
