"""One query, one answer: what pages, commands, exports and reports all read figures by.

`answer` is the only reader of figures. It picks the coarsest roll-up that can answer, fills empty
days with zero, counts money in integers, and divides a rate after adding up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from shop.access.roles import Permission, require_reader
from shop.db.database import Database
from shop.metrics.definitions import Measure, Metric, measures_of, metric
from shop.metrics.readers import READERS
from shop.metrics.readers.lines import groups_without_buyer
from shop.metrics.refund_sources import REFUND_MEASURES, TIME_NAMES, sold_days, unknown_rows
from shop.metrics.request import CUT_FACTS, Query
from shop.metrics.settings import currency_of
from shop.metrics.sources import gap_days
from shop.metrics.tables import TIME, FactRows, FigureTable, Key, joined

__all__ = ["CUT_FACTS", "Query", "answer", "change", "describe", "figures", "plain", "total", "unit_of"]


def access_of(measure: Measure) -> Permission:
    """What a role must be allowed to see this measure: payouts, fees and costs are the owner's."""
    if measure.fact == "payout" or (measure.fact in WORKSHOP_FACTS and measure.unit == "cents"):
        return "see_margins"
    return "see_stock" if measure.fact in COUNTED_FACTS and measure.unit != "cents" else "see_sums"


WORKSHOP_FACTS = {"kiln", "batch"}  # whose money is cost
COUNTED_FACTS = {"stock", "held", "pieces", "calendar"}
ZERO_WHERE_NOTHING = {
    "sales",
    "buyers",
    "cancelled",
    "comment",
    "pieces",
    "kiln",
    "batch",
}  # we count them: none is 0
COUNTED_BY_US = {
    "sessions",
    "sessions_with_sales",
    "videos",
    "session_orders",
    "session_units",
    "sessions_held",
}


def answer(db: Database, query: Query) -> pd.DataFrame:
    """The figures of a query: one row per combination of `by` (one row in all without it).

    Columns: the dimensions as text (a day as 2026-01-31, a week as its Monday, a month as 2026-01),
    then the metrics: Int64 for counts and cents, Float64 for rates. Every day, week or month of the
    range is there; what was not sold is 0, what is not known is missing. Raises NotAllowed for what the role that
    reads may not see.
    """
    return figures(db, query).frame(query.metrics)


def figures(db: Database, query: Query) -> FigureTable:
    """The same as plain lists, for read models."""
    measures = {m.name: m for name in query.metrics for m in measures_of(name)}
    for measure in measures.values():
        require_reader(db, access_of(measure))
    with db.read() as connection:
        query = replace(query, currency=currency_of(connection, query))
        parts = [
            _calendar(query)
            if fact == "calendar"
            else READERS[fact](connection, query, [m for m in measures.values() if m.fact == fact])
            for fact in dict.fromkeys(m.fact for m in measures.values())
        ]
        table = joined(query.by, _times(query), parts)
        gaps = _gaps(connection, query, measures.values(), table)
        sold = sold_days(connection, query) if REFUND_MEASURES & measures.keys() else []
        nobody = _without_buyers(connection, query, table, measures)
    unknown = unknown_rows(sold, query.by, table.keys)
    for measure in measures.values():
        if measure.fact in ZERO_WHERE_NOTHING or measure.name in COUNTED_BY_US:
            table.fill(measure.name, but=gaps if measure.fact in FROM_ORDERS else None)
        if unknown and measure.name in REFUND_MEASURES:
            table.forget(measure.name, unknown)
        if nobody and measure.fact == "buyers":
            table.forget(measure.name, nobody)
    return table


def _without_buyers(
    connection: Connection, query: Query, table: FigureTable, measures: Mapping[str, Measure]
) -> Sequence[bool] | None:
    """Which rows have orders, but none with a known buyer: nobody may be counted as 0 there."""
    name = next((item.name for item in measures.values() if item.fact == "buyers"), None)
    if name is None or all(table.values(name)):
        return None
    unknown = groups_without_buyer(connection, query)
    return [key in unknown for key in table.keys]


FROM_ORDERS = {"sales", "buyers", "cancelled", "pieces"}


def _platforms(query: Query) -> tuple[str, ...]:
    return dict(query.where).get("platform", ())


def _gaps(
    connection: Connection, query: Query, measures: Iterable[Measure], table: FigureTable
) -> Sequence[bool] | None:
    """Which rows lie on days that no order file covers; None where none does."""
    if not any(measure.fact in FROM_ORDERS for measure in measures):
        return None
    days = gap_days(connection, query.shop, query.start, query.end, _platforms(query))
    if not days:
        return None
    names = [name for name in query.by if name in TIME]
    missing = {tuple(TIME_NAMES[name](day) for name in names) for day in days}
    places = [query.by.index(name) for name in names]
    return [tuple(key[place] for place in places) in missing for key in table.keys]


def change(now: float | None, before: float | None, *, rate: bool = False) -> float | None:
    """How much `now` differs from `before`: a share of it, or points for a rate.

    None when either is missing, or when there is no positive base to divide by: show both numbers.
    """
    if now is None or before is None or pd.isna(now) or pd.isna(before):
        return None
    if rate:
        return float(now) - float(before)
    return float(now) / float(before) - 1 if before > 0 else None


def total(db: Database, query: Query) -> dict[str, int | float | None]:
    """The metrics of the whole range as plain numbers, None where unknown."""
    table = figures(db, replace(query, by=()))
    return {name: table.values(name)[0] for name in query.metrics}


def plain(value: Any) -> int | float | None:
    """A cell of an answer as a plain number, None where missing."""
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)


def _calendar(query: Query) -> FactRows:
    """How many days of the range each group of time has; joined to every row of the other facts."""
    times = _times(query)
    counts = {(): len(query.axis_days())} if times is None else Counter(times)
    by = tuple(name for name in query.by if name in TIME)
    return FactRows(by, ("days",), {key: (days,) for key, days in counts.items()})


def _times(query: Query) -> list[Key] | None:
    """The groups of time of every day of the range, as answers name them; None where it has none."""
    names = [TIME_NAMES[name] for name in query.by if name in TIME]
    return [tuple(name(day) for name in names) for day in query.axis_days()] if names else None


def unit_of(name: str) -> str:
    """The unit of a metric: cents, count, seconds, rate, number or days."""
    return metric(name).unit


def describe(definition: Metric, language: str) -> tuple[str, str]:
    """The label and the meaning of a metric in a language (zh or en)."""
    return (definition.zh, definition.means_zh) if language == "zh" else (definition.en, definition.means_en)
