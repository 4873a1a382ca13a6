"""Settings of comments: days that a question stays in the queue, the reply about shipping, own accounts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import actor, cache, feedback, text
from dashboard.ui.filters import View
from shop.comments import unanswered, upkeep
from shop.listings import details


def show(view: View) -> None:
    """The part of the page: days, the text about shipping, own accounts."""
    outdated = cache.cached(unanswered.open_questions, view.at.today, view.platforms)
    with st.form("comment-days"):
        days = st.number_input(
            t("comments.settings.days"),
            unanswered.LEAST_DAYS,
            unanswered.MOST_DAYS,
            outdated.days,
            key="answer-days",
            help=t("comments.settings.days_tip"),
        )
        shipping = st.text_area(
            t("comments.settings.shipping"),
            cache.cached(unanswered.shipping_text),
            key="shipping-text",
            placeholder=t("comments.settings.shipping_hint"),
            max_chars=300,
        )
        if st.form_submit_button(t("comments.settings.save")):
            _save(int(days), shipping)
    text.heading(t("comments.settings.own"))
    text.note(t("comments.settings.own_note"))
    for account in cache.cached(upkeep.own_accounts):
        _account(account)
    platforms: tuple[str, ...] = cache.cached(details.platforms) or catalog.USUAL[:3]
    with st.form("own-account"):
        name = st.text_input(t("comments.settings.name"), key="own-name", max_chars=60)
        platform = st.selectbox(
            t("comments.settings.platform"), platforms, format_func=catalog.platform, key="own-platform"
        )
        if st.form_submit_button(t("comments.settings.add")) and name.strip():
            db = cache.database()
            count = feedback.act(upkeep.add_own_account, platform, name, secret=db.secret())
            if count is not None:
                feedback.report(t("comments.settings.added", name=name, comments=count))
            st.rerun()


def _save(days: int, shipping: str) -> None:
    user = actor.actor()
    if feedback.tried(lambda: unanswered.set_answer_days(cache.database(), days, actor=user)):
        unanswered.set_shipping_text(cache.database(), shipping, actor=user)
        feedback.report(t("comments.settings.saved"))
    st.rerun()


def _account(account: dict[str, Any]) -> None:
    key = f"{account['platform']}-{account['author_key']}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"touch-own-{key}"):
        which = "dismissed" if account["is_dismissed"] else account["source"]
        text.note(
            t(
                f"comments.settings.accounts.{which}",
                platform=catalog.platform(account["platform"]),
                name=account["name"] or t("comments.settings.nameless"),
                comments=account["comments"],
            )
        )
        st.button(
            t("comments.settings.is_ours" if account["is_dismissed"] else "comments.settings.not_ours"),
            key=f"dismiss-{key}",
            on_click=_set,
            args=(account,),
        )


def _set(account: dict[str, Any]) -> None:
    restored = account["is_dismissed"]
    done = feedback.act(
        upkeep.dismiss_own_account, account["platform"], account["author_key"], restored=restored
    )
    if done is not None:
        key = "restored" if restored else "dismissed"
        feedback.report(t(f"comments.settings.{key}", comments=done))
