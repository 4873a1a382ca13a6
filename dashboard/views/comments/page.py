"""Comments: what the audience writes, day by day, word by word, remark by remark."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.text.tiles import figure_tiles
from dashboard.ui import cache, filters, tables, text, tiles, url_state
from dashboard.views.comments import PAGE, wording
from shop.comments import search as comments
from shop.metrics.query import total

view = filters.view()
languages = cache.cached(comments.languages)
if not languages:
    text.empty("comments", PAGE.icon)
    st.stop()

figures = cache.cached(total, view.query("remarks", "questions", "open_questions", "authors"))
text.sentence(wording.sentence(view.period, figures))
tiles.show(figure_tiles(figures))
daily = cache.cached(comments.per_day, view.query("remarks"))
parts = [("questions", metrics.label_of("questions")), ("others", t("comments.others"))]
tables.chart(
    "comments",
    t("comments.chart"),
    lambda: timeseries.stacked_days(daily, parts, filters.colours(), language=language()),
    t("comments.alt"),
    daily,
    [Column("day", t("column.day"), "day"), *(Column(name, label, "count") for name, label in parts)],
)
with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
    search = wording.search(view, languages)
results, common = st.columns([5, 3], gap="medium")
page = url_state.page()
remarks = cache.cached(comments.search_comments, search, page)
with results:
    text.heading(t("comments.found", count=remarks.total))
    tables.show("comments-found", wording.remarks(remarks.table), wording.remark_columns(), height=520)
    url_state.pages(remarks.pages)
with common:
    text.heading(t("comments.words"))
    tables.show("comments-words", cache.cached(comments.words, search), wording.word_columns(), height=520)
