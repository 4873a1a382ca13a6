"""How a figure is written: money, counts, rates, changes and days, in the language of this run.

Nothing is computed here but the rounding for display. The words of a page name these formats:
`{gmv:money}`. A figure that is not known is written as a dash, never as 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Protocol

from dashboard.i18n.language import language
from dashboard.i18n.run_setting import RunSetting
from shop.core.money import minor_digits, minor_per_unit

UNKNOWN = "–"
MINUS = "−"
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥"}
SHORT_FROM = 10_000
CURRENCY = RunSetting("currency", "CNY")


class DayRange(Protocol):
    """Days from `start` to `end`, both inclusive."""

    start: date
    end: date


def red_is_up() -> bool:
    """Whether up is shown red by custom: so in Chinese, green elsewhere."""
    return _zh()


def use_currency(currency: str) -> None:
    """Write money with the sign of this currency from here on, in this run."""
    CURRENCY.set(currency)


def currency() -> str:
    """The currency that money is written in, in this run."""
    return CURRENCY.get()


def symbol() -> str:
    """The sign of the currency of this run."""
    return SYMBOLS.get(CURRENCY.get(), CURRENCY.get() + " ")


def minor_units() -> int:
    """How many minor units one whole unit of the currency of this run has: 100, or 1 for yen."""
    return minor_per_unit(CURRENCY.get())


def _zh() -> bool:

    return language() == "zh"


def _known(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def shown(value: Any) -> str:
        return write(value) if is_known(value) else UNKNOWN

    return shown


def is_known(value: Any) -> bool:
    """Whether a figure is known: neither None nor a number that is none."""
    try:
        return value is not None and bool(value == value)
    except TypeError:  # a missing cell of a nullable column has no truth
        return False


def rounded(value: Any, places: int) -> Decimal:
    """A number rounded half up to this many decimal places."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def short(value: Decimal | float) -> str:
    """A number for a tile: 9,876 in full; from ten thousand on 1.24万, or 12.4k and 1.24M."""
    number = Decimal(str(value))
    size = abs(number)
    if size < SHORT_FROM:
        return _signed(f"{rounded(number, 0):,}")
    steps = (
        [(Decimal(10**8), "亿"), (Decimal(10**4), "万")]
        if _zh()
        else [(Decimal(10**6), "M"), (Decimal(10**3), "k")]
    )
    unit, name = next((step for step in steps if size >= step[0]), steps[-1])
    scaled = number / unit
    places = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
    return _signed(f"{rounded(scaled, places):f}{name}")


def tick(value: Any, unit: str) -> str:
    """A round value on an axis, without idle zeros: ¥1.5万, 20%, 40."""
    text = by_unit(unit)(value)
    return re.sub(r"\.(\d*?)0+(?=\D|$)", lambda result: f".{result[1]}" if result[1] else "", text)


def _units(cents: Any) -> Decimal:
    return Decimal(str(cents)) / minor_units()


@_known
def money(cents: Any) -> str:
    """Money for a tile or a sentence: ¥3,240, ¥1.24万."""
    text = short(_units(cents))
    return MINUS + symbol() + text[1:] if text.startswith(MINUS) else symbol() + text


@_known
def signed(cents: Any) -> str:
    """Money that came on top or went away: +¥3,240, −¥120."""
    return ("+" if cents > 0 else "") + money(cents)


@_known
def exact(cents: Any) -> str:
    """Money to the last 分: ¥3,240.50."""
    places = minor_digits(CURRENCY.get())
    text = f"{rounded(abs(_units(cents)), places):,}"
    return (MINUS if cents < 0 else "") + symbol() + text


def exact_in(cents: Any, currency: str) -> str:
    """Money of any currency to its last minor unit: $10.50, IDR 125,000."""
    before = CURRENCY.get()
    CURRENCY.set(currency)
    try:
        return exact(cents)
    finally:
        CURRENCY.set(before)


@_known
def count(value: Any) -> str:
    """A count: 987, 1.2万."""
    return short(value)


@_known
def whole(value: Any) -> str:
    """A count in full: 64,162."""
    return _signed(f"{value:,}")


@_known
def number(value: Any) -> str:
    """A number with one decimal: 5.3 a day."""
    return _signed(f"{rounded(value, 1):,}")


def thousandths(value: int) -> str:
    """Thousandths of a unit, without trailing zeros: 2500 is 2.5."""
    return f"{Decimal(value).scaleb(-3).normalize():,f}"


@_known
def rate(value: Any) -> str:
    """A share: 12.3%."""
    return _signed(f"{rounded(Decimal(str(value)) * 100, 1)}%")


@_known
def change(value: Any) -> str:
    """A change with its sign: +68.0%."""
    text = f"{rounded(Decimal(str(value)) * 100, 1):+}%"
    return _signed("0.0%" if text in ("+0.0%", "-0.0%") else text)


@_known
def points(value: Any) -> str:
    """A change of a rate, in points."""
    return _signed(f"{rounded(Decimal(str(value)) * 100, 1):+}{' 个百分点' if _zh() else ' pts'}")


@_known
def size(value: Any) -> str:
    """How large a change is, without its sign: 68.0%."""
    return rate(abs(value))


@_known
def seconds(value: Any) -> str:
    """A length of time: 3:20 hours as 3小时20分, 45 s as 45秒."""
    hours, rest = divmod(round(float(value)), 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}小时{minutes:02d}分" if _zh() else f"{hours}h {minutes:02d}m"
    if minutes:
        return f"{minutes}分{left:02d}秒" if _zh() else f"{minutes}m {left:02d}s"
    return f"{left}秒" if _zh() else f"{left}s"


def _date(value: Any, chinese: str, english: str) -> str:
    """A day or ISO date by the pattern (Unicode TR 35) of this run's language."""
    on = value if isinstance(value, date) else date.fromisoformat(value)
    return _by_pattern(on, chinese if _zh() else english, language())


@lru_cache(maxsize=10_000)
def _by_pattern(on: date, pattern: str, locale: str) -> str:
    from babel.dates import format_date  # here: commands that show no day start without it

    return format_date(on, pattern, locale=locale)


@_known
def day(value: Any) -> str:
    """A day: 2022年3月15日, 15 Mar 2022."""
    return _date(value, "y年M月d日", "d MMM y")


@_known
def moment(value: Any) -> str:
    """A day and minute of the shop's clock, written as 2022-03-15 20:30: 2022年3月15日 20:30, 15 Mar 2022 20:30."""
    return f"{day(value[:10])} {value[11:16]}"


def day_pattern() -> str:
    """The pattern by which a browser writes the days of a table's column as `day` does (momentjs.com, format)."""
    return "YYYY年M月D日" if _zh() else "D MMM YYYY"


def listed(names: Iterable[str]) -> str:
    """Names one after another, as the language of this run joins them."""
    return ("、" if _zh() else ", ").join(names)


@_known
def short_day(value: Any) -> str:
    """A day without its year: 3月15日, 15 Mar."""
    return _date(value, "M月d日", "d MMM")


@_known
def weekday(value: Any) -> str:
    """The day of the week: 周二, Tue."""
    return _date(value, "EEE", "EEE")


@_known
def month(value: Any) -> str:
    """A month written as 2022-03: 2022年3月, Mar 2022."""
    return _date(f"{value}-01", "y年M月", "MMM y")


def weekdays() -> list[str]:
    """The short names of the seven days of the week, Monday first."""
    monday = date(2024, 1, 1)
    return [weekday(monday + timedelta(days=days)) for days in range(7)]


@_known
def span(days: DayRange) -> str:
    """A range of days, as short as it stays clear: 2022年1月1日–2月28日, 1 Jan – 28 Feb 2022."""
    start, end = days.start, days.end
    if start == end:
        return day(start)
    same_year, same_month = (start.year == end.year, (start.year, start.month) == (end.year, end.month))
    if _zh():
        tail = f"{end.day}日" if same_month else short_day(end) if same_year else day(end)
        return f"{day(start)}–{tail}"
    if same_month:
        return f"{start.day}–{day(end)}"
    return f"{short_day(start) if same_year else day(start)} – {day(end)}"


@_known
def short_span(days: DayRange) -> str:
    """A range of days without the year: 3月1日–15日, 1–15 Mar."""
    start, end = days.start, days.end
    if start == end:
        return short_day(start)
    if start.month != end.month:
        return f"{short_day(start)}–{short_day(end)}"
    return f"{short_day(start)}–{end.day}日" if _zh() else f"{start.day}–{short_day(end)}"


@_known
def clock(moment: Any) -> str:
    """A time of day: 15:04."""
    return f"{moment:%H:%M}"


def by_unit(unit: str) -> Callable[[Any], str]:
    """How a figure of this unit is written in a tile or a sentence."""
    return {"cents": money, "count": count, "days": count, "rate": rate, "seconds": seconds}.get(unit, number)


FORMATS: dict[str, Callable[[Any], str]] = {
    "money": money,
    "signed": signed,
    "exact": exact,
    "count": count,
    "whole": whole,
    "number": number,
    "rate": rate,
    "size": size,
    "change": change,
    "points": points,
    "seconds": seconds,
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "month": month,
    "span": span,
    "short_span": short_span,
    "clock": clock,
}
