"""Moments of a session at which its audience becomes busier: candidates for marks that nobody set.

The session is cut into segments of an even rate per viewer so that the likelihood of its Poisson counts less a penalty
for each segment is greatest (optimal partitioning: Jackson et al. 2005, IEEE Signal Processing Letters 12:2). How much
more than by chance the session varies from minute to minute scales the likelihood down. The beginning of each
segment that is busier than the one before is offered.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shop.streams.lift import Floats, SessionCurve

LEAST_SEGMENT_SECONDS = 60.0
PENALTY = 6.0  # of one more segment, in units of twice the log-likelihood
MEDIAN_OF_SQUARE = 0.455  # of a standard normal variable


def change_points(curve: SessionCurve, penalty: float = PENALTY) -> list[float]:
    """The moments (seconds since the session's start, at the beginning of a bin) of a rise, in ascending order."""
    if len(curve.times) < 2 or curve.exposure.sum() <= 0 or curve.counts.sum() <= 0:
        return []
    width = float(curve.times[1] - curve.times[0])
    counts = np.concatenate([[0.0], np.cumsum(curve.counts)])
    exposure = np.concatenate([[0.0], np.cumsum(curve.exposure)])
    shortest = max(round(LEAST_SEGMENT_SECONDS / width), 1)
    edges = _partition(counts, exposure, penalty * _overdispersion(curve, width), shortest)
    rates = np.diff(counts[edges]) / np.maximum(np.diff(exposure[edges]), 1e-9)
    return [
        float(curve.times[edge]) - width / 2
        for edge, before, after in zip(edges[1:], rates, rates[1:], strict=False)
        if after > before
    ]


def _partition(counts: Floats, exposure: Floats, penalty: float, shortest: int) -> list[int]:
    """Edges of the best segments, from sums up to each bin; the first and last bin included."""
    number = len(counts) - 1
    costs = np.full(number + 1, np.inf)
    costs[0] = 0.0
    previous = np.zeros(number + 1, dtype=np.intp)
    for end in range(shortest, number + 1):
        starts = slice(0, end - shortest + 1)
        count, seen = counts[end] - counts[starts], exposure[end] - exposure[starts]
        with np.errstate(divide="ignore", invalid="ignore"):
            fit = np.where((count > 0) & (seen > 0), -2 * count * np.log(count / seen), 0.0)
        total = costs[starts] + fit + penalty
        previous[end] = place = int(total.argmin())
        costs[end] = total[place]
    edges = [number]
    while edges[-1] > 0:
        edges.append(int(previous[edges[-1]]))
    return edges[::-1]


def _overdispersion(curve: SessionCurve, width: float) -> float:
    """By how much neighbouring minutes differ more than by chance: a factor of at least 1 on the variance."""
    size = max(round(60 / width), 1)
    whole = len(curve.times) // size * size
    counts = _sums(curve.counts[:whole], size)
    exposure = _sums(curve.exposure[:whole], size)
    seen = exposure[1:] + exposure[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (counts[1:] + counts[:-1]) / seen
        expected = rate * exposure[1:]
        squares = (counts[1:] - expected) ** 2 / (expected * exposure[:-1] / seen)
    squares = squares[np.isfinite(squares)]
    if not len(squares):
        return 1.0
    return max(1.0, float(np.median(squares)) / MEDIAN_OF_SQUARE)


def _sums(values: NDArray[np.float64], size: int) -> Floats:
    return np.asarray(values.reshape(-1, size).sum(axis=1), dtype=np.float64)
