"""What the parts of the Live & video page share: links to one session or video, and what is read of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, url_state
from shop.db.database import Database
from shop.streams.marks import Mark, marks
from shop.streams.minutes import SessionMinutes, session_minutes
from shop.streams.pace import FigureRank, figure_ranks
from shop.streams.session import SessionRecord, find_session
from shop.streams.sums import SessionSums, session_sums

PART = "live"  # the parameter of the page's part
FIRST_ROWS = 10  # of a list on a phone; the others come at a tap (frame.css)
EVERY = "20s"  # how often a running session refreshes itself
OWN = (PART, "session", "video", "tab", "compare", "page", "minute", "host", "slot", "length")


@dataclass(frozen=True)
class SessionView:
    """What every part of one session's page shows."""

    session: SessionRecord
    sums: SessionSums
    minutes: SessionMinutes
    marks: tuple[Mark, ...]
    ranks: tuple[FigureRank, ...]


def href(**link: str) -> str:
    """A link to another view of this page, with the parameters of all pages: language, days, platform."""
    params = {name: value for name, value in st.query_params.items() if name not in OWN}
    return "?" + urlencode({**params, **link})


def session_link(platform: str, session_id: str) -> str:
    """The link of one session."""
    return href(**{PART: "session", "session": f"{platform}/{session_id}"})


def video_link(platform: str, video_id: str) -> str:
    """The link of one video."""
    return href(**{PART: "video", "video": f"{platform}/{video_id}"})


def listing(kind: str, heads: str, rows: Sequence[str]) -> str:
    """A list of sessions or videos: a table; on a phone one below another, the first shown, others at a tap."""
    more = len(rows) - FIRST_ROWS
    button = t("table.more", count=more)
    rest = f'<label class="kb-rest"><input type="checkbox">{escape(button)}</label>' if more > 0 else ""
    return (
        f'<div class="kb-listing"><table class="{kind}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{rest}</div>"
    )


def split(key: str) -> tuple[str, str | None]:
    """The id and the platform of a key as links write it: platform/id, or an id alone."""
    platform, slash, name = key.partition("/")
    return (name, platform) if slash else (key, None)


def read(db: Database, key: str, _now: int) -> SessionView:
    """All of one session; `_now` makes the answer new each minute while it runs. Raises UnknownSession."""
    session = find_session(db, *split(key))
    sums = session_sums(db, session)
    minutes = session_minutes(db, session, sums)
    return SessionView(session, sums, minutes, tuple(marks(db, session)), tuple(figure_ranks(db, session)))


def session_view(key: str) -> SessionView:
    """The session of a link, read again each minute while it runs; money is written in its currency from here on."""
    now = int(datetime.now(UTC).timestamp()) // 60
    result = cache.cached(read, key, 0)
    if result.session.is_running:
        result = cache.cached(read, key, now)
    format.use_currency(result.session.currency)
    return result


def back(part: str) -> None:
    """A link to the list."""
    st.button(
        t(f"live.back.{part}"),
        key=f"back-{part}",
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=go,
        args=(part,),
    )


def go(part: str) -> None:
    """Open another part of the page, without leaving it."""
    url_state.put(PART, part, "sessions")


def chosen(kind: str, keys: Sequence[str]) -> str:
    """The session or video that the link names, else the latest of the list; "" where there is none."""
    return url_state.get(kind) or (keys[0] if keys else "")


def hide_filters() -> None:
    """Hide the filters of the list where one session or video is shown: they do not concern it."""
    st.html("<style>.stApp .st-key-filters { display: none; }</style>")


def clock(session: SessionRecord, moment: int) -> str:
    """A moment (seconds UTC) to the second on the shop's clock."""
    return f"{session.local(moment):%H:%M:%S}"
