"""Tables as files for a spreadsheet: CSV with a UTF-8 mark, and XLSX, with formula cells defused.

A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line end, or
their full-width forms) gets a leading apostrophe. Numbers stay numbers; money is written in whole
units with the decimals of its currency.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from shop.core.money import DIGITS, minor_digits, spreadsheet_format, to_decimal

DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
NUMBERS = {"money", "count", "number", "rate", "change", "seconds"}
FORMATS = {"count": "#,##0", "number": "#,##0.0", "rate": "0.0%", "change": "+0.0%;-0.0%", "seconds": "#,##0"}


MONEY_FORMATS = {minor_digits(code): spreadsheet_format(code) for code in ("CNY", *DIGITS)}


@dataclass(frozen=True)
class SpreadsheetColumn:
    """One column of an export: its name in the table, its heading, and its kind.

    kind: money (minor units), count, number, rate, change, seconds; anything else is text. Money is
    of `currency`, or of the one that each row names in `currency_column`.
    """

    name: str
    heading: str
    kind: str = "text"
    currency: str = ""
    currency_column: str = ""

    def __post_init__(self) -> None:
        if self.kind == "money" and not (self.currency or self.currency_column):
            raise ValueError(f"{self.name}: money of no currency")


def defused(text: str) -> str:
    """The text as a spreadsheet may contain it: never the beginning of a formula."""
    bare = text.lstrip(" \u00a0\u3000\ufeff")
    return "'" + text if text.startswith(DANGEROUS) or bare.startswith(DANGEROUS) else text


def csv_bytes(table: pd.DataFrame, fields: Sequence[SpreadsheetColumn]) -> bytes:
    """The table as CSV in UTF-8 with its mark, so that a spreadsheet reads Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([defused(field.heading) for field in fields])
    writer.writerows(rows(table, fields))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def xlsx_bytes(table: pd.DataFrame, fields: Sequence[SpreadsheetColumn]) -> bytes:
    """The table as an XLSX workbook of one worksheet, its heading row frozen."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, settings) as book:
        worksheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        shapes = number_formats(book)
        for place, field in enumerate(fields):
            worksheet.write_string(0, place, defused(field.heading), bold)
            worksheet.set_column(place, place, 24 if field.kind not in NUMBERS else 14)
        worksheet.freeze_panes(1, 0)
        for number, row in enumerate(rows(table, fields), start=1):
            for place, (field, value) in enumerate(zip(fields, row, strict=True)):
                if value == "":
                    continue
                if field.kind in NUMBERS:
                    worksheet.write_number(
                        number, place, float(value), shapes[cell_format(field.kind, value)]
                    )
                else:
                    worksheet.write_string(number, place, str(value))
    return file.getvalue()


def rows(table: pd.DataFrame, fields: Sequence[SpreadsheetColumn]) -> Iterator[list[Any]]:
    """The cells of each row as a spreadsheet may contain them; "" where a value is missing."""
    columns = [table[field.name].tolist() for field in fields]
    currencies = [
        table[field.currency_column].tolist() if field.currency_column else [field.currency] * len(table)
        for field in fields
    ]
    for place, cells in enumerate(zip(*columns, strict=True)):
        yield [
            _cell(value, field.kind, of[place])
            for value, field, of in zip(cells, fields, currencies, strict=True)
        ]


def number_formats(book: Any) -> dict[str, Any]:
    """The formats of a workbook's numbers, by what cell_format names."""
    named = FORMATS | {f"money{digits}": shape for digits, shape in MONEY_FORMATS.items()}
    return {name: book.add_format({"num_format": shape}) for name, shape in named.items()}


def cell_format(kind: str, value: Any) -> str:
    """The name of a cell's format: money is written with as many decimals as its value has."""
    return f"money{-value.as_tuple().exponent}" if kind == "money" else kind


def _cell(value: Any, kind: str, currency: str) -> Any:
    if value is None or pd.isna(value):
        return ""
    if kind == "money":
        return to_decimal(int(value), currency)
    if kind in ("count", "seconds"):
        return int(value)
    if kind in NUMBERS:
        return round(float(value), 6)
    return defused(str(value))
