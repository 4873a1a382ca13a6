"""Integer money: the digits of a currency's minor unit, conversions, and splitting a sum.

Stored amounts are integers of the minor unit that DIGITS gives. The table is ISO 4217's, but for the
rupiah, which platforms charge without decimals. It is written here and not read from a library: an
update of that library's data would change what stored numbers mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

NO_CURRENCY = (
    "XXX"  # ISO 4217's code where no currency is involved; here of a row that is rejected without one
)
DIGITS = {
    "BIF": 0,
    "CLP": 0,
    "DJF": 0,
    "GNF": 0,
    "IDR": 0,
    "ISK": 0,
    "JPY": 0,
    "KMF": 0,
    "KRW": 0,
    "PYG": 0,
    "RWF": 0,
    "UGX": 0,
    "VND": 0,
    "VUV": 0,
    "XAF": 0,
    "XOF": 0,
    "XPF": 0,
    "BHD": 3,
    "IQD": 3,
    "JOD": 3,
    "KWD": 3,
    "LYD": 3,
    "OMR": 3,
    "TND": 3,
}


def minor_digits(currency: str | None) -> int:
    """How many decimals the amounts of a currency have: 2 where the table names no other number."""
    return DIGITS.get(currency or "", 2)


def minor_per_unit(currency: str | None) -> int:
    """How many minor units one unit of a currency has: 100 for CNY, 1 for JPY, 1000 for KWD."""
    return int(10 ** minor_digits(currency))


def to_decimal(minor: int, currency: str | None) -> Decimal:
    """Minor units as an amount with all decimals of its currency: 12800 CNY is 128.00."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def to_minor(amount: Decimal | str, currency: str | None) -> int:
    """An amount in minor units; ValueError for what is no number or finer than the minor unit."""
    try:
        minor = Decimal(amount).scaleb(minor_digits(currency))
        if minor.is_finite() and minor == minor.to_integral_value():
            return int(minor)
    except InvalidOperation:
        pass
    raise ValueError(amount)


def to_minor_rounded(amount: Decimal | float | str, currency: str | None) -> int:
    """An amount in minor units, rounded half up; ValueError for what is no number."""
    try:
        minor = Decimal(str(amount)).scaleb(minor_digits(currency))
        if minor.is_finite():
            return int(minor.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        pass
    raise ValueError(amount)


def spreadsheet_format(currency: str | None) -> str:
    """The number format of a currency's amounts in a spreadsheet: #,##0.00, #,##0 for JPY."""
    digits = minor_digits(currency)
    return "#,##0" + ("." + "0" * digits if digits else "")


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves up: exact amounts in cents become whole cents."""
    return int((value + Fraction(1, 2)) // 1)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Cents split in proportion to weights by the largest remainder (Hamilton's method).

    The parts add up to the total exactly; equal remainders go to the earlier part. Without any
    positive weight the parts are as even as they can be. Works on negative totals alike.
    """
    if total < 0:
        return [-part for part in split(-total, weights)]
    shares = [max(weight, 0) for weight in weights]
    whole = sum(shares)
    if whole == 0:
        shares = [1] * len(shares)
        whole = len(shares)
    parts = [total * share // whole for share in shares]
    left = total - sum(parts)
    order = sorted(range(len(shares)), key=lambda place: (-(total * shares[place] % whole), place))
    for place in order[:left]:
        parts[place] += 1
    return parts
