"""Which two ranges a calendar compares, what it counts in them, and why two calendars
give two different answers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from shop.core import holidays
from shop.core.holidays import Anchor
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison import campaigns, growth
from shop.growth.comparison.campaigns import Edition
from shop.growth.comparison.daily_series import sessions_of_days
from shop.growth.comparison.growth import Comparison, Counted
from shop.growth.comparison.ranges import before
from shop.metrics.query import Query, answer

Basis = Literal["day", "selling_day", "working_day"]
BASES: dict[str, Basis] = {"month": "selling_day", "workdays": "working_day"}
RIVALS = {
    "lunar": "year",
    "year": "lunar",
    "weekday": "year",
    "campaign": "year",
    "previous": "mtd",
    "mtd": "previous",
    "month": "mtd",
    "workdays": "mtd",
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RangePair:
    """Two ranges paired by a calendar.

    `basis` shows which days count: all, those with a sale, or working days. `anchor` is the lunar
    festival or the campaign that both lie relative to. `is_estimate` means that days off which are
    not published yet, or dates of a campaign that are not announced, decided something.
    """

    calendar: str
    now: Period
    before: Period
    basis: Basis = "day"
    anchor: Anchor | None = None
    is_estimate: bool = False

    @property
    def places(self) -> tuple[int, int] | None:
        """Where the period begins and ends, in days after the anchor's day (before it: negative)."""
        if self.anchor is None:
            return None
        return (self.now.start - self.anchor.on).days, (self.now.end - self.anchor.on).days


def pair(
    db: Database, period: Period, calendar: str, *, is_running: bool = False, shop: int = 1
) -> RangePair:
    """What a calendar (a name of `CALENDARS`, or a free range D..D) compares a period with.

    Where only whole days can be counted (per selling or working day), a day that still runs
    (`is_running`, the last of the period) is left out. Raises BadPeriod, NoCampaign, NoLunarCalendar.
    """
    basis = BASES.get(calendar, "day")
    if basis != "day" and is_running and period.days > 1:
        period = Period(period.start, period.end - ONE_DAY)
    if calendar == "campaign":
        return _aligned_campaign(db, period, shop)
    earlier = before(period, calendar)
    if calendar == "lunar":
        return RangePair(calendar, period, earlier, anchor=holidays.nearest(period))
    guess = calendar == "workdays" and _is_estimate(period, earlier)
    return RangePair(calendar, period, earlier, basis, is_estimate=guess)


def _aligned_campaign(db: Database, period: Period, shop: int) -> RangePair:
    years = range(period.start.year - 3, period.end.year + 2)
    now, then = campaigns.nearest(period, campaigns.editions(db, years, shop))
    return RangePair(
        "campaign",
        period,
        campaigns.laid(period, now.period, then.period),
        anchor=Anchor(now.name, now.period.start, then.period.start),
        is_estimate=now.is_estimate or then.is_estimate,
    )


def _is_estimate(*periods: Period) -> bool:
    return any(holidays.is_estimate(period) for period in periods)


# --- comparing -----------------------------------------------------------------------------------


def compare(
    db: Database, query: Query, chosen: RangePair, *, with_intervals: bool = True
) -> dict[str, Comparison]:
    """Every metric of the question over the two ranges of a calendar, per day that counts.

    Without `with_intervals` the change alone is shown.
    """
    query = _over(query, chosen.now)
    if chosen.basis == "day":
        return growth.compare(db, query, chosen.before, with_intervals=with_intervals)
    days = counted_days(db, query, chosen)
    return growth.compare(db, replace(query, cut_at=None), chosen.before, days, with_intervals=with_intervals)


def counted_days(db: Database, query: Query, chosen: RangePair) -> tuple[Counted, Counted] | None:
    """The days of both ranges that count; None where all do."""
    if chosen.basis == "day":
        return None
    return counted(db, query, chosen.now, chosen.basis), counted(db, query, chosen.before, chosen.basis)


def counted(db: Database, query: Query, period: Period, basis: Basis) -> Counted:
    """The days of a range that count by this basis, for the sales that the question is about."""
    if basis == "working_day":
        days = holidays.working_days(period)
        return Counted(len(days), days)
    if basis == "selling_day":
        return Counted(_selling_days(db, query, period))
    return Counted(period.days)


def _over(query: Query, period: Period) -> Query:
    cut = query.cut_at if period.end == query.end else None
    return replace(query, start=period.start, end=period.end, cut_at=cut)


def _selling_days(db: Database, query: Query, period: Period) -> int:
    request = replace(_over(query, period), metrics=("orders",), by=("day",), cut_at=None)
    return int((answer(db, request)["orders"] > 0).sum())


# --- what the days of a range are ----------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What the days of a range are: how many of which kind, and which festivals fall into it."""

    period: Period
    weekend_days: int
    working_days: int
    festival_days: tuple[tuple[str, int], ...]
    campaign_days: tuple[tuple[str, int], ...]
    selling_days: int
    sessions: int
    is_estimate: bool = False


def facts(db: Database, query: Query, period: Period) -> Facts:
    """What the days of a range are, for the sales that the question is about."""
    result = campaigns.editions(db, range(period.start.year - 1, period.end.year + 2), shop=query.shop)
    in_festivals = Counter(name for day in period if (name := holidays.festival_of(day)))
    in_campaigns = Counter(item.name for day in period if (item := campaigns.campaign_of(day, result)))
    used = [item for item in result if item.name in in_campaigns]
    return Facts(
        period,
        sum(day.weekday() >= 5 for day in period),
        len(holidays.working_days(period)),
        tuple(sorted(in_festivals.items())),
        tuple(sorted(in_campaigns.items())),
        _selling_days(db, query, period),
        int(sessions_of_days(db, query, period).sum()),
        holidays.is_estimate(period) or any(_guessed(item, period) for item in used),
    )


def _guessed(item: Edition, period: Period) -> bool:
    overlaps = item.period.start <= period.end and period.start <= item.period.end
    return item.is_estimate and overlaps


# --- why two calendars differ --------------------------------------------------------------------

Kind = Literal["festival", "campaign", "sessions", "selling", "working", "weekend", "length"]
WEIGHTS: dict[Kind, float] = {
    "festival": 4,
    "campaign": 3,
    "sessions": 2,
    "selling": 1.5,
    "working": 1,
    "weekend": 0.9,
    "length": 0.5,
}


@dataclass(frozen=True)
class CalendarDifference:
    """One kind of day in which ranges differ: how many now, and in each of the earlier ranges.

    For a festival `on` is its day nearest to the period, and `then_on` nearest to each earlier range.
    """

    kind: Kind
    name: str | None
    now: int
    then: tuple[int, ...]
    on: date | None = None
    then_on: tuple[date, ...] = ()

    @property
    def is_even(self) -> bool:
        """Whether every earlier range has as many as the range now."""
        return set(self.then) == {self.now}


@dataclass(frozen=True)
class CalendarResult:
    """The result of one calendar: its two ranges, the comparison, and what the days in them are."""

    pair: RangePair
    comparison: Comparison
    now: Facts
    before: Facts

    @property
    def reasons(self) -> tuple[CalendarDifference, ...]:
        """In which kinds of days the two ranges differ, the weightiest first: what is not fair."""
        return _reasons(self.now, (self.before,))


@dataclass(frozen=True)
class Differences:
    """Two calendars for the same metric, and why their answers differ."""

    first: CalendarResult
    second: CalendarResult

    @property
    def gap(self) -> float | None:
        """By how much the two changes differ, None where one of them has no base."""
        item, other = self.first.comparison.change, self.second.comparison.change
        return None if item is None or other is None else item - other

    @property
    def reasons(self) -> tuple[CalendarDifference, ...]:
        """In which kinds of days the two earlier ranges differ, the weightiest first."""
        result = _reasons(self.first.now, (self.first.before, self.second.before))
        return tuple(item for item in result if item.then[0] != item.then[1])


def basis_names(db: Database, query: Query, chosen: RangePair, now: Facts | None = None) -> CalendarResult:
    """The result of a calendar for the first metric of a question, with what its days are."""
    name = query.metrics[0]
    return CalendarResult(
        chosen,
        compare(db, replace(query, metrics=(name,)), chosen, with_intervals=False)[name],
        now if now and now.period == chosen.now else facts(db, query, chosen.now),
        facts(db, query, chosen.before),
    )


def rival(calendar: str) -> str:
    """The calendar that most often leads to another answer than this one."""
    return RIVALS.get(calendar, "year")


def differences(db: Database, query: Query, first: RangePair, second: RangePair) -> Differences:
    """Why two calendars give different answers for the first metric of a question."""
    computed = basis_names(db, query, first)
    return Differences(computed, basis_names(db, query, second, computed.now))


def _reasons(now: Facts, then: tuple[Facts, ...]) -> tuple[CalendarDifference, ...]:
    ranges = (now, *then)
    counts: dict[Kind, list[int]] = {
        "sessions": [item.sessions for item in ranges],
        "selling": [item.selling_days for item in ranges],
        "working": [item.working_days for item in ranges],
        "weekend": [item.weekend_days for item in ranges],
        "length": [item.period.days for item in ranges],
    }
    result = [*_of_festivals(now, then), *_of_campaigns(now, then)]
    result += [CalendarDifference(kind, None, days[0], tuple(days[1:])) for kind, days in counts.items()]
    uneven = [item for item in result if not item.is_even]
    return tuple(sorted(uneven, key=_weight, reverse=True))


def _weight(reason: CalendarDifference) -> float:
    spread = max(reason.now, *reason.then) - min(reason.now, *reason.then)
    return spread * WEIGHTS[reason.kind]


def _of_festivals(now: Facts, then: tuple[Facts, ...]) -> list[CalendarDifference]:
    ranges = [dict(item.festival_days) for item in (now, *then)]
    return [
        CalendarDifference(
            "festival",
            name,
            ranges[0].get(name, 0),
            tuple(item.get(name, 0) for item in ranges[1:]),
            _nearest_day(name, now.period),
            tuple(_nearest_day(name, item.period) for item in then),
        )
        for name in dict.fromkeys(name for item in ranges for name in item)
    ]


def _nearest_day(name: str, period: Period) -> date:
    """The day of a festival nearest to the middle of a period."""
    middle = period.start + (period.end - period.start) / 2
    years = range(middle.year - 1, middle.year + 2)
    days = [
        holidays.festival_on(name, year)
        for year in years
        if holidays.FIRST_YEAR <= year <= holidays.LAST_YEAR
    ]
    return min(days, key=lambda day: abs(day - middle))


def _of_campaigns(now: Facts, then: tuple[Facts, ...]) -> list[CalendarDifference]:
    ranges = [dict(item.campaign_days) for item in (now, *then)]
    return [
        CalendarDifference(
            "campaign", name, ranges[0].get(name, 0), tuple(item.get(name, 0) for item in ranges[1:])
        )
        for name in dict.fromkeys(name for item in ranges for name in item)
    ]
