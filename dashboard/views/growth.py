"""Growth: did the shop really grow, fairly compared and per day."""

import streamlit as st

from dashboard import charts, compared, data, explained, frame, widgets, words
from dashboard.words import t
from shop import calendars, growth
from shop.query import unit_of

METRICS = ("gmv", "net_sales", "orders", "units", "aov")
BESIDE = {
    "gmv": ("orders", "aov"),
    "net_sales": ("gmv", "orders"),
    "orders": ("gmv", "aov"),
    "units": ("gmv", "aov"),
    "aov": ("orders", "gmv", "units"),
}

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("growth")
    st.stop()

with view.controls:
    metric = compared.metric(METRICS)
    pair = compared.pair(view)

every = data.ask(calendars.compare, view.query(*METRICS), pair)
found = every[metric]
daily = data.ask(growth.laid_under, view.query(metric, by=("day",), period=pair.now), pair.before)
months = data.ask(growth.months, view.query("units", period=compared.year_to(view)))

widgets.sentence(compared.sentence(found))
widgets.note(compared.reason(found, pair))
widgets.note(compared.apart(view, view.query(metric), pair))
explained.tiles(
    [
        *((metric, tile) for tile in widgets.comparison_tiles(found)),
        *((name, widgets.first_tile(every[name])) for name in BESIDE[metric]),
    ],
    view.query(metric),
)
now_name, before_name = compared.names(found)
widgets.chart(
    "growth",
    t("growth.chart", metric=widgets.label_of(metric), unit=widgets.unit_name(metric)),
    lambda: charts.growth(
        daily,
        metric,
        unit_of(metric),
        frame.colours(),
        now=now_name,
        before=before_name,
        language=words.language(),
    ),
    t(
        "growth.alt",
        metric=widgets.label_of(metric),
        now=found.now.period,
        before=found.before.period,
    ),
    daily,
    compared.day_columns(found),
)
widgets.heading(t("growth.months"))
widgets.table_of("months", months, compared.month_columns())
