"""One cell of an export as a value: money, counts, lengths of time, shares; ValueError for what is none."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

LONGEST = 100  # characters of a cell with a number: patterns on longer ones could take minutes


PLAIN: dict[int, int | str] = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}  # full-width characters, ５ and ，
PLAIN |= {ord("−"): "-", ord("’"): "'", ord("￥"): "¥", 0xA0: " ", 0x202F: " ", 0x2009: " "}


def of_number(cell: str) -> str:
    """The text of a cell that may be a number, in plain characters; raises ValueError where it is too long for one."""
    if len(cell) > LONGEST:
        raise ValueError(cell[:LONGEST])
    return cell if cell.isascii() else cell.translate(PLAIN)


CURRENCY_MARKS = re.compile(
    r"^(?:人民币\s?|[A-Z]{2,3}\s?|[A-Z]{0,2}[¥$€£₫฿₱]\s?)|\s?(?:元整?|[¥$€£]|[A-Z]{3})$"
)
# of three digits each, by one mark; of two before the last three, as in India
THOUSANDS = re.compile(r"^-?(?:\d{1,3}([,' ])\d{3}(?:\1\d{3})*|\d{1,2}(?:,\d\d)*,\d{3})(?:\.\d+)?$")


FINER = 4  # decimals beyond the minor unit with which an amount is read before it is rounded
COMMA_NUMBER = re.compile(r"^-?(?:\d{1,3}([. '])\d{3}(?:\1\d{3})*|\d+)(?:,\d+)?$")


@lru_cache(maxsize=200_000)
def exact_cents(cell: str, decimal: str = ".") -> int:
    """'¥1,234.50' in 1/10**FINER of a cent; with a decimal comma '¥1.234,50'. ValueError for what is no amount."""
    cell = of_number(cell)
    if decimal == ",":
        cell = with_point(CURRENCY_MARKS.sub("", cell.strip()).strip())
    return scaled(cell, 2 + FINER, rounded=True)


def with_point(text: str) -> str:
    """A number with a decimal comma as one with a point and without marks of thousands; raises ValueError."""
    text = signed(text)
    if not COMMA_NUMBER.match(text):
        raise ValueError(text)
    return re.sub("[. ']", "", text).replace(",", ".")


def signed(text: str) -> str:
    """A number with its sign in front: (5) and 5- are -5, +5 is 5."""
    if text.startswith("(") and text.endswith(")"):
        return "-" + text[1:-1]
    return "-" + text[:-1] if text.endswith("-") else text.removeprefix("+")


def to_cents(cell: str, decimal: str = ".") -> int:
    """'¥1,234.50' as 123450, half up; raises ValueError for what is no amount of money."""
    exact = Decimal(exact_cents(cell, decimal)).scaleb(-FINER)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def scaled(cell: str, decimals: int, *, rounded: bool = False) -> int:
    """A decimal number times 10**decimals; where digits would be lost a ValueError, or rounded half up."""
    text = signed(CURRENCY_MARKS.sub("", of_number(cell).strip()).strip())
    if re.search("[,' ]", text):
        if not THOUSANDS.match(text):
            raise ValueError(cell)
        text = re.sub("[,' ]", "", text)
    factor = UNITS[text[-1]] if text[-1:] in ("万", "亿") else 1
    try:
        value = Decimal(text[:-1] if factor > 1 else text) * factor
        if not value.is_finite() or abs(value) > 10**13:
            raise ValueError(cell)
        whole = value.scaleb(decimals)
        if whole != whole.to_integral_value() and not rounded:
            raise ValueError(cell)
        return int(whole.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation as problem:
        raise ValueError(cell) from problem


COUNTED = re.compile(r"\s*(?:人次|次|人|件|个|只|条|单|笔|元)$")
NUMERALS = {**{sign: number for number, sign in enumerate("零一二三四五六七八九十")}, "两": 2}
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
    """'1.2万' as 12000, '3,400' as 3400, 两个 as 2; ValueError for halves."""
    text = COUNTED.sub("", of_number(cell).strip().rstrip("+")).strip()
    if text in NUMERALS:
        return NUMERALS[text]
    factor = UNITS.get(text[-1:], 1)
    number = Decimal(scaled(text[:-1] if factor > 1 else text, 6)) / 10**6 * factor
    if number != number.to_integral_value():
        raise ValueError(cell)
    return int(number)


MOST_SECONDS = 36_600 * 86_400
CLOCK = re.compile(r"\d+(?::\d{1,2}){1,2}", re.ASCII)
LENGTH = re.compile(
    r"^(?:(\d+(?:\.\d+)?)\s*(?:天|d|days?)\s*)?(?:(\d+(?:\.\d+)?)\s*(?:个?小时|个?钟头|时|h|hrs?|hours?)\s*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:分钟|分|m|mins?|minutes?)\s*)?(?:(\d+(?:\.\d+)?)\s*(?:秒钟?|s|secs?|seconds?)?)?$",
    re.IGNORECASE,
)


def to_seconds(cell: str) -> int:
    """A length of time in seconds, half up; at most a hundred years."""
    if CLOCK.fullmatch(of_number(cell).strip()):
        exact = Decimal(0)
        for part in cell.strip().split(":"):
            exact = exact * 60 + Decimal(part)
    else:
        result = LENGTH.match(cell.strip())
        if not result or not any(result.groups()):
            raise ValueError(cell)
        parts = zip(result.groups(), (86_400, 3_600, 60, 1), strict=True)
        exact = sum((Decimal(part) * size for part, size in parts if part), Decimal(0))
    if exact > MOST_SECONDS:
        raise ValueError(cell)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def to_ratio(cell: str) -> float:
    """'12.5%' and '0.125' as 0.125."""
    percent = of_number(cell).endswith(("%", "％"))
    value = float(cell[:-1].replace(",", "")) / 100 if percent else float(cell)
    if not 0 <= value <= 100:  # a rate may pass 1 (more clicks than viewers), but not without end
        raise ValueError(cell)
    return value


NUMBER = re.compile(r"^(-?[\d,]+(?:\.\d+)?)\s*(万|w|k|亿)?\s*(?:秒|s|sec|人|次|件|元|%|％)?$", re.IGNORECASE)


def to_number(cell: str) -> float:
    """'18秒' as 18.0, '9.53' as 9.53, '1.2万' as 12000.0, '1分12秒' as 72.0."""
    result = NUMBER.match(of_number(cell).strip())
    if result:
        return float(result[1].replace(",", "")) * UNITS.get(result[2] or "", 1)
    return float(to_seconds(cell.strip()))
