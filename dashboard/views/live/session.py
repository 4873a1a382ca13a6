"""One live session: its answer in a sentence, its figures, and its parts; a running one refreshes itself."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.ui import cache, feedback, text, tiles, url_state
from dashboard.ui.filters import View
from dashboard.views.live import common, curve, presentations, review, sales, sessions
from dashboard.views.live.common import SessionView
from shop.metrics.tables import records
from shop.streams import pace
from shop.streams.session import running_sessions

TABS = {"curve": curve.show, "sales": sales.show, "lift": presentations.show, "review": review.show}


def show(view: View) -> None:
    """The session that the link names, else one that is on air, else the latest that a source states."""
    rows = [row for row in records(sessions.listed(view).head(sessions.OFFERED)) if row["started"]]
    keys = [sessions.key_of(row) for row in rows]
    on_air = [f"{one.platform}/{one.session_id}" for one in cache.cached(running_sessions)]
    stated = [sessions.key_of(row) for row in rows if not row["is_inferred"]]
    key = common.chosen("session", [*on_air, *stated, *keys])
    if not key:
        text.note(t("live.none"))
        return
    common.hide_filters()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        common.back("sessions")
        names = {
            sessions.key_of(row): f"{sessions.when(row)} {wording.title_of(row['title'])}" for row in rows
        }
        url_state.choice(
            st.selectbox,
            t("live.session.choose"),
            keys if key in keys else [key, *keys],
            "session",
            lambda name: names.get(name, name),
            default=key,
            width=320,
            label_visibility="collapsed",
        )
    shown = common.session_view(key)
    if shown.session.is_running:
        _running(key)
    else:
        _head(shown)
    feedback.bar()
    tab = url_state.choice(
        st.segmented_control,
        t("live.session.part"),
        tuple(TABS),
        "tab",
        lambda name: t(f"live.session.tabs.{name}"),
        label_visibility="collapsed",
        required=True,
    )
    TABS[tab](shown)


@st.fragment(run_every=common.EVERY)
def _running(key: str) -> None:
    """The head of a session that is on air, with its pace against past ones at the same minute."""
    shown = common.session_view(key)
    _head(shown)
    minute = shown.session.length // 60
    text.note(wording.pace(cache.cached(pace.pace, shown.session, minute * 60), minute))


def _head(shown: SessionView) -> None:
    session, sums = shown.session, shown.sums
    text.sentence(wording.sentence(session, sums, shown.ranks))
    tiles.show(wording.tiles(session, sums, shown.ranks))
    if message := wording.matched(sums):
        text.note(message)
    if session.has_supposed_end:
        text.note(t("live.session.supposed_end", end=format.clock(session.local(session.supposed_end))))
    if session.replay_url:
        st.link_button(
            t("live.session.replay"), session.replay_url, icon=":material/play_circle:", type="tertiary"
        )
