"""Lift of a presentation: what the minutes after a mark brought against the session's own baseline.

The expected count is the rate per viewer (per minute where viewers are unknown) of the session's other minutes,
nearer minutes weighing more, times the viewers of the window. How far such an expectation errs is measured on the
session itself: the same is done for windows of equal length in which nothing was presented, and the squared errors
beyond chance give the variance of the interval (placebo windows: Abadie, Diamond & Hainmueller 2010, JASA 105).
Where no such window exists a cautious default is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shop.stats.rate_ratio import ratio_interval

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WINDOW_SECONDS = 300.0
CARRY_OVER_SECONDS = 60.0  # after a window the audience still buys what was shown: no baseline
DECAYS = (480.0, 1500.0, np.inf)  # seconds after which a minute of the baseline weighs 1/e
PRIOR_WINDOWS, PRIOR_VARIANCE, PRIOR_OVERDISPERSION = 3.0, 0.005, 0.5  # where few windows are free
VARIANCE_UNCERTAINTY = 9.0  # widens an interval whose variance rests on few windows
LEAST_EXPECTED, LEAST_BASELINE_COUNT, LEAST_BASELINE_BINS = 1.0, 5, 10
CONFIDENCE, VERDICT_CONFIDENCE = 0.90, 0.95


class Verdict(StrEnum):
    """The verdict of a presentation's interval; more and less need the wider interval of VERDICT_CONFIDENCE."""

    MORE = "more"
    LESS = "less"
    UNCLEAR = "unclear"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True)
class SessionCurve:
    """A session in bins of equal length: middle of each bin (seconds since the start), what happened in it
    (orders, pieces, clicks or comments) and its exposure (viewers; 1 where viewers are unknown).
    """

    times: Floats
    counts: Floats
    exposure: Floats


@dataclass(frozen=True)
class PresentationWindow:
    """The part of a session that belongs to one presentation, in seconds since the session's start."""

    start: float
    end: float


@dataclass(frozen=True)
class Lift:
    """A presentation's count, what was expected without it, and lift = count / expected - 1 with its 90 % interval.

    Expected, lift and both ends are None where there is too little data.
    """

    count: int
    expected: float | None
    lift: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def presentation_windows(
    starts: Sequence[float],
    ends: Sequence[float | None],
    session_seconds: float,
    length: float = WINDOW_SECONDS,
) -> list[PresentationWindow]:
    """The window of each presentation (starts in ascending order): it ends at its own end, after `length` seconds,
    at the next presentation or with the session, whichever comes first, so that windows never overlap.
    """
    following = [*starts[1:], session_seconds]
    limits = [
        min(start + length, session_seconds, after, session_seconds if end is None else end)
        for start, end, after in zip(starts, ends, following, strict=True)
    ]
    return [PresentationWindow(start, max(start, limit)) for start, limit in zip(starts, limits, strict=True)]


def baseline(
    times: Floats, windows: Sequence[PresentationWindow], carry_over: float = CARRY_OVER_SECONDS
) -> Mask:
    """The bins in which nothing is presented and no presentation still has an effect."""
    free = np.ones(len(times), dtype=bool)
    for window in windows:
        free &= (times < window.start) | (times >= window.end + carry_over)
    return free


def lift(curve: SessionCurve, window: PresentationWindow, free: Mask) -> Lift:
    """The lift of one window against the `free` bins of the same session."""
    inside = np.flatnonzero((curve.times >= window.start) & (curve.times < window.end))
    count = round(float(curve.counts[inside].sum()))
    free = free.copy()
    free[inside] = False
    little = Lift(count, None, None, None, None, Verdict.TOO_LITTLE_DATA)
    if not len(inside) or free.sum() < LEAST_BASELINE_BINS:
        return little
    variance, windows, decay = _window_variance(curve, free, len(inside))
    expected, error = _expected(curve, inside, free, decay)
    if expected < LEAST_EXPECTED or curve.counts[free].sum() < LEAST_BASELINE_COUNT:
        return little
    weight = windows + PRIOR_WINDOWS
    prior = PRIOR_VARIANCE + PRIOR_OVERDISPERSION / expected + error
    variance = (windows * variance + PRIOR_WINDOWS * prior) / weight
    variance = max(variance, error) * (1 + VARIANCE_UNCERTAINTY / weight)
    interval = ratio_interval(count, expected, variance, CONFIDENCE)
    wide = ratio_interval(count, expected, variance, VERDICT_CONFIDENCE)
    verdict = Verdict.MORE if wide.low > 1 else Verdict.LESS if wide.high < 1 else Verdict.UNCLEAR
    return Lift(count, expected, count / expected - 1, interval.low - 1, interval.high - 1, verdict)


def _expected(curve: SessionCurve, inside: NDArray[np.intp], free: Mask, decay: float) -> tuple[float, float]:
    """Expected count of some bins from the free ones, and its relative variance by chance alone."""
    distance = np.abs(curve.times - curve.times[inside].mean())
    weights = np.exp(-distance / decay) * free
    exposure = float((weights * curve.exposure).sum())
    counted = float((weights * curve.counts).sum())
    if exposure <= 0 or counted <= 0:
        return 0.0, 1.0
    error = float((weights**2 * curve.counts).sum()) / counted**2
    return float(curve.exposure[inside].sum()) * counted / exposure, error


def _window_variance(curve: SessionCurve, free: Mask, length: int) -> tuple[float, float, float]:
    """How far expectations err beyond chance in free windows of `length` bins, as a relative variance;
    on how many windows that rests; and the decay that errs least.
    """
    places = np.flatnonzero(free)
    step = max(length // 2, 1)
    firsts = np.arange(0, len(places) - length + 1, step)
    if not len(firsts):
        return PRIOR_VARIANCE, 0.0, np.inf
    inside = places[firsts[:, None] + np.arange(length)]  # one row per window
    distance = np.abs(curve.times - curve.times[inside].mean(axis=1)[:, None])
    others = np.repeat(free[None, :], len(inside), axis=0)
    np.put_along_axis(others, inside, False, axis=1)
    counts, exposure = curve.counts[inside].sum(axis=1), curve.exposure[inside].sum(axis=1)
    trials: list[tuple[float, float, float]] = []
    for decay in DECAYS:
        weights = np.exp(-distance / decay) * others
        seen, counted = weights @ curve.exposure, weights @ curve.counts
        known = (seen > 0) & (counted > 0) & (exposure > 0)
        if known.any():
            expected = exposure[known] * counted[known] / seen[known]
            beyond = float(((counts[known] - expected) ** 2 - expected).sum())
            variance = max(beyond / float((expected**2).sum()), 0.0)
            trials.append((variance, int(known.sum()) * step / length, decay))
    return min(trials, default=(PRIOR_VARIANCE, 0.0, np.inf), key=lambda trial: trial[0])
