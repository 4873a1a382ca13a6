"""The change by driver as a waterfall."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import waterfall
from dashboard.charts.waterfall import WaterfallBar
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import comparison, drivers, metrics
from dashboard.text.metrics import Column
from dashboard.ui import filters, tables, text


def show(narrative: GrowthStory) -> None:
    """The change by driver as a waterfall, from the earlier figure to the present one."""
    result = narrative.why
    if not result.drivers:
        return
    name = metrics.label_of(result.metric)
    ends = comparison.range_names(narrative.result)
    steps = [
        WaterfallBar(ends[1], result.base, is_total=True),
        *(WaterfallBar(drivers.name(driver), driver.part) for driver in result.drivers),
        WaterfallBar(ends[0], result.figure, is_total=True),
    ]
    colours = filters.colours()
    up, down = filters.up_and_down(colours)
    basis = drivers.basis(result)
    tables.chart(
        "why",
        t("growth.why", metric=name, basis=basis),
        lambda: waterfall.waterfall(steps, "cents", colours, up=up, down=down, unknown=format.UNKNOWN),
        t("growth.why_alt", metric=name),
        _steps(steps),
        [Column("name", t("growth.cause")), Column("value", t("growth.cause_part"), "money")],
    )
    for line in drivers.notes(result):
        text.note(line)


def _steps(steps: list[WaterfallBar]) -> pd.DataFrame:
    return pd.DataFrame(
        {"name": [step.name for step in steps], "value": pd.array([step.value for step in steps], "Int64")}
    )
