"""One cell of an export as a value: money, counts, lengths of time, shares; ValueError for what is none."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache


def as_it_is(cell: str) -> str:
    """The text of a cell, unchanged."""
    return cell


CURRENCY_MARKS = re.compile(r"^(?:[A-Z]{2,3}\s?|[A-Z]{0,2}[¥￥$€£₫฿₱]\s?)|\s?(?:元|[¥￥$€£]|[A-Z]{3})$")
THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")


@lru_cache(maxsize=200_000)
def to_cents(cell: str) -> int:
    """'¥1,234.50' as 123450; raises ValueError for what is no amount of whole cents."""
    return scaled(cell, 2)


def scaled(cell: str, decimals: int, *, rounded: bool = False) -> int:
    """A decimal number times 10**decimals; where digits would be lost a ValueError, or rounded half up."""
    text = CURRENCY_MARKS.sub("", cell.strip()).strip().replace("，", ",")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if "," in text:
        if not THOUSANDS.match(text):
            raise ValueError(cell)
        text = text.replace(",", "")
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) > 10**13:
            raise ValueError(cell)
        whole = value.scaleb(decimals)
        if whole != whole.to_integral_value() and not rounded:
            raise ValueError(cell)
        return int(whole.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation as problem:
        raise ValueError(cell) from problem


UNITS = {
    "万": 10_000,
    "w": 10_000,
    "W": 10_000,
    "k": 1_000,
    "K": 1_000,
    "亿": 100_000_000,
    "m": 1_000_000,
    "M": 1_000_000,
}


def to_count(cell: str) -> int:
    """'1.2万' as 12000, '3,400' as 3400; ValueError for halves."""
    text = cell.strip().rstrip("+").removesuffix("次").removesuffix("人").removesuffix("件").strip()
    factor = UNITS.get(text[-1:], 1)
    number = Decimal(scaled(text[:-1] if factor > 1 else text, 6)) / 10**6 * factor
    if number != number.to_integral_value():
        raise ValueError(cell)
    return int(number)


LENGTH = re.compile(
    r"^(?:(\d+)\s*(?:小时|时|h|hours?)\s*)?(?:(\d+)\s*(?:分钟|分|m|min)\s*)?(?:([\d.]+)\s*(?:秒|s|sec)?)?$"
)


def to_seconds(cell: str) -> int:
    """A length of time in seconds, half up."""
    if ":" in cell:
        total = 0
        for part in cell.split(":"):
            total = total * 60 + int(part)
        return total
    result = LENGTH.match(cell.strip())
    if not result or not any(result.groups()):
        raise ValueError(cell)
    hours, minutes, rest = result.groups()
    try:
        exact = Decimal(int(hours or 0) * 3600 + int(minutes or 0) * 60) + Decimal(rest or 0)
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation as problem:
        raise ValueError(cell) from problem


def to_ratio(cell: str) -> float:
    """'12.5%' and '0.125' as 0.125."""
    percent = cell.endswith(("%", "％"))
    value = float(cell[:-1].replace(",", "")) / 100 if percent else float(cell)
    if not 0 <= value <= 100:  # a rate may pass 1 (more clicks than viewers), but not without end
        raise ValueError(cell)
    return value


def to_number(cell: str) -> float:
    """'18秒' as 18.0, '9.53' as 9.53."""
    result = re.match(r"^-?[\d,]+(?:\.\d+)?", cell)
    if not result:
        raise ValueError(cell)
    return float(result[0].replace(",", ""))
