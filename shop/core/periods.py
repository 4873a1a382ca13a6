"""Calendars: which earlier days a period is fairly compared with. Every comparison names both ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shop.core import holidays
from shop.core.errors import BadPeriod

CALENDARS = ("previous", "mtd", "month", "year", "weekday", "lunar", "campaign", "workdays")
YEAR_OF_WEEKS = timedelta(days=364)


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both inclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.end < self.start:
            raise BadPeriod(text=f"{self.start}..{self.end}")

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days + 1

    def __iter__(self) -> Iterator[date]:
        """Every day of the period, in order."""
        return (self.start + timedelta(days=shift) for shift in range(self.days))

    def moved(self, by: timedelta) -> Period:
        """The period shifted by whole days."""
        return Period(self.start + by, self.end + by)


def parse_period(text: str) -> Period:
    """A period written as 2026-01-01..2026-01-31 (or one day); raises BadPeriod."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", text.strip())
    try:
        if not found:
            raise ValueError(text)
        start = date.fromisoformat(found[1])
        return Period(start, date.fromisoformat(found[2]) if found[2] else start)
    except ValueError as problem:
        raise BadPeriod(text=text) from problem


def before(period: Period, calendar: str) -> Period:
    """The range that a calendar compares a period with.

    previous: as many days just before. mtd: the same days of the month before, cut where that month
    is shorter. month: as many whole months before the first one of the period (told per selling
    day). year: the same dates a year earlier. weekday: 364 days earlier, so that weekdays match.
    lunar: the same days before or after the nearest lunar festival, a year earlier. workdays: the
    days just before that hold as many working days. The dates of campaigns stand in the database:
    ask `shop.calendars.pair` for those. Anything else is read as a free range D..D; raises BadPeriod.
    """
    if calendar == "previous":
        return period.moved(-timedelta(days=period.days))
    if calendar == "mtd":
        return Period(month_back(period.start), month_back(period.end))
    if calendar == "month":
        return whole_months_before(period)
    if calendar == "year":
        return Period(year_back(period.start), year_back(period.end))
    if calendar == "weekday":
        return period.moved(-YEAR_OF_WEEKS)
    if calendar == "lunar":
        return period.moved(holidays.nearest(period).moved_by)
    if calendar == "workdays":
        return as_many_working_days_before(period)
    return parse_period(calendar)


def whole_months_before(period: Period) -> Period:
    """As many whole calendar months as the period touches, just before its first month."""
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    last = period.start.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    for _ in range(months - 1):
        first = month_back(first)
    return Period(first, last)


def as_many_working_days_before(period: Period) -> Period:
    """The days just before a period that hold as many working days as it does.

    Where it holds none, as many days just before.
    """
    wanted = len(holidays.working_days(period))
    if not wanted:
        return before(period, "previous")
    day = period.start
    while wanted:
        day -= timedelta(days=1)
        wanted -= holidays.is_working_day(day)
    return Period(day, period.start - timedelta(days=1))


def month_back(day: date) -> date:
    """The same day of the month before; its last day where that month is shorter."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def year_back(day: date) -> date:
    """The same date a year earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def week_of(day: date) -> Period:
    """The week up to this day, from Monday on."""
    return Period(day - timedelta(days=day.weekday()), day)


def month_of(day: date) -> Period:
    """The month up to this day, from the first on."""
    return Period(day.replace(day=1), day)
