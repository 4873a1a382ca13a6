"""Live & video: which session and which video brought viewers, followers and sales."""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.tiles import figure_tiles
from dashboard.ui import cache, filters, tables, text, tiles, url_state
from dashboard.views.live import PAGE, wording
from shop.metrics.query import total
from shop.metrics.tables import cells
from shop.streams import sessions

SESSIONS = ("sessions", "live_seconds", "session_gmv", "gpm", "viewers", "followers_gained")
VIDEOS = ("videos", "video_views", "video_likes", "video_comments", "video_followers")

view = filters.view()
if not cache.cached(sessions.any_stream):
    text.empty("live", PAGE.icon)
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
live = cache.cached(total, view.query(*SESSIONS))
video = cache.cached(total, view.query(*VIDEOS))
text.sentence(wording.sentence(view.period, live, video))
tiles.show(figure_tiles(live if kind == "sessions" else video))
reader = sessions.sessions if kind == "sessions" else sessions.videos
table = wording.streams_table(cache.cached(reader, view.query("sessions")))
if table.empty:
    text.note(t("live.none"))
    st.stop()
moment, figure, size = (
    ("started", "session_gmv", "views") if kind == "sessions" else ("published", "views", "likes")
)
unit = "cents" if kind == "sessions" else "count"
shown = wording.stream_columns(kind)
tables.chart(
    kind,
    t(f"live.chart.{kind}", unit=metrics.unit_name("session_gmv")),
    lambda: timeseries.sessions(
        cells(table[moment]),
        cells(table[figure]),
        cells(table[size]),
        wording.stream_labels(table, kind),
        unit,
        filters.colours(),
        language=language(),
    ),
    t(f"live.alt.{kind}"),
    table,
    shown,
)
tables.show(f"{kind}-all", table, shown)
if kind == "sessions":
    text.note(t("live.grades"))
