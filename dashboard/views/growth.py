"""Growth: did the shop really grow, fairly compared and per day."""

import streamlit as st

from dashboard import charts, compared, data, frame, widgets, words
from dashboard.widgets import Column
from dashboard.words import t
from shop import growth
from shop.query import unit_of

METRICS = ("gmv", "net_sales", "orders", "units", "aov")
BESIDE = {"gmv": ("orders", "aov"), "net_sales": ("gmv", "orders"), "orders": ("gmv", "aov"),
          "units": ("gmv", "aov"), "aov": ("orders", "gmv", "units")}  # fmt: skip

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("growth")
    st.stop()

with view.controls:
    metric = compared.metric(METRICS)
    before = compared.before(view)

every = data.ask(growth.compare, view.query(*METRICS), before)
found = every[metric]
daily = data.ask(growth.laid_under, view.query(metric, by=("day",)), before)
months = data.ask(growth.months, view.query("units", period=compared.year_to(view)))

widgets.sentence(compared.sentence(found))
widgets.note(compared.reason(found))
widgets.tiles(
    [*widgets.comparison_tiles(found), *(widgets.first_tile(every[name]) for name in BESIDE[metric])]
)
now_name, before_name = compared.names(found)
widgets.chart(
    "growth",
    t("growth.chart", metric=widgets.label_of(metric), unit=widgets.unit_name(metric)),
    lambda: charts.growth(
        daily, metric, unit_of(metric), frame.colours(),
        now=now_name, before=before_name, language=words.language(),
    ),
    t("growth.alt", metric=widgets.label_of(metric), now=found.now.period, before=found.before.period),
    daily,
    [
        Column("day", now_name, "day"), *widgets.columns(metric),
        Column("before_day", before_name, "day"),
        Column(f"before_{metric}", t("growth.before", metric=widgets.label_of(metric)), widgets.kind_of(metric)),
    ],
)  # fmt: skip
widgets.heading(t("growth.months"))
widgets.table_of(
    "months",
    months,
    [
        Column("month", t("growth.month")),
        *widgets.columns("days", "units", "units_per_day"),
        Column("change", t("growth.month_change"), "change", t("growth.month_change_tip")),
        *widgets.columns("gmv", "sales_per_day", "orders"),
    ],
)
