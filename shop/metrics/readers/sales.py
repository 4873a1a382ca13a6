"""Sales of a range: from the coarsest roll-up that can answer, by our SKU where a dimension of the catalog is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    case,
    column,
    func,
    not_,
    or_,
    select,
    text,
    true,
    type_coerce,
    union_all,
)
from sqlmodel import SQLModel

from shop.db.dialect import constant, parameter
from shop.metrics import dimensions as dims
from shop.metrics import rollups
from shop.metrics.definitions import Measure
from shop.metrics.readers import lines
from shop.metrics.readers.base import (
    CURRENCY,
    END,
    SHOP,
    START,
    UNTIL,
    aggregates,
    conditions,
    dimensions,
    fetch,
    grouped,
)
from shop.metrics.request import ANY_CURRENCY, Query
from shop.metrics.tables import TIME, FactRows, merged
from shop.models import FactDay, FactSkuDay, FactSkuMonth, FactSplitOrder, SoldSku
from shop.models.base import table_of

SUMS = tuple(name for name in rollups.SUMS if not name.startswith("first_"))
PRODUCT_OF_SKU = table_of(SoldSku).alias("n")
SPLIT_ORDER = table_of(FactSplitOrder).alias("s")
SPLIT_BY = ("currency", "carrier", "seller")  # in which lines of one order may differ
Span = tuple[type[SQLModel], date, date]
Rows = Select[Any] | CompoundSelect[Any]

_ZEROS = ", ".join("0" if name != "refund_cents" else "refund_cents" for name in rollups.SUMS)
_KEYS = ", ".join(("shop_id", "day", *rollups.CUTS, "sku"))
_REFUNDS = rollups.SUMS_OF_REFUNDS.replace("SUM(share)", "SUM(share) AS refund_cents")
DAY_SO_FAR = (
    f"WITH so_far({_KEYS}, {', '.join(rollups.SUMS)}) AS ({rollups.SUMS_OF_LINES} UNION ALL "
    f"SELECT {_KEYS}, {_ZEROS} FROM ({_REFUNDS})) SELECT * FROM so_far"
)
"""The roll-up of the last day, from its lines and refunds up to a moment."""


def read(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Sums of sales; orders by product, of several SKUs, and of a SKU by carrier are counted from the lines."""
    counted = [m for m in measures if m.name in lines.DISTINCT_ORDERS]
    if counted and _needs_lines(query):
        rest = [m for m in measures if m not in counted]
        parts = [lines.read_orders(connection, query, counted)]
        parts += [read(connection, query, rest)] if rest else []
        return merged(parts)
    codes = dims.ambiguous_codes(connection, query.shop) if query.dimensions & set(dims.CATALOG) else []
    spans = _spans(query)
    models = tuple(model for model, *_ in spans)
    statement = _statement(query.shape(), tuple(measures), models, has_ambiguous=bool(codes))
    values = dims.values(codes)
    for place, (_, first, last) in enumerate(spans):
        values |= {f"first_{place}": first.isoformat(), f"last_{place}": last.isoformat()}
    rows = fetch(connection, query, statement, [m.name for m in measures], **values)
    if not counted or _is_by_sku(query):
        return rows
    names = tuple(m.name for m in counted)
    return rows.plus(fetch(connection, query, _split_orders(query.shape(), names), names))


def _needs_lines(query: Query) -> bool:
    """Whether the roll-ups would count an order more than once, or not where it has lines."""
    if query.dimensions & {"product", *dims.CATALOG}:
        return True
    several = any(name == "sku" and len(set(values)) > 1 for name, values in query.where)
    return "sku" in query.dimensions and bool(several or query.dimensions & {"carrier", "seller"})


@lru_cache(maxsize=256)
def _split_orders(query: Query, names: tuple[str, ...]) -> Select[Any]:
    """The orders of a group that are counted in another one, because their first line is there."""
    s = SPLIT_ORDER
    of_line: dict[str, ColumnElement[Any]] = {name: s.c[name] for name in dims.SALES_KEYS}
    of_first = of_line | {name: s.c[f"first_{name}"] for name in SPLIT_BY}
    of_currency = [] if query.is_of_any_currency else ["currency"]
    is_counted = and_(
        true(),
        *(of_first[name] == CURRENCY for name in of_currency),
        *conditions(query, s.c.day, of_first),
        *(of_line[name] == of_first[name] for name in query.by if name in SPLIT_BY),
    )
    order = s.c.platform.concat(constant("/")).concat(s.c.order_id)
    refunded = s.c.refunded == constant(1)
    if query.cut_at is not None:
        refunded &= s.c.day < END
    counts = {"orders": order, "refunded_orders": case((refunded, order))}
    statement = select(
        *dimensions(query, s.c.day, of_line), *(func.count(counts[name].distinct()) for name in names)
    ).where(
        s.c.shop_id == SHOP,
        s.c.day.between(START, END),
        *(of_line[name] == CURRENCY for name in of_currency),
        *conditions(query, s.c.day, of_line),
        not_(is_counted),
    )
    if query.cut_at is not None:
        statement = statement.where(or_(s.c.day < END, s.c.paid_at < UNTIL))
    return grouped(statement, query)


def read_pieces(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Pieces sold in whatever currency: counts alone, no money."""
    return read(connection, replace(query, currency=ANY_CURRENCY), measures)


@lru_cache(maxsize=512)
def _statement(
    query: Query, measures: tuple[Measure, ...], models: tuple[type[SQLModel], ...], *, has_ambiguous: bool
) -> Select[Any]:
    """The sums of a shape of queries over the roll-ups `models`, each with its span of days."""
    by_catalog = bool(query.dimensions & set(dims.CATALOG))
    source = _source(query, models)
    f = _by_variant(query, measures, source, has_ambiguous) if by_catalog else source.subquery("f")
    rows: FromClause = f
    columns: dict[str, ColumnElement[Any]] = {
        name: f.c[name] for name in (*dims.SALES_KEYS, "sku") if name in f.c
    }
    if by_catalog:
        own = (dims.VARIANT.c.shop_id == SHOP) & (dims.VARIANT.c.sku == f.c.variant)
        rows = dims.with_product(rows.outerjoin(dims.VARIANT, own))
        columns |= dims.catalog_columns(f.c.variant)
    if "product" in query.dimensions:
        n = PRODUCT_OF_SKU
        rows = rows.outerjoin(n, (n.c.shop_id == SHOP) & (n.c.sku == f.c.sku))
        columns["product"] = func.coalesce(n.c.product, f.c.sku)
    day = f.c.get("day")
    statement = select(*dimensions(query, day, columns), *aggregates(measures)).select_from(rows)
    if not by_catalog and not query.is_of_any_currency:
        statement = statement.where(f.c.currency == CURRENCY)
    return grouped(statement.where(*conditions(query, day, columns)), query)


def _by_variant(query: Query, measures: Sequence[Measure], source: Rows, has_ambiguous: bool) -> FromClause:
    """The roll-ups by form, glaze, size, family, design or our SKU."""
    names = set(query.dimensions)
    names |= {name for name in dims.SALES_KEYS if any(name in m.sql for m in measures)}
    names |= {"day"} if names & set(TIME) else set()
    names |= {"sku"} if "product" in names else set()
    return dims.sales_by_variant(
        source.subquery("r"),
        [name for name in ("day", *dims.SALES_KEYS, "sku") if name in names],
        [name for name in rollups.SUMS if any(name in m.sql for m in measures)],
        has_ambiguous=has_ambiguous,
        of_one_currency=not query.is_of_any_currency,
        until=query.cut_at is not None,
    )


def _source(query: Query, models: Sequence[type[SQLModel]]) -> Rows:
    """The roll-ups that can answer, and the last day up to a moment."""
    by_sku = _is_by_sku(query)
    parts = [_rolled_up(model, place, by_sku=by_sku) for place, model in enumerate(models)]
    if query.cut_at is not None:
        parts.append(_day_so_far(by_sku=by_sku))
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _is_by_sku(query: Query) -> bool:
    return bool(query.dimensions & {"sku", "product", *dims.CATALOG})


def _spans(query: Query) -> list[Span]:
    """Whole months from the roll-up of months, the days around them from that of days."""
    end = query.end if query.cut_at is None else query.end - timedelta(days=1)
    if end < query.start:
        return []
    first, last = whole_months(query.start, end)
    if not _is_by_sku(query):
        return [(FactDay, query.start, end)]
    if query.dimensions & {"day", "week"} or first is None or last is None:
        return [(FactSkuDay, query.start, end)]
    spans: list[Span] = [(FactSkuMonth, first, last)]
    if query.start < first:
        spans.append((FactSkuDay, query.start, first - timedelta(days=1)))
    if (after := _next_month(last)) <= end:
        spans.append((FactSkuDay, after, end))
    return spans


def _rolled_up(model: type[SQLModel], place: int, *, by_sku: bool) -> Select[Any]:
    rows = table_of(model)
    day = rows.c.month if model is FactSkuMonth else rows.c.day
    return select(
        type_coerce(day, String).label("day"),
        *(rows.c[name] for name in (*rollups.CUTS, *SUMS, *(["sku"] if by_sku else []))),
    ).where(rows.c.shop_id == SHOP, day.between(parameter(f"first_{place}"), parameter(f"last_{place}")))


def _day_so_far(*, by_sku: bool) -> Select[Any]:
    """The last day up to a moment; without SKUs an order counts where its first line is."""
    names = ("day", *rollups.CUTS, *rollups.SUMS, "sku")
    rows: Subquery = text(DAY_SO_FAR).columns(*map(column, names)).subquery("so_far_of_day")
    sums = [
        rows.c[f"first_{name}"].label(name) if name.endswith("orders") and not by_sku else rows.c[name]
        for name in SUMS
    ]
    return select(
        rows.c.day, *(rows.c[name] for name in rollups.CUTS), *sums, *([rows.c.sku] if by_sku else [])
    )


def whole_months(start: date, end: date) -> tuple[date | None, date | None]:
    """The first days of the first and the last month that lie wholly within a range."""
    first = start if start.day == 1 else _next_month(start)
    last = end.replace(day=1)
    if _next_month(end) - timedelta(days=1) != end:
        last = (last - timedelta(days=1)).replace(day=1)
    return (first, last) if first <= last else (None, None)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
