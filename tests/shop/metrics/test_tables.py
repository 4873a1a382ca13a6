"""A missing cell is None for whoever reads a table row by row, whatever type the column has."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.metrics.tables import FactRows, cells, joined, records

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


@given(st.sets(st.sampled_from(["2026-01", "2026-02", "2026-03"]), min_size=1), st.sets(st.text(max_size=2)))
def test_every_group_of_time_has_a_row_of_each_other_group_in_order(months: set[str], skus: set[str]) -> None:
    unknown: set[str | None] = {*skus, None}
    for by, place in ((("month", "sku"), 0), (("sku", "month"), 1)):
        rows = {(min(months), sku) if place == 0 else (sku, min(months)): (1,) for sku in unknown}
        table = joined(by, [(month,) for month in months], [FactRows(by, ("units",), rows)])
        pairs = [(month, sku) for month in sorted(months) for sku in (*sorted(skus), None)]
        back = [(sku, month) for sku in (*sorted(skus), None) for month in sorted(months)]
        assert table.keys == (pairs if place == 0 else back)
        assert sum(value is not None for value in table.columns["units"]) == len(unknown)
