"""Filling a kiln load with whole pieces, by the worth of each next piece per kiln area.

The worth of the k-th piece of a SKU is the chance that it is demanded before the next load can bring
more, times what it brings in: the marginal reasoning of the newsboy problem (Hadley and Whitin, Analysis
of Inventory Systems, 1963, chapter 6). Demand until then is taken as Poisson around its expected value.
That chance falls with every piece, so that taking the piece worth most per cm2 first, again and again, is
the greedy filling of a knapsack (Dantzig, Operations Research 5 (1957) 266-288): what it leaves of the
best filling is less than one piece. A piece more likely than not to be left over is not proposed.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, sqrt
from statistics import NormalDist

MORE_LIKELY_THAN_NOT = 0.5
MOST_PIECES = 1_000  # of one SKU in one load
NEVER = 12  # so many standard deviations above what is expected never happens
POISSON_UP_TO = 500  # beyond, the normal curve is as good and nothing underflows


@dataclass(frozen=True)
class LoadCandidate:
    """One SKU that could go into the load.

    `expected` pieces are demanded until the next load can bring more; `have` are in stock or will
    come out of batches under way; of a hundred thrown, `good` come out well (a share); `worth` of one is
    in any unit common to all candidates; `shelf_cm2` is the space of one piece.
    """

    key: str
    expected: float
    have: int
    good: Fraction
    worth: int
    shelf_cm2: int


def demand_chance(expected: float, pieces: int) -> float:
    """The chance that at least so many pieces are demanded, where so many are expected (Poisson)."""
    if pieces <= 0:
        return 1.0
    if pieces > expected + NEVER * sqrt(expected) + NEVER:
        return 0.0
    if expected > POISSON_UP_TO:
        return NormalDist(expected, sqrt(expected)).cdf(2 * expected - pieces + 0.5)
    term = below = exp(-expected)
    for number in range(1, pieces):
        term *= expected / number
        below += term
    return max(1.0 - below, 0.0)


def fill(candidates: Sequence[LoadCandidate], space_cm2: int) -> dict[str, int]:
    """How many pieces of each SKU to throw for a kiln with so much area; only whole pieces.

    Deterministic: what is worth equally much per space goes by its key.
    """
    counts: dict[str, int] = {}
    line = [
        place for place, candidate in enumerate(candidates) if candidate.shelf_cm2 > 0 and candidate.good > 0
    ]
    heap = [entry for place in line if (entry := _next(candidates, place, 1)) is not None]
    heapq.heapify(heap)
    while heap:
        _, key, place, number = heapq.heappop(heap)
        if candidates[place].shelf_cm2 > space_cm2:
            continue  # no further piece of it fits; smaller ones may
        space_cm2 -= candidates[place].shelf_cm2
        counts[key] = number
        if number < MOST_PIECES and (entry := _next(candidates, place, number + 1)) is not None:
            heapq.heappush(heap, entry)
    return counts


def good_before(candidate: LoadCandidate, number: int) -> int:
    """How many good pieces the pieces before the number-th one are sure to give, by expectation."""
    return int((number - 1) * candidate.good)


def _next(candidates: Sequence[LoadCandidate], place: int, number: int) -> tuple[float, str, int, int] | None:
    """The number-th piece of a wish in the order of worth per space; None where it is not wanted."""
    candidate = candidates[place]
    chance = demand_chance(candidate.expected, candidate.have + good_before(candidate, number) + 1)
    if chance < MORE_LIKELY_THAN_NOT:
        return None
    worth = chance * float(candidate.good) * max(candidate.worth, 1) / candidate.shelf_cm2
    return (-worth, candidate.key, place, number)
