"""Comments: what the audience says and asks, day by day, word by word, remark by remark."""

import streamlit as st

from dashboard import charts, data, frame, links, told, widgets, words
from dashboard.widgets import Column
from dashboard.words import t
from shop import audience
from shop.query import total

view = frame.view()
languages = data.ask(audience.languages)
if not languages:
    widgets.empty("comments")
    st.stop()

figures = data.ask(total, view.query("remarks", "questions", "open_questions", "authors"))
widgets.sentence(told.comments(view.period, figures))
widgets.tiles(told.figure_tiles(figures))
daily = data.ask(audience.per_day, view.query("remarks"))
parts = [("questions", widgets.label_of("questions")), ("others", t("comments.others"))]
widgets.chart(
    "comments",
    t("comments.chart"),
    lambda: charts.stacked_days(daily, parts, frame.colours(), language=words.language()),
    t("comments.alt"),
    daily,
    [Column("day", t("column.day"), "day"), *(Column(name, label, "count") for name, label in parts)],
)
with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
    search = told.search(view, languages)
found, common = st.columns([5, 3], gap="medium")
page = links.page()
remarks = data.ask(audience.remarks, search, page)
with found:
    widgets.heading(t("comments.found", count=remarks.found))
    widgets.table_of("comments-found", told.remarks(remarks.table), told.remark_columns(), height=520)
    links.pages(remarks.pages)
with common:
    widgets.heading(t("comments.words"))
    widgets.table_of("comments-words", data.ask(audience.words, search), told.word_columns(), height=520)
