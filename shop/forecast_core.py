"""The arithmetic of a forecast on plain arrays: learn, expect, try it on the past, draw the band.

The point forecast is the mean: level x lift of the calendar x usual sessions of the weekday. Its band
is conformal (Vovk, Gammerman & Shafer 2005; for rolling origins: Xu & Xie 2021, EnbPI): the 10 % and
90 % points of how earlier forecasts missed, days with and without a session apart, mixed by how often
the weekday has one. Forecasts are judged by rolling origins (Tashman 2000) against the seasonal naive
one (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from shop.seasonal import Fitted, Floats, Ints, Mask, Shape, fit, robust_mean

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
LIKELY_SESSION = 8  # sessions in the history from which on they tell something
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
    """What the days up to a place say: shape, level there, and how often each weekday has a session."""

    fitted: Fitted
    level: float
    drift: float
    chance: Floats

    def plain(self, columns: Floats, ahead: Ints) -> Floats:
        """What each day would bring without a session; `ahead` counts from 1."""
        found: Floats = self.level * np.exp(self.drift * ahead) * self.fitted.lift(columns)
        return found

    def usual(self, weekday: Ints) -> Floats:
        """How much the usual sessions of each weekday lift it."""
        lifted: Floats = 1 + self.chance[weekday] * (self.fitted.session - 1)
        return lifted


def learn(series: Series, columns: Floats, upto: int, start: Fitted | None = None) -> Learnt:
    """Learn from the days before a place."""
    sales, known = series.sales[:upto], series.known[:upto]
    live = None if series.live is None or series.live[:upto].sum() < LIKELY_SESSION else (
        series.live[:upto]
    )  # fmt: skip
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
    found = np.zeros(days)
    for step in range(days):
        place = upto - WEEK + step % WEEK
        while place >= WEEK and not series.known[place]:
            place -= WEEK
        found[step] = series.sales[place] if place >= 0 else 0.0
    return found


# --- how it did so far -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One forecast made in the past: where, what it said, and what came (NaN: not known yet)."""

    origin: int
    expected: Floats
    naive: Floats
    actual: Floats
    plain: Floats
    live: Mask
    session: float


@dataclass(frozen=True)
class Misses:
    """How earlier forecasts missed: what came over what was said, per kind of day and per sum."""

    with_session: Floats
    without: Floats
    of_mean: Floats
    sums: Floats  # log of the sum that came over the sum said, one row an origin, NaN where unknown


def trials(series: Series, found: Shape, *, origins: int = ORIGINS) -> list[Trial]:
    """Forecasts made at weekly places of the past, the earliest first, each from the days before."""
    size = len(series.day)
    made = []
    start: Fitted | None = None
    first = max(LEAST_TRAINED, size - WEEK * origins)
    for origin in range(size - WEEK * ((size - first) // WEEK), size, WEEK):
        model = learn(series, found.columns, origin, start)
        start = model.fitted
        made.append(_trial(series, found, origin, model))
    return made


def _trial(series: Series, found: Shape, origin: int, model: Learnt) -> Trial:
    end = min(origin + HORIZON, len(series.day))
    days = slice(origin, end)
    actual = np.full(HORIZON, np.nan)
    known = series.known[days] > 0
    actual[: end - origin][known] = series.sales[days][known]
    live = np.zeros(HORIZON, dtype=bool)
    if series.live is not None:
        live[: end - origin] = series.live[days] > 0
    columns = np.zeros((HORIZON, found.columns.shape[1]))
    columns[: end - origin] = found.columns[days]
    ahead = np.arange(1, HORIZON + 1)
    weekday = (series.day[origin - 1] + ahead - 1) % WEEK
    plain = model.plain(columns, ahead)
    session = model.fitted.session if model.chance.any() else 1.0
    return Trial(
        origin, plain * model.usual(weekday), naive(series, origin, HORIZON), actual, plain, live,
        session,
    )  # fmt: skip


def misses(made: list[Trial], before: int) -> Misses:
    """How the forecasts missed on the days before a place."""
    empty = np.zeros(0)
    pools: tuple[list[Floats], list[Floats], list[Floats]] = ([empty], [empty], [empty])
    sums = []
    for trial in made:
        seen = ~np.isnan(trial.actual) & (trial.origin + np.arange(HORIZON) < before)
        ratio = trial.actual / np.maximum(trial.plain * trial.session**trial.live, 1e-9)
        pools[0].append(ratio[seen & trial.live])
        pools[1].append(ratio[seen & ~trial.live])
        pools[2].append((trial.actual / np.maximum(trial.expected, 1e-9))[seen])
        sums.append(_sums(trial, seen))
    with_session, without, of_mean = (np.concatenate(pool) for pool in pools)
    return Misses(with_session, without, of_mean, np.array(sums).reshape(-1, HORIZON))


def _sums(trial: Trial, seen: Mask) -> Floats:
    came = np.cumsum(np.where(seen, trial.actual, np.nan))
    said = np.cumsum(trial.expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(came > 0, np.log(came / np.maximum(said, 1e-9)), np.nan)


def in_hindsight(series: Series, found: Shape, model: Learnt, upto: int) -> Misses:
    """How the model misses the very days it learnt from, widened a little: for a young shop."""
    first = max(0, upto - 26 * WEEK)
    days = slice(first, upto)
    ahead = np.arange(first - upto + 1, 1)
    plain = np.maximum(model.plain(found.columns[days], ahead), 1e-9)
    live = np.zeros(upto - first, dtype=bool) if series.live is None else series.live[days] > 0
    session = model.fitted.session if model.chance.any() else 1.0
    known = series.known[days] > 0
    ratio = series.sales[days] / (plain * session**live)
    mean = series.sales[days] / (plain * model.usual(series.weekday[days]))
    return Misses(
        1 + SLACK * (ratio[known & live] - 1), 1 + SLACK * (ratio[known & ~live] - 1),
        1 + SLACK * (mean[known] - 1), np.zeros((0, HORIZON)),
    )  # fmt: skip


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
        below, above = values[order][places]
        here = chance == likely
        low[here], high[here] = max(below, 0.0) * plain[here], above * plain[here]
    return low, high


def band_of_sum(missed: Misses, days: int, said: Floats) -> tuple[float, float]:
    """The 80 % band of the sum of the next so many days, as factors of what was said for them.

    From how sums of as many days missed before; neighbouring origins share days, so that they count
    for less (the t quantile by Abramowitz & Stegun 26.7.5).
    """
    errors = missed.sums[:, days - 1] if len(missed.sums) else np.zeros(0)
    errors = errors[~np.isnan(errors)]
    freedom = len(errors) * WEEK / max(days, WEEK)
    if freedom >= 3:
        spread = sqrt(float(np.mean(errors**2)))
    else:
        ratio = missed.of_mean
        alone = float(np.var(ratio)) * float((said**2).sum()) / max(float(said.sum()) ** 2, 1e-9)
        spread, freedom = sqrt(log(1 + alone) + 0.15**2), 6.0
    reach = _t90(freedom) * spread
    return exp(-reach), exp(reach)


def _t90(freedom: float) -> float:
    z = 1.2815515655446004
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


# --- the verdict -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """How the trials did: weighted absolute percentage errors, and how often the bands held."""

    origins: int
    days: int
    error: float
    naive_error: float
    covered: float
    sums_covered: float | None


def verdict(made: list[Trial]) -> Verdict | None:
    """The errors of the trials and of the naive ones, and the coverage of bands drawn at the time."""
    missed = came = naive_missed = 0.0
    days = 0
    inside: list[Mask] = []
    sums: list[bool] = []
    for place, trial in enumerate(made):
        seen = ~np.isnan(trial.actual) & (np.arange(HORIZON) < JUDGED)
        actual = trial.actual[seen]
        days += len(actual)
        came += float(np.abs(actual).sum())
        missed += float(np.abs(actual - trial.expected[seen]).sum())
        naive_missed += float(np.abs(actual - trial.naive[seen]).sum())
        before = misses(made[:place], trial.origin)
        if len(before.of_mean) >= ENOUGH:
            inside.append(_inside(trial, before)[seen])
            sums += _sum_inside(trial, before)
    if came <= 0 or not inside:
        return None
    covered = float(np.concatenate(inside).mean())
    return Verdict(
        len(made), days, missed / came, naive_missed / came, covered,
        float(np.mean(sums)) if sums else None,
    )  # fmt: skip


def _inside(trial: Trial, before: Misses) -> Mask:
    chance = np.zeros(HORIZON) if trial.session == 1.0 else (
        (trial.expected / np.maximum(trial.plain, 1e-9) - 1) / (trial.session - 1)
    )  # fmt: skip
    low, high = band(before, trial.plain, trial.expected, np.round(chance, 9), trial.session)
    inside: Mask = (trial.actual >= low) & (trial.actual <= high)
    return inside


def _sum_inside(trial: Trial, before: Misses) -> list[bool]:
    actual, expected = trial.actual[:JUDGED], trial.expected[:JUDGED]
    if np.isnan(actual).any():
        return []
    low, high = band_of_sum(before, JUDGED, expected)
    ratio = float(actual.sum() / max(expected.sum(), 1e-9))
    return [low <= ratio <= high]
