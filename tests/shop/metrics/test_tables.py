"""A missing cell is None for whoever reads a table row by row, whatever type the column has."""

import pandas as pd
import pytest

from shop.metrics.tables import cells, records

COLUMNS = {
    "text": pd.Series(["a", None], dtype="str"),
    "string": pd.Series(["a", None], dtype="string"),
    "object": pd.Series(["a", float("nan")], dtype=object),
    "count": pd.Series([1, None], dtype="Int64"),
    "rate": pd.Series([0.5, None], dtype="Float64"),
    "float": pd.Series([0.5, None], dtype="float64"),
    "moment": pd.Series([pd.Timestamp("2026-01-01"), None]),
    "truth": pd.Series([True, None], dtype="boolean"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_missing_cell_is_none_and_a_known_one_is_unchanged(kind):
    known, missing = cells(COLUMNS[kind])
    assert known == COLUMNS[kind][0] and missing is None


def test_a_row_has_every_column_by_name():
    table = pd.DataFrame(COLUMNS)
    first, last = records(table)
    assert list(first) == list(COLUMNS) and None not in first.values()
    assert set(last.values()) == {None}


def test_a_table_without_rows_has_no_records():
    assert records(pd.DataFrame({"title": []})) == []
