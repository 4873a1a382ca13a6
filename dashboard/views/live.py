"""Live & video: which session and which video brought viewers, followers and sales."""

import streamlit as st

from dashboard import charts, data, frame, links, told, widgets, words
from dashboard.words import t
from shop import streams
from shop.query import total
from shop.tables import cells

SESSIONS = ("sessions", "live_seconds", "session_gmv", "gpm", "viewers", "followers_gained")
VIDEOS = ("videos", "video_views", "video_likes", "video_comments", "video_followers")

view = frame.view()
if not data.ask(streams.any_stream):
    widgets.empty("live")
    st.stop()

with view.controls:
    kind = links.choice(
        st.selectbox,
        t("live.kind"),
        ("sessions", "videos"),
        "kind",
        lambda name: t(f"live.kinds.{name}"),
        width=132,
    )
live = data.ask(total, view.query(*SESSIONS))
video = data.ask(total, view.query(*VIDEOS))
widgets.sentence(told.streams(view.period, live, video))
widgets.tiles(told.figure_tiles(live if kind == "sessions" else video))
reader = streams.sessions if kind == "sessions" else streams.videos
table = told.streams_table(data.ask(reader, view.query("sessions")))
if table.empty:
    widgets.note(t("live.none"))
    st.stop()
moment, figure, size = (
    ("started", "session_gmv", "views") if kind == "sessions" else ("published", "views", "likes")
)
unit = "cents" if kind == "sessions" else "count"
shown = told.stream_columns(kind)
widgets.chart(
    kind,
    t(f"live.chart.{kind}", unit=widgets.unit_name("session_gmv")),
    lambda: charts.sessions(
        cells(table[moment]),
        cells(table[figure]),
        cells(table[size]),
        told.stream_labels(table, kind),
        unit,
        frame.colours(),
        language=words.language(),
    ),
    t(f"live.alt.{kind}"),
    table,
    shown,
)
widgets.table_of(f"{kind}-all", table, shown)
if kind == "sessions":
    widgets.note(t("live.grades"))
