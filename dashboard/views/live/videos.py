"""The videos as a list: plays and what they brought; the same clip on two platforms as one."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import live as wording
from dashboard.text.metrics import Column, columns, label_of
from dashboard.ui import cache, filters, tables, text, url_state
from dashboard.ui.filters import View
from dashboard.views.live import common
from shop.metrics.tables import cells, records
from shop.streams import video_list

ROWS = 40
HEADS = ("title", "views", "finish_rate", "likes", "comments", "followers_gained", "product_clicks", "gmv_cents")
SHORT = 28


def listed(view: View) -> pd.DataFrame:
    """The videos published in the view's days, the latest first."""
    return cache.cached(video_list.video_list, view.query("session_gmv"))


def show(view: View) -> None:
    """The videos as circles over time and as a list; clips that are on two platforms as one where that is chosen."""
    table = listed(view)
    if table.empty:
        text.note(t("live.none"))
        return
    shared = video_list.on_two_platforms(table)
    with st.container(key="filters-live"):
        as_clips = bool(shared) and url_state.turned(t("live.videos.together", clips=shared), "clips")
    named = table.assign(
        title=[wording.title_of(title) for title in cells(table["title"])],
        platform_name=[wording.platform(name) for name in cells(table["platform"])],
    )
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
    shown = video_list.clips(named) if as_clips else named
    pages = -(-len(shown) // ROWS)
    first = (min(url_state.page(), pages) - 1) * ROWS
    st.html(_list(shown.iloc[first : first + ROWS]))
    text.note(t("live.videos.note", count=len(shown)))
    url_state.pages(pages)
    tables.download("videos-all", named, _columns())


def _list(table: pd.DataFrame) -> str:
    heads = "".join(f'<th scope="col" class="kb-{name}">{escape(_head(name))}</th>' for name in HEADS)
    body = "".join(_row(row) for row in records(table))
    return f'<table class="kb-sessions kb-videos"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _head(name: str) -> str:
    known = {
        "title": t("live.videos.video"),
        "views": label_of("video_views"),
        "finish_rate": t("live.finish"),
        "likes": label_of("video_likes"),
        "comments": label_of("video_comments"),
        "followers_gained": label_of("video_followers"),
        "product_clicks": label_of("product_clicks"),
        "gmv_cents": t("live.videos.gmv"),
    }
    return known[name]


def _row(row: dict[str, object]) -> str:
    link = escape(common.video_link(str(row["platform"]), str(row["video"])))
    where = f"{row['published'] or format.UNKNOWN} · {row['platform_name']}"
    grade = f"<small>{escape(t(f'live.grades.short.{row["grade"]}'))}</small>" if row["grade"] else ""
    cells_ = {
        "title": f'<a href="{link}" target="_self">{escape(str(row["title"]))}</a><small>{escape(where)}</small>',
        "finish_rate": escape(format.rate(row["finish_rate"])),
        "gmv_cents": escape(format.money(row["gmv_cents"])) + grade,
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
        Column("published", t("live.published")),
        Column("title", t("live.title")),
        Column("platform_name", t("live.list.platform")),
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
        Column("gmv_cents", t("live.videos.gmv"), "money"),
        Column("orders", label_of("orders"), "count"),
        Column("stated_cents", t("live.videos.stated"), "money"),
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
