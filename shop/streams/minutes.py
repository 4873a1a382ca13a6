"""The curve of one session on one time axis: viewers, comments, product clicks, orders and GMV of each minute.

Each column comes from one source: the platform's minutes where they have it, else comments and orders by their moment.
Orders are those of the session's headline basis, by the moment they were placed; where that is the platform's own
statement, its minutes, or the orders that are known where its minutes have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from shop.db.database import Database
from shop.metrics.stream_rollups import CREATED, DAYS_AFTER, LONGEST_UNPAID
from shop.streams.session import SessionRecord
from shop.streams.sums import SessionSums, session_sums

COLUMNS = ("viewers", "comments", "product_clicks", "orders", "gmv_cents")
LONGEST_MINUTES = 36 * 60
MINUTES = """
SELECT minute_at, viewers, comments, product_clicks, orders, gmv_cents FROM live_minute
WHERE shop_id = :shop AND platform = :platform AND session_id = :session ORDER BY minute_at
"""
COMMENTS = """
SELECT (written_at - :started) / 60 AS minute, COUNT(*) FROM comment
WHERE shop_id = :shop AND platform = :platform AND session_id = :session AND written_at >= :started
GROUP BY minute
"""
OF_SESSION = f"""
FROM order_line l INDEXED BY order_line_paid_on
WHERE l.shop_id = :shop AND l.platform = :platform AND l.currency = :currency AND NOT l.is_gift
  AND l.paid_on BETWEEN date(:day, '-1 day') AND date(:day, '+{DAYS_AFTER} days')
"""
BY_ROOM = "AND l.content_id = :session AND l.carrier = 'live'"
BY_TIME = f"""
  AND {CREATED} >= :started AND {CREATED} < :ended AND {CREATED} > l.paid_at - {LONGEST_UNPAID}
  AND l.carrier IN ('live', 'unknown') AND (l.content_id IS NULL OR l.content_id = :session)
"""
ORDERS = f"""
SELECT ({CREATED} - :started) / 60 AS minute, COUNT(DISTINCT l.order_id), SUM(l.quantity),
  SUM(l.buyer_paid_cents + l.platform_discount_cents) {OF_SESSION} {{}} GROUP BY minute
"""
PRODUCTS = f"""
SELECT l.sku, COUNT(DISTINCT l.order_id) AS orders, SUM(l.quantity) AS units,
  SUM(l.buyer_paid_cents + l.platform_discount_cents) AS gmv_cents {OF_SESSION} {{}}
GROUP BY l.sku ORDER BY gmv_cents DESC, l.sku
"""


@dataclass(frozen=True)
class SessionMinutes:
    """One row per minute from the start: minute, second, at (seconds UTC), and COLUMNS as Int64 (missing: unknown).

    `sources` gives the source of each column: platform, comments, orders; a column without one is unknown.
    """

    table: pd.DataFrame
    sources: dict[str, str]


def session_minutes(db: Database, session: SessionRecord, sums: SessionSums | None = None) -> SessionMinutes:
    """The curve of a session."""
    sums = sums or session_sums(db, session)
    values = parameters_of(session)
    with db.read() as connection:
        stated = connection.execute(text(MINUTES), values).all()
        remarks = connection.execute(text(COMMENTS), values).all()
        orders = connection.execute(text(orders_sql(sums, ORDERS)), values).all() if _own(sums) else []
    count = min(max(-(-session.length // 60), 1), LONGEST_MINUTES)
    columns: dict[str, list[int | None]] = {name: [None] * count for name in COLUMNS}
    sources: dict[str, str] = {}
    for at, *figures in stated:
        place = (at - session.started_at) // 60
        for name, value in zip(COLUMNS, figures, strict=True):
            if value is not None and 0 <= place < count:
                columns[name][place] = value
                sources[name] = "platform"
    if remarks and "comments" not in sources:
        _place(columns["comments"], remarks)
        sources["comments"] = "comments"
    if orders:
        _place(columns["orders"], [(row[0], row[1]) for row in orders])
        _place(columns["gmv_cents"], [(row[0], row[3]) for row in orders])
        sources |= {"orders": "orders", "gmv_cents": "orders"}
    table = pd.DataFrame({name: pd.array(column, dtype="Int64") for name, column in columns.items()})
    table.insert(0, "minute", range(count))
    table.insert(1, "second", [minute * 60 for minute in range(count)])
    table.insert(2, "at", [session.started_at + minute * 60 for minute in range(count)])
    return SessionMinutes(table, sources)


def session_products(db: Database, session: SessionRecord, sums: SessionSums | None = None) -> pd.DataFrame:
    """What the session's own orders consist of, one row per SKU, the most money first: sku, title, orders, units,
    gmv_cents. Empty where the headline rests on no orders of ours.
    """
    sums = sums or session_sums(db, session)
    names = ["sku", "orders", "units", "gmv_cents"]
    with db.read() as connection:
        rows = [
            tuple(row) for row in connection.execute(text(orders_sql(sums, PRODUCTS)), parameters_of(session))
        ]
        known = titles_of(connection, session.shop_id, [row[0] for row in rows])
    table = pd.DataFrame(rows, columns=names)
    table.insert(1, "title", [known.get(sku, sku) for sku in table["sku"]])
    return table.astype(dict.fromkeys(names[1:], "Int64"))


def titles_of(connection: Connection, shop: int, skus: list[str]) -> dict[str, str]:
    """The titles under which SKUs were sold last."""
    sql = "SELECT sku, title || COALESCE(' ' || spec, '') FROM sold_sku WHERE shop_id = :shop AND sku IN "
    sql += "(SELECT value FROM json_each(:skus))"
    rows = connection.execute(text(sql), {"shop": shop, "skus": json.dumps(skus)})
    return {row[0]: row[1] for row in rows}


def comments_between(
    db: Database, session: SessionRecord, first: int, last: int, limit: int = 500
) -> list[tuple[int, str]]:
    """The comments from one second of the session to another (last excluded): second and text, in order."""
    sql = """
    SELECT written_at - :started, text FROM comment WHERE shop_id = :shop AND platform = :platform
      AND session_id = :session AND written_at >= :started + :first AND written_at < :started + :last
    ORDER BY written_at, comment_id LIMIT :limit
    """
    values = parameters_of(session) | {"first": first, "last": last, "limit": limit}
    with db.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(text(sql), values)]


def parameters_of(session: SessionRecord) -> dict[str, Any]:
    """The parameters of the statements above."""
    return {
        "shop": session.shop_id,
        "platform": session.platform,
        "session": session.session_id,
        "currency": session.currency,
        "day": session.started_on.isoformat(),
        "started": session.started_at,
        "ended": session.window_end,
    }


def orders_sql(sums: SessionSums, sql: str) -> str:
    """A statement over the orders of the basis that is complete; by room where only that is known."""
    by_room = sums.basis == "room" or (sums.basis == "stated" and sums.by_room is not None and _most(sums))
    return sql.format(BY_ROOM if by_room else BY_TIME)


def _most(sums: SessionSums) -> bool:
    """Whether orders that name the session are at least as many as those of its time."""
    by_room, by_time = sums.by_room, sums.by_time
    return ((by_room and by_room.orders) or 0) >= ((by_time and by_time.orders) or 0)


def _own(sums: SessionSums) -> bool:
    states_minutes = sums.by_minute is not None and (sums.by_minute.orders, sums.by_minute.gmv_cents) != (
        None,
        None,
    )
    return sums.basis in ("room", "time") or (sums.basis == "stated" and not states_minutes)


def _place(column: list[int | None], rows: Iterable[Any]) -> None:
    """Put counts at their minutes; a minute between without one has none. Late ones count in the last minute."""
    column[:] = [0] * len(column)
    for minute, value in rows:
        place = min(max(minute, 0), len(column) - 1)
        column[place] = (column[place] or 0) + value
