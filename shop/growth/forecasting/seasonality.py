"""The shape of a shop's year in numbers: how much each weekday, festival, campaign and live session
lifts the sales of a day, learnt from the days that were.

Sales of a day = level x weekday x lunar festival x campaign x session, fitted on the logarithm as a
quasi-Poisson regression with a ridge (McCullagh & Nelder 1989, ch. 9; Hoerl & Kennard 1970), so that
days without a sale are days like others and little-seen festivals stay near 1. The level may drift
(a broken line with a knot a quarter, its bends penalised: Eilers & Marx 1996). A day far above its
expectation counts the less the further it is, from sixteen times on as expected (a redescending weight,
Hampel 1974), so that one wholesale order bends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shop.core import holidays
from shop.growth.comparison.campaigns import Edition

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

# How people shop around a festival: gifts before it, quiet in it. Days after its day, both inclusive.
AROUND = {
    "spring": ((-30, -10), (-9, -3), (-2, 1), (2, 6), (7, 15)),
    "mid_autumn": ((-14, -2), (-1, 1)),
    "dragon_boat": ((-10, -1), (0, 1)),
    "qixi": ((-7, 0),),
}
PEAK_DAYS = 3
KNOT_DAYS = 91
OUTLIER = 4.0
OUTLIER_ONE_IN = 50
STEPS = 12
CUTS = 4
CLOSE = 1e-3
BLOCK = 128
RIDGE_WEEKDAY, RIDGE_SEASON, RIDGE_SESSION, RIDGE_BEND = 2.0, 4.0, 0.5, 30.0


@dataclass(frozen=True)
class SeasonalShape:
    """What each day of a stretch is, as columns: weekday, festival windows, days off, campaigns.

    `occasions` names the festival or campaign of each column after the weekdays ("" for days off).
    """

    day: Ints
    columns: Floats
    occasions: tuple[str, ...]

    def part(self, start: int, end: int) -> Floats:
        """The columns of the days from one place up to another."""
        return self.columns[start:end]


def shape(day: Ints, editions: Iterable[Edition]) -> SeasonalShape:
    """What each of these days (ordinal numbers, without a gap) is."""
    weekday = (day - 1) % 7
    # six columns for seven days: each against the average of all
    columns = [(weekday == number) * 1.0 - (weekday == 0) for number in range(1, 7)]
    names = []
    for name, windows in AROUND.items():
        away = _away(day, name)
        for first, last in windows:
            columns.append(((away >= first) & (away <= last)) * 1.0)
            names.append(name)
    columns.append(_weekdays_off(day))
    names.append("")
    for name, marks in _of_campaigns(day, editions):
        columns.append(marks)
        names.append(name)
    return SeasonalShape(day, np.column_stack(columns), tuple(names))


def _away(day: Ints, festival: str) -> Ints:
    """How many days after the nearest day of a festival each day is (before it: negative)."""
    years = range(date.fromordinal(int(day[0])).year - 1, date.fromordinal(int(day[-1])).year + 2)
    known = [year for year in years if holidays.FIRST_YEAR <= year <= holidays.LAST_YEAR]
    result = np.array([holidays.festival_on(festival, year).toordinal() for year in known])
    distances = day[:, None] - result[None, :]
    nearest: Ints = distances[np.arange(len(day)), np.abs(distances).argmin(axis=1)]
    return nearest


def _weekdays_off(day: Ints) -> Floats:
    dates = (date.fromordinal(int(number)) for number in day)
    return np.array([float(item.weekday() < 5 and not holidays.is_working_day(item)) for item in dates])


def _of_campaigns(day: Ints, editions: Iterable[Edition]) -> list[tuple[str, Floats]]:
    """Two columns a campaign: its days, and its first and last ones, when most is sold."""
    result: dict[str, tuple[Floats, Floats]] = {}
    for item in editions:
        start, end = item.period.start.toordinal(), item.period.end.toordinal()
        whole, peak = result.setdefault(item.key, (np.zeros(len(day)), np.zeros(len(day))))
        whole[(day >= start) & (day <= end)] = 1.0
        peak[(day == start) | ((day > end - PEAK_DAYS) & (day <= end))] = 1.0
    return [(name, marks) for name, both in result.items() for marks in both if marks.any()]


@dataclass(frozen=True)
class Fitted:
    """What was learnt: the weights of each column, the lift of a session, and the level's path."""

    weights: Floats
    session: float
    path: Floats  # the level's logarithm at each knot
    scale: float

    def lift(self, columns: Floats) -> Floats:
        """How much the calendar lifts each day, without session and level."""
        lifted: Floats = np.exp(np.clip(columns @ self.weights, -6, 6))
        return lifted

    @property
    def drift(self) -> float:
        """How much the level's logarithm rose a day over the last year, or since the beginning."""
        knots = self.path[-5:]
        return float(knots[-1] - knots[0]) / (KNOT_DAYS * max(len(knots) - 1, 1))


def fit(
    sales: Floats, columns: Floats, live: Floats | None, known: Floats, start: Fitted | None = None
) -> Fitted:
    """Learn the shape from days in order; `known` is 0 for days that nothing is known of.

    `live` is 1 on days with a session (None: no sessions are known). `start` is an earlier fit to
    begin from.
    """
    size = len(sales)
    level, bends = _level(size)
    parts = [level, columns] + ([] if live is None else [live[:, None]])
    table = np.concatenate(parts, axis=1)
    knots, seasons = level.shape[1], columns.shape[1]
    ridge = np.zeros(table.shape[1])
    ridge[knots : knots + 6] = RIDGE_WEEKDAY
    ridge[knots + 6 : knots + seasons] = RIDGE_SEASON
    if live is not None:
        ridge[-1] = RIDGE_SESSION
    fixed = np.diag(ridge + 1e-9)
    fixed[:knots, :knots] += bends
    scale = robust_mean(sales, known, np.ones(size))
    begun = _begun(start, knots, seasons, sales, live, scale)
    beta = _solved(sales / scale, table, known, fixed, begun)
    session = float(np.exp(beta[-1])) if live is not None else 1.0
    return Fitted(beta[knots : knots + seasons], session, beta[:knots], scale)


def robust_mean(sales: Floats, weight: Floats, lifted: Floats) -> float:
    """The level of sales over what lifts each day; outlier days count for less (see `_counted`)."""
    base = max(float((weight * lifted).sum()), 1e-12)
    level = float((weight * sales).sum()) / base
    for _ in range(CUTS):
        level = float((weight * _counted(sales, max(level, 0.0) * lifted)).sum()) / base
    return max(level, 1e-9)


def _counted(sales: Floats, expected: Floats) -> Floats:
    """Sales as they count: up to four times the expectation as they are, beyond it ever less.

    Where more than two days in a hundred lie beyond, such days are how this shop sells: they count.
    """
    ratio = sales / np.maximum(expected, 1e-12)
    beyond = len(ratio) - 1 - len(ratio) // OUTLIER_ONE_IN
    most = max(OUTLIER, float(np.partition(ratio, beyond)[beyond])) * expected
    with np.errstate(divide="ignore", invalid="ignore"):
        less = np.maximum(most * (most / sales), expected)
    result: Floats = np.where(sales > most, less, sales)
    return result


def _level(size: int) -> tuple[Floats, Floats]:
    """The broken line of the level, knots every quarter up to the last day, and its stiffness."""
    knots = max(-(-(size - 1) // KNOT_DAYS), 1) + 1
    place = (np.arange(size) - (size - 1)) / KNOT_DAYS + knots - 1
    line = np.maximum(0.0, 1 - np.abs(place[:, None] - np.arange(knots)))
    bend = np.diff(np.eye(knots), axis=0)
    return line, RIDGE_BEND * bend.T @ bend


def _begun(
    start: Fitted | None, knots: int, seasons: int, sales: Floats, live: Floats | None, scale: float
) -> Floats:
    """Where the steps begin: at an earlier fit, else at one level and the plain lift of a session."""
    beta = np.zeros(knots + seasons + (live is not None))
    if start is None and live is not None:
        beta[-1] = _first_guess(sales, live)
    if start is not None:
        shifted = np.log(start.scale / scale)
        path = start.path[-knots:] + shifted
        beta[knots - len(path) : knots] = path
        beta[: knots - len(path)] = path[0]
        beta[knots : knots + seasons] = start.weights
        if live is not None:
            beta[-1] = np.log(start.session)
    return beta


def _first_guess(sales: Floats, live: Floats) -> float:
    """The logarithm of sales with a session over sales without."""
    with_session = float(sales[live > 0].mean()) if live.any() else 0.0
    without = float(sales[live == 0].mean()) if (live == 0).any() else 0.0
    if with_session <= 0:
        return 0.0
    return float(np.clip(np.log(with_session / max(without, with_session / 50)), -2, 4))


def _solved(sales: Floats, table: Floats, known: Floats, fixed: Floats, beta: Floats) -> Floats:
    """Newton's steps for the penalised quasi-likelihood, each no longer than one on the logarithm."""
    spread = 1.0
    for _ in range(STEPS):
        expected = np.exp(np.clip(table @ beta, -7, 7))
        counted = _counted(sales, expected)
        weight = known * expected / spread
        uphill = table.T @ (known * (counted - expected)) / spread - fixed @ beta
        step = np.linalg.solve(_crossed(table, weight) + fixed, uphill)
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < CLOSE:
            break
        misses = known * (counted - expected) ** 2 / np.maximum(expected, 1e-3)
        spread = max(float(misses.sum() / max(known.sum(), 1.0)), 0.05)
    return beta


def _crossed(table: Floats, weight: Floats) -> Floats:
    """The weighted cross products, in blocks too small for the algebra library to start threads for
    them: on a busy machine those wait for each other several times as long as the work takes.
    """
    blocks = -(-len(table) // BLOCK)
    padded = np.zeros((blocks * BLOCK, table.shape[1]))
    padded[: len(table)] = table
    weighted = np.zeros_like(padded)
    weighted[: len(table)] = table * weight[:, None]
    stacked = (blocks, BLOCK, table.shape[1])
    parts = weighted.reshape(stacked).transpose(0, 2, 1) @ padded.reshape(stacked)
    crossed: Floats = parts.sum(axis=0)
    return crossed
