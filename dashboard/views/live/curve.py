"""The minutes of a session on one time axis, its marks, and the comments of the chosen minute next to it."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import live as charts
from dashboard.charts.live import CurveMark, CurvePanel
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import actor, cache, feedback, filters, tables, text
from dashboard.views.live import common
from dashboard.views.live.common import SessionView
from shop.metrics.tables import cells
from shop.streams import marks
from shop.streams.marks import KINDS, Mark
from shop.streams.minutes import comments_between
from shop.streams.session import SessionRecord

PANELS = {
    "viewers": ("live.curve.viewers", "count", True),
    "comments": ("live.curve.comments", "count", False),
    "product_clicks": ("live.curve.clicks", "count", False),
    "orders": ("live.curve.orders", "count", False),
    "gmv_cents": ("live.curve.gmv", "cents", False),
}
CHOSEN = "live.minute"
FIGURE = "figure-session-curve"
REACH = 1  # minutes after the chosen one whose comments are shown with it


def show(shown: SessionView) -> None:
    """The curve with its comments, and the marks."""
    if shown.session.is_running:
        _growing_curve(f"{shown.session.platform}/{shown.session.session_id}")
    else:
        _curve(shown)
    _marks(shown)


@st.fragment(run_every=common.EVERY)
def _growing_curve(key: str) -> None:
    """The curve of a session that is on air, read again as it goes on."""
    _minutes(common.session_view(key))


@st.fragment
def _curve(shown: SessionView) -> None:
    _minutes(shown)


def _minutes(shown: SessionView) -> None:
    minutes = shown.minutes
    if not minutes.sources:
        text.note(t("live.curve.none"))
        return
    format.use_currency(shown.session.currency)
    known = [name for name in PANELS if name in minutes.sources]
    left, right = st.columns([5, 2], gap="medium") if "comments" in known else (st.container(), None)
    with left:
        tables.chart(
            "session-curve",
            t("live.curve.title"),
            partial(_figure, shown, known),
            t("live.curve.alt"),
            minutes.table.assign(at=_clocks(shown)),
            _columns(known),
            on_select=partial(_clicked, _clocks(shown)),
        )
        text.note(_sources(shown, known))
    if right is not None:
        with right:
            _comments(shown)


def _figure(shown: SessionView, known: list[str]) -> charts.Figure:
    session = shown.session
    panels = []
    for name in known:
        key, unit, is_level = PANELS[name]
        panels.append(CurvePanel(name, t(key), unit, cells(shown.minutes.table[name]), is_level))
    signs = [
        CurveMark(
            f"{session.local(mark.marked_at):%Y-%m-%d %H:%M:%S}",
            mark.kind,
            t(f"live.marks.kinds.{mark.kind}"),
            f"{common.clock(session, mark.marked_at)} {escape(wording.mark(mark))}",
        )
        for mark in shown.marks
    ]
    return charts.curve(_clocks(shown), panels, signs, filters.colours())


def _clocks(shown: SessionView) -> list[str]:
    """The beginning of each minute on the shop's clock."""
    return [f"{shown.session.local(at):%Y-%m-%d %H:%M}" for at in shown.minutes.table["at"].tolist()]


def _columns(known: list[str]) -> list[Column]:
    kinds = {"cents": "money", "count": "count"}
    return [
        Column("at", t("live.curve.minute")),
        *(Column(name, t(PANELS[name][0]), kinds[PANELS[name][1]]) for name in known),
    ]


def _sources(shown: SessionView, known: list[str]) -> str:
    """Where each curve comes from."""
    parts = [t(PANELS[name][0]) + t(f"live.curve.sources.{shown.minutes.sources[name]}") for name in known]
    return t("live.between").join(parts)


# --- the comments of a minute ----------------------------------------------------------------------


def _clicked(moments: list[str]) -> None:
    """A click on a minute of the chart chooses it."""
    event: Any = st.session_state.get(FIGURE)
    points = event["selection"]["points"] if event else []
    at = str(points[0].get("x", ""))[:16] if points else ""
    if at in moments:
        st.session_state[CHOSEN] = moments.index(at)


def _comments(shown: SessionView) -> None:
    count = len(shown.minutes.table)
    counts = shown.minutes.table["comments"].fillna(0)
    chosen = st.session_state.get(CHOSEN)
    st.session_state[CHOSEN] = chosen if chosen is not None and chosen < count else int(counts.argmax())
    text.heading(t("live.curve.said"))
    minute = (
        st.select_slider(
            t("live.curve.minute"),
            range(count),
            key=CHOSEN,
            format_func=lambda number: wording.at_second(shown.session, number * 60),
        )
        if count > 1
        else 0
    )
    rows = cache.cached(comments_between, shown.session, minute * 60, (minute + REACH) * 60)
    if not rows:
        text.note(t("live.curve.silent"))
        return
    items = "".join(
        f"<li><time>{escape(common.clock(shown.session, shown.session.started_at + second))}</time>"
        f"<span>{escape(remark)}</span></li>"
        for second, remark in rows
    )
    st.html(f'<ol class="kb-remarks" tabindex="0">{items}</ol>')


# --- marks -----------------------------------------------------------------------------------------


def _marks(shown: SessionView) -> None:
    """The marks of the session: each can be undone, and one can be added."""
    text.heading(t("live.marks.title", count=len(shown.marks)))
    if not shown.marks:
        text.note(t("live.marks.none"))
    with st.container(horizontal=True, key="marks-actions"):
        with st.popover(t("live.marks.add"), icon=":material/add:"):
            _form(shown.session)
        st.button(
            t("live.marks.open_pad"),
            icon=":material/touch_app:",
            on_click=common.go,
            args=("mark",),
            key="open-pad",
        )
    if not shown.marks:
        return
    table = pd.DataFrame(
        [
            (
                common.clock(shown.session, mark.marked_at),
                t(f"live.marks.kinds.{mark.kind}"),
                mark.item,
                t(f"live.marks.from.{mark.source}"),
            )
            for mark in shown.marks
        ],
        columns=["at", "kind", "item", "source"],
    )
    tables.show(
        "session-marks",
        table,
        [
            Column("at", t("live.marks.at")),
            Column("kind", t("live.marks.kind")),
            Column("item", t("live.marks.item")),
            Column("source", t("live.marks.source")),
        ],
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {
            mark.mark_id: f"{common.clock(shown.session, mark.marked_at)} {wording.mark(mark)}"
            for mark in shown.marks
        }
        chosen = st.selectbox(
            t("live.marks.remove_which"),
            tuple(names),
            format_func=distinct_labels(names, names.__getitem__),
            width=320,
        )
        st.button(
            t("live.marks.remove"),
            icon=":material/delete:",
            on_click=_remove,
            args=(chosen, names.get(chosen, "")),
            key="mark-remove",
        )


def _remove(mark_id: str, name: str) -> None:
    if feedback.tried(partial(marks.undo_mark, cache.database(), mark_id, actor=actor.actor())):
        undo = partial(marks.restore_mark, cache.database(), mark_id, actor=actor.actor())
        feedback.report(t("live.marks.removed", mark=name), undo)


def _form(session: SessionRecord) -> None:
    start = session.local(session.started_at)
    with st.form("mark-form", border=False):
        kind = st.selectbox(
            t("live.marks.kind"), KINDS, format_func=lambda name: t(f"live.marks.kinds.{name}")
        )
        at = st.time_input(t("live.marks.at"), value=time(start.hour, start.minute), step=60)
        item = st.text_input(t("live.marks.item"), placeholder=t("live.marks.item_hint"), max_chars=200)
        if st.form_submit_button(t("live.marks.save")):
            day = start.date() + timedelta(days=at < time(start.hour, start.minute))
            moment = start.replace(
                year=day.year, month=day.month, day=day.day, hour=at.hour, minute=at.minute, second=0
            )
            new = Mark(kind, int(moment.timestamp()), session.platform, session.session_id, item=item or None)
            if feedback.act(marks.add_marks, [new]) is not None:
                undo = partial(marks.undo_mark, cache.database(), new.mark_id, actor=actor.actor())
                feedback.report(t("live.marks.saved", mark=wording.mark(new)), undo)
            st.rerun()
