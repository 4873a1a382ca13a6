"""What sending, advertising and work cost each SKU: the sums of a range divided over what was sold in it.

A parcel is divided over its lines by weight (by pieces where one was never weighed); advertising for a product over
its SKUs, other advertising over the SKUs of its platform, both by gmv; work over all SKUs by pieces. Each division
is by largest remainder, so that the SKUs add up to the gross-to-net waterfall to the last minor unit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shop.core.money import split
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.query import Query, answer
from shop.profit.parcel_costs import parcel_costs
from shop.profit.running_costs import RunningCosts, running_costs

Weights = Mapping[str, int]
PRODUCTS = "SELECT sku, product_code FROM variant WHERE shop_id = ?"


@dataclass
class AllocatedCosts:
    """Of one SKU (or group of unmatched lines), in cents: courier and packing less shipping paid, ads, work."""

    sending: int = 0
    ads: int = 0
    labour: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.sending + self.ads + self.labour


def allocated_costs(db: Database, query: Query) -> dict[str, AllocatedCosts]:
    """The costs of every SKU sold in a query's range, shop, currency and platforms; for the owner.

    Raises NotAllowed.
    """
    where = tuple(pair for pair in query.where if pair[0] == "platform")
    query = replace(query, metrics=("gmv", "units"), by=("variant", "platform"), where=where, cut_at=None)
    costs: defaultdict[str, AllocatedCosts] = defaultdict(AllocatedCosts)
    for parcel in parcel_costs(db, query) or ():
        for _, group, cents in parcel.by_line():
            costs[group].sending += cents
    gmv: dict[tuple[str, str], int] = {}
    units: Counter[str] = Counter()
    for group, platform, cents, pieces in answer(db, query).fillna(0).itertuples(index=False, name=None):
        gmv[str(group), str(platform)] = int(cents)
        units[str(group)] += int(pieces)
    if not units:
        return dict(costs)
    running = running_costs(db, query)
    with db.read() as connection:
        products = dict(raw_cursor(connection).execute(PRODUCTS, (query.shop,)).fetchall())
    for group, cents in _advertising(running, gmv, products).items():
        costs[group].ads += cents
    for group, cents in _divided(running.labour or 0, units).items():
        costs[group].labour += cents
    return dict(costs)


def _advertising(
    running: RunningCosts, gmv: Mapping[tuple[str, str], int], products: Mapping[str, str]
) -> Counter[str]:
    """Advertising by SKU; of a product that did not sell, and of a platform without sales, over all SKUs."""
    everything: Counter[str] = Counter()
    for (group, _), cents in gmv.items():
        everything[group] += cents
    ads: Counter[str] = Counter()
    for (platform, product), cents in sorted(running.ads.items()):
        if product:
            of = {group: weight for group, weight in everything.items() if products.get(group) == product}
        else:
            of = {group: weight for (group, name), weight in gmv.items() if name == platform}
        ads.update(_divided(cents, of or everything))
    return ads


def _divided(cents: int, weights: Weights) -> dict[str, int]:
    groups = sorted(weights)
    return dict(zip(groups, split(cents, [weights[group] for group in groups]), strict=True))
