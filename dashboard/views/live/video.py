"""One video: its plays since publication next to what is usual, its sales, the sessions it filled, its comments."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.charts import live as charts
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import live as wording
from dashboard.text.metrics import Column, columns, label_of, meaning_of
from dashboard.text.tiles import Tile
from dashboard.ui import cache, filters, tables, text, tiles, url_state
from dashboard.ui.filters import View
from dashboard.views.live import common, videos
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.metrics.tables import cells
from shop.streams.videos import (
    VideoRecord,
    VideoSales,
    filled_sessions,
    find_video,
    video_comments,
    video_days,
    video_sales,
)

OFFERED = 200


def show(view: View) -> None:
    """The video that the link names, else the latest one."""
    table = videos.listed(view).head(OFFERED)
    names = {
        f"{platform}/{video}": f"{published or format.UNKNOWN} {videos.cut(wording.title_of(title))}"
        for platform, video, published, title in zip(
            *(cells(table[name]) for name in ("platform", "video", "published", "title")), strict=True
        )
    }
    keys = list(names)
    key = common.chosen("video", keys)
    if not key:
        text.note(t("live.none"))
        return
    common.hide_filters()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        common.back("videos")
        url_state.choice(
            st.selectbox,
            t("live.video.choose"),
            keys if key in names else [key, *keys],
            "video",
            lambda name: names.get(name, name),
            default=key,
            width=320,
            label_visibility="collapsed",
        )
    video = cache.cached(find_video, *common.split(key))
    sales = cache.cached(video_sales, video)
    if sales.currency:
        format.use_currency(sales.currency)
    zone = ZoneInfo(cache.cached(_zone))
    text.sentence(_sentence(video, sales, zone))
    tiles.show(_tiles(video, sales))
    _curve(video)
    _sales(sales)
    _filled(video, zone)
    _comments(video, zone)


def _zone(db: Database) -> str:
    with db.read() as connection:
        return shop_settings(connection).time_zone


def _moment(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def _sentence(video: VideoRecord, sales: VideoSales, zone: ZoneInfo) -> str:
    fields = {
        "title": wording.title_of(video.title),
        "platform": wording.platform(video.platform),
        "views": video.figures["views"],
        "gmv": sales.total.gmv_cents,
        "orders": sales.total.orders,
        "day": video.published_on,
    }
    key = "sentence" if sales.grades else "sentence_unsold"
    key += "_no_views" if fields["views"] is None else ""
    return t(f"live.video.{key}", **fields)


def _tiles(video: VideoRecord, sales: VideoSales) -> list[Tile]:
    figures = video.figures
    stated = sales.stated
    base = "" if stated is None else t("live.video.stated", gmv=stated.gmv_cents)
    return [
        Tile(label_of("video_views"), format.count(figures["views"]), tip=meaning_of("video_views")),
        Tile(t("live.finish"), format.rate(figures["finish_rate"]), tip=t("live.finish_tip")),
        Tile(label_of("video_likes"), format.count(figures["likes"]), tip=meaning_of("video_likes")),
        Tile(label_of("video_comments"), format.count(figures["comments"]), tip=meaning_of("video_comments")),
        Tile(
            label_of("video_followers"),
            format.count(figures["followers_gained"]),
            tip=meaning_of("video_followers"),
        ),
        Tile(t("live.videos.gmv"), format.money(sales.total.gmv_cents), base=base, tip=meaning_of("gmv")),
    ]


def _curve(video: VideoRecord) -> None:
    table = cache.cached(video_days, video)
    if table.empty or table["age"].isna().all():
        text.note(t("live.video.no_days"))
        return
    shown = table[table["age"] >= 0]
    tables.chart(
        "video-days",
        t("live.video.chart"),
        partial(_figure, shown),
        t("live.video.alt"),
        shown,
        [
            Column("day", t("column.day"), "day"),
            Column("age", t("live.video.age"), "count"),
            Column("views", label_of("video_views"), "count"),
            Column("usual_views", t("live.video.usual"), "number"),
            Column("likes", label_of("video_likes"), "count"),
            Column("comments", label_of("video_comments"), "count"),
            *columns("product_clicks", "orders"),
            Column("gmv_cents", t("live.videos.stated"), "money"),
        ],
    )


def _figure(table: pd.DataFrame) -> charts.Figure:
    return charts.since_publication(
        [int(age) for age in table["age"]],
        cells(table["views"]),
        cells(table["usual_views"]),
        filters.colours(),
        name=label_of("video_views"),
        usual_name=t("live.video.usual"),
        day=t("live.video.age"),
    )


def _sales(sales: VideoSales) -> None:
    text.heading(t("live.video.sales"))
    if not sales.grades:
        text.note(t("live.video.no_sales"))
        return
    rows = [
        (t(f"live.grades.{grade}"), item.orders, item.units, item.gmv_cents)
        for grade, item in sales.grades.items()
    ]
    table = pd.DataFrame(rows, columns=["grade", "orders", "units", "gmv_cents"], dtype=object)
    tables.show(
        "video-sales",
        table.astype(dict.fromkeys(("orders", "units", "gmv_cents"), "Int64")),
        [
            Column("grade", t("live.sums.grade")),
            *columns("orders", "units"),
            Column("gmv_cents", label_of("gmv"), "money"),
        ],
    )
    text.note(t("live.sums.grades_note"))


def _filled(video: VideoRecord, zone: ZoneInfo) -> None:
    """The sessions that began within a day of the video."""
    rows = cache.cached(filled_sessions, video)
    text.heading(t("live.video.filled"))
    if not rows:
        text.note(t("live.video.not_filled"))
        return
    items = "".join(
        f'<li><a href="{escape(common.session_link(video.platform, session_id))}" target="_self">'
        f"{escape(_moment(at, zone).strftime('%Y-%m-%d %H:%M'))} {escape(wording.title_of(title))}</a>"
        f"<span>{escape(t('live.video.entered', views=views))}</span></li>"
        for session_id, title, at, views in rows
    )
    st.html(f'<ul class="kb-links">{items}</ul>')


def _comments(video: VideoRecord, zone: ZoneInfo) -> None:
    rows = cache.cached(video_comments, video)
    if not rows:
        return
    text.heading(t("live.video.comments", count=len(rows)))
    items = "".join(
        f"<li><time>{escape('' if at is None else _moment(at, zone).strftime('%m-%d %H:%M'))}</time>"
        f"<span>{escape(remark)}</span></li>"
        for at, remark in rows
    )
    st.html(f'<ol class="kb-remarks" tabindex="0">{items}</ol>')
