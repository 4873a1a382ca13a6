"""Words and sentiment: rising words, the words of days and sessions, sentiment by week, complaints."""

from __future__ import annotations

from html import escape
from math import ceil, sqrt

import pandas as pd
import streamlit as st

from dashboard.charts import bars, sentiment
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text.audience.live import platform
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.filters import View
from shop.comments import buyers, trends
from shop.comments import search as comments
from shop.comments.search import CommentSearch
from shop.streams.marks import mark_words

BARS = 15
SIZES = 5  # sizes of words in the cloud: .kb-word-1 to .kb-word-5


def show(view: View) -> None:
    """The part of the page."""
    search = CommentSearch(view.period.start, view.period.end, platforms=view.platforms)
    _rising(search)
    _frequent(search)
    _sessions(search)
    _buyers(search)
    _sentiment(search)
    _complaints(view, search)


def _rising(search: CommentSearch) -> None:
    text.heading(t("comments.rising.title"))
    rising = cache.cached(trends.rising, search)
    if not rising:
        text.note(t("comments.rising.nothing", times=trends.BACK))
        return
    text.note(t("comments.rising.note", times=trends.BACK))
    table = pd.DataFrame(rising, columns=["word", "now", "before", "ratio"])
    columns = [
        Column("word", t("comments.word")),
        Column("now", t("comments.rising.now"), "count"),
        Column("before", t("comments.rising.before"), "count"),
        Column("ratio", t("comments.rising.ratio"), "number"),
    ]
    tables.show("comments-rising", table, columns)


def _frequent(search: CommentSearch) -> None:
    words = cache.cached(comments.words, search)
    if words.empty:
        text.note(t("comments.none", range=filters.view().period))
        return
    text.note(t("comments.cloud"))
    st.html(_cloud(words))
    top = words.head(BARS)
    tables.chart(
        "comments-words",
        t("comments.words"),
        lambda: bars.bars(
            top["word"].tolist(),
            top["comments"].tolist(),
            "count",
            filters.colours(),
            height=60 + 26 * len(top),
        ),
        t("comments.words_alt"),
        words,
        [
            Column("word", t("comments.word")),
            Column("comments", t("comments.in"), "count"),
            Column("examples", t("comments.examples")),
        ],
    )
    _one_word(search, tuple(words["word"]))


def _cloud(words: pd.DataFrame) -> str:
    """The words side by side, larger where more comments have them, in SIZES steps by the root of their number."""
    counts = dict(zip(words["word"], map(int, words["comments"]), strict=True))
    most = max(counts.values())
    items = "".join(
        f'<li class="kb-word-{ceil(SIZES * sqrt(count / most))}" title="{count}">{escape(word)}</li>'
        for word, count in counts.items()
    )
    return f'<ul class="kb-cloud" aria-label="{escape(t("comments.cloud"), quote=True)}">{items}</ul>'


def _one_word(search: CommentSearch, words: tuple[str, ...]) -> None:
    word = st.selectbox(
        t("comments.one_word"), words, index=None, key="one-word", placeholder=t("comments.any")
    )
    if word:
        days = cache.cached(trends.word_days, search, word)
        tables.chart(
            "comments-word",
            t("comments.word_days", word=word),
            lambda: sentiment.days(days, filters.colours(), language=language()),
            t("comments.word_days", word=word),
            days,
            [Column("day", t("column.day"), "day"), Column("comments", t("comments.in"), "count")],
        )


def _sessions(search: CommentSearch) -> None:
    sessions = cache.cached(trends.session_words, search)
    if sessions.empty:
        return
    text.heading(t("comments.sessions"))
    columns = [
        Column("session", t("comments.session")),
        Column("started", t("column.day"), "day"),
        Column("comments", t("comments.in"), "count"),
        Column("words", t("comments.words")),
    ]
    tables.show("comments-sessions", sessions, columns)
    _marks(sessions)


def _marks(sessions: pd.DataFrame) -> None:
    """The words of one session between its marks."""
    keys = list(zip(sessions["platform"], sessions["session_id"], strict=True))
    days = ["" if pd.isna(day) else format.short_day(day) for day in sessions["started"]]
    names = dict(zip(keys, zip(sessions["session"], days, strict=True), strict=True))
    chosen = st.selectbox(
        t("comments.marks.title"),
        keys,
        format_func=distinct_labels(keys, lambda key: " · ".join(filter(None, names[key]))),
        key="words-session",
    )
    table = cache.cached(mark_words, *chosen)
    if table.empty:
        text.note(t("comments.marks.nothing"))
        return
    table["kind"] = table["kind"].map(lambda kind: t(f"live.marks.kinds.{kind}"))
    columns = [
        Column("minute", t("comments.marks.minute"), "count"),
        Column("kind", t("comments.marks.kind")),
        Column("item", t("comments.marks.item")),
        Column("comments", t("comments.in"), "count"),
        Column("words", t("comments.words")),
    ]
    tables.show("comments-marks", table, columns)


def _buyers(search: CommentSearch) -> None:
    table = cache.cached(buyers.commenters_who_bought, search)
    if table.empty:
        return
    text.heading(t("comments.buyers.title"))
    spans = [f"bought_{days}" for days in buyers.SPANS]
    if table[spans].isna().all(axis=None):
        text.note(t("comments.buyers.nothing", least=buyers.LEAST))
        return
    text.note(t("comments.buyers.note", least=buyers.LEAST))
    table["place"] = table["place"].map(lambda kind: t(f"place.{kind}"))
    table["platform"] = table["platform"].map(platform)
    columns = [
        Column("name", t("comments.buyers.name")),
        Column("place", t("comments.place")),
        Column("platform", t("comments.settings.platform")),
        Column("people", t("comments.buyers.people"), "count"),
        *(
            Column(span, t("comments.buyers.bought", days=days), "rate")
            for span, days in zip(spans, buyers.SPANS, strict=True)
        ),
    ]
    tables.show("comments-buyers", table, columns)


def _sentiment(search: CommentSearch) -> None:
    weeks = cache.cached(trends.sentiment_weeks, search)
    if not weeks:
        return
    table = pd.DataFrame(
        [(item.week, item.comments, item.positive.share, item.negative.share) for item in weeks],
        columns=["week", "comments", "positive", "negative"],
    )
    tables.chart(
        "comments-sentiment",
        t("comments.feeling.title"),
        lambda: sentiment.weeks(
            weeks,
            filters.colours(),
            positive=t("comments.sentiments.pos"),
            negative=t("comments.sentiments.neg"),
            language=language(),
        ),
        t("comments.feeling.alt"),
        table,
        [
            Column("week", t("comments.week"), "day"),
            Column("comments", t("comments.in"), "count"),
            Column("positive", t("comments.sentiments.pos"), "rate"),
            Column("negative", t("comments.sentiments.neg"), "rate"),
        ],
    )


def _complaints(view: View, search: CommentSearch) -> None:
    table = cache.cached(trends.complaint_weeks, search, view.query("refunds"))
    kinds = [name for name in trends.pains() if not table.empty and table[name].sum()]
    text.heading(t("comments.pains.title"))
    if not kinds:
        text.note(t("comments.pains.nothing"))
    else:
        columns = [Column(name, t(f"comments.pains.{name}"), "count") for name in kinds]
        tables.show(
            "comments-pains",
            table.sort_values("week", ascending=False),
            [
                Column("week", t("comments.week"), "day"),
                *columns,
                Column("refunds", t("comments.refunds"), "money"),
            ],
        )
    reviews = cache.cached(trends.review_pains, view.period)
    text.heading(t("comments.pains.reviews"))
    if reviews.empty:
        text.note(t("comments.pains.no_reviews"))
        return
    stars = [format.UNKNOWN if pd.isna(value) else format.number(value) for value in reviews["stars"]]
    named = [name for name in trends.pains() if reviews[name].sum()]
    tables.show(
        "comments-reviews",
        reviews.assign(stars=stars),
        [
            Column("title", t("comments.product")),
            Column("reviews", t("comments.reviews"), "count"),
            Column("stars", t("comments.stars")),
            *(Column(name, t(f"comments.pains.{name}"), "count") for name in named),
        ],
    )
