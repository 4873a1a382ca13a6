"""How a recommended price ends."""

from __future__ import annotations


def friendly(cents: int) -> int:
    """The next price up that ends in .90: 9.90, 109.90."""
    return cents + (90 - cents) % 100
