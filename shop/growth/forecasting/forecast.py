"""Where it goes: the next four weeks day by day with a band, and the end of the month, next to the
plainest forecast (the same weekday last week) and with the errors of both so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import floor
from typing import Literal

import numpy as np

from shop import coverage
from shop.core import holidays
from shop.core.periods import Period
from shop.coverage import FileCoverage
from shop.db.database import Database
from shop.growth.comparison import campaigns
from shop.growth.comparison.campaigns import Edition
from shop.growth.comparison.daily_series import daily
from shop.growth.comparison.growth import first_sale_on
from shop.growth.forecasting import model as core
from shop.growth.forecasting.model import Learnt, Misses, Series, TrialErrors
from shop.growth.forecasting.seasonality import Floats, Ints, SeasonalShape, shape
from shop.metrics.query import Query, total

METRICS = ("gmv", "net_sales", "buyer_paid", "orders", "units")
WEEKS = 4
LEAST_DAYS = 56
MOST_DAYS = 930  # two and a half years: every festival at least twice
QUIET_DAYS = 56
LATE_DAYS = 35
ONE_DAY = timedelta(days=1)
Why = Literal["", "short", "quiet"]


@dataclass(frozen=True)
class DayAhead:
    """One day to come: what is expected, the 80 % band, the naive forecast.

    `session` is how likely its weekday has a live session (None: no sessions are known); `occasion`
    the festival or campaign that the day belongs to.
    """

    on: date
    expected: int
    low: int
    high: int
    naive: int
    session: float | None
    occasion: str | None


@dataclass(frozen=True)
class Forecast:
    """The days after `known_until`, and how such forecasts did so far.

    Without days `why` shows why there is none: short (under eight weeks of history) or quiet (nothing
    sold for eight weeks). `unseen` names festivals and campaigns ahead that the history never saw;
    `missing_days` counts the days of the history that no file covers: nothing was learnt from them.
    """

    metric: str
    known_until: date
    days: tuple[DayAhead, ...]
    low: int
    high: int
    trials: TrialErrors | None
    history_days: int
    missing_days: int
    why: Why = ""
    unseen: tuple[str, ...] = ()
    least_days: int = LEAST_DAYS

    @property
    def expected(self) -> int:
        """All days together."""
        return sum(day.expected for day in self.days)

    @property
    def naive(self) -> int:
        """All days together by the plainest forecast."""
        return sum(day.naive for day in self.days)


@dataclass(frozen=True)
class Projection:
    """Where a month ends: what came so far, what is expected in all, the 80 % band, the plainest sum.

    `so_far` counts the days up to `known_until` and the running day's own sales.
    """

    metric: str
    currency: str | None
    month: Period
    known_until: date
    so_far: int
    expected: int | None
    low: int | None
    high: int | None
    naive: int | None
    forecast: Forecast

    @property
    def days_left(self) -> int:
        """The days of the month that are not over."""
        return min((self.month.end - self.known_until).days, self.month.days)

    @property
    def is_over(self) -> bool:
        """Whether all of the month is known."""
        return self.days_left <= 0


def forecast(db: Database, query: Query, known_until: date, *, weeks: int = WEEKS) -> Forecast:
    """The weeks after the last whole day that is known, for the first metric of a question.

    `query` brings metric, platform, carrier and currency; its days are replaced.
    """
    return _Outlook.of(db, query, known_until).forecast(weeks * core.WEEK)


def project(db: Database, query: Query, on: date, *, is_running: bool = False) -> Projection:
    """Where the month of a day ends. `is_running` means that this day is not over yet."""
    month = Period(on.replace(day=1), _month_end(on))
    outlook = _Outlook.of(db, query, on - ONE_DAY if is_running else on)
    until = outlook.known_until
    known = _sum(db, query, month.start, min(until, month.end))
    today = _sum(db, query, on, on) if is_running else 0
    days = outlook.days(until, month.end)
    computed = outlook.forecast(WEEKS * core.WEEK)
    if computed.why and days:
        return Projection(
            computed.metric, query.currency, month, until, known + today, None, None, None, None, computed
        )
    low, high = outlook.sum_band(days)
    in_month = [day for day in outlook.ahead(days) if day.on >= month.start]
    still = sum(max(day.expected, today if day.on == on else 0) for day in in_month)
    return Projection(
        computed.metric,
        query.currency,
        month,
        until,
        known + today,
        known + still,
        known + max(_rounded(still * low), today),
        known + max(_rounded(still * high), today),
        known + sum(day.naive for day in in_month),
        computed,
    )


def _month_end(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1) - ONE_DAY


def _sum(db: Database, query: Query, start: date, end: date) -> int:
    if end < start:
        return 0
    request = replace(query, metrics=query.metrics[:1], start=start, end=end, by=(), cut_at=None)
    return int(total(db, request)[query.metrics[0]] or 0)


def _rounded(value: float) -> int:
    """Half up, as figures are shown."""
    return floor(value + 0.5)


# --- the basis of the forecast ----------------------------------------------------------------


@dataclass(frozen=True)
class _Outlook:
    """The history up to the last known day, what was learnt from it, and how its trials missed."""

    metric: str
    known_until: date
    series: Series
    shape: SeasonalShape
    editions: tuple[Edition, ...]
    why: Why
    learnt: Learnt | None = None
    missed: Misses | None = None
    trials: TrialErrors | None = None

    @classmethod
    def of(cls, db: Database, query: Query, known_until: date) -> _Outlook:
        """Read the history and learn from it, where it is long enough."""
        sources = _order_sources(db, query)
        until = _known_until(sources, known_until)
        series = _history(db, query, until, sources)
        first = date.fromordinal(int(series.day[0])) if len(series.day) else until
        result = campaigns.editions(db, range(first.year - 1, until.year + 2), query.shop)
        ahead = np.arange(
            series.day[0] if len(series.day) else until.toordinal(),
            until.toordinal() + core.HORIZON + 1,
            dtype=np.int64,
        )
        outlook = cls(query.metrics[0], until, series, shape(ahead, result), result, _why_none(series))
        return outlook if outlook.why else outlook._learnt()

    def _learnt(self) -> _Outlook:
        size = len(self.series.day)
        computed = core.trials(self.series, self.shape)
        learnt = core.learn(self.series, self.shape.columns, size)
        missed = core.misses(computed, len(computed), size)
        if len(missed.of_mean) < core.ENOUGH:
            missed = core.in_hindsight(self.series, self.shape, learnt, size)
        return replace(self, learnt=learnt, missed=missed, trials=core.verdict(computed))

    def forecast(self, days: int) -> Forecast:
        """The next so many days, at most as far as trials reach."""
        days = min(days, core.HORIZON)
        computed = self.ahead(days)
        low, high = self.sum_band(days)
        expected = sum(day.expected for day in computed)
        return Forecast(
            self.metric,
            self.known_until,
            computed,
            _rounded(expected * low),
            _rounded(expected * high),
            self.trials,
            len(self.series.day),
            int((self.series.known == 0).sum()),
            self.why,
            self._unseen(days),
        )

    def days(self, after: date, until: date) -> int:
        """How many days to forecast, from the one after a day on; at most as far as trials reach."""
        return min(max((until - after).days, 0), core.HORIZON)

    def ahead(self, days: int) -> tuple[DayAhead, ...]:
        """The next days with their bands; none where there is no forecast."""
        if self.learnt is None or self.missed is None or not days:
            return ()
        plain, expected, weekday = self._expected(days)
        chance = self.learnt.chance[weekday]
        low, high = core.band(self.missed, plain, expected, chance, self.learnt.lift)
        naive = core.naive(self.series, len(self.series.day), days)
        has_sessions = bool(self.learnt.chance.any())
        return tuple(
            DayAhead(
                on,
                _rounded(expected[place]),
                _rounded(low[place]),
                _rounded(high[place]),
                _rounded(naive[place]),
                float(chance[place]) if has_sessions else None,
                self._occasion(on),
            )
            for place, on in enumerate(
                Period(self.known_until + ONE_DAY, self.known_until + timedelta(days=days))
            )
        )

    def sum_band(self, days: int) -> tuple[float, float]:
        """The 80 % band of the sum of the next days, as factors of what is expected."""
        if self.missed is None or not days:
            return 1.0, 1.0
        return core.band_of_sum(self.missed, days, self._expected(days)[1])

    def _expected(self, days: int) -> tuple[Floats, Floats, Ints]:
        assert self.learnt is not None
        size = len(self.series.day)
        steps = np.arange(1, days + 1)
        weekday = (self.known_until.toordinal() + steps - 1) % core.WEEK
        plain = self.learnt.plain(self.shape.columns[size : size + days], steps)
        return plain, plain * self.learnt.usual(weekday), weekday

    def _occasion(self, on: date) -> str | None:
        running = campaigns.campaign_of(on, self.editions)
        return holidays.festival_of(on) or (running.name if running else None)

    def _unseen(self, days: int) -> tuple[str, ...]:
        """Festivals and campaigns ahead that no known day of the history belongs to."""
        if self.learnt is None:
            return ()
        size = len(self.series.day)
        columns = self.shape.columns[:, -len(self.shape.occasions) :]
        seen = (columns[:size] * self.series.known[:, None]).sum(axis=0)
        coming = columns[size : size + days].sum(axis=0)
        names = {item.key: item.name for item in self.editions}
        new = dict.fromkeys(
            name
            for place, name in enumerate(self.shape.occasions)
            if name and coming[place] and not seen[place]
        )
        return tuple(names.get(name, name) for name in new)


def _why_none(series: Series) -> Why:
    if len(series.day) < LEAST_DAYS or series.known.sum() < LEAST_DAYS / 2:
        return "short"
    if (series.sales * series.known)[-QUIET_DAYS:].sum() <= 0 or series.sales.sum() <= 0:
        return "quiet"
    return ""


def _history(db: Database, query: Query, until: date, sources: tuple[FileCoverage, ...]) -> Series:
    """The days from the first sale on, at most the last two and a half years."""
    first = first_sale_on(db, query.shop)
    if first is None or first > until:
        return Series(np.zeros(0, np.int64), np.zeros(0), None, np.zeros(0))
    period = Period(max(first, until - timedelta(days=MOST_DAYS - 1)), until)
    name = query.metrics[0]
    result = daily(db, replace(query, by=(), cut_at=None), (name,), period)
    sold = result.figures[name]
    known = _known(sources, period) * ~np.isnan(sold)
    live = (result.sessions > 0).astype(float) if result.sessions.any() else None
    return Series(result.day, np.nan_to_num(sold), live, known)


def _order_sources(db: Database, query: Query) -> tuple[FileCoverage, ...]:
    """The order files and syncs of the platforms that the question is about."""
    platforms = dict(query.where).get("platform")
    return tuple(
        item
        for item in coverage.sources(db, query.shop, subject="orders")
        if item.kind.endswith("orders")
        and (platforms is None or item.kind.rpartition("_")[0] in ("", *platforms))
    )


def _known_until(sources: tuple[FileCoverage, ...], query: date) -> date:
    """The last day that every order source still in use covers; days after it are not known yet."""
    used = [item.last for item in sources if (query - item.last).days <= LATE_DAYS]
    return min([query, *used])


def _known(sources: tuple[FileCoverage, ...], period: Period) -> Floats:
    """1 for days that are covered, 0 where a source lacks a file between its first and last day."""
    known = np.ones(period.days)
    for source in sources:
        for gap in source.missing:
            first = max((gap.start - period.start).days, 0)
            known[first : max((gap.end - period.start).days + 1, 0)] = 0.0
    return known
