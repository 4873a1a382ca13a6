"""Facts that are one row each: payouts of a day, videos, comments, stages and kiln batches, stock."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from shop.metrics import dimensions as dims
from shop.metrics.definitions import Measure
from shop.metrics.kiln_facts import batch_rows, stage_rows
from shop.metrics.readers.base import (
    CURRENCY,
    END,
    SHOP,
    UNTIL,
    aggregates,
    conditions,
    dimensions,
    fetch,
    grouped,
    statement_over,
)
from shop.metrics.request import Query
from shop.metrics.settings import shop_settings
from shop.metrics.stock_facts import moments, stock_rows
from shop.metrics.tables import FactRows
from shop.models import Comment, FactPayout, Video
from shop.models.base import table_of


def _payouts(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """What the platforms paid out for the orders of each day."""
    rows = table_of(FactPayout)
    currency = [] if query.is_of_any_currency else [rows.c.currency == CURRENCY]
    return statement_over(query, measures, rows, "day", None, *currency)


def _videos(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """Videos by the day of their publication."""
    return statement_over(query, measures, table_of(Video), "published_on", {"video": "video_id"})


def _comments(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """Comments by the day on which they were written."""
    rows = table_of(Comment)
    cut = [] if query.cut_at is None else [or_(rows.c.written_on < END, rows.c.written_at < UNTIL)]
    return statement_over(query, measures, rows, "written_on", None, *cut)


def _stages(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """Stages of kiln batches by the day on which they were done."""
    return statement_over(query, measures, stage_rows(), "day")


def _batches(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """Kiln batches by the day on which they ended."""
    return statement_over(query, measures, batch_rows(), "day")


def _stock(query: Query, measures: Sequence[Measure]) -> Select[Any]:
    """The ledger of the range, by what the catalog knows of the SKUs whose stock is tracked."""
    s = stock_rows()
    columns = dims.catalog_columns(s.c.sku) | {"variant": s.c.sku}  # which narrows `s` itself
    own = (dims.VARIANT.c.shop_id == SHOP) & (dims.VARIANT.c.sku == s.c.sku)
    statement = (
        select(*dimensions(query, None, columns), *aggregates(measures))
        .select_from(dims.with_product(s.outerjoin(dims.VARIANT, own)))
        .where(*conditions(query, None, columns))
    )
    return grouped(statement, query)


STATEMENTS = {
    "payout": _payouts,
    "video": _videos,
    "comment": _comments,
    "kiln": _stages,
    "batch": _batches,
    "stock": _stock,
}


@lru_cache(maxsize=256)
def _statement(shape: Query, measures: tuple[Measure, ...]) -> Select[Any]:
    return STATEMENTS[measures[0].fact](shape, measures)


def read(connection: Connection, query: Query, measures: Sequence[Measure]) -> FactRows:
    """Measures of one fact of STATEMENTS."""
    days = {}
    if measures[0].fact == "stock":
        days = moments(query.start, query.end, shop_settings(connection, query.shop).time_zone)
    statement = _statement(query.shape(), tuple(measures))
    return fetch(connection, query, statement, [m.name for m in measures], **days)
