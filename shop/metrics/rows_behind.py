"""The very rows that a figure adds up: order lines, refunds, live sessions or videos, each with its part of the sum."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.db.database import Database
from shop.metrics import refund_sql
from shop.metrics.definitions import Measure, metric
from shop.metrics.query import access_of, answer
from shop.metrics.request import CUT_FACTS, Query
from shop.metrics.settings import currency_of
from shop.metrics.tables import records

MOST = 200  # rows that are listed; all of them are counted and added up
NARROWED_BY = ("platform", "carrier", "seller", "sku")
IS_FIRST = f"NOT {refund_sql.EARLIER.format('')}"
PARTS = {  # of one paid line: its part of the sum, and what makes a line count
    "gmv": ("l.buyer_paid_cents + l.platform_discount_cents", ""),
    "buyer_paid": ("l.buyer_paid_cents", ""),
    "list_value": ("l.list_cents", ""),
    "seller_discounts": ("l.seller_discount_cents", ""),
    "platform_discounts": ("l.platform_discount_cents", ""),
    "shipping_paid": ("l.shipping_cents", ""),
    "units": ("l.quantity", ""),
    "lines": ("1", ""),
    "orders": ("1", f"AND {IS_FIRST}"),
}
LINES = """
SELECT l.platform, l.order_id, l.paid_on AS day, l.sku, COALESCE(n.title, '') AS title, {part} AS part
FROM order_line l INDEXED BY order_line_paid_on
LEFT JOIN sold_name n ON n.shop_id = l.shop_id AND n.name_key = l.name_key
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift AND l.currency = :currency
  {where} {counts} {cut}
"""
CUT = "AND (l.paid_on < :end OR l.paid_at < :until)"
REFUNDS = """
SELECT l.platform, l.order_id, l.day, l.sku, '' AS title, {sign} l.share AS part FROM ({shares}) l
WHERE l.currency = :currency {where}
"""
REFUND_CUT = "AND (r.refunded_on < :end OR COALESCE(r.refunded_at, 0) < :until)"


@dataclass(frozen=True)
class PartRow:
    """One row of a figure: of which thing it is, on which shop day, and its part of the sum in the figure's unit."""

    platform: str
    key: str
    day: str
    sku: str
    title: str
    part: int


@dataclass(frozen=True)
class RowsBehind:
    """The rows of a figure, the largest parts first: `kind` is order, session or video.

    `count` and `total` are of all of them, though only the first are in `rows`.
    """

    kind: Literal["order", "session", "video"]
    rows: tuple[PartRow, ...]
    count: int
    total: int


def rows_behind(db: Database, query: Query, name: str, *, most: int = MOST) -> RowsBehind | None:
    """The rows of one sum over the range of a query, with all its filters; None where they cannot be listed.

    That is so for ratios (ask for their parts), for stock, kiln and payouts, and for filters by what only the catalog
    knows. Raises NotAllowed like the figure itself.
    """
    measure = metric(name)
    if not isinstance(measure, Measure):
        return None
    require_reader(db, access_of(measure))
    if measure.fact in ("session", "video"):
        return _streams(db, query, measure, most)
    if not {column for column, _ in query.where} <= set(NARROWED_BY):
        return None
    with db.read() as connection:
        return _sales(connection, query, name, most)


def _sales(connection: Connection, query: Query, name: str, most: int) -> RowsBehind | None:
    where = "".join(
        f" AND l.{column} IN (SELECT value FROM json_each(:where_{place}))"
        for place, (column, _) in enumerate(query.where)
    )
    values: dict[str, Any] = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "until": query.cut_at,
        "currency": currency_of(connection, query),
        "most": most,
        **{f"where_{place}": json.dumps(list(allowed)) for place, (_, allowed) in enumerate(query.where)},
    }
    selects = []
    if name in PARTS or name == "net_sales":
        part, counts = PARTS["gmv" if name == "net_sales" else name]
        cut = "" if query.cut_at is None else CUT
        selects.append(LINES.format(part=part, where=where, counts=counts, cut=cut))
    if name in ("refunds", "net_sales"):
        cut = "" if query.cut_at is None else REFUND_CUT
        shares = refund_sql.shares(
            refund_sql.REFUNDED_ON,
            f"r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end {cut}",
            day="r.refunded_on",
        )
        sign = "-" if name == "net_sales" else ""
        selects.append(REFUNDS.format(sign=sign, shares=shares, where=where))
    if not selects:
        return None
    rows = " UNION ALL ".join(selects)
    count, total = connection.execute(text(f"SELECT COUNT(*), SUM(part) FROM ({rows})"), values).one()
    first = connection.execute(
        text(f"SELECT * FROM ({rows}) ORDER BY ABS(part) DESC, day DESC, order_id LIMIT :most"), values
    )
    return RowsBehind("order", tuple(PartRow(*row) for row in first), int(count), int(total or 0))


def _streams(db: Database, query: Query, measure: Measure, most: int) -> RowsBehind | None:
    """The sessions or videos of a figure, each with its own figure by the same reader."""
    kind: Literal["session", "video"] = "session" if measure.fact == "session" else "video"
    by_thing = replace(query, metrics=(measure.name,), by=("platform", kind))
    if by_thing.cut_at is not None and measure.fact not in CUT_FACTS:
        by_thing = replace(by_thing, cut_at=None)
    if not measure.additive:
        return None
    table = [row for row in records(answer(db, by_thing)) if row[measure.name] is not None]
    rows = sorted(
        (PartRow(row["platform"], row[kind], "", "", "", int(row[measure.name])) for row in table),
        key=lambda row: (-row.part, row.key),
    )
    return RowsBehind(kind, tuple(rows[:most]), len(rows), sum(row.part for row in rows))
