"""The questions of a dropped file, each with the field that answers it, and what unknown statuses mean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from dashboard.i18n.messages import has, t
from dashboard.text.choices import distinct_labels
from dashboard.text.imports import file_kind
from dashboard.ui import cache, text
from etl.files.platform_names import NAMES
from etl.imports.retry import retry
from etl.imports.status_words import UnknownStatus, teach, unknown_statuses
from shop.metrics.query import Query
from shop.metrics.tables import cells
from shop.streams.sessions import sessions

QUESTIONS = {
    "AmbiguousDates": "dates",
    "PeriodWanted": "period",
    "CurrencyWanted": "currency",
    "PlatformWanted": "platform",
    "SessionWanted": "session",
    "AmbiguousDecimals": "decimal",
    "LockedFile": "password",
    "WrongPassword": "password",
}
CURRENCIES = ("CNY", "USD", "GBP", "EUR", "SGD", "MYR", "THB", "VND", "PHP", "IDR", "JPY")
RECENT = timedelta(days=400)
CHOICES = {"dates": ("dmy", "mdy"), "decimal": ("point", "comma")}
MARKS = {"point": ".", "comma": ","}


def platform_name(name: str) -> str:
    """A platform as it is called on the pages; its code where it has no name."""
    return t(f"platform.{name}") if has(f"platform.{name}") else name


def answer_field(question: str, key: str) -> str | None:
    """The field for the answer to a question; None while it is not answered."""
    label = t(f"ask.{question}.label")
    if question in CHOICES:
        choice = st.radio(
            label,
            CHOICES[question],
            key=f"{question}-{key}",
            horizontal=True,
            format_func=lambda word: t(f"ask.{question}.{word}"),
        )
        return MARKS.get(choice, choice)
    if question == "currency":
        return st.selectbox(label, CURRENCIES, key=f"currency-{key}")
    if question == "platform":
        return st.selectbox(label, tuple(NAMES), index=None, key=f"platform-{key}", format_func=platform_name)
    if question == "session":
        return _session_field(label, key)
    if question == "password":
        return st.text_input(label, type="password", key=f"password-{key}", autocomplete="off") or None
    days: Any = st.date_input(label, value=[], key=f"period-{key}")
    if isinstance(days, tuple) and len(days) == 2:
        return "..".join(day.isoformat() for day in days)
    return None


def _session_field(label: str, key: str) -> str | None:
    """The recent live sessions, the latest first; the id of another one can be typed."""
    until = date.today() + timedelta(days=1)
    recent = cache.cached(sessions, Query(metrics=("views",), start=until - RECENT, end=until)).head(100)
    rows = zip(*(cells(recent[name]) for name in ("session", "started", "title", "platform")), strict=True)
    names = {
        session: f"{started} {title or session} ({platform_name(platform)})"
        for session, started, title, platform in rows
    }
    return st.selectbox(
        label,
        tuple(names),
        index=None,
        key=f"session-{key}",
        accept_new_options=True,
        format_func=distinct_labels(names, names.__getitem__),
    )


def statuses() -> None:
    """Prompt for the meaning of the unknown status words of rejected rows, store it, and read those rows again."""
    unknown = [item for item in unknown_statuses(cache.database()) if item.meanings]
    if not unknown:
        return
    with st.form("status-words", border=True):
        text.note(t("ask.status.question", words=len(unknown)))
        answers = [(item, _meaning_field(item)) for item in unknown]
        if st.form_submit_button(t("ask.status.go")) and any(meaning for _, meaning in answers):
            _store([(item, meaning) for item, meaning in answers if meaning])


def _meaning_field(item: UnknownStatus) -> str | None:
    label = t("ask.status.label", word=item.word, kind=file_kind(item.kind), rows=item.rows)
    return st.selectbox(
        label,
        item.meanings,
        index=None,
        key=f"status-{item.kind}-{item.word}",
        format_func=lambda word: (
            t(f"ask.status.meaning.{word}") if has(f"ask.status.meaning.{word}") else word
        ),
    )


def _store(answers: list[tuple[UnknownStatus, str]]) -> None:
    db = cache.database()
    for item, meaning in answers:
        teach(db, item.kind, {item.word: meaning}, item.meanings)
    solved = left = 0
    for kind in {item.kind for item, _ in answers}:
        for report in retry(db, kind=kind):
            solved, left = solved + report.read - report.rejected, left + report.rejected
    st.session_state["retried"] = t("data.retried", solved=solved, left=left)
    st.rerun()
