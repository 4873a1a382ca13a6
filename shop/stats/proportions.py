"""A proportion of small numbers, with its numerator, denominator and a 90 % interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from shop.stats.quantiles import Z90


@dataclass(frozen=True)
class Rate:
    """`over` of `under`: 3 of 40; 0 of 0 has no share."""

    over: int
    under: int

    @property
    def share(self) -> float | None:
        """The share, 0 to 1; None for 0 of 0."""
        return self.over / self.under if self.under > 0 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The two-sided 90 % interval of the share; None for 0 of 0."""
        return wilson(self.over, self.under) if self.under > 0 else None


def wilson(over: int, under: int, z: float = Z90) -> tuple[float, float]:
    """Wilson's score interval of a share, within 0 and 1 and valid for small numbers.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927) 209-212.
    """
    share = over / under
    spread = z * z / under
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / under + spread / (4 * under))
    return (max(middle - half, 0.0) if over else 0.0, min(middle + half, 1.0) if over < under else 1.0)
