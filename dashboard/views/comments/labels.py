"""What one comment was understood as, why, and a correction by hand: an example for all comments of the same text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.audience.remarks import excerpt
from dashboard.text.choices import distinct_labels
from dashboard.ui import actor, cache, feedback, text
from shop.comments.labels import store
from shop.comments.labels.intents import INTENTS
from shop.comments.labels.labeller import Label
from shop.metrics.tables import records

SENTIMENTS = ("pos", "neu", "neg", "unsure")
LONGEST = 60  # characters of a comment in the box to choose from


def show(table: pd.DataFrame) -> None:
    """Choose a comment of the page, see its label with its reasons, correct it or withdraw the correction."""
    if table.empty or not actor.actor().may("answer"):
        return
    remarks = {(row["platform"], row["comment"]): row for row in records(table)}
    with st.expander(t("comments.labels.title"), icon=":material/label:"):
        text.note(t("comments.labels.note"))
        key = st.selectbox(
            t("comments.labels.which"),
            tuple(remarks),
            index=None,
            format_func=distinct_labels(remarks, lambda item: _excerpt(remarks[item])),
            key="label-comment",
        )
        if key is None:
            return
        label = cache.cached(store.stored_label, *key)
        if label is None:
            text.note(t("comments.labels.none"))
            return
        is_corrected = label.version == store.BY_USER
        text.note(t("comments.labels.by_user") if is_corrected else _reasons(label))
        _form(key, label)
        if is_corrected:
            st.button(
                t("comments.labels.withdraw"),
                key="label-withdraw",
                on_click=_withdraw,
                args=key,
                icon=":material/undo:",
            )


def _excerpt(remark: dict[str, Any]) -> str:
    return excerpt(str(remark["text"] or ""), LONGEST)


def _reasons(label: Label) -> str:
    return t("comments.labels.reasons", reasons="; ".join(label.reasons) or "–")


def _form(key: tuple[str, str], label: Label) -> None:
    with st.form(f"label-form-{'-'.join(key)}"):
        intents = st.pills(
            t("comments.intent"),
            INTENTS,
            selection_mode="multi",
            default=list(label.intents),
            format_func=lambda name: t(f"comments.intents.{name}"),
            key=f"label-intents-{'-'.join(key)}",
        )
        sentiment = st.segmented_control(
            t("comments.sentiment"),
            SENTIMENTS,
            default=label.sentiment,
            format_func=lambda name: t(f"comments.sentiments.{name}"),
            key=f"label-sentiment-{'-'.join(key)}",
        )
        question = st.toggle(
            t("comments.labels.question"), label.is_question, key=f"label-question-{'-'.join(key)}"
        )
        if st.form_submit_button(t("comments.labels.save")):
            given = replace(
                label,
                intents=tuple(name for name in INTENTS if name in intents) or ("other",),
                sentiment=sentiment or label.sentiment,
                is_question=question,
            )
            number = feedback.act(store.correct, *key, given)
            if number is not None:
                feedback.report(t("comments.labels.saved"), number)
            st.rerun()


def _withdraw(platform: str, comment_id: str) -> None:
    number = feedback.act(store.withdraw_correction, platform, comment_id)
    if number is not None:
        feedback.report(t("comments.labels.withdrawn"), number)
