"""The sessions that go on now on the Today page, each in a line that refreshes itself; else the one that is due."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from shop.db.database import Database
from shop.streams.next_session import NextSession, next_session
from shop.streams.session import SessionRecord, running_sessions
from shop.streams.sums import SessionSums, session_sums

EVERY = "20s"


def show() -> None:
    """The lines, for whoever may see sums; without a running session nothing refreshes."""
    if not actor().may("see_sums"):
        return
    if _running():
        _lines()
    elif due := cache.cached(_due, int(datetime.now(UTC).timestamp()) // 600):
        key = "today.next_session" if due.host else "today.next_session_unknown"
        clock = format.clock(due.at)
        text.note(t(key, day=due.at.date(), weekday=due.at.date(), at=clock, host=due.host, weeks=due.weeks))


def _due(db: Database, _minutes: int) -> NextSession | None:
    """The session that is due; `_minutes` makes the answer new every ten minutes."""
    return next_session(db)


def _running() -> list[tuple[SessionRecord, SessionSums]]:
    return cache.cached(_read, int(datetime.now(UTC).timestamp()) // 60)


def _read(db: Database, _minute: int) -> list[tuple[SessionRecord, SessionSums]]:
    """The running sessions with their sums; `_minute` makes the answer new each minute."""
    return [(session, session_sums(db, session)) for session in running_sessions(db)]


@st.fragment(run_every=EVERY)
def _lines() -> None:
    for session, sums in _running():
        with st.container(
            horizontal=True,
            key=f"on-air-{session.platform}-{session.session_id}",
            vertical_alignment="center",
        ):
            text.lines(
                [
                    t(
                        "today.on_air",
                        title=wording.title_of(session.title),
                        seconds=session.length,
                        orders=sums.headline.orders or 0,
                        gmv=format.exact_in(sums.headline.gmv_cents or 0, session.currency),
                    )
                ]
            )
            st.page_link(
                "views/live/page.py",
                label=t("today.watch"),
                icon=":material/sensors:",
                query_params={"live": "session", "session": f"{session.platform}/{session.session_id}"},
            )
