"""What the sold pieces of a range cost to make: each at the cost valid on the day it was paid."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import text

from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.metrics.query import Query, answer
from shop.metrics.settings import shop_settings
from shop.profit.kept_pieces import apart, kept_from

PARTS = ("material", "kiln", "loss", "packing", "other_cost")
COSTS = """
SELECT sku, from_on, material_cents, kiln_cents, loss_cents, packing_cents,
  unit_cents - material_cents - kiln_cents - loss_cents - packing_cents, is_complete
FROM unit_cost WHERE shop_id = :shop AND currency = :currency ORDER BY sku, from_on
"""


@dataclass
class Goods:
    """What pieces cost, in cents by PARTS, and of how many that is known.

    `other_cost` is what a cost typed in as one sum does not break down. `without` names the SKUs (with
    their pieces, the most first) that have no cost on some day they sold; `incomplete` those whose cost
    still lacks a price or a bill; `unmatched` are pieces that the catalog does not know.
    """

    cents: Counter[str] = field(default_factory=Counter)
    units: int = 0
    without: dict[str, int] = field(default_factory=dict)
    incomplete: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0


@dataclass(frozen=True)
class Cost:
    """What one piece costs from a day on, by PARTS."""

    parts: tuple[int, ...]
    is_complete: bool


@dataclass(frozen=True)
class Costs:
    """The costs of one SKU, by the day from which each is valid."""

    days: list[date] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    def at(self, day: date) -> Cost | None:
        """The cost valid on a day, None before the first."""
        place = bisect_right(self.days, day)
        return self.costs[place - 1] if place else None

    def change_within(self, period: Period) -> bool:
        """Whether a new cost begins after the first day of a period."""
        return any(period.start < day <= period.end for day in self.days)


def goods_cost(db: Database, query: Query) -> Goods:
    """The cost of the pieces paid in a question's range that left for good."""
    goods = Goods()
    for one in goods_by_sku(db, query).values():
        goods.cents.update(one.cents)
        goods.units += one.units
        goods.unmatched += one.unmatched
        goods.without.update(one.without)
        goods.incomplete.update(one.incomplete)
    for told in (goods.without, goods.incomplete):
        largest = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
        told.clear()
        told.update(largest)
    return goods


def goods_by_sku(db: Database, query: Query) -> dict[str, Goods]:
    """The same by our SKU; what is not matched stands under its group of `shop.metrics.dimensions`."""
    with db.read() as connection:
        query = replace(query, currency=query.currency or shop_settings(connection, query.shop).currency)
    costs = _costs(db, query)
    found: defaultdict[str, Goods] = defaultdict(Goods)
    for sku, day, units in _pieces(db, query, costs):
        if sku == UNMATCHED:
            found[sku].unmatched += units
        elif sku != IGNORED:
            _add(found[sku], sku, units, costs[sku].at(day) if sku in costs else None)
    for one in found.values():
        for told in (one.without, one.incomplete):
            if not any(told.values()):
                told.clear()
    return dict(found)


def _add(goods: Goods, sku: str, units: int, cost: Cost | None) -> None:
    if cost is None:
        goods.without[sku] = goods.without.get(sku, 0) + units
        return
    goods.units += units
    goods.cents.update({name: units * cents for name, cents in zip(PARTS, cost.parts, strict=True)})
    if not cost.is_complete:
        goods.incomplete[sku] = goods.incomplete.get(sku, 0) + units


def _costs(db: Database, query: Query) -> dict[str, Costs]:
    found: dict[str, Costs] = {}
    with db.read() as connection:
        values = {"shop": query.shop, "currency": query.currency}
        for sku, day, *parts, is_complete in connection.execute(text(COSTS), values):
            costs = found.setdefault(str(sku), Costs())
            costs.days.append(date.fromisoformat(str(day)))
            costs.costs.append(Cost(tuple(map(int, parts)), bool(is_complete)))
    return found


def _pieces(db: Database, query: Query, costs: Mapping[str, Costs]) -> Iterator[tuple[str, date, int]]:
    """SKU, a day, and the pieces to which the cost of that day applies.

    Whole months are read at once; only a SKU whose cost changed within a month, or whose stock is kept
    since then, is read by the day. Then the few lines that are apart (`shop.left_for_good`).
    """
    with db.read() as connection:
        kept = kept_from(connection, query.shop)
        lines = list(apart(connection, query, kept))
    by_day: dict[Period, list[str]] = {}
    months = {f"{period.start:%Y-%m}": period for period in _months(query)}
    for sku, month, units, back in _units(db, query, ("variant", "month")):
        period = months[month]
        begins = kept.get(sku)
        if (sku in costs and costs[sku].change_within(period)) or (
            begins is not None and period.start < begins <= period.end
        ):
            by_day.setdefault(period, []).append(sku)
        else:
            yield sku, period.start, _left(units, back, period.start, begins)
    for period, skus in by_day.items():
        asked = replace(
            query, start=period.start, end=period.end, where=(*query.where, ("variant", tuple(skus)))
        )
        for sku, day, units, back in _units(db, asked, ("variant", "day")):
            on = date.fromisoformat(day)
            yield sku, on, _left(units, back, on, kept.get(sku))
    for sku, day, units in lines:
        yield sku, date.fromisoformat(day), units


def _left(units: int, back: int, on: date, kept: date | None) -> int:
    """Pieces that left: where no stock is kept the refunds say which of them came back."""
    return units if kept is not None and on >= kept else units - back


def _units(db: Database, query: Query, by: tuple[str, str]) -> Iterator[tuple[str, str, int, int]]:
    table = answer(db, replace(query, metrics=("units", "returned_units"), by=by))
    for sku, when, units, back in table.itertuples(index=False, name=None):
        if units or back:
            yield str(sku), str(when), int(units), int(back)


def _months(query: Query) -> Iterator[Period]:
    """The months of a range, the first and last cut to it."""
    start = query.start
    while start <= query.end:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Period(start, min(following - timedelta(days=1), query.end))
        start = following
