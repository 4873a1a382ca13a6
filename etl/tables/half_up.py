"""Fractions of a minor unit rounded half up, with the difference."""

from __future__ import annotations

import numpy as np

Values = np.ndarray


def half_up(values: Values, factor: int) -> tuple[Values, Values]:
    """Whole minor units of amounts in 1/factor of one, halves away from zero, and result minus exact.

    The difference is in 1/factor of a minor unit.
    """
    whole = np.sign(values) * ((np.abs(values) + factor // 2) // factor)
    return whole, whole * factor - values
