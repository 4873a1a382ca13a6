"""Amounts of money in any currency: which one a cell names, and its value in minor units.

Minor units follow what shops charge: a currency whose prices have no decimals (VND, IDR, JPY,
KRW …) is its own minor unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from etl.errors import AmbiguousDecimals
from etl.tables.cells import LONGEST, of_number, scaled, signed, with_point
from shop.core.money import minor_digits

SYMBOLS = {  # only those that name one currency: $, ¥, kr and Rs do not
    "US$": "USD",
    "S$": "SGD",
    "A$": "AUD",
    "HK$": "HKD",
    "NT$": "TWD",
    "R$": "BRL",
    "MX$": "MXN",
    "AU$": "AUD",
    "CA$": "CAD",
    "C$": "CAD",
    "NZ$": "NZD",
    "RMB": "CNY",
    "人民币": "CNY",
    "₹": "INR",
    "₺": "TRY",
    "₪": "ILS",
    "₴": "UAH",
    "Kč": "CZK",
    "Ft": "HUF",
    "RM": "MYR",
    "Rp": "IDR",
    "€": "EUR",
    "£": "GBP",
    "₫": "VND",
    "đ": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₩": "KRW",
    "元": "CNY",
    "zł": "PLN",
}
SHARED_SYMBOLS = {  # what several currencies share
    "$": frozenset(["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"]),
    "¥": frozenset(("CNY", "JPY")),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
    "Rs": frozenset(("INR", "PKR", "LKR", "NPR")),
}
MARK = (
    r"[A-Z]{3}|(?:US|S|A|AU|CA?|NZ|HK|NT|R|MX)\$|RM|Rp\.?|Rs\.?|人民币|元整?|[€£₫đ฿₱₩₹₺₪₴$¥]|zł|Kč|Ft|kr\.?"
)
BRACKETED = re.compile(r"^\(([^\d()]+[\d.,' ]+)\)$")  # ($8.00): a sum taken off
MARKED = re.compile(rf"^([-+]?)\s*(?:({MARK})\s*)?(\(?[-+]?[\d.,' ]+\)?-?[万亿]?)\s*({MARK})?$")
THOUSANDS = re.compile(r"^-?\d{1,3}(?:[.,' ]\d{3})+$")


@lru_cache(maxsize=50_000)
def currency_in(cell: str) -> str | None:
    """The currency that an amount's cell names ('MYR 12.50', '€3'), None where it names none."""
    mark = mark_in(cell)
    return SYMBOLS.get(mark) or (mark if len(mark) == 3 and mark.isalpha() and mark.isascii() else None)


def mark_in(cell: str) -> str:
    """What an amount's cell has for a currency ('MYR', '€', '$'), "" where it has nothing of the kind."""
    short = of_number(cell) if len(cell) <= LONGEST else ""
    result = MARKED.match(BRACKETED.sub(r"-\1", short.strip()))
    return (result[2] or result[4] or "").rstrip(".整") if result else ""


@lru_cache(maxsize=200_000)
def amount(cell: str, currency: str, decimal: str = ".", extra: int = 0, *, rounded: bool = False) -> int:
    """An amount in minor units of `currency` (times 10**extra); ValueError for any other amount.

    What is finer is a ValueError too, or `rounded` half up.

    'IDR 125.000' and '₫125,000' are 125000: a currency without decimals has only thousands marks.
    """
    result = MARKED.match(BRACKETED.sub(r"-\1", of_number(cell).strip()))
    if not result or currency_in(cell) not in (None, currency):
        raise ValueError(cell)
    text = signed(result[1].removeprefix("+") + result[3].strip())
    places = minor_digits(currency)
    if places == 0 and THOUSANDS.match(text):
        text = re.sub("[.,' ]", "", text)
    elif decimal == ",":
        text = with_point(text)
    return scaled(text, places + extra, rounded=rounded)


FEW = 4  # so many times as many cells in one way as in the other decide it
COMMA_CELL = re.compile(r"(?:^|[^\d.,])(?:\d{1,3}(?:[.\u00a0\u202f ]\d{3})+|\d+),\d{1,2}(?:$|[^\d.,])")
POINT_CELL = re.compile(r"(?:^|[^\d.,])(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)\.\d{1,2}(?:$|[^\d.,])")


def decimal_mark(cells: Iterable[str], file: str) -> str:
    """Whether the amounts of a file are written as 12,50 or as 12.50, judged by all that show it.

    A point where none does. A few cells in the other way are mistakes in those cells alone: they cannot be read
    in the way of the file. Raises AmbiguousDecimals where many are written in the one way, many in the other.
    """
    comma: list[str] = []
    point: list[str] = []
    for cell in (cell for cell in cells if len(cell) <= LONGEST):
        if COMMA_CELL.search(cell):
            comma.append(cell[:20])
        elif POINT_CELL.search(cell):
            point.append(cell[:20])
    if min(len(comma), len(point)) * FEW > max(len(comma), len(point)):
        raise AmbiguousDecimals(file=file, samples=f"{comma[0]} / {point[0]}")
    return "," if len(comma) > len(point) else "."


NOTHING = frozenset(("无", "-", "--", "—", "/", "暂无", "none", "nil", "n/a", "null", "无数据"))
NO_REFUND = frozenset(
    ("无退款申请", "无退款", "未退款", "未申请退款", "没有退款", "无售后", "no refund", "not refunded")
)
FREE = frozenset(
    ("免费", "包邮", "免运费", "免邮", "赠品", "free", "gratis", "kostenlos", "gratuit", "free shipping")
)


def worded_amount(name: str, cell: str, missing: int) -> int | None:
    """An amount that a word stands for in this column: nothing, no refund, free; None for any other word."""
    word = cell.strip().casefold()
    is_refund = "refund" in name or name in ("amount", "returned")
    if word in NOTHING or (is_refund and word in NO_REFUND):
        return missing
    return 0 if not is_refund and word in FREE else None
