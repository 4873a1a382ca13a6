"""Outlier scores of days: how far a day is from what such a day usually brings.

A day is set against the twelve weeks before it: days with a live session separate from those without,
each weekday at its own level, all by medians, so that one strange day does not move the measure
(median and MAD: Leys et al. 2013, Journal of Experimental Social Psychology 49:4), on the logarithm.
It stands out only if it is also further off than the days of the last four months were, save one:
a shop with wild days gets a wide measure without any assumption on their law (rank test as in
conformal prediction, Vovk, Gammerman & Shafer 2005, ch. 2). A week is judged by the sum of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from shop.stats.variance import Floats, Ints, Mask

WEEKS = 84  # days that define what is usual
LEAST = 28  # and at least so many
SEEN = 120  # days whose own deviations a day must exceed
LEAST_SEEN = 42
WEEK = 7
SPIKE, DROP, DROP_MORE = 3.2, 4.2, 1.15
WEEK_LOW, WEEK_MORE = 2.6, 1.05
LEAST_OF_A_KIND = 4
WEEKDAY_DOUBT = 6  # a weekday's own level counts in full only when it was seen far more often
KIND_DOUBT = 8
CLIP = 3.0
MAD = 1.4826  # makes the median deviation a standard deviation, for normal noise

Kind = Literal["spike", "drop", "week_low"]


@dataclass(frozen=True)
class Scores:
    """Per day: how far off it is, in usual deviations (NaN where not known), that usual deviation,
    and what such a day usually brings.
    """

    off: Floats
    deviation: Floats
    usual: Floats


def scores(
    values: Floats, is_live: Mask, weekday: Ints, special: Mask, *, unit: float = 1.0, first: int = 0
) -> Scores:
    """How far each day from `first` on is off what such a day usually brings.

    `unit` is what one order is worth, so that small numbers of orders count as such. `special` days
    (festivals, campaigns) are judged but teach nothing.
    """
    logs = np.log(np.maximum(values, 0.0) / unit + 0.5)
    off, deviation, usual = (np.full(len(values), np.nan) for _ in range(3))
    kind = is_live.astype(np.int64)
    for day in range(max(first, LEAST), len(values)):
        past = slice(max(0, day - WEEKS), day)
        level_and_deviation = _usual(
            logs[past], kind[past], weekday[past], ~special[past], kind[day], weekday[day]
        )
        if level_and_deviation is not None:
            level, deviation[day] = level_and_deviation
            off[day] = (logs[day] - level) / deviation[day]
            usual[day] = (np.exp(level) - 0.5) * unit
    return Scores(off, deviation, np.maximum(usual, 0.0))


def _usual(
    logs: Floats, kind: Ints, weekday: Ints, teaches: Mask, like: int, on: int
) -> tuple[float, float] | None:
    """The level of such a day, and how far such days usually are off it."""
    level = np.full(2, np.nan)
    for kind_of_day in (0, 1):
        same = teaches & (kind == kind_of_day)
        if np.count_nonzero(same) >= LEAST_OF_A_KIND:
            level[kind_of_day] = _middle(logs[same])
    if np.isnan(level[like]):
        return None
    known = teaches & ~np.isnan(level)[kind]
    rest, of_kind, of_day = (logs - level[kind])[known], kind[known], weekday[known]
    pull = np.zeros(7)
    for day in range(7):
        same = rest[of_day == day]
        if len(same) >= LEAST_OF_A_KIND:
            pull[day] = _middle(same) * len(same) / (len(same) + WEEKDAY_DOUBT)
    rest = rest - pull[of_day]
    whole, own = MAD * _middle(np.abs(rest)), np.abs(rest[of_kind == like])
    squares = len(own) * (MAD * _middle(own)) ** 2 + KIND_DOUBT * whole**2
    mixed = squares / (len(own) + KIND_DOUBT)
    by_chance = float(np.exp(-level[like]))  # so many orders vary at least by their root
    return float(level[like] + pull[on]), float(np.sqrt(max(mixed, by_chance, 0.01)))


def _middle(values: Floats) -> float:
    """The median; numpy's own takes several times as long on a few numbers."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def weeks(day_scores: Scores) -> Floats:
    """How far off the seven days up to each day are together; surer days weigh more."""
    clipped = np.clip(day_scores.off, -CLIP, CLIP)
    weight = 1 / day_scores.deviation
    total, square = (_sums(part) for part in (clipped * weight, weight**2))
    return total / np.sqrt(square)


def _sums(values: Floats) -> Floats:
    sums = np.full(len(values), np.nan)
    if len(values) >= WEEK:
        sums[WEEK - 1 :] = np.lib.stride_tricks.sliding_window_view(values, WEEK).sum(axis=1)
    return sums


def is_spike(day_scores: Scores, special: Mask, day: int) -> bool:
    """Whether a day is higher than days of its like go."""
    seen = _seen(day_scores.off, special, day)
    if seen is None or np.isnan(day_scores.off[day]):
        return False
    return bool(day_scores.off[day] > max(SPIKE, seen[-2]))


def is_drop(day_scores: Scores, special: Mask, day: int) -> bool:
    """Whether a day is lower than days of its like go."""
    seen = _seen(day_scores.off, special, day)
    if seen is None or np.isnan(day_scores.off[day]):
        return False
    return bool(-day_scores.off[day] > max(DROP, -DROP_MORE * seen[1]))


def is_week_low(week: Floats, special: Mask, day: int) -> bool:
    """Whether the seven days up to a day are lower than any seven days were."""
    seen = _seen(week, special, day - WEEK + 1)
    if seen is None or np.isnan(week[day]):
        return False
    return bool(-week[day] > max(WEEK_LOW, -WEEK_MORE * seen[0]))


def _seen(values: Floats, special: Mask, day: int) -> Floats | None:
    """What the months before saw, in order of size; None where they are too short."""
    past = slice(max(0, day - SEEN), max(day, 0))
    seen = values[past][~special[past] & ~np.isnan(values[past])]
    return np.sort(seen) if len(seen) >= LEAST_SEEN else None
