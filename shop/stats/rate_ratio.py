"""Interval for a count against an expected count when counts vary more than by chance alone.

The count is taken as negative binomial with mean ratio x expected and a relative variance that covers both how
much such windows vary and how well the expected count is known (gamma mixture of Poisson counts: Greenwood &
Yule 1920, J. Royal Statistical Society 83). Both ends come from inverting its mid-p tail (Lancaster 1961, JASA 56),
which preserves the coverage near its name for small counts, too.
"""

from __future__ import annotations

from math import erf, exp, log, sqrt
from typing import NamedTuple

LARGE_COUNT = 3000  # from here on the normal approximation is exact enough
BISECTIONS = 50


class RatioBounds(NamedTuple):
    """The two ends of a ratio of a count to an expected count."""

    low: float
    high: float


def mid_p(count: int, mean: float, relative_variance: float) -> float:
    """Probability of a smaller count plus half that of an equal one; `mean` above 0."""
    size = 1 / max(relative_variance, 1e-6)
    term = exp(max(size * log(size / (size + mean)), -745.0))
    if count > LARGE_COUNT or term < 1e-300:
        return 0.5 * (1 + erf((count - mean) / sqrt(2 * (mean + relative_variance * mean * mean))))
    factor, below = mean / (size + mean), 0.0
    for number in range(count):
        below += term
        term *= (size + number) / (number + 1) * factor
    return below + 0.5 * term


def ratio_interval(
    count: int, expected: float, relative_variance: float, confidence: float = 0.9
) -> RatioBounds:
    """The ratios count / expected (expected above 0) that the count does not speak against at this confidence."""
    tail = (1 - confidence) / 2
    return RatioBounds(
        _ratio_at(count, expected, relative_variance, 1 - tail),
        _ratio_at(count, expected, relative_variance, tail),
    )


def _ratio_at(count: int, expected: float, relative_variance: float, level: float) -> float:
    """The ratio at which the mid-p of the count equals a level; 0 where each ratio lies below."""
    low, high = 1e-6, 50 * max(1.0, (count + 1) / expected)
    if mid_p(count, low * expected, relative_variance) < level:
        return 0.0
    for _ in range(BISECTIONS):
        middle = sqrt(low * high)
        if mid_p(count, middle * expected, relative_variance) > level:
            low = middle
        else:
            high = middle
    return sqrt(low * high)
