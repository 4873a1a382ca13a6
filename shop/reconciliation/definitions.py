"""Counting definitions: a platform's orders as arrays, and their total under any definition.

Two totals of the same sales differ because each counts by its own rules: which moment makes the day,
whose discount is left out, whether shipping, gifts, cancelled or partners' orders count, whether
refunds are taken off. A `Definition` is one set of such rules; all is integer cents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from shop.core.periods import Period
from shop.db.dialect import raw_cursor
from shop.metrics.refund_sql import COUNTS

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Figure = Literal["gmv", "buyer_paid", "net_sales", "orders"]
FIGURES: tuple[Figure, ...] = ("gmv", "buyer_paid", "net_sales", "orders")
TIMES = ("paid", "created", "paid_utc", "completed")
MONEY = ("gmv", "buyer_paid", "list")
REFUNDS = ("", "refund_day", "order_day")
NEVER = -1
DAY = 86_400
BEFORE_DAYS, AFTER_DAYS = 30, 7  # a completed order was paid before, a created one is paid after


@dataclass(frozen=True)
class Definition:
    """What counts: by which moment, in which money, with or without what; refunds taken off or not.

    `unpaid` orders have no payment: they count only where the moment of creation makes the day.
    """

    time: str = "paid"
    money: str = "gmv"
    unpaid: bool = False
    cancelled: bool = True
    gifts: bool = False
    partners: bool = True
    shipping: bool = False
    refunds: str = ""

    def differs(self, other: Definition) -> tuple[str, ...]:
        """The rules in which two definitions differ, in the order in which they are applied."""
        return tuple(
            item.name for item in fields(self) if getattr(self, item.name) != getattr(other, item.name)
        )


OURS: dict[Figure, Definition] = {
    "gmv": Definition(),
    "buyer_paid": Definition(money="buyer_paid"),
    "net_sales": Definition(refunds="refund_day"),
    "orders": Definition(),
}
STEPS = ("time", "unpaid", "cancelled", "gifts", "partners", "money", "shipping", "refunds")


def definitions(figure: Figure) -> Iterator[Definition]:
    """Every definition that a figure may have; for orders money does not matter."""
    flags = (False, True)
    for moment, cancelled, gifts, partners in product(TIMES, flags, flags, flags):
        for unpaid in flags if moment == "created" else (False,):
            rule = Definition(moment, OURS[figure].money, unpaid, cancelled, gifts, partners)
            if figure == "orders":
                yield rule
                continue
            for money, shipping, refunds in product(MONEY, flags, REFUNDS):
                yield replace(rule, money=money, shipping=shipping, refunds=refunds)


@dataclass(frozen=True)
class OrderArrays:
    """The order lines and refunds of one platform and currency around some days.

    `order` numbers the orders (`ids`); `moments` contains the second of each time (NEVER: has not come),
    `days` the day it falls on (ordinal number). `refunded` is what was ever refunded of the order,
    on its first line.
    """

    ids: tuple[str, ...]
    order: Ints
    moments: dict[str, Ints]
    days: dict[str, Ints]
    amounts: dict[str, Ints]
    refunded: Ints
    is_paid: Mask
    is_cancelled: Mask
    is_gift: Mask
    is_partner: Mask
    refund_order: Ints
    refund_day: Ints
    refund_cents: Ints

    def counts(self, rule: Definition) -> Mask:
        """Which lines count under a definition, on whatever day."""
        counted: Mask = self.days[rule.time] != NEVER
        if not rule.unpaid:
            counted = counted & self.is_paid
        if not rule.cancelled:
            counted = counted & ~self.is_cancelled
        if not rule.gifts:
            counted = counted & ~self.is_gift
        if not rule.partners:
            counted = counted & ~self.is_partner
        return counted

    def value(self, rule: Definition, figure: Figure) -> Ints:
        """What each line is worth under a definition (for orders: 1 on its first line that counts)."""
        if figure == "orders":
            counted = np.flatnonzero(self.counts(rule))
            first = np.zeros(len(self.order), dtype=np.int64)
            first[counted[np.unique(self.order[counted], return_index=True)[1]]] = 1
            return first
        worth = self.amounts[rule.money]
        if rule.shipping:
            worth = worth + self.amounts["shipping"]
        if rule.refunds == "order_day":
            worth = worth - self.refunded
        return worth

    def of_orders(self, rule: Definition, figure: Figure, period: Period) -> Ints:
        """What each order brings to a range under a definition."""
        day = self.days[rule.time]
        here = self.counts(rule) & (day >= period.start.toordinal()) & (day <= period.end.toordinal())
        sums = _added(self.order[here], self.value(rule, figure)[here], len(self.ids))
        if rule.refunds == "refund_day" and figure != "orders":
            back = (self.refund_day >= period.start.toordinal()) & (self.refund_day <= period.end.toordinal())
            sums -= _added(self.refund_order[back], self.refund_cents[back], len(self.ids))
        return sums

    def total(self, rule: Definition, figure: Figure, period: Period) -> int:
        """What a range adds up to under a definition."""
        return int(self.of_orders(rule, figure, period).sum())


class DaySums:
    """What each day of a stretch adds up to under any definition; parts are added up once."""

    def __init__(self, books: OrderArrays, period: Period) -> None:
        self.books, self.first, self.days = books, period.start.toordinal(), period.days
        self._parts: dict[tuple[Definition, str], Ints] = {}
        day = books.refund_day - self.first
        here = (day >= 0) & (day < self.days)
        self._refunds = _added(day[here], books.refund_cents[here], self.days)

    def of(self, rule: Definition, figure: Figure) -> Ints:
        """The sum of each day."""
        if figure == "orders":
            return self._part(rule, "orders")
        sums = self._part(rule, rule.money)
        if rule.shipping:
            sums = sums + self._part(rule, "shipping")
        if rule.refunds == "order_day":
            sums = sums - self._part(rule, "refunded")
        return sums - self._refunds if rule.refunds == "refund_day" else sums

    def _part(self, rule: Definition, name: str) -> Ints:
        lines = replace(rule, money="gmv", shipping=False, refunds="")  # which lines count
        if (lines, name) not in self._parts:
            books = self.books
            values = (
                books.value(lines, "orders")
                if name == "orders"
                else books.refunded
                if name == "refunded"
                else books.amounts[name]
            )
            day = books.days[rule.time] - self.first
            here = books.counts(lines) & (day >= 0) & (day < self.days)
            self._parts[lines, name] = _added(day[here], values[here], self.days)
        return self._parts[lines, name]


def _added(places: Ints, values: Ints, size: int) -> Ints:
    """Integers added up per place; exact, for sums stay far below 2**53."""
    return np.bincount(places, values, size).astype(np.int64)


# --- reading ---------------------------------------------------------------------------------------

LINES = """
SELECT order_id, paid_on, created_at, paid_at, completed_at, status = 'cancelled', is_gift,
  seller = 'partner', list_cents, platform_discount_cents, buyer_paid_cents, shipping_cents
FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on BETWEEN :first AND :last AND currency = :currency
  AND platform = :platform
  AND (paid_on >= :near OR completed_at BETWEEN :from_second AND :to_second)
UNION ALL
SELECT order_id, paid_on, created_at, paid_at, completed_at, status = 'cancelled', is_gift,
  seller = 'partner', list_cents, platform_discount_cents, buyer_paid_cents, shipping_cents
FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on IS NULL AND currency = :currency AND platform = :platform
  AND created_at BETWEEN :from_second AND :to_second
"""
REFUNDS_OF_DAYS = f"""
SELECT order_id, refunded_on, amount_cents FROM refund r INDEXED BY refund_refunded_on
WHERE shop_id = :shop AND platform = :platform AND currency = :currency
  AND refunded_on BETWEEN :first AND :last AND {COUNTS}
"""
REFUNDS_OF_ORDERS = f"""
SELECT r.order_id, SUM(r.amount_cents) FROM json_each(:orders) j
CROSS JOIN refund r ON r.shop_id = :shop AND r.platform = :platform AND r.order_id = j.value
WHERE r.currency = :currency AND {COUNTS} GROUP BY r.order_id
"""


def read_order_arrays(
    connection: Connection, platform: str, currency: str, period: Period, zone: ZoneInfo, shop: int = 1
) -> OrderArrays:
    """The books of one platform around a range: lines paid, created or completed in it."""
    first = period.start - timedelta(days=BEFORE_DAYS)
    last = period.end + timedelta(days=AFTER_DAYS)
    values = {
        "shop": shop,
        "platform": platform,
        "currency": currency,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "near": (period.start - timedelta(days=1)).isoformat(),
        "from_second": midnight(period.start - timedelta(days=1), zone),
        "to_second": midnight(period.end + timedelta(days=2), zone),
    }
    cursor = raw_cursor(connection)
    lines = cursor.execute(LINES, values).fetchall()
    in_range = values | {"first": period.start.isoformat(), "last": period.end.isoformat()}
    refunds = cursor.execute(REFUNDS_OF_DAYS, in_range).fetchall()
    paid = json.dumps(sorted({row[0] for row in lines if row[1]}))
    refunded = dict(cursor.execute(REFUNDS_OF_ORDERS, values | {"orders": paid}).fetchall())
    return _order_arrays(lines, refunds, refunded, zone)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The second (UTC) at which a day of the shop begins."""
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())


def _order_arrays(
    lines: Sequence[Any], refunds: Sequence[Any], refunded: dict[str, int], zone: ZoneInfo
) -> OrderArrays:
    ids = tuple(dict.fromkeys([row[0] for row in lines] + [row[0] for row in refunds]))
    number = {order: place for place, order in enumerate(ids)}
    order = np.array([number[row[0]] for row in lines], dtype=np.int64)
    columns = list(zip(*lines, strict=True)) or [()] * 12
    created, paid, completed = (_seconds(columns[place]) for place in (2, 3, 4))
    ordinals = {day: date.fromisoformat(day).toordinal() for day in set(columns[1]) if day}
    paid_on = np.array([ordinals.get(day, NEVER) for day in columns[1]], dtype=np.int64)
    money = [np.array(columns[place], dtype=np.int64) for place in range(8, 12)]
    first_line = np.zeros(len(order), dtype=bool)
    first_line[np.unique(order, return_index=True)[1]] = True
    back = np.array([refunded.get(row[0], 0) for row in lines], dtype=np.int64) * first_line
    utc = ZoneInfo("UTC")
    return OrderArrays(
        ids,
        order,
        {"paid": paid, "paid_utc": paid, "created": created, "completed": completed},
        {
            "paid": paid_on,
            "paid_utc": _days(paid, utc),
            "created": _days(created, zone),
            "completed": _days(completed, zone),
        },
        {"list": money[0], "gmv": money[1] + money[2], "buyer_paid": money[2], "shipping": money[3]},
        back,
        paid_on != NEVER,
        np.array(columns[5], dtype=bool),
        np.array(columns[6], dtype=bool),
        np.array(columns[7], dtype=bool),
        np.array([number[row[0]] for row in refunds], dtype=np.int64),
        np.array([date.fromisoformat(row[1]).toordinal() for row in refunds], dtype=np.int64),
        np.array([row[2] for row in refunds], dtype=np.int64),
    )


def _seconds(values: Sequence[int | None]) -> Ints:
    return np.array([NEVER if value is None else value for value in values], dtype=np.int64)


def _days(seconds: Ints, zone: ZoneInfo) -> Ints:
    """The day of each moment in a zone; the zone's shift is looked up once per hour."""
    hours, place = np.unique(seconds // 3600, return_inverse=True)
    shifts = np.array(
        [
            int(datetime.fromtimestamp(int(hour) * 3600, zone).utcoffset().total_seconds())  # type: ignore[union-attr]
            for hour in hours
        ],
        dtype=np.int64,
    )
    epoch = date(1970, 1, 1).toordinal()
    days = (seconds + shifts[place]) // DAY + epoch if len(seconds) else seconds
    return np.where(seconds == NEVER, NEVER, days)
