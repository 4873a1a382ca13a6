"""Residual differences of two totals once the definition is applied: orders around midnight, rejected rows,
days without a file, other currencies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from shop.core.money import to_minor
from shop.core.periods import Period, stretches
from shop.coverage import FileCoverage
from shop.db.database import Database
from shop.reconciliation.definitions import NEVER, Definition, Ints, OrderArrays, midnight
from shop.reconciliation.statements import Statement

NEAR_MIDNIGHT = 3600
MOST_NEAR = 5
Kind = Literal[
    "time",
    "unpaid",
    "cancelled",
    "gifts",
    "partners",
    "money",
    "shipping",
    "refunds",
    "midnight",
    "one_order",
    "set_aside",
    "not_imported",
    "other_currency",
]


@dataclass(frozen=True)
class SourceOrder:
    """One order of a residual, and by how much it changes the difference."""

    platform: str
    order_id: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RejectedOrderRow:
    """One rejected row: file, row number, and its order and amount where they can be read."""

    file: str
    row: int
    code: str
    order_id: str | None
    amount: int | None


@dataclass(frozen=True)
class Residual:
    """One reason for the difference: the platform counts so much more (or less) because of it.

    `rule` shows how the platform counts where it is a rule of its definition. Not `is_certain`: the
    orders are not known, the amount is what is left for it, 0 where it cannot be determined.
    """

    kind: Kind
    amount: int
    rule: str = ""
    orders: tuple[SourceOrder, ...] = ()
    rows: tuple[RejectedOrderRow, ...] = ()
    days: tuple[Period, ...] = ()
    is_certain: bool = True


def source_orders(books: OrderArrays, statement: Statement, amounts: Ints) -> tuple[SourceOrder, ...]:
    """The orders that move the difference, the largest first."""
    places = np.flatnonzero(amounts)
    places = places[np.argsort(-np.abs(amounts[places]), kind="stable")]
    return tuple(
        SourceOrder(statement.platform, books.ids[place], int(amounts[place]), statement.currency)
        for place in places
    )


def around_midnight(
    books: OrderArrays, statement: Statement, rule: Definition, zone: ZoneInfo, left: int
) -> Residual | None:
    """Orders within an hour of either end that the platform counts in the other period.

    The fewest at the two ends that make up what is left to the last 分. Orders that count one each
    make up anything: of those only such as lie at one end, and never for sure.
    """
    counted = statement.figure == "orders"
    edges = [
        _near(books, statement, rule, _edge(day, rule, zone))
        for day in (statement.period.start, statement.period.end + timedelta(days=1))
    ]
    few = range(-MOST_NEAR, MOST_NEAR + 1)
    sizes = [(0, size) for size in few if size] + [(size, 0) for size in few if size]
    if not counted:
        sizes += [(first, last) for first in few for last in few if first and last]
    for first, last in sorted(sizes, key=lambda size: abs(size[0]) + abs(size[1])):
        if abs(first) > _most(edges[0], first) or abs(last) > _most(edges[1], last):
            continue
        # orders before the first edge come in (+), after it go out (-); at the last edge vice versa
        amounts = _nearest_orders(edges[0], first, 1) | _nearest_orders(edges[1], last, -1)
        if sum(amounts.values()) == left:
            orders = tuple(
                SourceOrder(statement.platform, books.ids[place], amount, statement.currency)
                for place, amount in amounts.items()
            )
            return Residual("midnight", left, orders=orders, is_certain=not counted)
    return None


Near = tuple[list[tuple[int, int]], list[tuple[int, int]]]  # orders before and after, the nearest first


def _edge(day: date, rule: Definition, zone: ZoneInfo) -> int:
    return midnight(day, ZoneInfo("UTC") if rule.time == "paid_utc" else zone)


def _near(books: OrderArrays, statement: Statement, rule: Definition, edge: int) -> Near:
    moment = books.moments[rule.time]
    close = books.counts(rule) & (np.abs(moment - edge) <= NEAR_MIDNIGHT) & (moment != NEVER)
    value = books.value(rule, statement.figure)
    orders: dict[int, list[int]] = {}
    for line in np.flatnonzero(close):
        order = int(books.order[line])
        at = int(moment[line])
        first_and_amount = orders.setdefault(order, [at, 0])
        first_and_amount[0] = min(first_and_amount[0], at)
        first_and_amount[1] += int(value[line])
    before = sorted((edge - at, order) for order, (at, _) in orders.items() if at < edge)
    after = sorted((at - edge, order) for order, (at, _) in orders.items() if at >= edge)
    return (
        [(order, orders[order][1]) for _, order in before],
        [(order, orders[order][1]) for _, order in after],
    )


def _most(near: Near, size: int) -> int:
    return len(near[0] if size > 0 else near[1])


def _nearest_orders(near: Near, size: int, sign: int) -> dict[int, int]:
    """The nearest orders that change periods: those before an edge (size > 0) or after it."""
    taken = near[0][:size] if size > 0 else near[1][:-size]
    way = sign if size > 0 else -sign
    return {order: way * amount for order, amount in taken}


def one_order(books: OrderArrays, statement: Statement, rule: Definition, left: int) -> Residual | None:
    """The one order whose amount is just what is missing: we count it, the platform does not."""
    counted = books.of_orders(rule, statement.figure, statement.period)
    if statement.figure == "orders":  # every order counts one: none stands out
        return None
    places = np.flatnonzero((counted == -left) & (counted != 0))
    if len(places) != 1:
        return None
    amounts = np.zeros_like(counted)
    amounts[places] = left
    return Residual("one_order", left, orders=source_orders(books, statement, amounts), is_certain=False)


def possible_residuals(
    rejected: tuple[RejectedOrderRow, ...],
    gaps: tuple[Period, ...],
    foreign: tuple[SourceOrder, ...],
    left: int,
) -> tuple[list[Residual], int]:
    """Possible reasons for the rest whose orders are unknown, and what is still left."""
    residuals = []
    if rejected:
        amount = sum(row.amount or 0 for row in rejected)
        explains = abs(left - amount) < abs(left)
        orders = tuple(row for row in rejected)
        residuals.append(Residual("set_aside", amount if explains else 0, rows=orders, is_certain=False))
        left -= amount if explains else 0
    if gaps:
        amount = max(left, 0)
        residuals.append(Residual("not_imported", amount, days=gaps, is_certain=False))
        left -= amount
    if foreign and left:
        residuals.append(Residual("other_currency", 0, orders=foreign, is_certain=False))
    return residuals, left


def uncovered(
    db: Database, sources: Sequence[FileCoverage], statement: Statement, shop: int
) -> tuple[Period, ...]:
    """The days of a range of which no order file or sync of the platform was read."""
    kinds = (f"{statement.platform}_orders", "orders")
    sources = [source for source in sources if source.kind in kinds]
    if not sources:
        return () if _sold(db, statement, shop) else (statement.period,)
    missing = [
        day
        for day in statement.period
        if not any(
            source.first <= day <= source.last
            and not any(gap.start <= day <= gap.end for gap in source.missing)
            for source in sources
        )
    ]
    return tuple(stretches(missing))


def _sold(db: Database, statement: Statement, shop: int) -> bool:
    with db.read() as connection:
        return bool(
            connection.execute(
                text(
                    "SELECT EXISTS (SELECT 1 FROM fact_day WHERE shop_id = :shop "
                    "AND platform = :platform AND day BETWEEN :first AND :last)"
                ),
                {
                    "shop": shop,
                    "platform": statement.platform,
                    "first": statement.period.start.isoformat(),
                    "last": statement.period.end.isoformat(),
                },
            ).scalar()
        )


def other_currency(connection: Connection, statement: Statement, shop: int) -> tuple[SourceOrder, ...]:
    """Orders of the platform in other currencies, in their own money: they are in no sum of ours."""
    rows = connection.execute(
        text(
            "SELECT order_id, currency, SUM(buyer_paid_cents + platform_discount_cents) AS cents "
            "FROM order_line INDEXED BY order_line_paid_on WHERE shop_id = :shop "
            "AND paid_on BETWEEN :first AND :last AND platform = :platform "
            "AND currency <> :currency AND NOT is_gift GROUP BY order_id, currency ORDER BY 1"
        ),
        {
            "shop": shop,
            "platform": statement.platform,
            "currency": statement.currency,
            "first": statement.period.start.isoformat(),
            "last": statement.period.end.isoformat(),
        },
    )
    return tuple(SourceOrder(statement.platform, row[0], row[2], row[1]) for row in rows)


AMOUNT_CELLS = ("due", "buyer_paid", "paid", "amount", "order_amount")
DAY_CELLS = ("paid_at", "created_at")


def rejected_rows(connection: Connection, statement: Statement, shop: int) -> tuple[RejectedOrderRow, ...]:
    """Rows of the platform's order files that were rejected and may belong to the range."""
    rows = connection.execute(
        text(
            "SELECT s.name, r.row, r.code, r.raw FROM rejected_record r "
            "JOIN source_file s USING (source_id) WHERE r.shop_id = :shop "
            "AND s.kind IN (:kind, 'orders') AND (s.first_on IS NULL "
            "OR (s.first_on <= :last AND s.last_on >= :first)) ORDER BY s.source_id, r.row"
        ),
        {
            "shop": shop,
            "kind": f"{statement.platform}_orders",
            "first": statement.period.start.isoformat(),
            "last": statement.period.end.isoformat(),
        },
    )
    parsed = (_rejected_row(row, statement) for row in rows)
    return tuple(row for row in parsed if row is not None)


def _rejected_row(row: Any, statement: Statement) -> RejectedOrderRow | None:
    """A rejected row with what can be read of it; None where it names another day."""
    cells: dict[str, str | None] = json.loads(row.raw)
    day = next((read for name in DAY_CELLS if (read := _day_in(cells.get(name)))), None)
    if day is not None and not statement.period.start <= day <= statement.period.end:
        return None
    amount = next(
        (
            cents
            for name in AMOUNT_CELLS
            if (cents := _cents_in(cells.get(name), statement.currency)) is not None
        ),
        None,
    )
    if statement.figure == "orders":
        amount = 1
    order = cells.get("order_id")
    return RejectedOrderRow(row.name, row.row, row.code, order.strip("\t '\"=") if order else None, amount)


def _day_in(cell: str | None) -> date | None:
    try:
        return date.fromisoformat((cell or "").strip()[:10].replace("/", "-"))
    except ValueError:
        return None


def _cents_in(cell: str | None, currency: str) -> int | None:
    try:
        return to_minor((cell or "").strip().lstrip("¥￥").replace(",", ""), currency)
    except ValueError:
        return None
