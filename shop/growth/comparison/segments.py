"""Where the change happened: by carrier, platform, family, product, or new and returning buyers.

The parts of each cut add up to the change to the last 分; the ranges compare as in `shop/growth/comparison/basis.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from shop.core.errors import UnknownDimension
from shop.core.money import half_up
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.basis import Basis, RangeBasis, added, basis_of
from shop.growth.comparison.growth import Counted
from shop.metrics.query import Query, answer
from shop.performance.cohorts import gmv_by_buyers
from shop.stats.shapley import to_cents

CUTS = ("carrier", "platform", "family", "form", "glaze", "product", "buyers")


@dataclass(frozen=True)
class Part:
    """One group of a cut: its figure in both ranges, and what its change adds to the whole."""

    key: str
    now: int
    before: int

    @property
    def part(self) -> int:
        """The group's share of the whole change, in cents."""
        return self.now - self.before


@dataclass(frozen=True)
class Cut:
    """The change of one figure by carrier, platform, family, ...: the parts add up to it exactly."""

    metric: str
    by: str
    now: Period
    before: Period
    basis: Basis
    figure: int
    base: int
    parts: tuple[Part, ...]
    is_known: bool = True  # whether the figure is known in both ranges

    @property
    def change(self) -> int:
        """What the parts add up to."""
        return self.figure - self.base


def cut(
    db: Database,
    query: Query,
    before: Period,
    metric: str = "gmv",
    by: str = "carrier",
    counted: tuple[Counted, Counted] | None = None,
) -> Cut:
    """The change of gmv or net sales by one of CUTS, the group with the largest part first.

    By buyers: new (the first paid line ever lies in the range), returning, unknown; refunds belong to no
    such group, so that for net sales they are one of their own. That cut raises DatabaseBusy while an
    import has locked the file. `counted` as in `growth.compare`.
    """
    if by not in CUTS:
        raise UnknownDimension(metric=metric, name=by, known=", ".join(CUTS))
    if by == "buyers" and counted and counted[0].only is not None:
        counted = None  # buyers are counted over whole ranges
    both = basis_of(db, query, before, metric, counted)
    if not both.is_known():
        return Cut(metric, by, both.now, both.before, both.basis, 0, 0, (), is_known=False)
    if by == "buyers":
        return _cut_by_buyers(both)
    exact = []
    for request in both.queries:
        names = ("gmv", "refunds") if metric == "net_sales" else (metric,)
        table = answer(db, replace(request, metrics=names, by=(by,))).fillna(0)
        sums = table["gmv"] - table["refunds"] if metric == "net_sales" else table[metric]
        exact.append(
            {str(key): both.even(int(amount), request) for key, amount in zip(table[by], sums, strict=True)}
        )
    return _cut_of(both, by, exact[0], exact[1])


def _cut_by_buyers(both: RangeBasis) -> Cut:
    now, before = (
        {name: both.even(cents, query) for name, cents in gmv_by_buyers(both.db, query).items()}
        for query in both.queries
    )
    if both.metric == "net_sales":
        refunds = both.sums(both.sold(), "refunds")
        now["refunds"], before["refunds"] = -refunds[0], -refunds[1]
    return _cut_of(both, "buyers", now, before)


def _cut_of(both: RangeBasis, by: str, now: Mapping[str, Fraction], before: Mapping[str, Fraction]) -> Cut:
    """Exact amounts by group as whole cents that add up to both figures, and so to the change."""
    figure, base = half_up(added(now.values())), half_up(added(before.values()))
    here, there = to_cents(figure, now), to_cents(base, before)
    parts = [
        Part(key, here.get(key, 0), there.get(key, 0))
        for key in here.keys() | there.keys()
        if here.get(key) or there.get(key)
    ]
    parts.sort(key=lambda part: (-abs(part.part), part.key))
    return Cut(both.metric, by, both.now, both.before, both.basis, figure, base, tuple(parts))
