"""Calendars: which earlier days a period is fairly compared with. Every comparison names both ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from shop.errors import BadPeriod

CALENDARS = ("previous", "mtd", "year", "weekday")
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
    is shorter. year: the same dates a year earlier. weekday: 364 days earlier, so that weekdays match.
    Anything else is read as a free range D..D; raises BadPeriod.
    """
    if calendar == "previous":
        return period.moved(-timedelta(days=period.days))
    if calendar == "mtd":
        return Period(month_back(period.start), month_back(period.end))
    if calendar == "year":
        return Period(year_back(period.start), year_back(period.end))
    if calendar == "weekday":
        return period.moved(-YEAR_OF_WEEKS)
    return parse_period(calendar)


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
