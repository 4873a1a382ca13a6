"""What the readers of facts share: dimensions of time, conditions, aggregates, parameters, fetching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)

from shop.db.dialect import parameter, week_of
from shop.metrics.definitions import Measure
from shop.metrics.request import Query
from shop.metrics.tables import TIME, FactRows

Columns = Mapping[str, ColumnElement[Any]]
SHOP, START, END = parameter("shop"), parameter("start"), parameter("end")
CURRENCY, UNTIL = parameter("currency"), parameter("until")


def time_dimension(name: str, day: ColumnElement[Any] | None) -> ColumnElement[Any] | None:
    """A day as the day, week, month or year of a query, as text; None for other dimensions."""
    if day is None or name not in TIME:
        return None
    text = type_coerce(day, String)
    if name == "week":
        return week_of(text)
    return text if name == "day" else func.substr(text, 1, 7 if name == "month" else 4)


def dimension(name: str, day: ColumnElement[Any] | None, columns: Columns) -> ColumnElement[Any]:
    """The expression of one dimension: of the day, else the column of that name."""
    time = time_dimension(name, day)
    return columns[name] if time is None else time


def dimensions(query: Query, day: ColumnElement[Any] | None, columns: Columns) -> list[ColumnElement[Any]]:
    """The expressions of what the query is grouped by, in order."""
    return [dimension(name, day, columns) for name in query.by]


def conditions(query: Query, day: ColumnElement[Any] | None, columns: Columns) -> list[ColumnElement[bool]]:
    """The expressions of what the query is narrowed to."""
    return [
        type_coerce(dimension(name, day, columns), String).in_(
            bindparam(f"where_{place}", list(allowed), expanding=True)
        )
        for place, (name, allowed) in enumerate(query.where)
    ]


def aggregates(measures: Sequence[Measure]) -> list[ColumnElement[Any]]:
    """The aggregates of measures over the columns of their fact, by their definitions."""
    return [literal_column(measure.sql) for measure in measures]


def positions(count: int) -> list[ColumnElement[Any]]:
    """The first columns of a statement, to group by."""
    return [literal_column(str(place + 1)) for place in range(count)]


def grouped(rows: Select[Any], query: Query) -> Select[Any]:
    """The statement grouped by its first columns, one for each dimension of the query."""
    return rows.group_by(*positions(len(query.by)))


def statement_over(
    query: Query,
    measures: Sequence[Measure],
    rows: FromClause,
    day: str,
    renamed: Mapping[str, str] | None = None,
    *more: ColumnElement[bool],
) -> Select[Any]:
    """Measures of a table or subquery that has all dimensions as columns of its own."""
    columns = {name: rows.c[(renamed or {}).get(name, name)] for name in query.dimensions if name not in TIME}
    statement = (
        select(*dimensions(query, rows.c[day], columns), *aggregates(measures))
        .select_from(rows)
        .where(rows.c.shop_id == SHOP, rows.c[day].between(START, END), *more)
        .where(*conditions(query, rows.c[day], columns))
    )
    return grouped(statement, query)


def parameters(query: Query) -> dict[str, Any]:
    """The parameters of a query's statements."""
    return {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": query.currency,
        "day": query.end.isoformat(),
        "until": query.cut_at,
        **{f"where_{place}": list(values) for place, (_, values) in enumerate(query.where)},
    }


def fetch(
    connection: Connection, query: Query, statement: Select[Any], names: Sequence[str], **more: Any
) -> FactRows:
    """The rows of a statement, whose first columns are the dimensions of the query."""
    rows = connection.execute(statement, parameters(query) | more).fetchall()
    count = len(query.by)
    return FactRows(query.by, tuple(names), {tuple(row[:count]): row[count:] for row in rows})
