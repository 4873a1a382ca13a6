"""Comments: what the audience says and asks, day by day, word by word, remark by remark."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import messages
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, url_state, widgets
from dashboard.ui.widgets import Column
from dashboard.views.today import text
from shop.comments import comments
from shop.metrics.query import total

view = filters.view()
languages = cache.ask(comments.languages)
if not languages:
    widgets.empty("comments")
    st.stop()

figures = cache.ask(total, view.query("remarks", "questions", "open_questions", "authors"))
widgets.sentence(text.comments(view.period, figures))
widgets.tiles(text.figure_tiles(figures))
daily = cache.ask(comments.per_day, view.query("remarks"))
parts = [("questions", widgets.label_of("questions")), ("others", t("comments.others"))]
widgets.chart(
    "comments",
    t("comments.chart"),
    lambda: timeseries.stacked_days(daily, parts, filters.colours(), language=messages.language()),
    t("comments.alt"),
    daily,
    [Column("day", t("column.day"), "day"), *(Column(name, label, "count") for name, label in parts)],
)
with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
    search = text.search(view, languages)
found, common = st.columns([5, 3], gap="medium")
page = url_state.page()
remarks = cache.ask(comments.remarks, search, page)
with found:
    widgets.heading(t("comments.found", count=remarks.found))
    widgets.table_of("comments-found", text.remarks(remarks.table), text.remark_columns(), height=520)
    url_state.pages(remarks.pages)
with common:
    widgets.heading(t("comments.words"))
    widgets.table_of("comments-words", cache.ask(comments.words, search), text.word_columns(), height=520)
