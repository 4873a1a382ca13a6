"""Live sessions of a range, with the orders that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal_column, or_, select

from shop.db.dialect import constant
from shop.metrics.definitions import Measure, Ratio, measures_of, metric
from shop.metrics.readers.base import (
    CURRENCY,
    END,
    SHOP,
    START,
    UNTIL,
    conditions,
    dimensions,
    fetch,
    grouped,
)
from shop.metrics.request import Query
from shop.metrics.tables import TIME, FactRows
from shop.models import FactDay, LiveSession, SessionSum
from shop.models.base import table_of

SESSION = table_of(LiveSession).alias("s")


def read(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Session figures; a ratio counts only sessions in which both of its parts are known.

    A session is of the currency that the platform states it in, where the query names that. A cut leaves
    out what started after it; a session that was running counts as it stands.
    """
    sums = _sums(query.metrics, measures)
    return fetch(connection, query, _statement(query.shape(), tuple(sums.values())), list(sums))


def _sums(metrics: tuple[str, ...], measures: Sequence[Measure]) -> dict[str, str]:
    """The aggregates by name: the measures, and the parts of ratios as `over/under` and `under\\over`."""
    sums = {m.name: m.sql for m in measures}
    for name in metrics:
        ratio = metric(name)
        if not isinstance(ratio, Ratio) or any(m.fact != "session" for m in measures_of(name)):
            continue
        over, under = _column_of(ratio.over), _column_of(ratio.under)
        both = f"{over} IS NOT NULL AND {under} IS NOT NULL"
        sums[f"{ratio.over}/{ratio.under}"] = f"SUM(CASE WHEN {both} THEN {over} END)"
        sums[f"{ratio.under}\\{ratio.over}"] = f"SUM(CASE WHEN {both} THEN {under} END)"
    return sums


@lru_cache(maxsize=256)
def _statement(shape: Query, sums: tuple[str, ...]) -> Select[Any]:
    rows = _sessions(shape).subquery("f")
    columns = {"session": rows.c.session_id, "platform": rows.c.platform, "currency": rows.c.currency}
    statement = (
        select(*dimensions(shape, rows.c.started_on, columns), *map(literal_column, sums))
        .select_from(rows)
        .where(*conditions(shape, rows.c.started_on, columns))
    )
    return grouped(statement, shape)


def count_sessions(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """How many live sessions there were in each group of time: the same for whatever was sold in them."""
    own = (*TIME, "platform")
    of_sessions = replace(
        query,
        metrics=("sessions",),
        by=tuple(name for name in query.by if name in own),
        where=tuple(pair for pair in query.where if pair[0] in own),
    )
    return replace(read(connection, of_sessions, measures_of("sessions")), names=("sessions_held",))


def _column_of(name: str) -> str:
    return measures_of(name)[0].sql.removeprefix("SUM(").removesuffix(")")


def _sessions(query: Query) -> Select[Any]:
    """Sessions with their own sales, by the basis that is complete (shop/metrics/stream_rollups.py).

    A session that no order belongs to sold nothing, if the orders of its platform and day were read:
    between the first and the last day with an order. Else its sales are unknown.
    """
    s, money = SESSION, SESSION.c.currency if "currency" in query.dimensions else CURRENCY
    o = table_of(SessionSum).alias("o")
    d, zero = table_of(FactDay), constant(0)
    k = (
        select(
            d.c.platform,
            func.min(d.c.day).label("first"),
            func.max(d.c.day).label("last"),
            zero.label("none"),
        )
        .where(d.c.shop_id == SHOP, d.c.lines > zero)
        .group_by(d.c.platform)
        .subquery("k")
    )

    def own(column: str) -> ColumnElement[Any]:
        return case((o.c.basis.isnot(None), o.c[column]), else_=k.c.none)

    statement = (
        select(
            s,
            own("orders").label("session_orders"),
            own("units").label("session_units"),
            own("gmv_cents").label("session_gmv"),
            case((s.c.currency == money, s.c.gmv_cents)).label("stated_gmv"),
            s.c.buyers.label("session_buyers"),
        )
        .select_from(
            s.outerjoin(
                o,
                and_(
                    o.c.shop_id == SHOP,
                    o.c.platform == s.c.platform,
                    o.c.session_id == s.c.session_id,
                    o.c.currency == money,
                    o.c.is_headline,
                ),
            ).outerjoin(
                k,
                and_(
                    k.c.platform == s.c.platform,
                    s.c.currency == money,
                    s.c.started_on.between(k.c.first, k.c.last),
                ),
            )
        )
        .where(s.c.shop_id == SHOP, s.c.started_on.between(START, END))
    )
    if query.cut_at is not None:
        statement = statement.where(or_(s.c.started_on < END, s.c.started_at < UNTIL))
    return statement
