"""The videos as a list: plays and what they brought; the same clip on two platforms as one."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.text.metrics import Column, columns, label_of
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.live import common
from shop.metrics.tables import cells, records
from shop.streams import clips, sessions

ROWS = 40
HEADS = (
    "title",
    "views",
    "finish_rate",
    "likes",
    "comments",
    "followers_gained",
    "product_clicks",
    "own_gmv",
)
SHORT = 28


def listed(view: View) -> pd.DataFrame:
    """The videos published in the view's days, the latest first."""
    return cache.cached(sessions.videos, view.query("session_gmv"))


def show(view: View) -> None:
    """The videos as circles over time and as a list; clips that are on two platforms as one where that is chosen."""
    table = listed(view)
    if table.empty:
        text.note(t("live.none"))
        return
    shared = clips.shared_clips(table)
    with st.container(key="filters-live"):
        together = bool(shared) and url_state.turned(t("live.videos.together", clips=shared), "clips")
    named = _named(table.assign(platforms=table["platform"]))
    tables.chart(
        "videos",
        t("live.chart.videos"),
        lambda: timeseries.sessions(
            cells(named["published"]),
            cells(named["views"]),
            cells(named["likes"]),
            _hovers(named),
            "count",
            filters.colours(),
            language=language(),
        ),
        t("live.alt.videos"),
        named,
        _columns(),
    )
    shown = _named(clips.as_clips(table)) if together else named
    pages = -(-len(shown) // ROWS)
    first = (min(url_state.page(), pages) - 1) * ROWS
    st.html(_list(shown.iloc[first : first + ROWS]))
    text.note(t("live.videos.note", count=len(shown)))
    url_state.pages(pages)
    tables.download("videos-all", named, _columns())


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with titles and platforms in words."""
    return table.assign(
        title=[wording.title_of(title) for title in cells(table["title"])],
        platforms=[
            " + ".join(map(wording.platform, str(names).split("+"))) for names in cells(table["platforms"])
        ],
    )


def _list(table: pd.DataFrame) -> str:
    heads = "".join(f'<th scope="col" class="kb-{name}">{escape(_head(name))}</th>' for name in HEADS)
    return common.listing("kb-sessions kb-videos", heads, [_row(row) for row in records(table)])


def _head(name: str) -> str:
    known = {
        "title": t("live.videos.video"),
        "views": label_of("video_views"),
        "finish_rate": t("live.finish"),
        "likes": label_of("video_likes"),
        "comments": label_of("video_comments"),
        "followers_gained": label_of("video_followers"),
        "product_clicks": label_of("product_clicks"),
        "own_gmv": t("live.videos.gmv"),
    }
    return known[name]


def _row(row: dict[str, object]) -> str:
    link = escape(common.video_link(str(row["platform"]), str(row["video"])))
    where = f"{row['published'] or format.UNKNOWN} · {row['platforms']}"
    cells_ = {
        "title": f'<a href="{link}" target="_self">{escape(str(row["title"]))}</a><small>{escape(where)}</small>',
        "finish_rate": escape(format.rate(row["finish_rate"])),
        "own_gmv": escape(format.money(row["own_gmv"])),
    }
    return (
        "<tr>"
        + "".join(
            f'<td class="kb-{name}" data-label="{escape(_head(name))}">'
            f"{cells_[name] if name in cells_ else escape(format.count(row[name]))}</td>"
            for name in HEADS
        )
        + "</tr>"
    )


def _columns() -> list[Column]:
    return [
        Column("published", t("live.published"), "moment"),
        Column("title", t("live.title")),
        Column("platforms", t("live.list.platform")),
        Column("seconds", t("live.length"), "seconds"),
        Column("views", label_of("video_views"), "count"),
        Column("finish_rate", t("live.finish"), "rate"),
        Column("average_watch", label_of("average_watch"), "seconds"),
        Column("likes", label_of("video_likes"), "count"),
        Column("comments", label_of("video_comments"), "count"),
        Column("shares", label_of("video_shares"), "count"),
        Column("favorites", t("live.favorites"), "count"),
        Column("followers_gained", label_of("video_followers"), "count"),
        *columns("product_clicks"),
        Column("own_gmv", t("live.videos.gmv"), "money"),
        Column("own_orders", label_of("orders"), "count"),
        Column("gmv", t("live.videos.stated"), "money"),
        Column("video", t("live.list.id")),
    ]


def _hovers(table: pd.DataFrame) -> list[str]:
    return [
        t(
            "live.hover.videos",
            title=escape(cut(row["title"])),
            at=row["published"],
            views=row["views"],
            likes=row["likes"],
        )
        for row in records(table)
    ]


def cut(title: str) -> str:
    """A title short enough for a hover or a list to choose from."""
    return title if len(title) <= SHORT else title[: SHORT - 1] + "…"
