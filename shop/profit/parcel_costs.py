"""What sending the orders of a range costs: the courier and the packing of each parcel.

Where a settlement states what the platform deducted for the courier, that counts; else the owner's rates.

One parcel per order, at the rates of the day on which its first line was paid, so that a new price changes no
earlier day. An order that never left (cancelled, or refunded whole before it was sent) costs nothing; one that
still has to leave is an estimate. The weight of a parcel is that of its pieces, gifts included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection

from shop.access.roles import require_reader
from shop.core.money import split
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics import dimensions, refund_sql
from shop.metrics.query import Query
from shop.metrics.settings import currency_of
from shop.models.costs import RateKind
from shop.pricing.cost_rates import RateTable, rate_table
from shop.profit.cogs import REFUNDED_UNSENT, Key

LINES = f"""
SELECT l.platform, l.order_id, l.line_id, f.paid_on, f.province, {dimensions.MATCHED}, l.quantity,
  COALESCE(v.weight_g, (SELECT MAX(e.weight_g) FROM piece e WHERE e.shop_id = v.shop_id AND e.sku = v.sku)),
  l.shipped_at IS NOT NULL OR l.status IN ('shipped', 'delivered', 'completed'), l.status = 'cancelled',
  l.buyer_paid_cents, l.shipping_cents
FROM order_line f INDEXED BY order_line_paid_on CROSS JOIN order_line l
  ON l.shop_id = f.shop_id AND l.platform = f.platform AND l.order_id = f.order_id AND l.paid_on IS NOT NULL
{dimensions.BY_NAME.format(of="l")}
WHERE {refund_sql.FIRST_PAID.replace("= :day", "BETWEEN :start AND :end")} AND f.currency = :currency
"""
SHIPPING_REFUNDED = """
SELECT r.platform, r.order_id, SUM(r.shipping_cents) FROM refund r
WHERE r.shop_id = :shop AND r.refunded_on >= :start AND r.status = 'refunded' AND r.shipping_cents > 0
GROUP BY r.platform, r.order_id
"""
STATED = """
SELECT s.platform, s.order_id, SUM(s.courier_cents) FROM settlement s INDEXED BY settlement_courier
WHERE s.shop_id = :shop AND s.currency = :currency AND s.courier_cents <> 0 AND s.settled_on >= :start
GROUP BY s.platform, s.order_id
"""


class ParcelLine(NamedTuple):
    """A line of an order as LINES selects it; `grams` of one piece, None where it was never weighed."""

    platform: str
    order_id: str
    line_id: str
    day: str
    province: str | None
    group: str
    quantity: int
    grams: int | None
    is_sent: int
    is_cancelled: int
    paid_cents: int
    shipping_cents: int


@dataclass(frozen=True)
class ParcelCost:
    """What one parcel costs and what its buyer paid for shipping, in cents.

    `courier` is None where no rate fits; `is_deducted` where the platform deducted it from the payout itself.
    `is_estimate`: it has not left yet. `weights` are those by which its lines share the costs: grams, or pieces where
    one was never weighed.
    """

    groups: tuple[tuple[Key, str], ...]
    weights: tuple[int, ...]
    courier: int | None
    packing: int
    shipping_paid: int
    is_estimate: bool
    is_deducted: bool = False

    @property
    def net_cents(self) -> int:
        """Courier and packing less what the buyer paid for shipping."""
        return (self.courier or 0) + self.packing - self.shipping_paid

    def by_line(self) -> Iterator[tuple[Key, str, int]]:
        """Each line's share of the net cost: key, SKU or group, cents; the shares add up."""
        for (key, group), cents in zip(self.groups, split(self.net_cents, self.weights), strict=True):
            yield key, group, cents


def parcel_costs(db: Database, query: Query) -> list[ParcelCost] | None:
    """The parcels of the orders paid in a range, the courier as a settlement states it, else by the owner's rates.

    None where the owner entered no rate of a courier or packing and no settlement states one.

    Of `query` range, shop, currency and platforms count. For the owner. Raises NotAllowed.
    """
    require_reader(db, "see_margins")
    with db.read() as connection:
        currency = currency_of(connection, query)
        couriers = rate_table(connection, RateKind.COURIER, currency, query.shop)
        packings = rate_table(connection, RateKind.PACKING, currency, query.shop)
        query = replace(query, currency=currency)
        stated = _given_couriers(connection, query)
        if not couriers and not packings and not stated:
            return None
        lines, unsent, shipping = _read(connection, query)
        if not couriers and not packings and stated.keys().isdisjoint(line[:2] for line in lines):
            return None
    result = []
    for _, group in groupby(lines, key=lambda line: line[:2]):
        order = list(group)
        state = _state(order, unsent)
        if state != "never":
            back = shipping.get(order[0][:2], 0)
            parcel = _parcel(order, couriers, packings, back, is_estimate=state == "open")
            if order[0][:2] in stated:
                parcel = replace(parcel, courier=stated[order[0][:2]], is_deducted=True)
            result.append(parcel)
    return result


def _given_couriers(connection: Connection, query: Query) -> dict[Any, int]:
    """What settlements state from the first day of a range on, by order."""
    rows = raw_cursor(connection).execute(STATED, _values(query))
    return {(platform, order): cents for platform, order, cents in rows}


def _read(connection: Connection, query: Query) -> tuple[list[ParcelLine], dict[Any, int], dict[Any, int]]:
    """The lines order by order; by order what was refunded before it left, and what of its shipping."""
    cursor, values = raw_cursor(connection), _values(query)
    platforms = {name for dimension, names in query.where if dimension == "platform" for name in names}
    rows = [row for row in cursor.execute(LINES, values) if not platforms or row[0] in platforms]
    unsent: dict[Any, int] = {}
    for platform, order, _, cents in cursor.execute(REFUNDED_UNSENT, values):
        unsent[platform, order] = unsent.get((platform, order), 0) + cents
    shipping = {(row[0], row[1]): row[2] for row in cursor.execute(SHIPPING_REFUNDED, values)}
    return list(map(ParcelLine._make, rows)), unsent, shipping


def _values(query: Query) -> dict[str, Any]:
    return {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": query.currency,
    }


def _state(order: list[ParcelLine], unsent: Mapping[Any, int]) -> str:
    """Whether an order was sent, never will be, or is open."""
    if any(line.is_sent for line in order):
        return "sent"
    paid = sum(line.paid_cents for line in order)
    is_refunded = 0 < paid <= unsent.get(order[0][:2], 0)
    return "never" if is_refunded or all(line.is_cancelled for line in order) else "open"


def _parcel(
    order: list[ParcelLine], couriers: RateTable, packings: RateTable, back: int, *, is_estimate: bool
) -> ParcelCost:
    first = order[0]
    grams = [None if line.grams is None else line.grams * line.quantity for line in order]
    known = [gram for gram in grams if gram is not None]
    weight = sum(known) if len(known) == len(grams) else None
    where = (date.fromisoformat(first.day), first.platform, first.province, weight)
    return ParcelCost(
        tuple(((line.platform, line.order_id, line.line_id), line.group) for line in order),
        tuple(known) if weight else tuple(line.quantity for line in order),
        couriers.cents(*where) if couriers else 0,
        packings.cents(*where) or 0,
        max(sum(line.shipping_cents for line in order) - back, 0),
        is_estimate,
    )
