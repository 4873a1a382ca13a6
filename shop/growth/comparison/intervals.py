"""Is it real: an interval for every growth figure, and how much more it takes to know.

The days are the blocks, those with a live session separate from the others (`shop.spread`). Changes of
sums and averages are judged on the logarithm, so that −50 % and +100 % weigh the same; rates in
points, with the adjustment of Agresti & Caffo (2000, The American Statistician 54:4) for few cases.
Where nothing at all was sold the rule of three applies (Hanley & Lippman-Hand 1983, JAMA 249:13).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, exp, log
from typing import Literal

import numpy as np

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.daily_series import Daily, daily
from shop.metrics.definitions import Measure, Ratio, measures_of, metric
from shop.metrics.query import Query, total
from shop.stats.quantiles import t_quantile
from shop.stats.variance import BEFORE, NOW, DailyBlocks, Ints, Mask, Spread, spread

CHOSEN = {
    "sessions",
    "sessions_held",
    "live_seconds",
    "videos",
    "days",
}  # the shop decides on them, not chance
SHORT = 14  # ranges with fewer days learn from the eight weeks before, too
HISTORY = 56
STRETCH = 28
MOST_TIMES = 6  # a month that would have to be half a year: too small a difference to detect
MANY = 1e6  # degrees of freedom where the spread is known and not estimated
NOTHING_SEEN = 3.0  # 95 % of what would bring three is more than nothing

Figure = int | float | None
Why = Literal["", "few_days", "no_base", "chosen", "unknown"]


@dataclass(frozen=True)
class More:
    """How much more it takes until a difference of this size would stand out from chance.

    So many more `days`, with the `sessions` that fall into them at the present rhythm (None in a
    shop without sessions). `both` means that the earlier range must grow along with the present one.
    """

    days: int
    sessions: int | None
    both: bool = False


@dataclass(frozen=True)
class Interval:
    """Where the true change lies 90 times in 100: a share, or points for a rate.

    Without `range`, `why` shows why there is none: few_days, no_base (nothing before), chosen (a
    number that the shop decides on), unknown. `more` is there for a difference inside the noise,
    None where it is too small ever to be detected.
    """

    range: tuple[float, float] | None = None
    is_noise: bool = True
    more: More | None = None
    why: Why = ""


@dataclass(frozen=True)
class FigureChange:
    """One figure in total over both ranges, and its fair change."""

    now: Figure
    before: Figure
    change: float | None


@dataclass(frozen=True)
class _Ranges:
    """Both ranges with their sessions: what `more` is counted in."""

    now: Period
    before: Period
    sessions: int


def intervals(
    db: Database,
    query: Query,
    before: Period,
    changes: Mapping[str, FigureChange],
    only: Container[date] | None = None,
) -> dict[str, Interval]:
    """The interval of each figure's change between the question's range and an earlier one.

    `only` are the days of both ranges that are added up, where not all are.
    """
    request = [name for name in changes if name not in CHOSEN and _is_daily(name)]
    now = Period(query.start, query.end)
    series = _series(db, query, before, request)
    if only is not None:
        series = _narrowed(series, only)
    ranges = _Ranges(now, before, int(series.sessions[series.within(now)].sum()))
    running = query.cut_at is not None
    result = {}
    for name, change in changes.items():
        if name not in request:
            result[name] = Interval(is_noise=False, why="chosen" if _is_daily(name) else "unknown")
        elif change.change is None:
            result[name] = Interval(why="no_base" if change.before is not None else "unknown")
        elif _is_of_buyers(name):
            result[name] = _of_buyers(db, query, name, change, ranges)
        else:
            result[name] = _judged(name, change, series, ranges, running=running)
    return result


def _narrowed(series: Daily, days: Container[date]) -> Daily:
    """The same days, of which only these count."""
    counts = np.array([date.fromordinal(int(day)) in days for day in series.day], dtype=bool)
    figures = {name: np.where(counts, values, np.nan) for name, values in series.figures.items()}
    return replace(series, figures=figures, counts=counts)


def _is_daily(name: str) -> bool:
    """Whether a figure is known day by day; what is in stock is known for a range alone."""
    return all(measure.fact != "stock" for measure in measures_of(name))


def _is_of_buyers(name: str) -> bool:
    """Whether a figure is a share of distinct buyers, who add up over no days."""
    result = metric(name)
    return isinstance(result, Ratio) and result.unit == "rate" and result.under == "buyers"


def _of_buyers(db: Database, query: Query, name: str, change: FigureChange, ranges: _Ranges) -> Interval:
    """A share of distinct buyers: each buyer is a block of orders already."""
    buyers = [
        total(db, replace(query, metrics=("buyers",), start=period.start, end=period.end, cut_at=None))
        for period in (ranges.before, ranges.now)
    ]
    return _of_rate(change, None, [float(result["buyers"] or 0) for result in buyers], ranges)


def _parts(name: str) -> tuple[str, str | None]:
    """What is added up for a figure: itself, or the two that a ratio divides."""
    result = metric(name)
    if isinstance(result, Measure):
        return name, None
    return result.over, None if result.under == "days" else result.under


def _judged(name: str, change: FigureChange, series: Daily, ranges: _Ranges, *, running: bool) -> Interval:
    over, under = _parts(name)
    days = _days(series, ranges, over, under, running=running)
    if metric(name).unit == "rate":
        bases = [series.sum(under, period) for period in (ranges.before, ranges.now)]
        return _of_rate(change, spread(days, is_rate=True), bases, ranges)
    result = _at_least_orders(spread(days), series, ranges, name)
    if result is None:
        return Interval(why="few_days")
    assert change.change is not None
    if change.change <= -1:
        return _of_nothing(result, ranges)
    return _between(log(1 + change.change), result, ranges)


def _between(seen: float, result: Spread, ranges: _Ranges) -> Interval:
    """The interval around a change, on the logarithm."""
    reach = t_quantile(result.freedom) * result.error
    is_noise = abs(seen) <= reach
    more = _more(seen, result, ranges) if is_noise else None
    return Interval((exp(seen - reach) - 1, exp(seen + reach) - 1), is_noise, more)


def _of_nothing(result: Spread, ranges: _Ranges) -> Interval:
    """Nothing sold now: how much may still stand behind it, by the rule of three."""
    expected = ranges.now.days / ranges.before.days / max(result.before, 1e-9)
    high = NOTHING_SEEN / expected - 1
    return Interval((-1.0, max(high, -1.0)), is_noise=high >= 0)


def _of_rate(change: FigureChange, result: Spread | None, bases: list[float], ranges: _Ranges) -> Interval:
    """The interval of a rate in points: few cases are eased, days that swing together widen it."""
    assert change.change is not None
    variances = (None, None) if result is None else (result.before, result.now)
    then = _rate_sample(change.before, bases[0], variances[0])
    now = _rate_sample(change.now, bases[1], variances[1])
    if then is None or now is None:
        return Interval(why="few_days")
    doubt = Spread(then[1], now[1], MANY if result is None else result.freedom)
    middle, reach = now[0] - then[0], t_quantile(doubt.freedom) * doubt.error
    low, high = min(middle - reach, change.change), max(middle + reach, change.change)
    is_noise = low <= 0 <= high
    return Interval((low, high), is_noise, _more(change.change, doubt, ranges) if is_noise else None)


def _rate_sample(rate: Figure, base: float, variance: float | None) -> tuple[float, float] | None:
    """A rate eased towards a half by a case or so, and its variance."""
    if rate is None or base <= 0:
        return None
    ease = t_quantile(MANY) ** 2 / 4
    eased = (rate * base + ease) / (base + 2 * ease)
    alone = max(rate * (1 - rate), 0.0) / base
    swing = variance * rate**2 / alone if variance is not None and alone > 0 else 1.0
    if not 0 < eased < 1:
        return (float(rate), variance * rate**2) if variance is not None else None
    return eased, swing * eased * (1 - eased) / (base + 2 * ease)


def _more(seen: float, result: Spread, ranges: _Ranges) -> More | None:
    """How much longer the present range, else both ranges, would have to be."""
    wanted = (seen / t_quantile(result.freedom)) ** 2
    alone = wanted - result.before
    both = bool(alone * MOST_TIMES < result.now)
    if wanted * MOST_TIMES < (result.error**2 if both else 0.0) or wanted == 0:
        return None
    times = result.error**2 / wanted if both else result.now / alone
    sessions = ceil(ranges.sessions * (times - 1)) if ranges.sessions else None
    return More(ceil(ranges.now.days * (times - 1)), sessions, both)


def _at_least_orders(result: Spread | None, series: Daily, ranges: _Ranges, name: str) -> Spread | None:
    """A sum of orders is never surer than its number of orders allows, however even the days are."""
    if result is None or not _counts_orders(name):
        return result
    least = [1 / max(series.sum("orders", item), 1) for item in (ranges.before, ranges.now)]
    return replace(result, before=max(result.before, least[0]), now=max(result.now, least[1]))


def _counts_orders(name: str) -> bool:
    over, under = _parts(name)
    result = metric(over)
    return under is None and isinstance(result, Measure) and result.fact == "sales"


# --- the days --------------------------------------------------------------------------------------


def _series(db: Database, query: Query, before: Period, names: list[str]) -> Daily:
    """Both ranges day by day, with the weeks before where they are short."""
    start = min(before.start, query.start)
    if min(before.days, query.days) < SHORT:
        start = min(start, query.start - timedelta(days=HISTORY))
    parts = {part for name in names if not _is_of_buyers(name) for part in _parts(name) if part}
    if any(_counts_orders(name) for name in names):
        parts.add("orders")
    return daily(db, query, parts, Period(start, max(before.end, query.end)))


def _days(series: Daily, ranges: _Ranges, over: str, under: str | None, *, running: bool) -> DailyBlocks:
    """The days of both ranges and of the weeks before, in blocks; unknown days bring nothing."""
    excess = series.figures[over]
    below = None if under is None else series.figures[under]
    known = ~np.isnan(excess) if below is None else ~np.isnan(excess) & ~np.isnan(below)
    excess = np.where(known, excess, 0.0)
    block = np.full(len(excess), -1, dtype=np.int64)
    block[series.within(ranges.before)] = BEFORE
    block[series.within(ranges.now)] = NOW
    if min(ranges.now.days, ranges.before.days) < SHORT:
        _earlier(block, excess > 0, ranges.now.start.toordinal() - series.day)
    stored = block >= 0 if series.counts is None else (block >= 0) & series.counts
    return DailyBlocks(
        excess[stored],
        None if below is None else np.where(known, below, 0.0)[stored],
        series.sessions[stored] > 0,
        series.weekday[stored],
        block[stored],
        ~((series.day == ranges.now.end.toordinal()) & running)[stored],
    )


def _earlier(block: Ints, sold: Mask, ago: Ints) -> None:
    """Name the stretches of four weeks before the present range, from the first sale on."""
    since_first = np.logical_or.accumulate(sold)
    free = (block < 0) & (ago > 0) & (ago <= HISTORY) & since_first
    block[free] = 2 + (ago[free] - 1) // STRETCH
