"""Growth: a fair comparison of a range with an earlier one, in total and per day, and the months in a
row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.intervals import FigureChange, Interval, More, Why, intervals
from shop.metrics.definitions import Measure, metric
from shop.metrics.query import Query, answer, change, total, unit_of
from shop.metrics.settings import shop_settings

Figure = int | float | None


@dataclass(frozen=True)
class RangeTotal:
    """One range of a comparison: its days, the figure in total, and per day where that makes
    sense.

    `counted_days` are the days that it is divided by where those are not all (see `Counted`).
    """

    period: Period
    total: Figure
    per_day: Figure
    counted_days: int | None = None

    @property
    def days(self) -> int:
        """The days that the total is divided by."""
        return self.period.days if self.counted_days is None else self.counted_days


@dataclass(frozen=True)
class Counted:
    """The days of a range that count: how many divide its total, and which alone are added up.

    `only` is None where every day is added up (per selling day: the others add nothing sold).
    """

    days: int
    only: tuple[date, ...] | None = None


@dataclass(frozen=True)
class Comparison:
    """One metric over two ranges. `change` compares per day where the metric adds up over days.

    `change_total` compares the totals as they stand, which misleads where the lengths differ.
    For a rate both are points. None where there is no positive base. `interval` contains the true
    change 90 times in 100, in the unit of `change`; None with the reason in `why_no_interval` (see
    `shop.intervals`). `is_noise` means that chance alone brings as much; `more` how much more it
    takes to know.
    """

    metric: str
    now: RangeTotal
    before: RangeTotal
    change: float | None
    change_total: float | None
    is_noise: bool = False
    interval: tuple[float, float] | None = None
    more: More | None = None
    why_no_interval: Why = ""

    @property
    def is_per_day(self) -> bool:
        """Whether the figure adds up over days, so that it is measured per day."""
        return self.now.per_day is not None

    @property
    def is_uneven(self) -> bool:
        """Whether the two ranges differ in length."""
        return self.now.days != self.before.days

    @property
    def headline(self) -> tuple[Figure, Figure]:
        """The two figures that `change` compares: per day, or the figure itself."""
        if self.is_per_day:
            return self.now.per_day, self.before.per_day
        return self.now.total, self.before.total


def compare(
    db: Database,
    query: Query,
    before: Period,
    counted: tuple[Counted, Counted] | None = None,
    *,
    with_intervals: bool = True,
) -> dict[str, Comparison]:
    """Every metric of the question over its own range and over an earlier one, by metric name.

    Where the question is cut at a moment of its last day, the earlier range is cut at the same time
    of its own last day. `counted` shows which days of each range count, where not all do.
    Without `with_intervals` the change alone is shown.
    """
    now = Period(query.start, query.end)
    earlier = shifted_to(db, query, before)
    days = counted or (Counted(now.days), Counted(before.days))
    here, there = (
        total(db, on_days(query, item.only)) for query, item in zip((query, earlier), days, strict=True)
    )
    plain = {
        name: comparison_of(
            name,
            range_total(name, now, here[name], days[0].days),
            range_total(name, before, there[name], days[1].days),
        )
        for name in query.metrics
    }
    if not with_intervals:
        return plain
    changes = {name: FigureChange(here[name], there[name], item.change) for name, item in plain.items()}
    only = {day for item in days for day in item.only or ()}
    judged = intervals(db, query, before, changes, only or None)
    return {name: _with_interval(item, judged[name]) for name, item in plain.items()}


def _with_interval(result: Comparison, judged: Interval) -> Comparison:
    return replace(
        result,
        is_noise=judged.is_noise and result.change is not None,
        interval=judged.range,
        more=judged.more,
        why_no_interval=judged.why,
    )


def shifted_to(db: Database, query: Query, period: Period) -> Query:
    """The same question over another range, cut at the same time of that range's last day."""
    cut = query.cut_at
    if cut is not None:
        with db.read() as connection:
            zone = ZoneInfo(shop_settings(connection, query.shop).time_zone)
        clock = datetime.fromtimestamp(cut, UTC).astimezone(zone).time()
        cut = int(datetime.combine(period.end, clock, zone).timestamp())
    return replace(query, start=period.start, end=period.end, cut_at=cut)


def on_days(query: Query, days: tuple[date, ...] | None) -> Query:
    """The same question about these days of its range alone."""
    if days is None:
        return query
    return replace(query, where=(*query.where, ("day", tuple(day.isoformat() for day in days))))


def range_total(name: str, period: Period, figure: Figure, days: int | None = None) -> RangeTotal:
    """One range with its figure, and per day where the metric adds up over days."""
    days = period.days if days is None else days
    result = metric(name)
    counted = None if days == period.days else days
    adds_up = isinstance(result, Measure) and result.additive and result.unit in ("cents", "count")
    if not adds_up or figure is None or not days:
        return RangeTotal(period, figure, None, counted)
    if result.unit == "cents":  # round half up, in integers
        return RangeTotal(period, figure, (2 * int(figure) + days) // (2 * days), counted)
    return RangeTotal(period, figure, figure / days, counted)


def comparison_of(name: str, now: RangeTotal, before: RangeTotal) -> Comparison:
    """The comparison of two ranges, per day where that makes sense."""
    is_rate = unit_of(name) == "rate"
    plain = None
    if now.days and before.days:  # a range may contain no day that counts
        plain = change(now.total, before.total, rate=is_rate)
    if plain is None or now.per_day is None or before.per_day is None:
        return Comparison(name, now, before, plain, plain)
    fair = (1 + plain) * before.days / now.days - 1
    return Comparison(name, now, before, fair, plain)


def aligned(db: Database, query: Query, before: Period) -> pd.DataFrame:
    """Daily values with those of the earlier range by position: the nth day under the nth day.

    One row per position. Columns: position (from 1), day and before_day (ISO text, missing past the
    end of its range), and per metric the value and `before_` value, in the metric's own unit.
    """
    here = _days(db, query)
    there = _days(db, shifted_to(db, query, before)).add_prefix("before_")
    table = pd.concat([here, there], axis=1)
    table.insert(0, "position", range(1, len(table) + 1))
    return table


def _days(db: Database, query: Query) -> pd.DataFrame:
    return answer(db, replace(query, by=("day",)))


def months(db: Database, query: Query) -> pd.DataFrame:
    """The months of a range, each per day so that months of different length compare.

    One row per month with a day in the range. Columns: month (2022-01), days, gmv (cents), orders,
    units, sales_per_day (cents), units_per_day, and change: units per day against the month before.
    """
    names = ("days", "gmv", "orders", "units", "sales_per_day", "units_per_day")
    table = answer(db, replace(query, metrics=names, by=("month",)))
    per_day = table["units_per_day"].tolist()
    table["change"] = pd.array(
        [change(now, then) for now, then in zip(per_day, [None, *per_day], strict=False)], "Float64"
    )
    return table


def by_month(db: Database, query: Query) -> pd.DataFrame:
    """One metric month by month: a partial month counts per day too.

    One row per month with a day in the range. Columns: month (2022-01), the metric in its unit, shown (per day where
    the metric adds up over days), and change: shown against the month before, of a rate in points.
    """
    (name,) = query.metrics
    table = answer(db, replace(query, by=("month",)))
    totals = [
        range_total(name, _days_of(query, month), None if pd.isna(figure) else figure)
        for month, figure in zip(table["month"], table[name], strict=True)
    ]
    changes = [comparison_of(name, now, before).change for before, now in pairwise(totals)]
    table["shown"] = [item.total if item.per_day is None else item.per_day for item in totals]
    table["change"] = pd.array([None, *changes][: len(totals)], "Float64")
    return table


def _days_of(query: Query, month: str) -> Period:
    """The days of a month that are in the range of a question."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(max(first, query.start), min(last, query.end))


def year_to(end: date, first_sale: date | None) -> Period:
    """The thirteen months up to a day, without the days before the first sale."""
    start = date(end.year - 1, end.month, 1)
    return Period(min(max(start, first_sale or start), end), end)


def first_sale_on(db: Database, shop: int = 1) -> date | None:
    """The first day with a sale, None in an empty shop."""
    return _edge(db, shop, "MIN")


def last_sale_on(db: Database, shop: int = 1) -> date | None:
    """The last day with a sale, None in an empty shop."""
    return _edge(db, shop, "MAX")


def _edge(db: Database, shop: int, end: str) -> date | None:
    from sqlalchemy import text

    with db.read() as connection:
        result: Any = connection.execute(
            text(f"SELECT {end}(day) FROM fact_day WHERE shop_id = :shop AND orders > 0"), {"shop": shop}
        ).scalar()
    return None if result is None else date.fromisoformat(str(result))
