"""Amounts of every currency leave the shop and come back equal to the last minor unit."""

import ast
import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from babel.core import get_global
from babel.numbers import list_currencies
from python_calamine import CalamineWorkbook

from dashboard.i18n import format
from dashboard.ui import tables
from etl.catalog.product_export import money as product_export_money
from etl.tables.amounts import amount
from shop.catalog.fields import BY_NAME, typed
from shop.core.money import DIGITS, minor_digits, minor_per_unit, to_decimal, to_minor
from shop.export.spreadsheet import SpreadsheetColumn, csv_bytes, xlsx_bytes

CURRENCIES = sorted(list_currencies())
ROOT = Path(__file__).parents[3]
AMOUNTS = (0, 1, 99, 125_000, 1_234_567, 99_999_999)


@pytest.mark.parametrize(
    "code, text, whole",
    [
        ("IDR", "IDR 125.000", "125000"),
        ("VND", "₫125,000", "125000"),
        ("KRW", "₩125,000", "125000"),
        ("JPY", "125000", "125000"),
        ("KWD", "KWD 12.345", "12.345"),
    ],
)
def test_an_amount_in_a_file_is_the_same_amount_in_every_download(code: str, text: str, whole: str) -> None:
    minor = amount(text, code)
    table = pd.DataFrame({"gmv": pd.array([minor], "Int64")})
    assert csv_bytes(table, [SpreadsheetColumn("gmv", "GMV", "money", code)]).decode("utf-8-sig").split() == [
        "GMV",
        whole,
    ]


def test_every_currency_survives_page_csv_workbook_and_typing() -> None:
    table = pd.DataFrame({"gmv": pd.array(AMOUNTS, "Int64")})
    before = format.currency()
    try:
        for code in CURRENCIES:
            survives(code, table)
    finally:
        format.use_currency(before)


def survives(code: str, table: pd.DataFrame) -> None:
    fields = [SpreadsheetColumn("gmv", "GMV", "money", code)]
    written = [row[0] for row in csv.reader(io.StringIO(csv_bytes(table, fields).decode("utf-8-sig")))][1:]
    assert [amount(text, code) for text in written] == list(AMOUNTS), code
    assert [typed(BY_NAME["price"], text, code) for text in written] == list(AMOUNTS), code
    assert [product_export_money(minor, code) for minor in AMOUNTS] == written, code
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(table, fields)))
    cells = [row[0] for row in book.get_sheet_by_index(0).to_python()][1:]
    read = [to_minor(str(Decimal(str(cell)).quantize(to_decimal(1, code))), code) for cell in cells]
    assert read == list(AMOUNTS), code
    format.use_currency(code)
    shown = tables._displayed_values(table["gmv"], "money")
    assert [round(value * minor_per_unit(code)) for value in shown] == list(AMOUNTS), code
    assert [round(value, minor_digits(code)) for value in shown] == [float(text) for text in written], code


def test_an_amount_finer_than_the_minor_unit_is_rejected() -> None:
    for code, text in (("JPY", "1.5"), ("CNY", "1.005"), ("KWD", "1.0005"), ("CNY", "NaN"), ("CNY", "x")):
        with pytest.raises(ValueError):
            to_minor(text, code)


def test_currencies_of_three_decimals_are_those_of_the_locale_data() -> None:
    fractions = get_global("currency_fractions")
    of_library = {code for code, (digits, *_) in fractions.items() if digits == 3}
    assert {code for code, digits in DIGITS.items() if digits == 3} == of_library | {"IQD"}
    assert all(fractions[code][0] == 0 for code, digits in DIGITS.items() if digits == 0)


def test_money_is_divided_and_multiplied_by_a_hundred_nowhere_else() -> None:
    assert _hundreds() == sorted(PERCENT)


PERCENT = (
    "(90 - cents) % 100",  # price ends of CNY
    "(commission_bp or 0) / 100",
    "100 * rank",
    "Decimal(str(value)) * 100",
    "abs((value or 0) - reported) * 100",
    "commission * 100",
    "d[:, 1] * 100",
    "doing.done * 100",
    "float(cell[:-1].replace(',', '')) / 100",
    "getattr(known, f'{rate}_bp') / 100",
    "of_era // 100",
    "ranks * 100",
    "taken // 100",
    "used * 100",
    "value * 100",
    "value / 100",
    "values.astype('Float64') * 100",
    "year % 100",
)


HUNDRED = r"(?:1_?00(?:\.0*)?|1e2)"
BESIDE_SIGN = re.compile(rf"[*/%]\s*\(*{HUNDRED}\b|\b{HUNDRED}\)*\s*[*/%]|{HUNDRED} if |else {HUNDRED}\b")


def _hundreds() -> list[str]:
    """Each arithmetic with 100 as its text, over the three packages."""
    result = []
    for package in ("shop", "etl", "dashboard"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if not BESIDE_SIGN.search(text):
                continue  # parsing takes long
            for node in ast.walk(ast.parse(text)):
                if (
                    isinstance(node, ast.BinOp)
                    and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv | ast.Mod)
                    and any(_is_hundred(item) for item in (node.left, node.right))
                ):
                    result.append(ast.unparse(node))
    return sorted(set(result))


def _is_hundred(node: ast.expr) -> bool:
    values = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return any(isinstance(value, ast.Constant) and value.value in (100, 100.0) for value in values)
