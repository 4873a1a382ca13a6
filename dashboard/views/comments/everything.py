"""All comments: per day, and word for word with what they mean; search and filters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.audience import remarks as words
from dashboard.text.metrics import Column
from dashboard.ui import cache, event_markers, filters, lineage_dialog, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.comments import labels
from shop.comments import search as comments
from shop.comments.labels.intents import INTENTS
from shop.comments.search import CommentSearch
from shop.metrics.query import total
from shop.metrics.tables import cells, records

LONGEST = 2_000  # characters of one comment in the table
KINDS = ("video", "live", "review")
SENTIMENTS = ("pos", "neu", "neg", "unsure")


def show(view: View) -> None:
    """The part of the page: figures, the chart of days, and the comments that a search finds."""
    figures = cache.cached(total, view.query("remarks", "questions", "open_questions", "authors"))
    key = "comments.sentence" if figures["remarks"] else "comments.none"
    text.note(t(key, range=view.period, **figures))
    lineage_dialog.figures(figures, view.query(*figures))
    daily = cache.cached(comments.per_day, view.query("remarks"))
    parts = [("questions", metrics.label_of("questions")), ("others", t("comments.others"))]
    marks = event_markers.markers(view.period, view.platforms)
    tables.chart(
        "comments",
        t("comments.chart"),
        lambda: timeseries.stacked_days(daily, parts, filters.colours(), language=language(), marks=marks),
        t("comments.alt"),
        daily,
        [Column("day", t("column.day"), "day"), *(Column(name, label, "count") for name, label in parts)],
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
        search = narrowed(view)
    results = cache.cached(comments.search_comments, search, url_state.page())
    text.heading(t("comments.found", count=results.total))
    tables.show("comments-found", _in_words(results.table), _columns(), height=520)
    url_state.pages(results.pages)
    labels.show(results.table)


def narrowed(view: View) -> CommentSearch:
    """The controls that narrow the comments."""
    wanted = url_state.typed(t("comments.search"), "q", placeholder=t("comments.search_hint"), width=240)
    languages = cache.cached(comments.languages)
    chosen = ""
    if len(languages) > 1:
        chosen = _choice("language", languages, "language", lambda name: t(f"language.{name}"))
    kind = _choice("kind", KINDS, "on_what", lambda name: t(f"place.{name}"))
    intent = _choice("intent", INTENTS, "intent", lambda name: t(f"comments.intents.{name}"))
    feeling = _choice("sentiment", SENTIMENTS, "sentiment", lambda name: t(f"comments.sentiments.{name}"))
    return CommentSearch(
        view.period.start,
        view.period.end,
        wanted,
        chosen,
        url_state.turned(t("comments.only_questions"), "questions"),
        intent=intent,
        sentiment=feeling,
        platforms=view.platforms,
        kind=kind,
        with_own=url_state.turned(t("comments.with_own"), "own"),
    )


def _choice(label: str, options: tuple[str, ...], name: str, word: object) -> str:
    def shown(option: str) -> str:
        return str(word(option)) if option and callable(word) else t("comments.any")

    return url_state.choice(st.selectbox, t(f"comments.{label}"), ("", *options), name, shown, width=132)


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The comments with status and place in words, their texts as plain text."""
    marks = [
        t("comments.own")
        if row["is_own"]
        else t("comments.answered")
        if row["is_answered"]
        else t("comments.asks")
        if row["is_question"]
        else ""
        for row in records(table)
    ]
    return table.assign(
        mark=marks,
        place=[words.place(name) for name in cells(table["place"])],
        text=[words.excerpt(str(remark or ""), LONGEST) for remark in cells(table["text"])],
    )


def _columns() -> list[Column]:
    return [
        Column("written", t("comments.written")),
        Column("text", t("comments.text")),
        Column("mark", t("comments.mark")),
        Column("author", t("comments.author"), tip=t("comments.author_tip")),
        Column("likes", t("comments.likes"), "count"),
        Column("place", t("comments.place")),
    ]
