"""Today: how the shop sold today, this week and this month, and what waits."""

import streamlit as st

from dashboard import alerted, charts, data, frame, marked, told, widgets, words
from dashboard.widgets import Column
from dashboard.words import t
from shop import overview, products

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("today")
    st.stop()

question = view.query("gmv")
spans = data.ask(overview.spans, question, view.at)
waiting = data.ask(overview.waiting, view.at.today)
widgets.sentence(told.today(view.at, spans))
alerted.show(view.at)
widgets.tiles([*(told.span_tile(span, view.at) for span in spans), told.waiting_tile(waiting)])

days = data.ask(overview.sixty_days, question, view.at)
now, before = told.sixty_days(view.at)
marks = marked.above(told.sixty(view.at), view.platforms)
widgets.chart(
    "days",
    t("today.chart", unit=widgets.unit_name("gmv")),
    lambda: charts.growth(
        days,
        "gmv",
        "cents",
        frame.colours(),
        now=now,
        before=before,
        language=words.language(),
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
    told.sold_list(data.ask(products.sold, view.query("gmv", period=spans[1].now)))
with right, st.container(key="chart-waiting"):
    widgets.heading(t("today.questions"))
    told.questions_list(view)
    told.stock_link(waiting)
