"""The earlier range that each calendar compares a period with."""

from __future__ import annotations

from datetime import timedelta

from shop.core import holidays
from shop.core.periods import YEAR_OF_WEEKS, Period, month_back, parse_period, year_back

CALENDARS = ("previous", "mtd", "month", "year", "weekday", "lunar", "campaign", "workdays")


def before(period: Period, calendar: str) -> Period:
    """The range that a calendar compares a period with.

    previous: as many days just before. mtd: the same days of the month before, cut where that month
    is shorter. month: as many whole months before the first one of the period (measured per
    selling day). year: the same dates a year earlier. weekday: 364 days earlier, so that weekdays match.
    lunar: the same days before or after the nearest lunar festival, a year earlier. workdays: the
    days just before that contain as many working days. Campaigns are in the database: use
    `calendars.pair` for those. Anything else is parsed as a free range D..D; raises BadPeriod.
    """
    if calendar == "previous":
        return period.shifted(-timedelta(days=period.days))
    if calendar == "mtd":
        return Period(month_back(period.start), month_back(period.end))
    if calendar == "month":
        return whole_months_before(period)
    if calendar == "year":
        return Period(year_back(period.start), year_back(period.end))
    if calendar == "weekday":
        return period.shifted(-YEAR_OF_WEEKS)
    if calendar == "lunar":
        return period.shifted(holidays.nearest(period).shift)
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
    """The days just before a period that contain as many working days as it does.

    Where it contains none, as many days just before.
    """
    wanted = len(holidays.working_days(period))
    if not wanted:
        return before(period, "previous")
    day = period.start
    while wanted:
        day -= timedelta(days=1)
        wanted -= holidays.is_working_day(day)
    return Period(day, period.start - timedelta(days=1))
