"""Variance of the sum of a range, estimated from its days.

Orders are not independent: they depend on the day and on the live session. So the days are the blocks, and
days with a session are treated separately from the others (stratified, Cochran 1977,
Sampling Techniques, ch. 5), for how often to go live is chosen and not chance. Neighbouring days
move together: their covariance over four days is counted in (Newey & West 1987, Econometrica 55:3,
with equal weights), corrected for what the mean of a short range takes from it (Marriott & Pope 1954,
Biometrika 41:3/4). The weekday's own level is taken out as far as it shows (James & Stein 1961).
The degrees of freedom are Satterthwaite's (1946, Biometrics Bulletin 2:6). All of it is closed
form: the same days give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BEFORE, NOW = 0, 1  # blocks; higher numbers are earlier days that only teach how much days vary
LAGS = 4
OWN_LEVEL = 3  # from so many days of a kind on, their own level is used
LEAST_DAYS = 10  # with fewer, the variance of days is unknown
LEAST_FREEDOM = 3.0


@dataclass(frozen=True)
class DailyBlocks:
    """Days in order within blocks: what was sold (`over`), the base of a ratio (`under`), whether
    there was a session, the weekday (Monday 0) and the block (BEFORE, NOW or an earlier stretch).

    `whole` is false for a day that still runs: it belongs to its range but teaches nothing.
    """

    over: Floats
    under: Floats | None
    is_live: Mask
    weekday: Ints
    block: Ints
    whole: Mask


@dataclass(frozen=True)
class Spread:
    """The relative variance of each range's figure, and the degrees of freedom behind both."""

    before: float
    now: float
    freedom: float

    @property
    def error(self) -> float:
        """The standard error of the difference of the two logarithms."""
        return sqrt(self.before + self.now)


def spread(days: DailyBlocks, *, is_rate: bool = False) -> Spread | None:
    """The relative variance of the figures of two ranges; None where there are too few days.

    `is_rate` is for rates of single orders, in which neighbouring days do not pull each other along:
    there a little less than none may be measured too, else chance would be counted double.
    """
    cells = days.block * 2 + days.is_live
    level, off, taught = _deviations(days, cells)
    if taught.sum() < LEAST_DAYS:
        return None
    off, lost = _without_weekdays(days, off, taught)
    size, freedom = _sizes(days, cells, off, taught, lost)
    together = _together(days, off, size, taught, -0.5 if is_rate else 0.0)
    ranges = [_range_variance(days, cells, level, size, together, block) for block in (BEFORE, NOW)]
    if any(range_variance is None for range_variance in ranges):
        return None
    (before, parts_before), (now, parts_now) = (
        range_variance for range_variance in ranges if range_variance is not None
    )
    parts = parts_before + parts_now
    if parts.sum() <= 0:
        return None
    lag = parts.sum() ** 2 / (parts**2 / np.maximum(freedom, 1.0)).sum()
    return Spread(float(before), float(now), float(lag)) if lag >= LEAST_FREEDOM else None


def _deviations(days: DailyBlocks, cells: Ints) -> tuple[Floats, Floats, Mask]:
    """Each day's deviation from the level of its like (block, with or without session), as a share
    of that level; and which days have a level to deviate from.
    """
    over, base = days.over, days.over
    if days.under is not None:
        excess, below = _sums(days.block, days.over), _sums(days.block, days.under)
        ratio = np.divide(excess, below, out=np.zeros_like(excess), where=below > 0)
        base = ratio[days.block] * days.under
        over = days.over - base
    known = days.whole.astype(float)
    count = np.maximum(_sums(cells, known), 1.0)
    level = (_sums(cells, base * known) / count)[cells]
    middle = (_sums(cells, over * known) / count)[cells]
    taught = days.whole & (level > 0) & (count[cells] > 1)
    off = np.divide(over - middle, level, out=np.zeros_like(level), where=taught)
    return level, off, taught


def _sums(keys: Ints, values: Floats) -> Floats:
    return np.bincount(keys, values, minlength=int(keys.max()) // 2 * 2 + 2).astype(np.float64)


def _without_weekdays(days: DailyBlocks, off: Floats, taught: Mask) -> tuple[Floats, float]:
    """The deviations less what the weekday explains, shrunk to what is more than chance; and how
    many degrees of freedom that took.
    """
    worth = np.zeros_like(off)
    for live in (False, True):
        like = taught & (days.is_live == live)
        square = float((off[like] ** 2).mean()) if like.any() else 0.0
        worth[like] = 1 / square if square > 0 else 0.0
    weight = np.bincount(days.weekday, worth, minlength=7)
    pull = np.bincount(days.weekday, worth * off, minlength=7)
    shown = float((pull**2 / np.where(weight > 0, weight, 1.0)).sum()) / 6
    shrinkage = max(0.0, 1 - 1 / shown) if shown > 0 else 0.0
    mean = pull / np.where(weight > 0, weight, 1.0)
    return np.where(taught, off - shrinkage * mean[days.weekday], 0.0), 6 * shrinkage


def _sizes(days: DailyBlocks, cells: Ints, off: Floats, taught: Mask, lost: float) -> tuple[Floats, Floats]:
    """The usual relative deviation of a day without and with a session, and the freedom of each."""
    squares, freedom = np.zeros(2), np.zeros(2)
    for live in (0, 1):
        like = taught & (days.is_live == bool(live))
        freedom[live] = like.sum() - len(np.unique(cells[like]))
        squares[live] = float((off[like] ** 2).sum())
    left = max(float(freedom.sum()) - lost, 1.0) / max(float(freedom.sum()), 1.0)
    freedom = freedom * left
    size = np.sqrt(np.divide(squares, freedom, out=np.zeros(2), where=freedom > 0))
    for live in (0, 1):
        if freedom[live] <= 0:  # a kind of day seen too seldom varies like the other kind
            size[live], freedom[live] = size[1 - live], freedom[1 - live]
    return size, freedom


def _together(days: DailyBlocks, off: Floats, size: Floats, taught: Mask, least: float) -> float:
    """The mean correlation of two days up to four days between them."""
    scale = size[days.is_live.astype(np.int64)]
    standard = np.divide(off, scale, out=np.zeros_like(off), where=taught & (scale > 0))
    correlation = 0.0
    for lag in range(1, LAGS + 1):
        pair = taught[lag:] & taught[:-lag] & (days.block[lag:] == days.block[:-lag])
        if pair.sum() > LAGS + 1:
            correlation += float((standard[lag:] * standard[:-lag])[pair].mean())
    inflation = 1 + 2 * correlation
    length = taught.sum() / max(len(np.unique(days.block[taught])), 1)
    if length > 2 * LAGS + 4:
        inflation /= 1 - 2 * LAGS / length
    return max(least, inflation - 1) / (2 * LAGS)


def _range_variance(
    days: DailyBlocks, cells: Ints, level: Floats, size: Floats, together: float, block: int
) -> tuple[float, Floats] | None:
    """The relative variance of a range's figure, and its parts from days without and with session."""
    here = days.block == block
    live = days.is_live[here].astype(np.int64)
    weight = _levels(days, cells, level)[here]
    if weight.sum() <= 0:
        return None
    part = weight / weight.sum() * size[live]
    alone = np.bincount(live, part**2, minlength=2).astype(np.float64)
    joint = sum(float((part[lag:] * part[:-lag]).sum()) for lag in range(1, LAGS + 1))
    return float(alone.sum()) + 2 * together * joint, alone


def _levels(days: DailyBlocks, cells: Ints, level: Floats) -> Floats:
    """What a day of its kind brings, by its own range; by all days where the range has too few."""
    count = np.bincount(cells[days.whole], minlength=int(cells.max()) + 1)
    few = np.unique(days.block[count[cells] < OWN_LEVEL])
    base = days.over if days.under is None else days.under
    levels = level.copy()
    for live in (False, True):
        like = days.whole & (days.is_live == live)
        everywhere = base[like if like.any() else days.whole].mean()
        levels[np.isin(days.block, few) & (days.is_live == live)] = everywhere
    return levels
