"""Questions that wait: the same question once, with the money at stake, a reply to copy, and how it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import remarks
from dashboard.ui import cache, feedback, text, url_state
from dashboard.ui.filters import View
from shop.comments import offers, unanswered
from shop.comments.offers import Offer
from shop.comments.unanswered import QuestionGroup, Queue, QueuedQuestion
from shop.db.database import Database

GROUPS_PER_PAGE = 12
QUOTES = 3
HOW = ("host", "pinned", "hand", "none_needed")
ICONS = {
    "host": ":material/mic:",
    "pinned": ":material/push_pin:",
    "hand": ":material/check:",
    "none_needed": ":material/block:",
}


def sentence(open_questions: Queue) -> str:
    """How many different questions wait, how many people ask them, and what they are worth."""
    key = ("waiting" if open_questions.value_cents else "priceless") if open_questions.groups else "nothing"
    return t(
        f"comments.queue.{key}",
        groups=len(open_questions.groups),
        people=open_questions.people,
        money=open_questions.value_cents,
    )


def show(view: View) -> None:
    """The part of the page: the groups, and what to answer early in the next session."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="touch-queue"):
        order = url_state.choice(
            st.segmented_control,
            t("comments.queue.order"),
            tuple(unanswered.ORDERS),
            "sort",
            lambda name: t(f"comments.queue.orders.{name}"),
            required=True,
        )
        session = url_state.turned(t("comments.queue.session"), "tonight")
    if session:
        _tonight(view)
        return
    open_questions = cache.cached(unanswered.open_questions, view.at.today, view.platforms, order)
    text.note(
        t(
            "comments.queue.rule",
            days=open_questions.days,
            live_days=unanswered.LIVE_DAYS,
            expired=open_questions.expired,
        )
    )
    if not open_questions.groups:
        return
    catalog, shipping = cache.cached(catalog_offers), cache.cached(unanswered.shipping_text)
    pages = -(-len(open_questions.groups) // GROUPS_PER_PAGE)
    first = (min(url_state.page(), pages) - 1) * GROUPS_PER_PAGE
    shown = open_questions.groups[first : first + GROUPS_PER_PAGE]
    _bulk(shown)
    for group in shown:
        _group(group, catalog, shipping)
    url_state.pages(pages)


def catalog_offers(db: Database) -> list[Offer]:
    """What the shop has to answer with: no reply names more of a thing."""
    with db.read() as connection:
        return offers.offers(connection, each=remarks.FACTS)


def _bulk(groups: Sequence[QuestionGroup]) -> None:
    """One answer for every group that is ticked."""
    ticked = [group for group in groups if st.session_state.get(f"tick-{group.key}")]
    if not ticked:
        return
    questions = sum(len(group.questions) for group in ticked)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="touch-bulk"):
        text.note(t("comments.queue.ticked", groups=len(ticked), questions=questions))
        _buttons("bulk", ticked)


def _buttons(name: str, groups: Sequence[QuestionGroup]) -> None:
    for how in HOW:
        st.button(
            t(f"comments.queue.how.{how}"),
            key=f"{how}-{name}",
            icon=ICONS[how],
            on_click=_answer,
            args=(tuple(groups), how),
        )


def _answer(groups: Sequence[QuestionGroup], how: str) -> None:
    keys = [key for group in groups for key in group.ids]
    number = feedback.act(unanswered.answer_questions, keys, how)
    if number is not None:
        for group in groups:
            st.session_state.pop(f"tick-{group.key}", None)
        feedback.report(t(f"comments.queue.done.{how}", questions=len(keys)), number)


def _group(group: QuestionGroup, catalog: Sequence[Offer], shipping: str) -> None:
    with st.container(border=True, key=f"touch-q-{group.key}"):
        st.html(_head(group))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            with st.popover(t("comments.queue.reply"), icon=":material/content_copy:"):
                fitting = offers.fitting(group.thing, catalog)
                st.code(remarks.reply(group, fitting, shipping), language=None, wrap_lines=True)
                text.note(t("comments.queue.reply_hint"))
            _buttons(group.key, (group,))
            st.checkbox(t("comments.queue.tick"), key=f"tick-{group.key}", width="content")
        if len(group.questions) > QUOTES:
            with st.expander(t("comments.queue.every", count=len(group.questions))):
                st.html(_quotes(group.questions))


def _head(group: QuestionGroup) -> str:
    money = f" · {escape(format.money(group.value_cents))}" if group.value_cents else ""
    key = "age" if group.oldest_days else "age_today"
    age = t(f"comments.queue.{key}", people=group.people, days=group.oldest_days)
    return (
        f'<div class="kb-group"><h3 class="kb-heading">{escape(remarks.topic(group))}</h3>'
        f'<p class="kb-note">{escape(age)}{money}</p>{_quotes(remarks.different(group.questions, QUOTES))}</div>'
    )


def _quotes(questions: Sequence[QueuedQuestion]) -> str:
    lines = "".join(
        f"<li>{escape(remarks.excerpt(question.text))}"
        f'<span class="kb-muted"> {escape(question.author)} · {escape(remarks.place(question.kind))} · '
        f"{escape(question.written)}</span></li>"
        for question in questions
    )
    return f'<ul class="kb-quotes">{lines}</ul>'


def _tonight(view: View) -> None:
    """The ten questions to answer before minute fifteen, with what to say."""
    groups = cache.cached(unanswered.most_frequent, view.at.today)
    text.heading(t("comments.queue.tonight"))
    if not groups:
        text.note(t("comments.queue.nothing_asked"))
        return
    text.note(t("comments.queue.tonight_note"))
    catalog, shipping = cache.cached(catalog_offers), cache.cached(unanswered.shipping_text)
    lines = []
    for number, group in enumerate(groups, 1):
        answer = remarks.reply(group, offers.fitting(group.thing, catalog), shipping)
        lines.append(f"{number}. {remarks.topic(group)} ({group.people}) — {answer}")
    st.code("\n".join(lines), language=None, wrap_lines=True)
