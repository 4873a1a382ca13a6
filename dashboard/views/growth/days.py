"""Days on the growth page: aligned with the earlier range, and as a calendar by weekday."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.charts import heatmap, timeseries
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import comparison, confidence, metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, event_markers, filters, tables, text
from dashboard.views.growth.comparison import day_columns
from shop.core.periods import Period
from shop.growth.alerts.anomalies import anomalies
from shop.growth.comparison import growth
from shop.metrics.query import unit_of

MOST_OUTLIERS = 3


def show_chart(view: filters.View, narrative: GrowthStory) -> None:
    """Each day with the same day of the earlier range beneath it."""
    metric, result, pair = narrative.metric, narrative.result, narrative.pair
    query = view.query(metric, by=("day",), period=pair.now)
    table = cache.cached(growth.aligned, query, pair.before)
    now, before = comparison.range_names(result)
    outliers = cache.cached(anomalies, view.query("gmv", period=event_markers.whole_days(pair.now, view.at)))
    signs = [*event_markers.markers(pair.now, view.platforms), *event_markers.outliers(outliers)]
    tables.chart(
        "growth",
        t("growth.chart", metric=metrics.label_of(metric), unit=metrics.unit_name(metric)),
        lambda: timeseries.growth(
            table,
            metric,
            unit_of(metric),
            filters.colours(),
            now=now,
            before=before,
            language=language(),
            marks=signs,
        ),
        t("growth.alt", metric=metrics.label_of(metric), now=pair.now, before=pair.before),
        table,
        day_columns(result),
    )
    for item in outliers[:MOST_OUTLIERS]:
        text.note(confidence.anomaly(item))
    if rest := outliers[MOST_OUTLIERS:]:
        with st.expander(t("growth.more_outliers", count=len(rest))):
            for item in rest:
                text.note(confidence.anomaly(item))


def show_calendar(view: filters.View, narrative: GrowthStory) -> None:
    """Thirteen weeks or more as a heat map: a column each week, a row each day of the week."""
    metric = narrative.metric
    end = view.period.end
    start = min(view.period.start, end - timedelta(days=90))
    start -= timedelta(days=start.weekday())
    query = view.query(metric, by=("day",), period=Period(start, end))
    table = cache.answer(query)
    weeks, cells = by_weekday(table["day"].tolist(), table[metric].tolist())
    tables.chart(
        "calendar",
        t("growth.calendar", metric=metrics.label_of(metric)),
        lambda: heatmap.heat(
            [format.short_day(week) for week in weeks],
            format.weekdays(),
            cells,
            unit_of(metric),
            filters.colours(),
            every=max(1, len(weeks) // 6),
            label=t("growth.that_week"),
        ),
        t("growth.calendar_alt", metric=metrics.label_of(metric)),
        table,
        [Column("day", t("column.day"), "day"), *metrics.columns(metric)],
    )


def by_weekday(days: list[str], values: list[float | None]) -> tuple[list[str], list[list[float | None]]]:
    """Days as weeks (their Mondays) and a row of values for each weekday, Monday first."""
    on = [date.fromisoformat(day) for day in days]
    mondays = sorted({day - timedelta(days=day.weekday()) for day in on})
    places = {monday: place for place, monday in enumerate(mondays)}
    cells: list[list[float | None]] = [[None] * len(mondays) for _ in range(7)]
    for day, value in zip(on, values, strict=True):
        known = None if pd.isna(value) else value
        cells[day.weekday()][places[day - timedelta(days=day.weekday())]] = known
    return [monday.isoformat() for monday in mondays], cells
