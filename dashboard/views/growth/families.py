"""The largest families as small charts on one scale."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import forecast as forecast_charts
from dashboard.i18n.messages import t
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import metrics, products
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from shop.metrics.query import unit_of
from shop.performance import small_multiples

ACROSS = 2  # on a phone, too


def show(view: filters.View, narrative: GrowthStory) -> None:
    """The largest families as small charts on one scale; products where there are no families."""
    metric = narrative.metric if narrative.metric in ("gmv", "units") else "gmv"
    result = cache.cached(small_multiples.multiples, view.query(metric, period=narrative.pair.now))
    if not result.panels:
        text.note(t("growth.no_families"))
        return
    titles = [products.called(panel.key, panel.title) for panel in result.panels]
    tables.chart(
        "families",
        t(f"growth.families.{result.by}", metric=metrics.label_of(metric)),
        lambda: forecast_charts.multiples(
            titles,
            result.days,
            [panel.values for panel in result.panels],
            unit_of(metric),
            filters.colours(),
            across=ACROSS,
        ),
        t(f"growth.families.{result.by}", metric=metrics.label_of(metric)),
        pd.DataFrame(
            {"day": result.days, **{panel.key: pd.array(panel.values, "Int64") for panel in result.panels}}
        ),
        [
            Column("day", t("column.day"), "day"),
            *(
                Column(p.key, title, metrics.kind_of(metric))
                for p, title in zip(result.panels, titles, strict=True)
            ),
        ],
    )
    if result.others:
        text.note(t("growth.others", count=result.others))
