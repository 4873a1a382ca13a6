"""The parts of the growth page: causes, days, months, heat maps."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard import (
    campaigned,
    causes,
    charts,
    charts_growth,
    checked,
    compared,
    data,
    figures,
    frame,
    laddered,
    links,
    marked,
    outlook,
    real,
    rhythm,
    split,
    widgets,
    words,
)
from dashboard.charts_growth import Step
from dashboard.stories import Story
from dashboard.widgets import Column
from dashboard.words import t
from shop import growth, multiples
from shop.anomalies import anomalies
from shop.query import unit_of
from shop.seasons import Period

PARTS = ("months", "split", "ladder", "ahead", "hours", "days", "buyers", "families", "check", "campaigns")
MOST_ODD = 3
ACROSS = 2  # on a phone, too


def part() -> str:
    """The control for which further part of the page is shown."""
    return links.choice(
        st.segmented_control,
        t("grown.part"),
        PARTS,
        "part",
        lambda name: t(f"grown.parts.{name}"),
        label_visibility="collapsed",
        required=True,
    )


def show(name: str, view: frame.View, story: Story) -> None:
    """One further part of the page."""
    if name == "split":
        split.show(view, story)
    elif name == "ladder":
        laddered.show(view, story.pair.now)
    elif name == "ahead":
        outlook.show(view, story.metric)
    elif name == "hours":
        rhythm.show_hours(view, story.pair.now, story.metric)
    elif name == "buyers":
        rhythm.show_cohorts(view)
    elif name == "check":
        checked.show(view)
    elif name == "campaigns":
        campaigned.show(view)
    else:
        {"months": _months, "days": _calendar, "families": _families}[name](view, story)


# --- why -----------------------------------------------------------------------------------------


def why(story: Story) -> None:
    """The change by cause as a waterfall, from the earlier figure to the present one."""
    found = story.why
    if not found.causes:
        return
    name = widgets.label_of(found.metric)
    ends = compared.names(story.found)
    steps = [
        Step(ends[1], found.base, is_total=True),
        *(Step(causes.name(cause), cause.part) for cause in found.causes),
        Step(ends[0], found.figure, is_total=True),
    ]
    colours = frame.colours()
    up, down = (colours.red, colours.green) if widgets.up_is_red() else (colours.green, colours.red)
    basis = t("causes.a_day") if found.basis == "per_day" else ""
    widgets.chart(
        "why",
        t("grown.why", metric=name, basis=basis),
        lambda: charts_growth.waterfall(steps, "cents", colours, up=up, down=down, unknown=figures.UNKNOWN),
        t("grown.why_alt", metric=name),
        _steps(steps),
        [Column("name", t("grown.cause")), Column("value", t("grown.cause_part"), "money")],
    )
    for line in causes.notes(found):
        widgets.note(line)


def _steps(steps: list[Step]) -> pd.DataFrame:
    return pd.DataFrame(
        {"name": [step.name for step in steps], "value": pd.array([step.value for step in steps], "Int64")}
    )


# --- days ----------------------------------------------------------------------------------------


def daily(view: frame.View, story: Story) -> None:
    """Each day with the same day of the earlier range beneath it."""
    metric, found, pair = story.metric, story.found, story.pair
    query = view.query(metric, by=("day",), period=pair.now)
    table = data.ask(growth.laid_under, query, pair.before)
    now, before = compared.names(found)
    odd = data.ask(anomalies, view.query("gmv", period=marked.whole_days(pair.now, view.at)))
    signs = [*marked.above(pair.now, view.platforms), *marked.unusual(odd)]
    widgets.chart(
        "growth",
        t("growth.chart", metric=widgets.label_of(metric), unit=widgets.unit_name(metric)),
        lambda: charts.growth(
            table,
            metric,
            unit_of(metric),
            frame.colours(),
            now=now,
            before=before,
            language=words.language(),
            marks=signs,
        ),
        t("growth.alt", metric=widgets.label_of(metric), now=pair.now, before=pair.before),
        table,
        compared.day_columns(found),
    )
    for one in odd[:MOST_ODD]:
        widgets.note(real.anomaly(one))


# --- months --------------------------------------------------------------------------------------


def _months(view: frame.View, story: Story) -> None:
    table = data.ask(growth.months, view.query("units", period=compared.year_to(view)))
    widgets.note(t("growth.months"))
    widgets.table_of("months", table, compared.month_columns())


def _calendar(view: frame.View, story: Story) -> None:
    """Thirteen weeks or more as a heat map: a column each week, a row each day of the week."""
    metric = story.metric
    end = view.period.end
    start = min(view.period.start, end - timedelta(days=90))
    start -= timedelta(days=start.weekday())
    query = view.query(metric, by=("day",), period=Period(start, end))
    table = data.answer(query)
    weeks, cells = by_weekday(table["day"].tolist(), table[metric].tolist())
    widgets.chart(
        "calendar",
        t("grown.calendar", metric=widgets.label_of(metric)),
        lambda: charts_growth.heat(
            [figures.short_day(week) for week in weeks],
            figures.WEEKDAYS[words.language()],
            cells,
            unit_of(metric),
            frame.colours(),
            every=max(1, len(weeks) // 6),
            label=t("grown.that_week"),
        ),
        t("grown.calendar_alt", metric=widgets.label_of(metric)),
        table,
        [Column("day", t("column.day"), "day"), *widgets.columns(metric)],
    )


def _families(view: frame.View, story: Story) -> None:
    """The largest families as small charts on one scale; products where there are no families."""
    metric = story.metric if story.metric in ("gmv", "units") else "gmv"
    found = data.ask(multiples.multiples, view.query(metric, period=story.pair.now))
    if not found.panels:
        widgets.note(t("grown.no_families"))
        return
    widgets.chart(
        "families",
        t(f"grown.families.{found.by}", metric=widgets.label_of(metric)),
        lambda: charts_growth.multiples(
            [panel.title for panel in found.panels],
            found.days,
            [panel.values for panel in found.panels],
            unit_of(metric),
            frame.colours(),
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
