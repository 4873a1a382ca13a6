"""Fractions of a minor unit rounded half up, with the difference."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from shop.core.money import minor_digits

Values = np.ndarray


def half_up(values: Values, factor: int) -> tuple[Values, Values]:
    """Whole minor units of amounts in 1/factor of one, halves away from zero, and result minus exact.

    The difference is in 1/factor of a minor unit.
    """
    whole = np.sign(values) * ((np.abs(values) + factor // 2) // factor)
    return whole, whole * factor - values


class Roundings:
    """The amounts of a chunk that were rounded: by column, the difference of each row."""

    def __init__(self) -> None:
        self._noted: dict[str, list[tuple[Values, int, int]]] = {}

    def note(self, column: str, difference: Values, factor: int, digits: int) -> None:
        """Take note of a column; one that is read again counts once.

        `difference` has one value per row, in 1/factor of a minor unit of so many digits.
        """
        noted = self._noted.setdefault(column, [])
        if difference.any() and not any(np.array_equal(difference, known[0]) for known in noted):
            noted.append((difference, factor, digits))

    def note_by_currency(self, column: str, difference: Values, factor: int, currencies: Values) -> None:
        """Take note of a column whose rows have these currencies; `difference` as in `note`."""
        if difference.any():
            digits_of = {currency: minor_digits(currency) for currency in set(currencies.tolist())}
            digits = np.array([digits_of[currency] for currency in currencies.tolist()])
            for number in set(digits_of.values()):
                self.note(column, np.where(digits == number, difference, 0), factor, number)

    def of(self, accepted: Values) -> tuple[int, Decimal]:
        """How many amounts of these rows were rounded, and by how much that changed their sum."""
        count, total = 0, Decimal(0)
        for difference, factor, digits in (item for noted in self._noted.values() for item in noted):
            counted = difference[accepted]
            count += int(np.count_nonzero(counted))
            total += (Decimal(int(counted.sum())) / factor).scaleb(-digits)
        return count, total
