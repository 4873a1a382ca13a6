"""Time to sell of single pieces (survival curve), those still unsold counted as not yet sold.

The estimate is Kaplan and Meier's (Nonparametric estimation from incomplete observations, Journal of
the American Statistical Association 53 (1958) 457-481): each day on which something sold, the share
still unsold shrinks by sold / on offer. A piece that is still there, or broke, counts as on offer up
to its last day and gives no information beyond it. The band is Greenwood's variance (1926) on the log(-log)
scale (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980), which stays
within 0 and 1; the interval of the median is that of Brookmeyer and Crowley (Biometrics 38 (1982)
29-41): the days on which the band contains one half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

from shop.stats.quantiles import Z90


@dataclass(frozen=True)
class Point:
    """One day (since it was offered) on which something sold: the share still unsold after it."""

    day: int
    on_offer: int
    sold: int
    unsold: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """The share still unsold by day; `censored` are the last days of those that did not sell.

    `median` is the first day by which half had sold, with the days between which it lies nine times
    out of ten; None where not that many sold yet.
    """

    pieces: int
    sold: int
    points: tuple[Point, ...]
    censored: tuple[int, ...]
    median: int | None = None
    median_low: int | None = None
    median_high: int | None = None

    def unsold_after(self, days: int) -> float:
        """The share still unsold so many days after it was offered."""
        return next((p.unsold for p in reversed(self.points) if p.day <= days), 1.0)

    @property
    def last_day(self) -> int:
        """The longest that any piece was watched."""
        return max((*self.censored, *(point.day for point in self.points)), default=0)


def curve(times: Iterable[tuple[int, bool]]) -> Curve:
    """The curve of pieces given as (days on offer, whether it sold then)."""
    times = list(times)
    sold = Counter(days for days, is_sold in times if is_sold)
    left = sorted(days for days, is_sold in times if not is_sold)
    points: list[Point] = []
    unsold, variance = 1.0, 0.0
    for day in sorted(sold):
        on_offer = sum(days >= day for days, _ in times)
        count = sold[day]
        unsold *= 1 - count / on_offer
        if on_offer > count:
            variance += count / (on_offer * (on_offer - count))
        low, high = _band(unsold, variance, points[-1].high if points else 1.0)
        points.append(Point(day, on_offer, count, unsold, low, high))
    return Curve(
        len(times),
        sum(sold.values()),
        tuple(points),
        tuple(left),
        *(_first(points, name) for name in ("unsold", "low", "high")),
    )


def _band(unsold: float, variance: float, before: float) -> tuple[float, float]:
    """The band on the log(-log) scale; once all have sold, from 0 to where it was before."""
    if unsold <= 0:
        return 0.0, before
    spread = exp(Z90 * sqrt(variance) / abs(log(unsold)))
    return unsold**spread, unsold ** (1 / spread)


def _first(points: list[Point], name: str) -> int | None:
    """The first day on which a line of the curve has come down to one half."""
    return next((p.day for p in points if getattr(p, name) <= 0.5 + 1e-12), None)
