"""Live & video: which session, which minute, which piece in the hand and which video sold what."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, lineage_dialog, text, url_state
from dashboard.views.live import PAGE, wording
from dashboard.views.live.common import PART
from dashboard.views.live.parts import PARTS, WITHOUT_DATA
from shop.metrics.query import total
from shop.streams import sessions

SESSIONS = ("sessions", "live_seconds", "session_gmv", "gpm", "viewers", "followers_gained")
VIDEOS = ("videos", "video_views", "video_likes", "video_comments", "video_followers")
SUMMARIES = {"sessions": (SESSIONS, wording.sessions_sentence), "videos": (VIDEOS, wording.videos_sentence)}

view = filters.view()
part = url_state.get(PART, "sessions")
if part not in WITHOUT_DATA and not cache.cached(sessions.any_stream):
    text.empty("live", PAGE.icon)
    wording.mark_link()
    st.stop()

with st.container(key="parts"):
    part = url_state.choice(
        st.segmented_control,
        t("live.part"),
        tuple(PARTS),
        PART,
        lambda name: t(f"live.parts.{name}"),
        label_visibility="collapsed",
        required=True,
    )
if part in SUMMARIES:
    figures, sentence = SUMMARIES[part]
    totals = cache.cached(total, view.query(*figures))
    text.sentence(sentence(view.period, totals))
    lineage_dialog.figures(totals, view.query(*figures))
PARTS[part](view)
