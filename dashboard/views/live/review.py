"""The review (复盘) of a session: goal, three facts, notes, one action, what came of the last one; and the report."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import pdf, session_report
from dashboard.text.audience import live as wording
from dashboard.ui import cache, feedback, text
from dashboard.ui.run import in_this_run
from dashboard.views.live import presentations
from dashboard.views.live.common import SessionView
from shop.core.money import to_decimal, to_minor_rounded
from shop.db.database import Database
from shop.streams import reviews
from shop.streams.reviews import GOALS, OUTCOMES, Fact, LastAction, Review
from shop.streams.session import SessionRecord

NONE = ""


def show(shown: SessionView) -> None:
    """What the figures show, what the studio makes of it, and the page to take away."""
    session = shown.session
    review = cache.cached(reviews.review, session)
    _facts(shown)
    last = cache.cached(reviews.last_action, session)
    if last is not None:
        _last(last)
    _goal(shown, review)
    _form(session, review, last)
    _report(shown)


def _facts(shown: SessionView) -> None:
    text.heading(t("live.review.facts"))
    facts = cache.cached(facts_of, shown.session, len(shown.minutes.table))
    if not facts:
        text.note(t("live.review.no_facts"))
        return
    text.lines([wording.fact(fact, shown.session) for fact in facts])


def facts_of(db: Database, session: SessionRecord, minutes: int) -> list[Fact]:
    """The facts of a session; `minutes` makes the answer new while it runs."""
    return reviews.facts(db, session, presentations.lifts_of(db, session, "orders", minutes))


def _last(last: LastAction) -> None:
    text.heading(t("live.review.last_title"))
    text.lines(wording.last_action(last))


def _goal(shown: SessionView, review: Review) -> None:
    """How far the goal was reached."""
    if review.goal_metric is None or review.goal_target is None:
        return
    done, share = review.reached(shown.sums.headline)
    text.note(
        t(
            "live.review.reached",
            goal=wording.figure(review.goal_metric, review.goal_target),
            done=wording.figure(review.goal_metric, done),
            share=share,
        )
    )


def _form(session: SessionRecord, review: Review, last: LastAction | None) -> None:
    text.heading(t("live.review.title"))
    code = session.currency
    metrics = (NONE, *GOALS)
    target = review.goal_target
    if target is not None and review.goal_metric == "gmv":
        target = int(to_decimal(target, code))
    with st.form("session-review"):
        with st.container(horizontal=True):
            metric = st.selectbox(
                t("live.review.goal"),
                metrics,
                index=metrics.index(review.goal_metric or NONE),
                format_func=lambda name: t(f"live.review.goals.{name or 'none'}"),
                width=180,
            )
            wanted = st.number_input(t("live.review.target"), min_value=1, value=target, step=1, width=160)
        outcome = None
        if last is not None:
            outcome = st.segmented_control(
                t("live.review.was_done", action=last.action),
                OUTCOMES,
                default=review.last_action,
                format_func=lambda name: t(f"live.review.outcomes.{name}"),
            )
        notes = st.text_area(t("live.review.notes"), value=review.notes or "", max_chars=4000)
        action = st.text_input(
            t("live.review.action"),
            value=review.action or "",
            max_chars=200,
            placeholder=t("live.review.action_hint"),
        )
        if st.form_submit_button(t("live.review.save"), type="primary"):
            goal = None
            if metric != NONE and wanted is not None:
                goal = to_minor_rounded(wanted, code) if metric == "gmv" else wanted
            new = Review(
                None if goal is None else metric, goal, notes.strip() or None, action.strip() or None, outcome
            )
            entry = feedback.act(reviews.save_review, session, new)
            if entry is not None:
                feedback.report(t("live.review.saved"), entry)
            st.rerun()


def _report(shown: SessionView) -> None:
    """The report as files, built when they are clicked."""
    text.heading(t("live.report.title"))
    kinds = {"html": "text/html", "pdf": "application/pdf", "png": "image/png"}
    with st.container(horizontal=True, key="download-session-report"):
        for kind, mime in kinds.items():
            if kind == "pdf" and pdf.browser() is None:
                continue
            st.download_button(
                t("download", kind=kind.upper()),
                in_this_run(session_report.as_file, cache.database(), shown.session, kind),
                file_name=f"kilnboard-{shown.session.started_on}.{kind}",
                mime=mime,
                key=f"session-report-{kind}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )
