"""The rows of one figure: order lines, refunds, payouts, sessions, SKUs, batches ..., each with its part of the sum."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.db.database import Database
from shop.metrics.definitions import Measure, metric
from shop.metrics.query import access_of, answer
from shop.metrics.request import CUT_FACTS, Query
from shop.metrics.rows_behind.statements import selects
from shop.metrics.settings import currency_of
from shop.metrics.tables import records

MOST = 200  # rows that are listed; all of them are counted and added up
NARROWED_BY = ("platform", "currency", "carrier", "seller", "sku", "language")
OF_ANY_CURRENCY = ("pieces", "comment")
Kind = Literal["order", "session", "video", "comment", "sku", "batch"]
BY_THING: dict[str, tuple[Kind, tuple[str, ...]]] = {  # facts of few rows: of which thing each is
    "session": ("session", ("platform", "session")),
    "video": ("video", ("platform", "video")),
    "stock": ("sku", ("variant",)),
    "kiln": ("batch", ("batch", "variant", "stage")),
    "batch": ("batch", ("batch", "variant")),
}


@dataclass(frozen=True)
class PartRow:
    """One row of a figure: of which thing it is, on which shop day, and its part of the sum in the figure's unit.

    Of a batch the title is the stage.
    """

    platform: str
    key: str
    day: str
    sku: str
    title: str
    part: int


@dataclass(frozen=True)
class RowsBehind:
    """The rows of a figure, the largest parts first, each a thing of one `kind`.

    `count` and `total` are of all of them, though only the first are in `rows`.
    """

    kind: Kind
    rows: tuple[PartRow, ...]
    count: int
    total: int


def rows_behind(db: Database, query: Query, name: str, *, most: int = MOST) -> RowsBehind | None:
    """The rows of one sum over the range of a query, with all its filters; None where they cannot be listed.

    That is so for ratios (ask for their parts), for the days of a range, and for filters of sales by what only the
    catalog knows. Raises NotAllowed like the figure itself.
    """
    measure = metric(name)
    if not isinstance(measure, Measure):
        return None
    require_reader(db, access_of(measure))
    if measure.fact == "held":
        own = tuple(pair for pair in query.where if pair[0] == "platform")
        return rows_behind(db, replace(query, metrics=("sessions",), where=own), "sessions", most=most)
    if measure.fact in BY_THING:
        return _by_thing(db, query, measure, most)
    narrowed_by = {column for column, _ in query.where}
    if not narrowed_by <= set(NARROWED_BY):
        return None
    with db.read() as connection:
        return _by_statement(connection, query, measure, narrowed_by, most)


def _by_statement(
    connection: Connection, query: Query, measure: Measure, narrowed_by: set[str], most: int
) -> RowsBehind | None:
    narrow = "".join(
        f" AND l.{column} IN (SELECT value FROM json_each(:where_{place}))"
        for place, (column, _) in enumerate(query.where)
    )
    if not query.is_of_any_currency and measure.fact not in OF_ANY_CURRENCY:
        narrow += " AND l.currency = :currency"
    parts = selects(measure.name, narrow, narrowed_by, is_cut=query.cut_at is not None)
    if parts is None:
        return None
    values: dict[str, Any] = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "until": query.cut_at,
        "currency": currency_of(connection, query),
        "most": most,
        **{f"where_{place}": json.dumps(list(allowed)) for place, (_, allowed) in enumerate(query.where)},
    }
    rows = " UNION ALL ".join(parts)
    count, total = connection.execute(text(f"SELECT COUNT(*), SUM(part) FROM ({rows})"), values).one()
    first = connection.execute(
        text(f"SELECT * FROM ({rows}) ORDER BY ABS(part) DESC, day DESC, 2 LIMIT :most"), values
    )
    kind: Kind = "comment" if measure.fact == "comment" else "order"
    return RowsBehind(kind, tuple(PartRow(*row) for row in first), int(count), int(total or 0))


def _by_thing(db: Database, query: Query, measure: Measure, most: int) -> RowsBehind:
    """The sessions, videos, SKUs or batches of a figure, each with its own figure by the same reader."""
    kind, by = BY_THING[measure.fact]
    by_thing = replace(query, metrics=(measure.name,), by=by)
    if by_thing.cut_at is not None and measure.fact not in CUT_FACTS:
        by_thing = replace(by_thing, cut_at=None)
    key = "variant" if kind == "sku" else kind
    rows = sorted(
        (
            PartRow(
                row.get("platform", ""),
                row[key],
                "",
                row.get("variant", ""),
                row.get("stage", ""),
                int(row[measure.name]),
            )
            for row in records(answer(db, by_thing))
            if row[measure.name]
        ),
        key=lambda row: (-row.part, row.key, row.title),
    )
    return RowsBehind(kind, tuple(rows[:most]), len(rows), sum(row.part for row in rows))
