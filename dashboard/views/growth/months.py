"""The months of the last year: the chosen figure as bars with its change, and all figures as a table."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from dashboard.charts.bars import bars
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import comparison, metrics
from dashboard.ui import cache, filters, tables
from shop.core.periods import Period
from shop.growth.comparison import growth
from shop.metrics.query import unit_of

ROW = 26


def show(view: filters.View, narrative: GrowthStory) -> None:
    """Each month's figure per day, with its change on the month before; a day that still runs is left out of these."""
    metric, period = narrative.metric, growth.year_to(view.period.end, filters.first_sale())
    whole = period
    if view.at.cut(period) is not None and period.days > 1:
        whole = Period(period.start, period.end - timedelta(days=1))
    result = cache.cached(growth.by_month, view.query(metric, period=whole))
    up, down = filters.up_and_down(filters.colours())
    muted = filters.colours().muted
    kind = "per_day" if narrative.result.is_per_day else "plain"
    unit = unit_of(metric)
    if kind == "per_day" and unit == "count":
        unit = "number"  # 26.7 orders a day
    tables.chart(
        "months",
        t(f"growth.months_of.{kind}", metric=metrics.label_of(metric)),
        lambda: bars(
            [format.month(month) for month in result["month"]],
            result["shown"].tolist(),
            unit,
            filters.colours(),
            height=40 + ROW * len(result),
            notes=[
                ("", muted) if pd.isna(change) else (format.change(change), up if change > 0 else down)
                for change in result["change"]
            ],
        ),
        t("growth.months_alt", metric=metrics.label_of(metric)),
        cache.cached(growth.months, view.query("units", period=period)),
        comparison.month_columns(),
    )
