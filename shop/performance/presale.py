"""Pre-sale with a deposit: what was paid in advance, what became a sale, what is owed, what the shop retains.

A deposit counts on the day it was paid, in no sales figure. The order becomes a sale (GMV, all of it) on the day its
balance is paid. Of the deposits of a range each is in one of four states: sold (the balance was paid), refunded (any
money came back before that), retained (the order was closed without the balance), open.
By hand: docs/manual/en/presale.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from shop.core.enumerations import OrderStatus
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.query import Query
from shop.metrics.settings import currency_of
from shop.stats.proportions import Rate

DepositState = Literal["open", "sold", "retained", "refunded"]
OF_ORDER = "shop_id = d.shop_id AND {0}.platform = d.platform AND {0}.order_id = d.order_id"
DEPOSITS = f"""
SELECT d.platform, d.order_id, MIN(d.paid_on), SUM(d.deposit_cents), SUM(d.deposit_cents IS NULL),
  SUM(d.balance_cents), MIN(d.balance_due_at), d.currency,
  (SELECT MIN(l.paid_on) FROM order_line l WHERE l.{OF_ORDER.format("l")}),
  (SELECT MIN(l.status = '{OrderStatus.CANCELLED}') FROM order_line l WHERE l.{OF_ORDER.format("l")}),
  (SELECT SUM(r.amount_cents) FROM refund r WHERE r.{OF_ORDER.format("r")} AND r.status = 'refunded'
    AND NOT r.is_estimate)
FROM presale_deposit d
WHERE d.shop_id = :shop AND d.paid_on BETWEEN :start AND :end AND d.currency = :currency
GROUP BY d.platform, d.order_id ORDER BY MIN(d.balance_due_at), MIN(d.paid_on), d.platform, d.order_id
"""


@dataclass(frozen=True)
class PresaleOrder:
    """One order with a paid deposit, cents of `currency`; None where the source does not state a sum.

    `sold_on` is the shop day of the balance; `refunded_cents` came back while the order was not paid in full.
    """

    platform: str
    order_id: str
    deposit_on: date
    deposit_cents: int | None
    balance_cents: int | None
    balance_due_at: datetime | None
    currency: str
    sold_on: date | None
    is_closed: bool
    refunded_cents: int

    @property
    def state(self) -> DepositState:
        """What became of it."""
        if self.sold_on is not None:
            return "sold"
        if self.refunded_cents:
            return "refunded"
        return "retained" if self.is_closed else "open"

    @property
    def retained_cents(self) -> int:
        """What the shop retains of the deposit of an order that will not become a sale."""
        if self.state == "open" or self.state == "sold":
            return 0
        return max((self.deposit_cents or 0) - self.refunded_cents, 0)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the balance should have been paid by now."""
        return self.state == "open" and self.balance_due_at is not None and self.balance_due_at < now


@dataclass(frozen=True)
class PresaleSums:
    """The deposits of a range in cents, by what became of them; `unknown` orders state no deposit."""

    orders: int
    deposits: int
    sold: int
    open: int
    refunded: int
    retained: int
    balance_open: int
    unknown: int
    conversion: Rate


def presale_orders(db: Database, query: Query) -> list[PresaleOrder]:
    """The orders whose deposit was paid in a query's range (shop, currency, platforms), the first due balance first."""
    with db.read() as connection:
        values = {
            "shop": query.shop,
            "start": query.start.isoformat(),
            "end": query.end.isoformat(),
            "currency": currency_of(connection, query),
        }
        rows = raw_cursor(connection).execute(DEPOSITS, values).fetchall()
    platforms = {name for dimension, names in query.where if dimension == "platform" for name in names}
    return [_order(*row) for row in rows if not platforms or row[0] in platforms]


def _order(
    platform: str,
    order: str,
    paid_on: str,
    deposit: int | None,
    unknown: int,
    balance: int | None,
    due_at: int | None,
    currency: str,
    sold_on: str | None,
    is_closed: int | None,
    refunded: int | None,
) -> PresaleOrder:
    return PresaleOrder(
        platform,
        order,
        date.fromisoformat(paid_on),
        None if unknown else deposit,
        balance,
        None if due_at is None else datetime.fromtimestamp(due_at, UTC),
        currency,
        date.fromisoformat(sold_on) if sold_on else None,
        bool(is_closed),
        0 if sold_on else refunded or 0,
    )


def presale_sums(orders: Sequence[PresaleOrder]) -> PresaleSums:
    """The sums of orders of one currency; the conversion is of those that are decided: sold of all but the open."""
    by_state: dict[DepositState, int] = {"open": 0, "sold": 0, "retained": 0, "refunded": 0}
    for order in orders:
        by_state[order.state] += order.deposit_cents or 0
    decided = [order for order in orders if order.state != "open"]
    return PresaleSums(
        len(orders),
        sum(by_state.values()),
        by_state["sold"],
        by_state["open"],
        sum(order.refunded_cents for order in orders),
        sum(order.retained_cents for order in orders),
        sum(order.balance_cents or 0 for order in orders if order.state == "open"),
        sum(order.deposit_cents is None for order in orders),
        Rate(sum(order.state == "sold" for order in decided), len(decided)),
    )
