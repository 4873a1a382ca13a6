"""Integer money: splitting a sum so that the parts add up to the last 分."""

from __future__ import annotations

from collections.abc import Sequence


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Cents split in proportion to weights by the largest remainder (Hamilton's method).

    The parts add up to the total exactly; equal remainders go to the earlier part. Without any
    positive weight the parts are as even as they can be. Works on negative totals alike.
    """
    if total < 0:
        return [-part for part in split(-total, weights)]
    shares = [max(weight, 0) for weight in weights]
    whole = sum(shares)
    if whole == 0:
        shares = [1] * len(shares)
        whole = len(shares)
    parts = [total * share // whole for share in shares]
    left = total - sum(parts)
    order = sorted(range(len(shares)), key=lambda place: (-(total * shares[place] % whole), place))
    for place in order[:left]:
        parts[place] += 1
    return parts
