from functools import partial
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.tables.amounts import amount, currency_in, decimal_mark
from etl.tables.cells import to_cents, to_count, to_number, to_ratio, to_seconds
from etl.tables.timestamps import read_moments
from shop.orders.batch import MISSING


@pytest.mark.parametrize(
    ("cell", "currency", "decimal", "cents"),
    [
        ("MYR 12.50", "MYR", ".", 1250),
        ("12.50 EUR", "EUR", ".", 1250),
        ("$1,234.50", "USD", ".", 123450),
        ("-£3", "GBP", ".", -300),
        ("(12.00)", "USD", ".", -1200),
        ("IDR 125.000", "IDR", ".", 125000),
        ("₫125,000", "VND", ".", 125000),
        ("Rp 1.250.000", "IDR", ".", 1250000),
        ("JPY 4500", "JPY", ".", 4500),
        ("KWD 1.250", "KWD", ".", 1250),
        ("1.250,00 €", "EUR", ",", 125000),
        ("12,5", "EUR", ",", 1250),
        ("1 250,00", "EUR", ",", 125000),
        ("1 234,50 kr", "SEK", ",", 123450),
        ("CHF 1’234.50", "CHF", ".", 123450),
        ("₹1,23,456.00", "INR", ".", 12345600),
        ("₺1.234,50", "TRY", ",", 123450),
        ("(12,50)", "EUR", ",", -1250),
        ("−5,00 €", "EUR", ",", -500),
        ("5.00-", "USD", ".", -500),
        ("+100", "CNY", ".", 10000),
        ("＄５０.００", "USD", ".", 5000),
        ("人民币1，250元整", "CNY", ".", 125000),
        ("1.2万元", "CNY", ".", 1200000),
        ("1 234 567", "JPY", ".", 1234567),
    ],
)
def test_amounts(cell, currency, decimal, cents):
    assert amount(cell, currency, decimal) == cents


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("MYR 12.50", "USD"),
        ("12.345", "USD"),
        ("1,23", "USD"),
        ("JPY 12.5", "JPY"),
        ("", "USD"),
        ("abc", "USD"),
        ("1e400", "USD"),
        ("NaN", "USD"),
        ("12.50.1", "USD"),
        ("--5", "USD"),
        ("12 50", "USD"),
        ("1,2345", "USD"),
        ("5²", "USD"),
    ],
)
def test_what_is_no_amount_of_this_currency(cell, currency):
    with pytest.raises(ValueError):
        amount(cell, currency)


@given(st.integers(-(10**12), 10**12))
def test_every_amount_comes_back(cents):
    sign, whole, part = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    assert amount(f"{sign}{whole}.{part:02d}", "EUR") == cents
    assert amount(f"{sign}{whole:,}.{part:02d}", "EUR") == cents
    german = f"{sign}{whole:,}".replace(",", ".") + f",{part:02d}"
    assert amount(german, "EUR", ",") == cents


@pytest.mark.parametrize(
    "cell", ["￥1，250.50", "1 250.50", "1'250.50元", "RMB 1,250.50", "+1250.50", "1250.5元整"]
)
def test_yuan_as_they_are_written(cell):
    assert to_cents(cell) == amount(cell, "CNY") == 1250_50


def test_currencies_that_cells_name():
    cells = ["MYR 1", "€1", "1 zł", "Rp1", "$1", "¥1", "1", "S$1", "x"]
    assert [currency_in(cell) for cell in cells] == [
        "MYR",
        "EUR",
        "PLN",
        "IDR",
        None,
        None,
        None,
        "SGD",
        None,
    ]


@pytest.mark.parametrize("cell", ["1" + " " * 20_000 + "x", "1" * 20_000 + "x", "1.111" * 8_000 + "x"])
@pytest.mark.parametrize(
    "read", [to_cents, to_count, to_seconds, to_number, to_ratio, partial(amount, currency="CNY")]
)
def test_a_huge_cell_is_no_number_at_once(read: Any, cell: str) -> None:
    """Each of these took seconds to hours: patterns tried every way to cut the cell."""
    with pytest.raises(ValueError):
        read(cell)
    assert decimal_mark([cell, "1.50"], "file") == "."
    assert currency_in(cell) is None


@pytest.mark.parametrize("cell", ["1" + " " * 20_000 + "x", "2026-01-01" + " " * 20_000 + "x", "20" * 10_000])
def test_a_huge_cell_is_no_moment_at_once(cell: str) -> None:
    moments, unread = read_moments(pa.array([cell]), "Asia/Shanghai")
    assert (moments.tolist(), unread.tolist()) == ([MISSING], [True])
