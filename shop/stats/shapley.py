"""How much of a change each factor of a product explains: exact parts that depend on no order.

The parts are Shapley values of the factors (L. S. Shapley, "A value for n-person games", 1953; for
changes of products Albrecht, François and Schoors, "A Shapley decomposition of carbon emissions
without residuals", Energy Policy 30, 2002; Shorrocks, J. Econ. Inequality 11, 2013): the mean, over
all orders in which the factors could have changed one after the other, of what each changed. They
add up to the change exactly, also where a factor is zero, and stay fractions until the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Literal

Gap = Literal["unknown", "zero"]
"""Why a level is left out of a chain: not told by the platform, or nothing there in one range."""


@dataclass(frozen=True)
class Level:
    """One sum of a chain (sessions, orders, ...) over the later and the earlier range."""

    name: str
    now: Fraction | int | None
    before: Fraction | int | None

    @property
    def gap(self) -> Gap | None:
        """Why nothing can be divided by this level, None where it can."""
        if self.now is None or self.before is None:
            return "unknown"
        return "zero" if self.now <= 0 or self.before <= 0 else None


@dataclass(frozen=True)
class Link:
    """One factor of a chain: the sum `over` per the sum `under` (per nothing at the beginning).

    `left_out` names the levels between the two that could not be separated, each with the reason.
    """

    over: Level
    under: Level | None
    left_out: tuple[tuple[str, Gap], ...] = ()

    @property
    def now(self) -> Fraction:
        """The factor in the later range."""
        return _divided(self.over.now, self.under.now if self.under else 1)

    @property
    def before(self) -> Fraction:
        """The factor in the earlier range."""
        return _divided(self.over.before, self.under.before if self.under else 1)


def _divided(over: Fraction | int | None, under: Fraction | int | None) -> Fraction:
    assert over is not None and under is not None
    return Fraction(over) / under


def links(levels: Sequence[Level]) -> tuple[Link, ...]:
    """A chain of sums as factors whose product is the last sum.

    A level that is unknown or zero in either range is left out, so that its two neighbouring factors
    become one: nothing can be divided by it, and its effect cannot be separated from the next. The last
    level may be zero but must be known.
    """
    factors: list[Link] = []
    under: Level | None = None
    left_out: list[tuple[str, Gap]] = []
    for level in levels:
        if level.gap and level is not levels[-1]:
            left_out.append((level.name, level.gap))
            continue
        factors.append(Link(level, under, tuple(left_out)))
        under, left_out = level, []
    return tuple(factors)


def shapley(pairs: Sequence[tuple[Fraction, Fraction]]) -> list[Fraction]:
    """The part of each factor, given as (now, before), in the change of their product.

    Of n factors, factor i explains (now - before) times the weighted sum over all sets S of the others
    of the product with S as it is now and the rest as it was; the weight of a set of k is
    k! (n-1-k)! / n!. The sums for all sets of one size are the coefficients of the product of
    (before + now x) over the others.
    """
    n = len(pairs)
    weights = [Fraction(factorial(k) * factorial(n - 1 - k), factorial(n)) for k in range(n)]
    parts = []
    for place, (now, before) in enumerate(pairs):
        if now == before:
            parts.append(Fraction(0))
            continue
        sums = _by_size([*pairs[:place], *pairs[place + 1 :]])
        whole = sum((w * s for w, s in zip(weights, sums, strict=True)), Fraction(0))
        parts.append((now - before) * whole)
    return parts


def _by_size(pairs: Sequence[tuple[Fraction, Fraction]]) -> list[Fraction]:
    """For each k the sum, over all sets of k factors, of the product with that set as it is now."""
    sums = [Fraction(1)]
    for now, before in pairs:
        longer = [Fraction(0)] * (len(sums) + 1)
        for size, value in enumerate(sums):
            longer[size] += value * before
            longer[size + 1] += value * now
        sums = longer
    return sums


def to_cents(total: int, parts: Mapping[str, Fraction]) -> dict[str, int]:
    """Exact parts as whole cents that add up to the total, by the largest remainder.

    The total is the sum of the parts, rounded (between two rounded figures: at most a cent off).
    Equal remainders go by name, so that the order of the parts changes nothing; a part of nothing
    stays nothing.
    """
    whole = {key: part.numerator // part.denominator for key, part in parts.items()}
    moving = [key for key in parts if parts[key] != 0]
    left = total - sum(whole.values())
    if not moving:
        return whole
    order = sorted(moving, key=lambda key: (whole[key] - parts[key], key))
    each, more = divmod(left, len(order))
    for place, key in enumerate(order):
        whole[key] += each + (place < more)
    return whole
