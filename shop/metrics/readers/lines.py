"""Paid lines of a range, for what only they know: distinct orders and buyers over SKUs or carriers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from shop.core.enumerations import OrderStatus
from shop.db.dialect import as_text, constant, with_index
from shop.metrics import dimensions as dims
from shop.metrics.definitions import Measure
from shop.metrics.readers.base import (
    CURRENCY,
    END,
    SHOP,
    START,
    UNTIL,
    Columns,
    conditions,
    dimensions,
    fetch,
    grouped,
    parameters,
    positions,
)
from shop.metrics.refund_sql import LINE_IS_REFUNDED
from shop.metrics.request import Query
from shop.metrics.settings import currency_of
from shop.metrics.tables import TIME, FactRows
from shop.models import OrderLine, SoldSku
from shop.models.base import table_of

LINE = table_of(OrderLine).alias("l")
PRODUCT_OF_SKU = table_of(SoldSku).alias("n")
UNIT = constant(1)
DISTINCT_ORDERS = ("orders", "refunded_orders")
OF_BUYERS = "gmv/buyers"  # the gmv that a ratio over buyers rests on


def _columns() -> Columns:
    own = {name: LINE.c[name] for name in (*dims.SALES_KEYS, "sku")}
    product = func.coalesce(PRODUCT_OF_SKU.c.product, LINE.c.sku)
    return own | dims.catalog_columns(dims.matched()) | {"product": product}


COLUMNS = _columns()


def _lines(
    query: Query, *columns: ColumnElement[Any], with_gifts: bool = False, index: str = "order_line_paid_on"
) -> Select[Any]:
    """Columns of the paid lines that a query counts."""
    rows: Any = LINE
    if "product" in query.dimensions:
        n = PRODUCT_OF_SKU
        rows = rows.outerjoin(n, (n.c.shop_id == SHOP) & (n.c.sku == LINE.c.sku))
    if query.dimensions & set(dims.CATALOG):
        rows = dims.with_product(dims.with_variant(rows, LINE))
    statement = select(*columns).select_from(rows)
    statement = with_index(statement, LINE, index)
    statement = statement.where(LINE.c.shop_id == SHOP, LINE.c.paid_on.between(START, END))
    if not with_gifts:
        statement = statement.where(LINE.c.is_gift == constant(0))
    return statement.where(*_conditions(query))


def _conditions(query: Query, currency: ColumnElement[str] = CURRENCY) -> list[ColumnElement[bool]]:
    of_currency = [] if query.is_of_any_currency else [LINE.c.currency == currency]
    return [*of_currency, *conditions(query, LINE.c.paid_on, COLUMNS)]


def line_conditions(connection: Connection, query: Query) -> tuple[str, dict[str, Any]]:
    """The conditions of a query over lines (`l`, joined to their variant `v` and product `p`) as text to
    add to a WHERE, and the values of its parameters: for what reads lines next to the roll-ups.
    """
    query = replace(query, currency=currency_of(connection, query))
    values = parameters(query)
    wanted = _conditions(query, bindparam("currency", query.currency))
    if not wanted:
        return "", values
    sql, expanded = as_text(and_(*wanted))
    return f" AND {sql}", values | expanded


def read_orders(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Distinct orders, and those with money paid back, by product or by the catalog."""
    names = tuple(m.name for m in measures)
    return fetch(connection, query, _orders(query.shape(), names), names)


@lru_cache(maxsize=256)
def _orders(query: Query, names: tuple[str, ...]) -> Select[Any]:
    order = LINE.c.platform.concat(constant("/")).concat(LINE.c.order_id)
    refunded: ColumnElement[bool] = literal_column(LINE_IS_REFUNDED, Boolean)
    if query.cut_at is not None:  # of a running day no roll-up knows yet what comes back
        refunded = and_(refunded, LINE.c.paid_on < END)
    counts = {
        "orders": func.count(order.distinct()),
        "refunded_orders": func.count(case((refunded, order)).distinct()),
    }
    columns = (*dimensions(query, LINE.c.paid_on, COLUMNS), *(counts[name] for name in names))
    statement = _lines(query, *columns)
    if query.cut_at is not None:
        so_far = type_coerce(LINE.c.paid_at, BigInteger) < UNTIL
        statement = statement.where(or_(LINE.c.paid_on < END, so_far))
    return grouped(statement, query)


def read_cancelled(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Paid orders with a cancelled line, and the pieces of those lines."""
    names = tuple(m.name for m in measures)
    return fetch(connection, query, _cancelled(query.shape(), names), names)


@lru_cache(maxsize=256)
def _cancelled(query: Query, names: tuple[str, ...]) -> Select[Any]:
    order = LINE.c.platform.concat(constant("/")).concat(LINE.c.order_id)
    sums = {"cancelled_orders": func.count(order.distinct()), "cancelled_units": func.sum(LINE.c.quantity)}
    columns = (*dimensions(query, LINE.c.paid_on, COLUMNS), *(sums[name] for name in names))
    is_cancelled = LINE.c.status == constant(OrderStatus.CANCELLED)
    rows = _lines(query, *columns, index="order_line_apart").where(
        or_(LINE.c.is_gift, is_cancelled), is_cancelled
    )
    return grouped(rows, query)


def read_buyers(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Distinct buyers of each group, counted from the index of paid lines, else from the lines.

    They add up over nothing: not over days, SKUs or carriers. What each spent is of the same lines: an order whose
    buyer is not known counts in neither.
    """
    names = tuple(m.name for m in measures)
    if "per_buyer" in query.metrics:
        names += (OF_BUYERS,)
    return fetch(connection, query, _buyers(query.shape(), names), names)


@lru_cache(maxsize=256)
def _buyers(query: Query, names: tuple[str, ...]) -> Select[Any]:
    order = LINE.c.platform.concat(LINE.c.order_id)
    orders = func.count(order.distinct()) if "repeat_buyers" in names else UNIT
    keys = [
        value.label(f"c{place}") for place, value in enumerate(dimensions(query, LINE.c.paid_on, COLUMNS))
    ]
    in_index = query.dimensions <= {*TIME, "platform", "currency"}
    spent = func.sum(LINE.c.buyer_paid_cents + LINE.c.platform_discount_cents) if OF_BUYERS in names else UNIT
    inner = _lines(
        query, *keys, LINE.c.buyer_key, orders.label("n"), spent.label("spent"), with_gifts=in_index
    )
    inner = inner.where(LINE.c.buyer_key.is_not(None))
    b = inner.group_by(*positions(len(keys) + 1)).cte("b")
    counts: dict[str, ColumnElement[Any]] = {
        "buyers": func.count(),
        "repeat_buyers": func.count(case((b.c.n >= constant(2), UNIT))),
    }
    counts[OF_BUYERS] = func.sum(b.c.spent)
    groups = [b.c[f"c{place}"] for place in range(len(keys))]
    statement = select(*groups, *(counts[name] for name in names)).select_from(b)
    return grouped(statement, query)


def orders_with_buyer(connection: Connection, query: Query) -> tuple[int, int]:
    """How many orders a query counts, and of how many of them the buyer is known."""
    row = connection.execute(_with_buyer(replace(query, by=()).shape()), parameters(query)).one()
    return int(row[0]), int(row[1])


@lru_cache(maxsize=256)
def _with_buyer(query: Query) -> Select[Any]:
    order = LINE.c.platform.concat(constant("/")).concat(LINE.c.order_id)
    known = case((LINE.c.buyer_key.is_not(None), order))
    return _lines(query, func.count(order.distinct()), func.count(known.distinct()))


def groups_without_buyer(connection: Connection, query: Query) -> set[tuple[Any, ...]]:
    """The groups of a query that have orders, but none whose buyer is known."""
    rows = fetch(connection, query, _known_buyers(query.shape()), ("lines", "known"))
    return {key for key, (lines, known) in rows.rows.items() if lines and not known}


@lru_cache(maxsize=256)
def _known_buyers(query: Query) -> Select[Any]:
    columns = (*dimensions(query, LINE.c.paid_on, COLUMNS), func.count(), func.count(LINE.c.buyer_key))
    in_index = query.dimensions <= {*TIME, "platform", "currency"}
    return grouped(_lines(query, *columns, with_gifts=in_index), query)
