"""The parts of the growth page: causes, days, months, heat maps."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.charts import forecast as forecast_charts
from dashboard.charts import heatmap, timeseries, waterfall
from dashboard.charts.waterfall import Step
from dashboard.i18n import format, messages
from dashboard.i18n.messages import t
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import confidence, drivers
from dashboard.ui import cache, event_markers, filters, url_state, widgets
from dashboard.ui.widgets import Column
from dashboard.views.growth import (
    campaigns,
    comparison,
    forecast,
    gross_to_net,
    hours_and_cohorts,
    reconciliation,
    segments,
)
from shop.core.periods import Period
from shop.growth.alerts.anomalies import anomalies
from shop.growth.comparison import growth
from shop.metrics.query import unit_of
from shop.performance import small_multiples

PARTS = ("months", "split", "ladder", "ahead", "hours", "days", "buyers", "families", "check", "campaigns")
MOST_ODD = 3
ACROSS = 2  # on a phone, too


def part() -> str:
    """The control for which further part of the page is shown."""
    return url_state.choice(
        st.segmented_control,
        t("grown.part"),
        PARTS,
        "part",
        lambda name: t(f"grown.parts.{name}"),
        label_visibility="collapsed",
        required=True,
    )


def show(name: str, view: filters.View, story: GrowthStory) -> None:
    """One further part of the page."""
    if name == "split":
        segments.show(view, story)
    elif name == "ladder":
        gross_to_net.show(view, story.pair.now)
    elif name == "ahead":
        forecast.show(view, story.metric)
    elif name == "hours":
        hours_and_cohorts.show_hours(view, story.pair.now, story.metric)
    elif name == "buyers":
        hours_and_cohorts.show_cohorts(view)
    elif name == "check":
        reconciliation.show(view)
    elif name == "campaigns":
        campaigns.show(view)
    else:
        {"months": _months, "days": _calendar, "families": _families}[name](view, story)


# --- why -----------------------------------------------------------------------------------------


def why(story: GrowthStory) -> None:
    """The change by cause as a waterfall, from the earlier figure to the present one."""
    found = story.why
    if not found.drivers:
        return
    name = widgets.label_of(found.metric)
    ends = comparison.names(story.result)
    steps = [
        Step(ends[1], found.base, is_total=True),
        *(Step(drivers.name(cause), cause.part) for cause in found.drivers),
        Step(ends[0], found.figure, is_total=True),
    ]
    colours = filters.colours()
    up, down = (colours.red, colours.green) if widgets.up_is_red() else (colours.green, colours.red)
    basis = t("causes.a_day") if found.basis == "per_day" else ""
    widgets.chart(
        "why",
        t("grown.why", metric=name, basis=basis),
        lambda: waterfall.waterfall(steps, "cents", colours, up=up, down=down, unknown=format.UNKNOWN),
        t("grown.why_alt", metric=name),
        _steps(steps),
        [Column("name", t("grown.cause")), Column("value", t("grown.cause_part"), "money")],
    )
    for line in drivers.notes(found):
        widgets.note(line)


def _steps(steps: list[Step]) -> pd.DataFrame:
    return pd.DataFrame(
        {"name": [step.name for step in steps], "value": pd.array([step.value for step in steps], "Int64")}
    )


# --- days ----------------------------------------------------------------------------------------


def daily(view: filters.View, story: GrowthStory) -> None:
    """Each day with the same day of the earlier range beneath it."""
    metric, found, pair = story.metric, story.result, story.pair
    query = view.query(metric, by=("day",), period=pair.now)
    table = cache.ask(growth.aligned, query, pair.before)
    now, before = comparison.names(found)
    odd = cache.ask(anomalies, view.query("gmv", period=event_markers.whole_days(pair.now, view.at)))
    signs = [*event_markers.above(pair.now, view.platforms), *event_markers.unusual(odd)]
    widgets.chart(
        "growth",
        t("growth.chart", metric=widgets.label_of(metric), unit=widgets.unit_name(metric)),
        lambda: timeseries.growth(
            table,
            metric,
            unit_of(metric),
            filters.colours(),
            now=now,
            before=before,
            language=messages.language(),
            marks=signs,
        ),
        t("growth.alt", metric=widgets.label_of(metric), now=pair.now, before=pair.before),
        table,
        comparison.day_columns(found),
    )
    for one in odd[:MOST_ODD]:
        widgets.note(confidence.anomaly(one))


# --- months --------------------------------------------------------------------------------------


def _months(view: filters.View, story: GrowthStory) -> None:
    table = cache.ask(growth.months, view.query("units", period=comparison.year_to(view)))
    widgets.note(t("growth.months"))
    widgets.table_of("months", table, comparison.month_columns())


def _calendar(view: filters.View, story: GrowthStory) -> None:
    """Thirteen weeks or more as a heat map: a column each week, a row each day of the week."""
    metric = story.metric
    end = view.period.end
    start = min(view.period.start, end - timedelta(days=90))
    start -= timedelta(days=start.weekday())
    query = view.query(metric, by=("day",), period=Period(start, end))
    table = cache.answer(query)
    weeks, cells = by_weekday(table["day"].tolist(), table[metric].tolist())
    widgets.chart(
        "calendar",
        t("grown.calendar", metric=widgets.label_of(metric)),
        lambda: heatmap.heat(
            [format.short_day(week) for week in weeks],
            format.WEEKDAYS[messages.language()],
            cells,
            unit_of(metric),
            filters.colours(),
            every=max(1, len(weeks) // 6),
            label=t("grown.that_week"),
        ),
        t("grown.calendar_alt", metric=widgets.label_of(metric)),
        table,
        [Column("day", t("column.day"), "day"), *widgets.columns(metric)],
    )


def _families(view: filters.View, story: GrowthStory) -> None:
    """The largest families as small charts on one scale; products where there are no families."""
    metric = story.metric if story.metric in ("gmv", "units") else "gmv"
    found = cache.ask(small_multiples.multiples, view.query(metric, period=story.pair.now))
    if not found.panels:
        widgets.note(t("grown.no_families"))
        return
    widgets.chart(
        "families",
        t(f"grown.families.{found.by}", metric=widgets.label_of(metric)),
        lambda: forecast_charts.multiples(
            [panel.title for panel in found.panels],
            found.days,
            [panel.values for panel in found.panels],
            unit_of(metric),
            filters.colours(),
            across=ACROSS,
        ),
        t(f"grown.families.{found.by}", metric=widgets.label_of(metric)),
        pd.DataFrame(
            {"day": found.days, **{panel.key: pd.array(panel.values, "Int64") for panel in found.panels}}
        ),
        [
            Column("day", t("column.day"), "day"),
            *(Column(p.key, p.title, widgets.kind_of(metric)) for p in found.panels),
        ],
    )
    if found.others:
        widgets.note(t("grown.others", count=found.others))


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
