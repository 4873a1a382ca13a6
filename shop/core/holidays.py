"""Festivals by the lunar calendar, and the days off that the State Council publishes each autumn.

Lunar dates come from the table of the `lunardate` package (1901 to 2099), published days off and
make-up working days (调休) from `chinesecalendar`. Beyond its years a day off is an estimate: the
days that the law names (Regulation on Public Holidays, as amended on 10 November 2024), without any
make-up day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from lunardate import LunarDate

from shop.core.errors import ShopError
from shop.core.periods import Period

# The most important first: it decides where a period contains, or is equally near to, several.
FESTIVALS = {
    "spring": (1, 1),
    "mid_autumn": (8, 15),
    "dragon_boat": (5, 5),
    "lantern": (1, 15),
    "qixi": (7, 7),
}
FIRST_YEAR, LAST_YEAR = 1902, 2098
NEW_YEAR_DAYS = 15  # the eve, and the first to the fourteenth; the fifteenth is the lantern festival


class NoLunarCalendar(ShopError):
    """A day lies outside the years whose lunar calendar is known."""

    message = "The lunar calendar is known from {first} to {last}, so it cannot tell {year}."


@dataclass(frozen=True)
class Anchor:
    """What a period is laid relative to: a festival or campaign, its day now and its day then."""

    name: str
    on: date
    before_on: date

    @property
    def shift(self) -> timedelta:
        """How far its day shifted between the two years."""
        return self.before_on - self.on


@cache
def festival_on(festival: str, year: int) -> date:
    """The day of a festival in the lunar year that begins in this year; raises NoLunarCalendar."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoLunarCalendar(first=FIRST_YEAR, last=LAST_YEAR, year=year)
    day: date = LunarDate(year, *FESTIVALS[festival]).to_solar_date()
    return day


def nearest(period: Period) -> Anchor:
    """The festival that a period contains or is nearest to, with its day a year earlier.

    Of several that it contains, or that are equally near, the more important one.
    """
    years = range(period.start.year - 1, period.end.year + 2)
    candidates = [
        (_distance(festival_on(name, year), period), weight, name, year)
        for weight, name in enumerate(FESTIVALS)
        for year in years
        if FIRST_YEAR < year <= LAST_YEAR
    ]
    if not candidates:
        raise NoLunarCalendar(first=FIRST_YEAR, last=LAST_YEAR, year=period.start.year)
    # of a festival that a long period contains twice, the later one
    _, _, name, year = min(candidates, key=lambda candidate: (candidate[0], candidate[1], -candidate[3]))
    return Anchor(name, festival_on(name, year), festival_on(name, year - 1))


def _distance(day: date, period: Period) -> int:
    return max((period.start - day).days, (day - period.end).days, 0)


def festival_of(day: date) -> str | None:
    """The festival whose days this is: the new year lasts from its eve to the fourteenth."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    since = (day - festival_on("spring", day.year)).days
    if -1 <= since < NEW_YEAR_DAYS - 1:
        return "spring"
    return next((name for name in FESTIVALS if festival_on(name, day.year) == day), None)


# --- days off and working days -------------------------------------------------------------------

NAMES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat",
    "National Day": "national",
    "Mid-autumn Festival": "mid_autumn",
    "Anti-Fascist 70th Day": "victory",
}


@dataclass(frozen=True)
class Published:
    """The published days: days off by name, make-up working days, and the years they cover."""

    off: dict[date, str]
    makeup_workdays: frozenset[date]
    first: int
    last: int


@cache
def published() -> Published:
    """What has been published so far, as the calendar package knows it."""
    from chinese_calendar.constants import holidays, workdays

    off = {day: NAMES[str(name)] for day, name in holidays.items()}
    years = [day.year for day in off]
    return Published(off, frozenset(workdays), min(years), max(years))


def is_published(year: int) -> bool:
    """Whether the days off of this year are published; otherwise they are an estimate."""
    return published().first <= year <= published().last


def holiday_of(day: date) -> str | None:
    """The public holiday that makes this a day off, None on ordinary days and weekends."""
    if is_published(day.year):
        return published().off.get(day)
    return _by_law(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: Monday to Friday less days off, plus make-up days."""
    if day in published().makeup_workdays:
        return True
    return day.weekday() < 5 and holiday_of(day) is None


@cache
def _by_law(year: int) -> dict[date, str]:
    """The thirteen days off that the law names for a year, without shifted days."""
    days = {date(year, 1, 1): "new_year", _tomb_sweeping(year): "tomb_sweeping"}
    days |= {date(year, 5, number): "labour" for number in (1, 2)}
    days |= {date(year, 10, number): "national" for number in (1, 2, 3)}
    if FIRST_YEAR <= year <= LAST_YEAR:
        spring = festival_on("spring", year)
        days |= {spring + timedelta(days=shift): "spring" for shift in range(-1, 3)}
        days |= {festival_on(name, year): name for name in ("dragon_boat", "mid_autumn")}
    return days


def _tomb_sweeping(year: int) -> date:
    """清明: day [Y x 0.2422 + C] - [Y / 4] of April, Y the year in its century (寿星公式)."""
    constant = 5.59 if year < 2000 else 4.81
    return date(year, 4, int(year % 100 * 0.2422 + constant) - year % 100 // 4)


def working_days(period: Period) -> tuple[date, ...]:
    """The working days of a period, in order."""
    return tuple(day for day in period if is_working_day(day))


def is_estimate(period: Period) -> bool:
    """Whether some working days of a period are not published yet."""
    return not all(is_published(year) for year in range(period.start.year, period.end.year + 1))
