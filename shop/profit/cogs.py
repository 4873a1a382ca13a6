"""Cost of goods sold: the pieces of a range that buyers did not return, each at the unit cost of the day it was paid.

Buyers retain all pieces of paid lines, gifts too, except those of lines that were cancelled before they were
sent or fully refunded before that, less what came back whole (`return_receipt`). The roll-ups by SKU give the
pieces sold; only the few lines that differ from them are read one by one. Where a SKU's stock is not tracked
(or was not on the day of payment), no return was recorded: there the refunds state what came back
(`returned_units`), and only gifts are added. A set costs what its parts cost; its parts come back each on its own, so
that a set without one broken cup does not come back whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics import dimensions
from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.metrics.query import Query, answer
from shop.metrics.readers.lines import line_conditions
from shop.metrics.refund_sql import COUNTS, NEVER_SENT
from shop.metrics.settings import currency_of, shop_settings

PARTS = ("material", "kiln", "loss", "packing", "other_cost")
COSTS = """
SELECT sku, from_on, material_cents, kiln_cents, loss_cents, packing_cents,
  unit_cents - material_cents - kiln_cents - loss_cents - packing_cents, is_complete
FROM unit_cost WHERE shop_id = :shop AND currency = :currency ORDER BY sku, from_on
"""
COLUMNS = f"""
l.platform, l.order_id, l.line_id, l.paid_on, {dimensions.MATCHED}, l.quantity, l.is_gift,
l.status = 'cancelled' AND l.shipped_at IS NULL, l.buyer_paid_cents,
l.shipped_at IS NOT NULL OR l.status IN ('shipped', 'delivered', 'completed')
"""
JOINED = f"{dimensions.BY_NAME.format(of='l')}{dimensions.OF_PRODUCT}"
WHERE_IN_RANGE = "l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end"
GIFTS_AND_CANCELLED = f"""
SELECT {COLUMNS} FROM order_line l INDEXED BY order_line_apart {JOINED}
WHERE {WHERE_IN_RANGE} AND (l.is_gift OR l.status = 'cancelled')
"""
GIFTS = f"{GIFTS_AND_CANCELLED} AND l.is_gift"
REFUNDED_UNSENT = f"""
SELECT r.platform, r.order_id, r.line_id, SUM(r.amount_cents) FROM refund r
WHERE r.shop_id = :shop AND r.refunded_on >= :start AND {COUNTS} AND {NEVER_SENT}
GROUP BY r.platform, r.order_id, r.line_id
"""
# With the plus SQLite finds the lines by their order, not all of the range for each order.
LINES_OF_THOSE_ORDERS = f"""
SELECT {COLUMNS} FROM (
  SELECT DISTINCT r.shop_id, r.platform, r.order_id FROM refund r
  WHERE r.shop_id = :shop AND r.refunded_on >= :start AND {NEVER_SENT}
) r CROSS JOIN order_line l ON l.shop_id = r.shop_id AND l.platform = r.platform
  AND l.order_id = r.order_id {JOINED}
WHERE +l.paid_on BETWEEN :start AND :end
"""
OF_A_SET = """
EXISTS (SELECT 1 FROM stock_claim k WHERE k.shop_id = c.shop_id AND k.platform = c.platform
  AND k.order_id = c.order_id AND k.line_id = c.line_id AND k.part = c.part AND k.set_sku IS NOT NULL)
"""
CAME_BACK = f"""
SELECT {COLUMNS}, SUM(c.whole) FROM return_receipt c CROSS JOIN order_line l
  ON l.shop_id = c.shop_id AND l.platform = c.platform
  AND l.order_id = c.order_id AND l.line_id = c.line_id {JOINED}
WHERE c.shop_id = :shop AND c.whole > 0 AND {WHERE_IN_RANGE}{{conditions}} AND NOT {OF_A_SET}
GROUP BY l.platform, l.order_id, l.line_id
"""
PARTS_CAME_BACK = f"""
SELECT {dimensions.MATCHED}, l.paid_on, c.sku, SUM(c.whole) FROM return_receipt c CROSS JOIN order_line l
  ON l.shop_id = c.shop_id AND l.platform = c.platform
  AND l.order_id = c.order_id AND l.line_id = c.line_id {JOINED}
WHERE c.shop_id = :shop AND c.whole > 0 AND {WHERE_IN_RANGE}{{conditions}} AND {OF_A_SET}
GROUP BY 1, 2, 3
"""
TRACKED = """
SELECT b.sku, b.tracked_from FROM stock_balance b WHERE b.shop_id = :shop
  AND NOT EXISTS (SELECT 1 FROM set_part s WHERE s.shop_id = b.shop_id AND s.set_sku = b.sku AND s.until_at IS NULL)
UNION ALL
SELECT s.set_sku, MAX(b.tracked_from) FROM set_part s
LEFT JOIN stock_balance b ON b.shop_id = s.shop_id AND b.sku = s.part_sku
WHERE s.shop_id = :shop AND s.until_at IS NULL GROUP BY s.set_sku HAVING COUNT(b.sku) = COUNT(*)
"""
"""A set is tracked where all of its parts are."""
Key = tuple[str, str, str]  # platform, order, line


class PaidLine(NamedTuple):
    """An order line as COLUMNS selects it; `sku` is ours or the group of what is not matched."""

    platform: str
    order_id: str
    line_id: str
    day: str
    sku: str
    quantity: int
    is_gift: int
    is_cancelled_unsent: int
    paid_cents: int
    is_sent: int

    @property
    def key(self) -> Key:
        """What identifies the line."""
        return self[:3]


@dataclass
class Goods:
    """What pieces cost, in cents by PARTS, and for how many of them that is known.

    `other_cost` is what a cost entered as one amount does not break down. `without` gives the pieces by SKU
    (the most first) that have no cost on some day they sold; `incomplete` those whose cost still lacks a
    price or a bill; `unmatched` counts pieces that the catalog does not know.
    """

    cents: Counter[str] = field(default_factory=Counter)
    units: int = 0
    without: dict[str, int] = field(default_factory=dict)
    incomplete: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0

    def add(self, sku: str, units: int, cost: Cost | None) -> None:
        """Add pieces of a SKU at a cost; None where it is unknown."""
        if cost is None:
            self.without[sku] = self.without.get(sku, 0) + units
            return
        self.units += units
        self.cents.update({name: units * cents for name, cents in zip(PARTS, cost.parts, strict=True)})
        if not cost.is_complete:
            self.incomplete[sku] = self.incomplete.get(sku, 0) + units


@dataclass(frozen=True)
class Cost:
    """What one piece costs from a day on, in cents by PARTS."""

    parts: tuple[int, ...]
    is_complete: bool


@dataclass(frozen=True)
class CostHistory:
    """The costs of one SKU, by the day from which each is valid."""

    days: list[date] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    def at(self, day: date) -> Cost | None:
        """The cost valid on a day, None before the first."""
        place = bisect_right(self.days, day)
        return self.costs[place - 1] if place else None

    def changes_within(self, period: Period) -> bool:
        """Whether a new cost begins after the first day of a period."""
        return any(period.start < day <= period.end for day in self.days)


def cost_of_goods(db: Database, query: Query) -> Goods:
    """The cost of the pieces paid in a query's range that buyers did not return, over all SKUs."""
    total = Goods()
    for goods in goods_by_sku(db, query).values():
        total.cents.update(goods.cents)
        total.units += goods.units
        total.unmatched += goods.unmatched
        total.without.update(goods.without)
        total.incomplete.update(goods.incomplete)
    total.without, total.incomplete = _largest_first(total.without), _largest_first(total.incomplete)
    return total


def _largest_first(units_by_sku: dict[str, int]) -> dict[str, int]:
    return dict(sorted(units_by_sku.items(), key=lambda pair: (-pair[1], pair[0])))


def goods_by_sku(db: Database, query: Query) -> dict[str, Goods]:
    """The same by our SKU; unmatched pieces are under their group of `shop.metrics.dimensions`."""
    require_reader(db, "see_margins")
    with db.read() as connection:
        query = replace(query, currency=currency_of(connection, query))
    histories = _cost_histories(db, query)
    goods_of: defaultdict[str, Goods] = defaultdict(Goods)
    for sku, day, units in _pieces(db, query, histories):
        if sku == UNMATCHED:
            goods_of[sku].unmatched += units
        elif sku != IGNORED:
            goods_of[sku].add(sku, units, histories[sku].at(day) if sku in histories else None)
    for sku, on, part, units in _parts_that_came_back(db, query):
        cost = histories[part].at(on) if part in histories else None
        if cost is not None:
            goods_of[sku].cents.update(
                {name: -units * cents for name, cents in zip(PARTS, cost.parts, strict=True)}
            )
    for goods in goods_of.values():
        for units_by_sku in (goods.without, goods.incomplete):
            if not any(units_by_sku.values()):
                units_by_sku.clear()
    return dict(goods_of)


def _parts_that_came_back(db: Database, query: Query) -> list[tuple[str, date, str, int]]:
    """The set, the day on which it was paid, the part, and its pieces that came back whole."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        conditions, values = line_conditions(connection, query)
        rows = cursor.execute(PARTS_CAME_BACK.format(conditions=conditions), values).fetchall()
    return [(sku, date.fromisoformat(day), part, units) for sku, day, part, units in rows]


def _cost_histories(db: Database, query: Query) -> dict[str, CostHistory]:
    histories: dict[str, CostHistory] = {}
    with db.read() as connection:
        values = {"shop": query.shop, "currency": query.currency}
        for sku, day, *parts, is_complete in connection.execute(text(COSTS), values):
            history = histories.setdefault(str(sku), CostHistory())
            history.days.append(date.fromisoformat(str(day)))
            history.costs.append(Cost(tuple(map(int, parts)), bool(is_complete)))
    return histories


def _pieces(
    db: Database, query: Query, histories: Mapping[str, CostHistory]
) -> Iterator[tuple[str, date, int]]:
    """SKU, a day, and the pieces to which the cost of that day applies.

    Whole months are read at once; only a SKU whose cost changed within a month, or whose stock is tracked
    from a day within it, is read by the day. Then follow the lines that differ (`_differences`).
    """
    with db.read() as connection:
        tracked = _tracked_from(connection, query.shop)
        differences = list(_differences(connection, query, tracked))
    by_day: dict[Period, list[str]] = {}
    months = {f"{period.start:%Y-%m}": period for period in _months(query)}
    for sku, month, units, back in _units(db, query, ("variant", "month")):
        period = months[month]
        begins = tracked.get(sku)
        if (sku in histories and histories[sku].changes_within(period)) or (
            begins is not None and period.start < begins <= period.end
        ):
            by_day.setdefault(period, []).append(sku)
        else:
            yield sku, period.start, _units_retained(units, back, period.start, begins)
    for period, skus in by_day.items():
        by_sku = replace(
            query, start=period.start, end=period.end, where=(*query.where, ("variant", tuple(skus)))
        )
        for sku, day, units, back in _units(db, by_sku, ("variant", "day")):
            on = date.fromisoformat(day)
            yield sku, on, _units_retained(units, back, on, tracked.get(sku))
    for sku, day, units in differences:
        yield sku, date.fromisoformat(day), units


def _units_retained(units: int, back: int, on: date, tracked_from: date | None) -> int:
    """Pieces that buyers did not return: where no stock is tracked the refunds state which of them came back."""
    return units if tracked_from is not None and on >= tracked_from else units - back


def _units(db: Database, query: Query, by: tuple[str, str]) -> Iterator[tuple[str, str, int, int]]:
    table = answer(db, replace(query, metrics=("units", "returned_units"), by=by))
    for sku, when, units, back in table.fillna(0).itertuples(index=False, name=None):
        if units or back:
            yield str(sku), str(when), int(units), int(back)


def _months(query: Query) -> Iterator[Period]:
    """The months of a range, the first and last cut to it."""
    start = query.start
    while start <= query.end:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Period(start, min(following - timedelta(days=1), query.end))
        start = following


def _tracked_from(connection: Connection, shop_id: int) -> dict[str, date]:
    """The shop day from which on the stock of each SKU (of all parts of a set) is tracked."""
    cursor: Any = connection.connection.driver_connection
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    rows = cursor.execute(TRACKED, {"shop": shop_id}).fetchall()
    days = {since: datetime.fromtimestamp(since, zone).date() for since in {row[1] for row in rows}}
    return {sku: days[since] for sku, since in rows}  # many are tracked from one moment on


def _differences(
    connection: Connection, query: Query, tracked: Mapping[str, date]
) -> Iterator[tuple[str, str, int]]:
    """How the pieces that buyers did not return differ from the pieces sold: (our SKU or its group, day, signed
    pieces), for lines that meet a query's conditions.
    """
    cursor: Any = connection.connection.driver_connection
    conditions, values = line_conditions(connection, query)
    # without tracked stock the refunds state what came back, and only gifts differ
    selection = GIFTS_AND_CANCELLED if tracked else GIFTS
    lines = {line.key: line for line in _lines(cursor.execute(selection + conditions, values))}
    unsent: set[Key] = set()
    returned: dict[Key, int] = {}
    if tracked:
        orders = list(_lines(cursor.execute(LINES_OF_THOSE_ORDERS, values)))
        unsent = _refunded_unsent(cursor.execute(REFUNDED_UNSENT, values), orders)
        for line in _lines(cursor.execute(LINES_OF_THOSE_ORDERS + conditions, values)):
            lines[line.key] = line
        for *columns, whole in cursor.execute(CAME_BACK.format(conditions=conditions), values):
            line = PaidLine(*columns)
            lines[line.key] = line
            returned[line.key] = whole
    for key, line in lines.items():
        is_tracked = line.sku in tracked and line.day >= tracked[line.sku].isoformat()
        if not is_tracked and not line.is_gift:
            continue
        is_unsent = line.is_cancelled_unsent or key in unsent
        retained = 0 if is_unsent else max(line.quantity - returned.get(key, 0), 0)
        if change := retained - (0 if line.is_gift else line.quantity):
            yield line.sku, line.day, change


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[PaidLine]:
    return map(PaidLine._make, rows)


def _refunded_unsent(refunds: Iterable[tuple[Any, ...]], lines: Iterable[PaidLine]) -> set[Key]:
    """The lines that were fully refunded before they were sent, alone or with their whole order."""
    lines = list(lines)
    of_line: dict[tuple[Any, ...], int] = {}
    of_order: defaultdict[tuple[str, str], int] = defaultdict(int)
    for platform, order, line_id, cents in refunds:
        of_line[platform, order, line_id] = cents
        of_order[platform, order] += cents
    paid: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        paid[line.platform, line.order_id] += line.paid_cents
    unsent = set()
    for line in lines:
        order_key = (line.platform, line.order_id)
        refunded = of_line.get(line.key, 0)
        if line.is_sent:
            continue
        if 0 < line.paid_cents <= refunded or 0 < paid[order_key] <= of_order[order_key]:
            unsent.add(line.key)
    return unsent
