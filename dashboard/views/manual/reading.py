"""Reading the manual: the list with its search, one page, and what every figure means."""

from __future__ import annotations

import re

import streamlit as st

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import manual, metrics
from dashboard.text.markdown import literal
from dashboard.ui import text, url_state
from dashboard.ui.actor import actor
from dashboard.ui.frame import tour
from shop.metrics.definitions import METRICS, metric

FIGURES = "figures"
LINK = re.compile(
    r"\[([^\]]+)\]\((?!https?:)[^)]*\)"
)  # to a file of the documentation, which is not served here


def show() -> None:
    """The list, or the page that the address names."""
    chosen = url_state.get("topic")
    topic = manual.topic(chosen, language())
    if topic is None and chosen != FIGURES:
        _list()
        return
    st.button(
        t("manual.back"),
        key="manual-back",
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=url_state.put,
        args=("topic", ""),
    )
    if topic is None:
        _figures()
        return
    text.sentence(topic.title)
    with st.container(key="manual-page"):
        st.markdown(LINK.sub(r"\1", topic.body))
    if others := manual.see_also(topic, language()):
        text.heading(t("manual.see_also"))
        for other in others:
            _opening(other)


def _list() -> None:
    text.sentence(t("manual.sentence"))
    with st.container(key="touch-search"):
        wanted = url_state.typed(
            t("manual.search"), "about", placeholder=t("manual.search"), label_visibility="collapsed"
        )
    shown = manual.matching(wanted, language()) if wanted.strip() else manual.topics(language())
    if not shown:
        text.note(t("manual.nothing"))
    for topic in shown:
        with st.container(key=f"topic-{topic.name}", gap=None):
            _opening(topic)
            if topic.excerpt:
                text.note(f"… {topic.excerpt} …")
    st.button(
        t("manual.figures"),
        key="read-figures",
        type="tertiary",
        icon=":material/functions:",
        on_click=url_state.put,
        args=("topic", FIGURES),
    )

    if actor().may("manage_shop") and st.button(
        t("tour.start"), key="tour-start", type="tertiary", icon=":material/tour:"
    ):
        tour.start()


def _opening(topic: manual.Topic) -> None:
    """The button that opens a page of the manual."""
    st.button(
        literal(topic.title),
        key=f"read-{topic.name}",
        type="tertiary",
        icon=":material/article:",
        on_click=url_state.put,
        args=("topic", topic.name),
    )


def _figures() -> None:
    """Every figure with its meaning, formula and the day it counts on, narrowed by a few characters."""
    text.sentence(t("manual.figures"))
    with st.container(key="touch-search"):
        wanted = url_state.typed(
            t("manual.search"), "figure", placeholder=t("manual.search"), label_visibility="collapsed"
        )
    for name in METRICS:
        label, meaning = metrics.label_of(name), metrics.meaning_of(name)
        if wanted.strip().casefold() in f"{label} {meaning}".casefold():
            with st.expander(literal(label)):
                text.note(meaning)
                if formula := metrics.formula_of(name):
                    text.note(t("manual.formula", formula=formula))
                text.note(t(f"lineage.bases.{metric(name).basis.replace(' ', '_')}"))
