"""Exports: what a spreadsheet opens is text or number, never a formula."""

import io

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from shop.export.spreadsheet import SpreadsheetColumn, csv_bytes, defused, xlsx_bytes

EVIL = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1", "\u3000=1"]
FIELDS = [
    SpreadsheetColumn("name", "名称"),
    SpreadsheetColumn("gmv", "成交金额", "money", "CNY"),
    SpreadsheetColumn("rate", "率", "rate"),
    SpreadsheetColumn("units", "件", "count"),
]


def table(name: str = "杯") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [name, None],
            "gmv": pd.array([123_450, None], "Int64"),
            "rate": pd.array([0.125, None], "Float64"),
            "units": pd.array([-3, 4], "Int64"),
        }
    )


@pytest.mark.parametrize("text", EVIL)
def test_formulas_are_defused(text):
    assert defused(text) == "'" + text


@pytest.mark.parametrize("text", ["杯", "a=b", "1-2", "", "3.5"])
def test_other_text_stays_as_it_is(text):
    assert defused(text) == text


def test_csv_has_its_mark_and_exact_money():
    raw = csv_bytes(table("=cmd()"), FIELDS)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == ["名称,成交金额,率,件", "'=cmd(),1234.50,0.125,-3", ",,,4"]


def test_xlsx_stores_numbers_as_numbers_and_contains_no_formula():
    raw = xlsx_bytes(table("=cmd()"), FIELDS)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["'=cmd()", 1234.5, 0.125, -3]
    assert b"<f>" not in raw
