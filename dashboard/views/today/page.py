"""Today: how the shop sold today, this week and this month, and what waits."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, event_markers, filters, lineage_dialog, tables, text
from dashboard.ui.actor import actor
from dashboard.views import pages
from dashboard.views.today import alert, on_air, wording
from shop import overview
from shop.performance import sales

view = filters.view()
if view.at.last_sale is None:
    text.empty("today", "storefront")
    st.stop()

question = view.query("gmv")
spans = cache.cached(overview.spans, question, view.at)
open_items = cache.cached(overview.open_items, view.at.today)
user = actor()
allowed = [name for name, page in pages().items() if user.may(page.needs)]
text.sentence(wording.sentence(view.at, spans))
on_air.show()
alert.show(view.at)
lineage_dialog.show_tiles(wording.tiles_of(view, spans, open_items, allowed))

days = cache.cached(overview.sixty_days, question, view.at)
now, before = wording.sixty_days(view.at)
marks = event_markers.markers(wording.sixty(view.at), view.platforms)
tables.chart(
    "days",
    t("today.chart", unit=metrics.unit_name("gmv")),
    lambda: timeseries.growth(
        days,
        "gmv",
        "cents",
        filters.colours(),
        now=now,
        before=before,
        language=language(),
        height=280,
        marks=marks,
    ),
    t("today.alt"),
    days,
    [
        Column("day", t("column.day"), "day"),
        *metrics.columns("gmv"),
        Column("before_day", t("column.before_day"), "day"),
        Column("before_gmv", t("growth.before", metric=metrics.label_of("gmv")), "money"),
    ],
)
left, right = st.columns([3, 2], gap="medium")
with left, st.container(key="chart-sold"):
    text.heading(t("today.sold", range=spans[1].now))
    wording.sold_list(cache.cached(sales.sold, view.query("gmv", period=spans[1].now)))
with right, st.container(key="chart-waiting"):
    text.heading(t("today.questions"))
    wording.questions_list(view)
    wording.stock_link(open_items)
