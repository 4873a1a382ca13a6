"""When people buy and whether they come back: heat maps of hours and of buyers by first month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard.charts import heatmap
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.server.late_figures import computes_late_figures
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from shop.core.periods import Period
from shop.metrics.query import unit_of
from shop.performance import cohorts, hourly

HOURS = 24
MONTHS_SHOWN = 12


def show_hours(view: filters.View, period: Period, metric: str) -> None:
    """Weekday by hour: what each hour brings on an average day of its weekday."""
    if computes_late_figures(cache.database()):
        text.note(t("frame.late_figures"))
        return
    name = metric if metric in hourly.FIGURES else "gmv"
    table = cache.cached(hourly.hours, view.query(name, period=period))
    cells = per_day(table, name)
    tables.chart(
        "hours",
        t("rhythm.hours", metric=metrics.label_of(name), unit=metrics.unit_name(name)),
        lambda: heatmap.heat(
            [t("rhythm.hour", hour=hour) for hour in range(HOURS)],
            format.weekdays(),
            cells,
            "cents" if unit_of(name) == "cents" else "number",
            filters.colours(),
            every=6,
        ),
        t("rhythm.hours_alt", metric=metrics.label_of(name)),
        table,
        [
            Column("weekday", t("rhythm.weekday")),
            Column("hour", t("rhythm.from_hour"), "count"),
            *metrics.columns("gmv", "orders", "units"),
            Column("days", t("rhythm.days"), "count"),
        ],
    )


def per_day(table: pd.DataFrame, name: str) -> list[list[float | None]]:
    """Seven rows of 24 hours: the figure divided by how often the weekday occurs in the range."""
    cells: list[list[float | None]] = [[None] * HOURS for _ in range(7)]
    for weekday, hour, value, days in table[["weekday", "hour", name, "days"]].itertuples(index=False):
        if days > 0:
            cells[int(weekday) - 1][int(hour)] = float(value) / int(days)
    return cells


def show_cohorts(view: filters.View) -> None:
    """Which share of each month's new buyers bought again, month by month after."""
    if computes_late_figures(cache.database()):
        text.note(t("frame.late_figures"))
        return
    end = view.period.end
    start = date(end.year - 1, end.month, 1)
    table = cache.cached(cohorts.cohorts, view.query("gmv", period=Period(start, end)))
    if table.empty:
        text.note(t("rhythm.no_cohorts"))
        return
    names, cells = triangle(table)
    text.lines([cohort_sentence(table)])
    tables.chart(
        "cohorts",
        t("rhythm.cohorts"),
        lambda: heatmap.heat(
            [t("rhythm.since", months=since) for since in range(1, MONTHS_SHOWN + 1)],
            [format.month(name) for name in names],
            cells,
            "rate",
            filters.colours(),
            every=3,
        ),
        t("rhythm.cohorts_alt"),
        table,
        [
            Column("cohort", t("rhythm.cohort")),
            Column("since", t("rhythm.months_since"), "count"),
            Column("size", t("rhythm.size"), "count"),
            Column("buyers", t("rhythm.again"), "count"),
            Column("share", t("rhythm.share"), "rate"),
        ],
    )
    text.note(t("rhythm.cohorts_note"))


def triangle(table: pd.DataFrame) -> tuple[list[str], list[list[float | None]]]:
    """The cohorts and a row of shares for each; months that still run are left open."""
    names = sorted(set(table["cohort"]))
    cells: list[list[float | None]] = [[None] * MONTHS_SHOWN for _ in names]
    complete = table[~table["is_running"] & table["since"].between(1, MONTHS_SHOWN)].dropna()
    for cohort, since, share in complete[["cohort", "since", "share"]].itertuples(index=False):
        cells[names.index(cohort)][int(since) - 1] = float(share)
    return names, cells


def cohort_sentence(table: pd.DataFrame) -> str:
    """How many of the buyers whose next month is over bought again in it."""
    month = table[(table["since"] == 1) & ~table["is_running"]]
    size, again = int(month["size"].sum()), int(month["buyers"].sum())
    if not size:
        return t("rhythm.too_early")
    return t("rhythm.said", size=size, again=again, share=again / size)
