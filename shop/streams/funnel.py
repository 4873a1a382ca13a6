"""The funnel of one session: exposed, entered, saw a product, clicked, ordered, paid; in people and in times.

People (人数) and times (人次, 次数) are counted separately and never mixed in a rate. A step that the platform does
not give is left out, and the next rate is against the last step that is known, so that the rates of a funnel
multiply to paid / exposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from shop.streams.session import SessionRecord

Basis = Literal["people", "times"]
STEPS: dict[Basis, tuple[tuple[str, str], ...]] = {
    "people": (
        ("exposed", "exposed_viewers"),
        ("entered", "viewers"),
        ("saw_product", "product_viewers"),
        ("clicked", "product_clickers"),
        ("paid", "buyers"),
    ),
    "times": (
        ("exposed", "impressions"),
        ("entered", "views"),
        ("saw_product", "product_impressions"),
        ("clicked", "product_clicks"),
        ("ordered", "orders_created"),
        ("paid", "orders"),
    ),
}


@dataclass(frozen=True)
class FunnelStep:
    """One step: how many, and out of how many of which earlier step; `figure` names the platform's count."""

    name: str
    figure: str
    count: int
    base: str | None = None
    base_count: int | None = None

    @property
    def rate(self) -> Fraction | None:
        """Count over base, exact; None for the first step and where the base is 0."""
        return Fraction(self.count, self.base_count) if self.base_count else None


@dataclass(frozen=True)
class Funnel:
    """The known steps of one basis, in order."""

    basis: Basis
    steps: tuple[FunnelStep, ...]

    @property
    def overall(self) -> Fraction | None:
        """The last known step over the first one; equals the product of the rates."""
        if len(self.steps) < 2 or not self.steps[0].count:
            return None
        return Fraction(self.steps[-1].count, self.steps[0].count)


def funnels(session: SessionRecord) -> dict[Basis, Funnel]:
    """Both funnels of a session, people and times."""
    return {basis: _funnel(session, basis) for basis in STEPS}


def _funnel(session: SessionRecord, basis: Basis) -> Funnel:
    steps: list[FunnelStep] = []
    for name, figure in STEPS[basis]:
        count = session.figures[figure]
        if count is None:
            continue
        last = steps[-1] if steps else None
        steps.append(
            FunnelStep(name, figure, count, last.name if last else None, last.count if last else None)
        )
    return Funnel(basis, tuple(steps))
