"""Live & video: which session and which video brought viewers, followers and sales."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import messages
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, url_state, widgets
from dashboard.views.today import text
from shop.metrics.query import total
from shop.metrics.tables import cells
from shop.streams import sessions

SESSIONS = ("sessions", "live_seconds", "session_gmv", "gpm", "viewers", "followers_gained")
VIDEOS = ("videos", "video_views", "video_likes", "video_comments", "video_followers")

view = filters.view()
if not cache.ask(sessions.any_stream):
    widgets.empty("live")
    st.stop()

with view.controls:
    kind = url_state.choice(
        st.selectbox,
        t("live.kind"),
        ("sessions", "videos"),
        "kind",
        lambda name: t(f"live.kinds.{name}"),
        width=132,
    )
live = cache.ask(total, view.query(*SESSIONS))
video = cache.ask(total, view.query(*VIDEOS))
widgets.sentence(text.streams(view.period, live, video))
widgets.tiles(text.figure_tiles(live if kind == "sessions" else video))
reader = sessions.sessions if kind == "sessions" else sessions.videos
table = text.streams_table(cache.ask(reader, view.query("sessions")))
if table.empty:
    widgets.note(t("live.none"))
    st.stop()
moment, figure, size = (
    ("started", "session_gmv", "views") if kind == "sessions" else ("published", "views", "likes")
)
unit = "cents" if kind == "sessions" else "count"
shown = text.stream_columns(kind)
widgets.chart(
    kind,
    t(f"live.chart.{kind}", unit=widgets.unit_name("session_gmv")),
    lambda: timeseries.sessions(
        cells(table[moment]),
        cells(table[figure]),
        cells(table[size]),
        text.stream_labels(table, kind),
        unit,
        filters.colours(),
        language=messages.language(),
    ),
    t(f"live.alt.{kind}"),
    table,
    shown,
)
widgets.table_of(f"{kind}-all", table, shown)
if kind == "sessions":
    widgets.note(t("live.grades"))
