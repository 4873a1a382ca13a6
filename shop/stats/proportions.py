"""A share of a few pieces, said with what it rests on: numerator, denominator and an interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.6448536269514722  # nine times out of ten, as all intervals of growth


@dataclass(frozen=True)
class Rate:
    """So many of so many: 3 of 40; nothing of nothing has no share."""

    over: int
    under: int

    @property
    def share(self) -> float | None:
        """The share itself; None where there is nothing to share."""
        return self.over / self.under if self.under > 0 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies nine times out of ten; None where nothing was counted."""
        return wilson(self.over, self.under) if self.under > 0 else None


def wilson(over: int, under: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a share, which stays within 0 and 1 and holds for small numbers.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927) 209-212.
    """
    share = over / under
    spread = z * z / under
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / under + spread / (4 * under))
    return (max(middle - half, 0.0) if over else 0.0, min(middle + half, 1.0) if over < under else 1.0)
