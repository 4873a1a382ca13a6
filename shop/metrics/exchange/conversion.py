"""Sums of days converted with the exchange rate of each day.

A day without a rate takes the last of the week before it (banks publish none at weekends); without any the sums of
that day are not converted, and the day is counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from shop.core.money import half_up, minor_per_unit
from shop.metrics.exchange.rates import BILLION, MOST, DayRate

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class ConvertedSum:
    """A sum in minor units of another currency, and how many days could not be converted and are not in it."""

    cents: int
    days_without_rate: int


def converted(
    rates: Iterable[DayRate], sums: Mapping[date, int], currency: str, into: str
) -> ConvertedSum | None:
    """Sums of days (minor units of `currency`) added up in `into`, half up day by day; None without any rate."""
    known = sorted((r.day, r.billionths) for r in rates if (r.currency, r.into) == (currency, into))
    if not known:
        return None
    total = without = 0
    for day, cents in sums.items():
        place = bisect_right(known, (day, MOST * BILLION)) - 1
        if place < 0 or day - known[place][0] > LASTS:
            without += 1
            continue
        exact = Fraction(cents * known[place][1] * minor_per_unit(into), minor_per_unit(currency) * BILLION)
        total += half_up(exact)
    return ConvertedSum(total, without)
