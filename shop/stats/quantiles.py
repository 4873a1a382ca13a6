"""Quantiles of the normal distribution and of Student's t, in closed form."""

from __future__ import annotations

Z80 = 1.2815515655446004
"""Normal quantile of a two-sided 80 % interval."""
Z90 = 1.6448536269514722
"""Normal quantile of a two-sided 90 % interval, the one of all intervals except forecast bands."""


def t_quantile(freedom: float, z: float = Z90) -> float:
    """Student's t for the normal quantile `z` at so many degrees of freedom: Cornish-Fisher expansion.

    Abramowitz & Stegun 1964, formula 26.7.5; within 0.002 of the table for a two-sided 90 % from 3 on.
    """
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
