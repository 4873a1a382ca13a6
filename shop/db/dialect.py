"""Constructs of SQLite alone, behind names with a meaning; another engine needs its own of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect

from shop.db.bulk_insert import literal

Rows = TypeVar("Rows", bound=Select[Any])


class _Compiler(SQLiteCompiler):
    """Writes index hints into statements, which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


class _Dialect(SQLiteDialect):
    statement_compiler = _Compiler


def write_index_hints(engine: Engine) -> None:
    """Let the statements of an engine carry the hints of `with_index`."""
    engine.dialect.statement_compiler = _Compiler


def constant(value: str | int) -> ColumnElement[Any]:
    """A value as part of the statement itself, where the planner or the reader should see it."""
    return literal_column(literal(value))


def parameter(name: str) -> BindParameter[Any]:
    """A named parameter, whose value comes with the execution."""
    return bindparam(name)


def with_index(rows: Rows, table: FromClause, index: str) -> Rows:
    """The same SELECT, reading a table by one index whatever the planner thinks."""
    return rows.with_hint(table, f"INDEXED BY {index}", "sqlite")


def json_items(name: str) -> Select[Any]:
    """The items of the JSON list that is bound as `name`: one parameter, however many there are."""
    return select(func.json_each(parameter(name)).table_valued("value").c.value)


def week_of(day: ColumnElement[Any]) -> ColumnElement[str]:
    """The Monday of the week of a day, both as ISO text."""
    return func.date(day, constant("weekday 0"), constant("-6 days"))


def as_text(expression: ClauseElement) -> tuple[str, dict[str, Any]]:
    """An expression or a subquery as SQL with named parameters, for text that is run by the driver itself."""
    compiled = expression.compile(
        dialect=_Dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
    )
    return str(compiled), dict(compiled.params)


def raw_cursor(connection: Connection) -> Any:
    """The driver's own connection: its executemany takes tuples without detours."""
    return connection.connection.driver_connection


def stream(cursor: Any, sql: str) -> Iterator[Any]:
    """The rows of a query one after the other, not all in memory at once."""
    rows: Iterator[Any] = cursor.stream(sql) if hasattr(cursor, "stream") else cursor.execute(sql)
    return rows


def shop_time(instant: str, shop: str) -> str:
    """SQL text of a moment (seconds UTC) as ISO text on the clock of a shop; Shanghai's where it has none."""
    offset = (
        f"SELECT c.seconds FROM shop_clock c WHERE c.shop_id = {shop} AND c.from_at <= {instant} "
        "ORDER BY c.from_at DESC LIMIT 1"
    )
    return f"strftime('%Y-%m-%dT%H:%M:%S', {instant} + COALESCE(({offset}), 28800), 'unixepoch')"


def calendar(first: str, last: str) -> str:
    """SQL text of a SELECT of all days from first to last: `day`, its Monday `week`, `weekday` 1 (Monday) to 7."""
    return (
        f"WITH RECURSIVE dates(day) AS (SELECT '{first}' UNION ALL SELECT date(day, '+1 day') FROM dates "
        f"WHERE day < '{last}') SELECT day, date(day, 'weekday 0', '-6 days') AS week, "
        "(strftime('%w', day) + 6) % 7 + 1 AS weekday FROM dates"
    )
