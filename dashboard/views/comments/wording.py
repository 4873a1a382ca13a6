"""The Comments page in words: its sentence, search controls and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.ui import filters, url_state
from shop.comments.search import CommentSearch
from shop.core.periods import Period
from shop.metrics.tables import cells, records


def sentence(period: Period, totals: Mapping[str, Any]) -> str:
    """How much was written, and how much of it waits for an answer."""
    key = "comments.sentence" if totals["remarks"] else "comments.none"
    return t(key, range=period, **totals)


def search(view: filters.View, languages: Sequence[str]) -> CommentSearch:
    """The controls that narrow the stream of comments."""
    wanted = url_state.typed(t("comments.search"), "q", placeholder=t("comments.search_hint"), width=240)
    language = ""
    if len(languages) > 1:
        language = url_state.choice(
            st.selectbox,
            t("comments.language"),
            ("", *languages),
            "language",
            lambda name: t(f"language.{name}") if name else t("comments.any"),
            width=132,
        )
    questions = url_state.turned(t("comments.only_questions"), "questions")
    period = view.period
    return CommentSearch(period.start, period.end, wanted, language, questions, view.platforms)


def remarks(table: pd.DataFrame) -> pd.DataFrame:
    """The comments with what the machine knows of them in words."""
    marks = [
        t("comments.answered") if row["is_answered"] else t("comments.asks") if row["is_question"] else ""
        for row in records(table)
    ]
    return table.assign(mark=marks, place=[t(f"place.{name}") for name in cells(table["place"])])


def remark_columns() -> list[Column]:
    """The columns of the stream of comments."""
    return [
        Column("written", t("comments.written")),
        Column("text", t("comments.text")),
        Column("mark", t("comments.mark")),
        Column("likes", t("comments.likes"), "count"),
        Column("place", t("comments.place")),
    ]


def word_columns() -> list[Column]:
    """The columns of the words that come up."""
    return [
        Column("word", t("comments.word")),
        Column("comments", t("comments.in"), "count"),
        Column("examples", t("comments.examples")),
    ]
