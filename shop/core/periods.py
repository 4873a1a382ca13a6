"""Periods of calendar days, both ends inclusive: parsing, shifting, weeks and months."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shop.core.errors import BadPeriod

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

    def until(self, today: date) -> Period:
        """The period without the days to come, of which nothing is known; its first day at least."""
        return Period(self.start, min(self.end, max(today, self.start)))

    def shifted(self, by: timedelta) -> Period:
        """The period shifted by whole days."""
        return Period(self.start + by, self.end + by)


def parse_period(text: str) -> Period:
    """A period written as 2026-01-01..2026-01-31 (or one day); raises BadPeriod."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", text.strip())
    try:
        if not match:
            raise ValueError(text)
        start = date.fromisoformat(match[1])
        return Period(start, date.fromisoformat(match[2]) if match[2] else start)
    except ValueError as problem:
        raise BadPeriod(text=text) from problem


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


def week_of(day: date, first: int = 1) -> Period:
    """The week up to this day, from its first day on (ISO, Monday is 1)."""
    return Period(day - timedelta(days=(day.isoweekday() - first) % 7), day)


def month_of(day: date) -> Period:
    """The month up to this day, from the first on."""
    return Period(day.replace(day=1), day)


def stretches(days: Iterable[date]) -> list[Period]:
    """Days in order, put together to stretches without a gap."""
    periods: list[Period] = []
    for day in days:
        if periods and periods[-1].end + timedelta(days=1) == day:
            periods[-1] = Period(periods[-1].start, day)
        else:
            periods.append(Period(day, day))
    return periods
