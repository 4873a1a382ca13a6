"""Readers of facts, one function each: (connection, query, measures) give the rows of one fact.

READERS names the reader of every fact but the calendar's, which needs no database. May import shop.models,
shop.db and what lies below `shop.metrics.query`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from shop.metrics.definitions import Measure
from shop.metrics.readers import comments, lines, rows, sales, sessions
from shop.metrics.request import Query
from shop.metrics.tables import FactRows

Reader = Callable[[Connection, Query, Sequence[Measure]], FactRows]
READERS: dict[str, Reader] = {
    "sales": sales.read,
    "pieces": sales.read_pieces,
    "buyers": lines.read_buyers,
    "cancelled": lines.read_cancelled,
    "session": sessions.read,
    "held": sessions.count_sessions,
    **dict.fromkeys(rows.STATEMENTS, rows.read),
    "comment": comments.read,
}
