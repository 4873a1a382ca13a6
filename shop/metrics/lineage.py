"""Where a figure comes from: its formula, what was divided by what, and the files and pulls behind it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.metrics.definitions import Measure, measures_of, metric
from shop.metrics.query import CUT_FACTS, Query, total
from shop.metrics.settings import currency_of, shop_settings

Figure = int | float | None
ROWS = {  # which rows a fact is computed from: the table and the column of their day
    "sales": ("order_line", "paid_on"),
    "buyers": ("order_line", "paid_on"),
    "cancelled": ("order_line", "paid_on"),
    "session": ("live_session", "started_on"),
    "video": ("video", "published_on"),
    "comment": ("comment", "written_on"),
}
BY_REFUND_DAY = ("refunds", "net_sales")
BY_ORDER_DAY = ("refunds_by_order", "refunded_orders")
IN_RANGE = "t.{day} BETWEEN :start AND :end"
OF_PAID = (
    "(t.platform, t.order_id) IN (SELECT platform, order_id FROM order_line "
    "WHERE shop_id = :shop AND paid_on BETWEEN :start AND :end)"
)
SOURCES = """
SELECT t.source_id, t.platform, COUNT(*) AS rows, MAX(t.updated_at) AS newest
FROM {table} t WHERE t.shop_id = :shop AND {condition} GROUP BY t.source_id, t.platform
"""
COLUMNS = {  # by which a query narrows the rows of a table
    "order_line": ("platform", "currency", "carrier", "seller", "sku"),
    "refund": ("platform", "currency"),
    "settlement": ("platform", "currency"),
    "live_session": ("platform", "currency"),
    "video": ("platform",),
    "comment": ("platform", "language"),
}
OF_LINES = ("carrier", "seller", "sku")  # of refunds and payouts: what their order's lines are
OF_A_LINE = (
    "EXISTS (SELECT 1 FROM order_line o WHERE o.shop_id = :shop AND o.platform = t.platform "
    "AND o.order_id = t.order_id AND o.{condition})"
)
FILE = "SELECT name, kind, imported_at FROM source_file WHERE source_id = :source"
PULLED = """
SELECT MAX(ended_at) FROM sync_run WHERE shop_id = :shop AND platform LIKE :platform || '%'
  AND outcome = 'done'
"""


@dataclass(frozen=True)
class MeasureSum:
    """One measure of a figure, with its sum over the range."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class FigureSource:
    """What brought rows of the range: a file by its name, or a pull (`kind` sync) by its platform.

    `read_at` is on the shop's own clock.
    """

    name: str
    kind: str
    table: str
    rows: int
    read_at: datetime | None


@dataclass(frozen=True)
class Provenance:
    """One figure of one range with its formula, its parts and its sources.

    A ratio is over / under x scale; `under` is None for a sum. `basis` names the day that counts,
    `changed_on` is the shop day on which the newest of these rows came in.
    """

    name: str
    figure: Figure
    formula: str
    basis: str
    over: MeasureSum
    under: MeasureSum | None
    scale: int
    sources: tuple[FigureSource, ...]
    rows: int
    changed_on: date | None


def provenance(db: Database, query: Query, name: str) -> Provenance:
    """The sources of one metric over the range of a query, with all its filters."""
    definition = metric(name)
    parts = (definition.name,) if isinstance(definition, Measure) else (definition.over, definition.under)
    of_range = replace(query, metrics=tuple(dict.fromkeys((name, *parts))), by=())
    if of_range.cut_at is not None and not _may_be_cut(of_range):
        of_range = replace(of_range, cut_at=None)
    figures = total(db, of_range)
    over, *under = (MeasureSum(part, figures[part]) for part in parts)
    sources = _sources(db, of_range, parts)
    moments = [row.read_at for row in sources if row.read_at]
    newest = max(moments).date() if moments else None
    return Provenance(
        name,
        figures[name],
        definition.formula,
        definition.basis,
        over,
        under[0] if under else None,
        1 if isinstance(definition, Measure) else definition.scale,
        sources,
        sum(row.rows for row in sources),
        newest,
    )


def _may_be_cut(query: Query) -> bool:
    return all(m.fact in CUT_FACTS for name in query.metrics for m in measures_of(name))


def _tables(parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The tables whose rows make up these measures, each with the condition of the range."""
    measures = [measure for name in parts for measure in measures_of(name)]
    tables: dict[tuple[str, str], None] = {}
    for measure in measures:
        if measure.name in (*BY_REFUND_DAY, *BY_ORDER_DAY):
            by_day = measure.name in BY_REFUND_DAY
            tables["refund", IN_RANGE.format(day="refunded_on") if by_day else OF_PAID] = None
        if measure.fact == "payout":
            tables["settlement", OF_PAID] = None
        if measure.fact in ROWS and measure.name != "refunds":
            table, day = ROWS[measure.fact]
            tables[table, IN_RANGE.format(day=day)] = None
    return list(tables)


def _sources(db: Database, query: Query, parts: tuple[str, ...]) -> tuple[FigureSource, ...]:
    sources: list[FigureSource] = []
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, query.shop).time_zone)
        wanted = dict(query.where)
        if not query.is_of_any_currency:
            wanted["currency"] = (currency_of(connection, query),)
        values = {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
        values |= {f"of_{column}": json.dumps(list(allowed)) for column, allowed in wanted.items()}
        for table, condition in _tables(parts):
            sql = SOURCES.format(table=table, condition=" AND ".join((condition, *_narrowed(table, wanted))))
            for source, platform, rows, newest in connection.execute(text(sql), values).all():
                sources.append(_source(connection, query.shop, source, platform, table, rows, newest))
    local = [replace(row, read_at=row.read_at and row.read_at.astimezone(zone)) for row in sources]
    return tuple(sorted(local, key=lambda row: (-row.rows, row.name, row.table)))


def _narrowed(table: str, wanted: Collection[str]) -> Iterator[str]:
    """The conditions of a query's filters on the rows of a table, as far as its columns state them."""
    for column in wanted:
        condition = f"{column} IN (SELECT value FROM json_each(:of_{column}))"
        if column in COLUMNS[table]:
            yield f"t.{condition}"
        elif column in OF_LINES and table in ("refund", "settlement"):
            yield OF_A_LINE.format(condition=condition)


def _source(
    connection: Connection,
    shop: int,
    source: int | None,
    platform: str,
    table: str,
    rows: int,
    newest: int | None,
) -> FigureSource:
    if source is not None:
        row = connection.execute(text(FILE), {"source": source}).one_or_none()
        if row is not None:
            return FigureSource(row[0], row[1], table, rows, _moment(row[2]))
    pulled = connection.execute(text(PULLED), {"shop": shop, "platform": platform}).scalar()
    return FigureSource(platform, "sync", table, rows, _moment(pulled or newest))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
