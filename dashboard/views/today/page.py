"""Today: how the shop sold today, this week and this month, and what waits."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import messages
from dashboard.i18n.messages import t
from dashboard.ui import cache, event_markers, filters, widgets
from dashboard.ui.widgets import Column
from dashboard.views.today import alert, text
from shop import overview
from shop.performance import sales

view = filters.view()
if view.at.last_sale is None:
    widgets.empty("today")
    st.stop()

question = view.query("gmv")
spans = cache.ask(overview.spans, question, view.at)
waiting = cache.ask(overview.waiting, view.at.today)
widgets.sentence(text.today(view.at, spans))
alert.show(view.at)
widgets.tiles([*(text.span_tile(span, view.at) for span in spans), text.waiting_tile(waiting)])

days = cache.ask(overview.sixty_days, question, view.at)
now, before = text.sixty_days(view.at)
marks = event_markers.above(text.sixty(view.at), view.platforms)
widgets.chart(
    "days",
    t("today.chart", unit=widgets.unit_name("gmv")),
    lambda: timeseries.growth(
        days,
        "gmv",
        "cents",
        filters.colours(),
        now=now,
        before=before,
        language=messages.language(),
        height=280,
        marks=marks,
    ),
    t("today.alt"),
    days,
    [
        Column("day", t("column.day"), "day"),
        *widgets.columns("gmv"),
        Column("before_day", t("column.before_day"), "day"),
        Column("before_gmv", t("growth.before", metric=widgets.label_of("gmv")), "money"),
    ],
)
left, right = st.columns([3, 2], gap="medium")
with left, st.container(key="chart-sold"):
    widgets.heading(t("today.sold", range=spans[1].now))
    text.sold_list(cache.ask(sales.sold, view.query("gmv", period=spans[1].now)))
with right, st.container(key="chart-waiting"):
    widgets.heading(t("today.questions"))
    text.questions_list(view)
    text.stock_link(waiting)
