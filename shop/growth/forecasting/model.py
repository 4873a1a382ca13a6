"""The arithmetic of a forecast on plain arrays: learn, expect, try it on the past, draw the band.

The point forecast is the mean: level x lift of the calendar x usual sessions of the weekday. Its band
is conformal (Vovk, Gammerman & Shafer 2005; for rolling origins: Xu & Xie 2021, EnbPI): the 10 % and
90 % points of how earlier forecasts missed, days with and without a session separately, mixed by how often
the weekday has one. Forecasts are judged by rolling origins (Tashman 2000) against the seasonal naive
one (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, log, sqrt

import numpy as np

from shop.growth.forecasting.seasonality import Fitted, Floats, Ints, Mask, SeasonalShape, fit, robust_mean
from shop.stats.quantiles import Z80, t_quantile

WEEK = 7
HORIZON = 42  # as far as the end of a month can lie, days that were not imported yet included
JUDGED = 28  # the four weeks that trials are judged by
LEAST_TRAINED = 35
ORIGINS = 39
HALF_LIFE = 42.0
SCHEDULE_HALF_LIFE = 91.0
DAMPED = 0.5  # how much of the last year's drift goes on (Gardner & McKenzie 1985)
STEEPEST = 0.002
LOW, HIGH = 0.1, 0.9
ENOUGH = 40
LEAST = 1e-9
LIKELY_SESSION = 8  # sessions in the history from which on they are informative
SLACK = 1.2


@dataclass(frozen=True)
class Series:
    """Days in order: sales, whether a session began (None: unknown), and what is known at all."""

    day: Ints
    sales: Floats
    live: Floats | None
    known: Floats

    @property
    def weekday(self) -> Ints:
        """The weekday of each day, Monday 0."""
        return (self.day - 1) % WEEK


@dataclass(frozen=True)
class Learnt:
    """What the days up to a place show: shape, level there, and how often each weekday has a session."""

    fitted: Fitted
    level: float
    drift: float
    chance: Floats

    @property
    def lift(self) -> float:
        """How much a session lifts a day; 1 where none is known."""
        return self.fitted.session if self.chance.any() else 1.0

    def plain(self, columns: Floats, ahead: Ints) -> Floats:
        """What each day would bring without a session; `ahead` counts from 1."""
        result: Floats = self.level * np.exp(self.drift * ahead) * self.fitted.lift(columns)
        return result

    def usual(self, weekday: Ints) -> Floats:
        """How much the usual sessions of each weekday lift it."""
        lifted: Floats = 1 + self.chance[weekday] * (self.fitted.session - 1)
        return lifted


def learn(series: Series, columns: Floats, upto: int, start: Fitted | None = None) -> Learnt:
    """Learn from the days before a place."""
    sales, known = series.sales[:upto], series.known[:upto]
    live = None if series.live is None or series.live[:upto].sum() < LIKELY_SESSION else (series.live[:upto])
    fitted = fit(sales, columns[:upto], live, known, start)
    age = np.arange(upto)[::-1]
    weight = known * 0.5 ** (age / HALF_LIFE)
    lifted = fitted.lift(columns[:upto])
    if live is not None:
        lifted = lifted * fitted.session**live
    level = robust_mean(sales, weight, lifted)
    drift = DAMPED * float(np.clip(fitted.drift, -STEEPEST, STEEPEST))
    lag = float((weight * lifted * age).sum() / max((weight * lifted).sum(), 1e-12))
    return Learnt(fitted, level * exp(drift * lag), drift, _chances(series, live, upto))


def _chances(series: Series, live: Floats | None, upto: int) -> Floats:
    """How likely each weekday has a session, the last quarter counting most."""
    if live is None:
        return np.zeros(WEEK)
    weight = 0.5 ** (np.arange(upto)[::-1] / SCHEDULE_HALF_LIFE)
    weekday = series.weekday[:upto]
    seen = np.bincount(weekday, weight * live, WEEK)
    days = np.bincount(weekday, weight, WEEK)
    chances: Floats = (seen + (weight * live).sum() / weight.sum()) / (days + 1)
    return chances


def naive(series: Series, upto: int, days: int) -> Floats:
    """The same weekday of the last week that is known, over and over."""
    result = np.zeros(days)
    for step in range(days):
        place = upto - WEEK + step % WEEK
        while place >= WEEK and not series.known[place]:
            place -= WEEK
        result[step] = series.sales[place] if place >= 0 else 0.0
    return result


# --- how it did so far -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Trials:
    """Past forecasts, one row each (the earliest first), one column a day ahead.

    `origin` is the place of the first day forecast; `actual` is NaN where nothing is known yet; `live`
    shows which days had a session; `session` is how much a session lifted a day, as known then.
    """

    origin: Ints
    expected: Floats
    naive: Floats
    plain: Floats
    chance: Floats
    session: Floats
    actual: Floats
    live: Mask

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def known(self) -> Mask:
        """Which of the forecast days are known by now."""
        known: Mask = ~np.isnan(self.actual)
        return known

    @cached_property
    def ratios(self) -> Floats:
        """What came over what was forecast for such a day, with or without a session."""
        lifted = self.plain * np.where(self.live, self.session[:, None], 1.0)
        result: Floats = self.actual / np.maximum(lifted, LEAST)
        return result

    @cached_property
    def of_mean(self) -> Floats:
        """What came over what was forecast."""
        result: Floats = self.actual / np.maximum(self.expected, LEAST)
        return result

    @cached_property
    def of_sums(self) -> Floats:
        """The logarithm of the sums that came over the forecast sums, NaN from the first unknown day on."""
        came, message = np.cumsum(self.actual, axis=1), np.cumsum(self.expected, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(came > 0, np.log(came / np.maximum(message, LEAST)), np.nan)


@dataclass(frozen=True)
class Misses:
    """How earlier forecasts missed: what came over what was forecast, per kind of day and per sum."""

    with_session: Floats
    without: Floats
    of_mean: Floats
    sums: Floats  # one row an origin, one column a number of days, NaN where unknown


def trials(series: Series, result: SeasonalShape, *, origins: int = ORIGINS) -> Trials:
    """Forecasts at weekly places of the past, each from the days before it alone."""
    size = len(series.day)
    first = max(LEAST_TRAINED, size - WEEK * origins)
    places = range(size - WEEK * ((size - first) // WEEK), size, WEEK)
    start: Fitted | None = None
    rows = []
    for origin in places:
        model = learn(series, result.columns, origin, start)
        start = model.fitted
        rows.append(_predicted(series, result, origin, model))
    expected, plain, chance, session = (
        np.array([row[part] for row in rows]).reshape(len(rows), -1) for part in range(4)
    )
    ahead = np.array(places, dtype=np.int64)[:, None] + np.arange(HORIZON)
    inside = ahead < size
    where = np.minimum(ahead, size - 1)
    live = inside & (series.live[where] > 0) if series.live is not None else inside & False
    return Trials(
        ahead[:, 0],
        expected,
        np.array([naive(series, row, HORIZON) for row in places]),
        plain,
        chance,
        session[:, 0] if len(rows) else np.zeros(0),
        np.where(inside & (series.known[where] > 0), series.sales[where], np.nan),
        live,
    )


def _predicted(
    series: Series, result: SeasonalShape, origin: int, model: Learnt
) -> tuple[Floats, Floats, Floats, Floats]:
    """The forecast of a model from a place on: expected, without a session, its chance and its lift."""
    end = min(origin + HORIZON, len(series.day))
    columns = np.zeros((HORIZON, result.columns.shape[1]))
    columns[: end - origin] = result.columns[origin:end]
    ahead = np.arange(1, HORIZON + 1)
    weekday = (series.day[origin - 1] + ahead - 1) % WEEK
    plain = model.plain(columns, ahead)
    return plain * model.usual(weekday), plain, model.chance[weekday], np.array([model.lift])


def misses(computed: Trials, first: int, before: int) -> Misses:
    """How the first so many forecasts missed on the days before a place."""
    seen = computed.known[:first] & (computed.origin[:first, None] + np.arange(HORIZON) < before)
    live = computed.live[:first]
    ratios = computed.ratios[:first]
    return Misses(
        ratios[seen & live],
        ratios[seen & ~live],
        computed.of_mean[:first][seen],
        np.where(seen, computed.of_sums[:first], np.nan),
    )


def in_hindsight(series: Series, result: SeasonalShape, model: Learnt, upto: int) -> Misses:
    """How the model misses the very days it learnt from, widened a little: for a young shop."""
    first = max(0, upto - 26 * WEEK)
    days = slice(first, upto)
    ahead = np.arange(first - upto + 1, 1)
    plain = np.maximum(model.plain(result.columns[days], ahead), LEAST)
    live = np.zeros(upto - first, dtype=bool) if series.live is None else series.live[days] > 0
    known = series.known[days] > 0
    ratio = series.sales[days] / (plain * model.lift**live)
    mean = series.sales[days] / (plain * model.usual(series.weekday[days]))
    return Misses(
        1 + SLACK * (ratio[known & live] - 1),
        1 + SLACK * (ratio[known & ~live] - 1),
        1 + SLACK * (mean[known] - 1),
        np.zeros((0, HORIZON)),
    )


# --- the band --------------------------------------------------------------------------------------


def band(
    missed: Misses, plain: Floats, expected: Floats, chance: Floats, session: float
) -> tuple[Floats, Floats]:
    """The 80 % band of each day: misses with and without a session, mixed by the day's chance."""
    if min(len(missed.with_session), len(missed.without)) < WEEK or session == 1.0:
        low, high = np.quantile(missed.of_mean, (LOW, HIGH))
        return np.maximum(low, 0) * expected, high * expected
    values = np.concatenate([missed.with_session * session, missed.without])
    order = np.argsort(values, kind="stable")
    is_live = order < len(missed.with_session)
    low, high = np.zeros(len(plain)), np.zeros(len(plain))
    for likely in np.unique(chance):
        weight: Floats = np.where(
            is_live, likely / len(missed.with_session), (1 - likely) / len(missed.without)
        )
        places = np.searchsorted(np.cumsum(weight), (LOW, HIGH)).clip(max=len(values) - 1)
        below, excess = values[order][places]
        here = chance == likely
        low[here], high[here] = max(below, 0.0) * plain[here], excess * plain[here]
    return low, high


def band_of_sum(missed: Misses, days: int, message: Floats) -> tuple[float, float]:
    """The 80 % band of the sum of the next so many days, as factors of what was forecast for them.

    From how sums of as many days missed before; neighbouring origins share days, so that they count
    for less.
    """
    errors = missed.sums[:, days - 1] if len(missed.sums) else np.zeros(0)
    errors = errors[~np.isnan(errors)]
    freedom = len(errors) * WEEK / max(days, WEEK)
    if freedom >= 3:
        spread = sqrt(float(np.mean(errors**2)))
    else:
        ratio = missed.of_mean
        alone = float(np.var(ratio)) * float((message**2).sum()) / max(float(message.sum()) ** 2, LEAST)
        spread, freedom = sqrt(log(1 + alone) + 0.15**2), 6.0
    reach = t_quantile(freedom, Z80) * spread
    return exp(-reach), exp(reach)


# --- the verdict -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrialErrors:
    """The results of the trials: weighted absolute percentage errors, and how often the bands contained the outcome."""

    origins: int
    days: int
    error: float
    naive_error: float
    covered: float
    sums_covered: float | None


def verdict(computed: Trials) -> TrialErrors | None:
    """The errors of the trials and of the naive ones, and the coverage of bands drawn at the time."""
    seen = computed.known & (np.arange(HORIZON) < JUDGED)
    came = float(np.abs(computed.actual[seen]).sum())
    inside, sums = [], []
    for place, origin in enumerate(computed.origin):
        before = misses(computed, place, int(origin))
        if len(before.of_mean) >= ENOUGH:
            inside.append(_inside(computed, place, before)[seen[place]])
            sums += _sum_inside(computed, place, before)
    if came <= 0 or not inside:
        return None
    return TrialErrors(
        len(computed),
        int(seen.sum()),
        float(np.abs(computed.actual - computed.expected)[seen].sum()) / came,
        float(np.abs(computed.actual - computed.naive)[seen].sum()) / came,
        float(np.concatenate(inside).mean()),
        float(np.mean(sums)) if sums else None,
    )


def _inside(computed: Trials, place: int, before: Misses) -> Mask:
    low, high = band(
        before,
        computed.plain[place],
        computed.expected[place],
        computed.chance[place],
        computed.session[place],
    )
    inside: Mask = (computed.actual[place] >= low) & (computed.actual[place] <= high)
    return inside


def _sum_inside(computed: Trials, place: int, before: Misses) -> list[bool]:
    actual, expected = computed.actual[place, :JUDGED], computed.expected[place, :JUDGED]
    if np.isnan(actual).any():
        return []
    low, high = band_of_sum(before, JUDGED, expected)
    ratio = float(actual.sum() / max(expected.sum(), LEAST))
    return [low <= ratio <= high]
