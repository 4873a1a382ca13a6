"""Douyin live sessions: lists of the creator centre, of Compass (罗盘) and of 来客.

Grain: one broadcast. The key is the live session id, else account and start. People (人数) and times
(人次, 次数) are different figures and never replace each other; how many people commented
is therefore not read as the number of comments. Money in yuan, times on the Beijing clock.
Figures only grow, so the list that was exported later wins, whichever is read first.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from etl.files.base import Parsed
from etl.files.cumulative import counts_of, growing, length_and_end
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.tables.hashes import content_key
from etl.tables.timestamps import days_of, latest
from shop.orders.batch import MISSING

NAME = "douyin_sessions"
PLATFORM = "douyin"
ASKS_PLATFORM = True
VERSION = 2
PRIORITY = 60
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("session_id", ("直播间ID", "直播ID")),
    FileField("account", ("主播账号", "主播昵称", "账号名称")),
    FileField("title", ("直播标题", "直播间标题")),
    FileField("start_day", ("开播日期",)),
    FileField("started_at", ("开播时间", "直播开始时间"), required=True),
    FileField("ended_at", ("关播时间", "直播结束时间", "下播时间")),
    FileField("seconds", ("直播时长",), required=True, instead=("ended_at",)),
    FileField("peak_viewers", ("最高在线人数", "峰值在线人数")),
    FileField("average_viewers", ("平均在线人数",)),
    FileField("impressions", ("直播间曝光次数", "曝光次数")),
    FileField("exposed_viewers", ("直播间曝光人数", "曝光人数")),
    FileField("views", ("直播间观看人次", "观看人次", "直播间观看次数", "观看次数")),
    FileField("viewers", ("直播间观看人数", "观看人数")),
    FileField("average_watch", ("人均观看时长", "人均停留时长")),
    FileField("club_joined", ("新加团", "新加团人数", "加团人数", "新增粉丝团", "加粉丝团人数")),
    FileField("negative_feedback", ("负反馈", "负反馈次数", "负反馈人数")),
    FileField("followers_gained", ("新增粉丝数", "涨粉人数", "新增粉丝")),
    FileField("comments", ("评论次数", "新增评论数", "评论数")),
    FileField("likes", ("点赞次数", "点赞数")),
    FileField("shares", ("分享次数", "分享数")),
    FileField("product_viewers", ("直播间商品曝光人数", "商品曝光人数")),
    FileField("product_impressions", ("直播间商品曝光次数", "商品曝光次数")),
    FileField("product_clickers", ("直播间商品点击人数", "商品点击人数")),
    FileField("product_clicks", ("直播间商品点击次数", "商品点击次数")),
    FileField("orders_created", ("创建订单数",)),
    FileField("orders", ("直播间成交订单数", "成交订单数")),
    FileField("units", ("直播间成交件数", "成交件数", "直播间成交券数")),
    FileField("buyers", ("直播间成交人数", "成交人数")),
    FileField("gmv", ("直播间成交金额", "成交金额"), money=True),
)
COUNTS = (
    "peak_viewers",
    "average_viewers",
    "impressions",
    "exposed_viewers",
    "views",
    "viewers",
    "comments",
    "likes",
    "shares",
    "product_viewers",
    "product_impressions",
    "product_clickers",
    "product_clicks",
    "orders_created",
    "orders",
    "units",
    "buyers",
    "club_joined",
    "negative_feedback",
)


def parse(rows: Rows, context: Context) -> Parsed:
    """The sessions of one chunk; watch time is known only where viewers and their average are."""
    _join_day_and_time(rows)
    started_at = rows.instant("started_at", ZONE, required=True)
    seconds, ended_at = length_and_end(rows, started_at, ZONE)
    counts = counts_of(rows, COUNTS)
    gmv = rows.cents("gmv", missing=int(MISSING))
    columns: dict[str, Values] = {
        "session_id": _ids(rows, started_at),
        "account": rows.text("account"),
        "title": rows.text("title"),
        "started_at": started_at,
        "ended_at": ended_at,
        "started_on": days_of(started_at, context.time_zone),
        "seconds": seconds,
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "average_watch_seconds": (average := rows.seconds("average_watch")),
        "watch_seconds": _watched(counts["viewers"], average),
        "gmv_cents": gmv,
        "currency": np.full(len(rows), "CNY", object),
        "updated_at": latest(started_at, ended_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "session_id"]
    rank = growing(counts["views"], counts["viewers"], counts["exposed_viewers"])
    columns["payload_hash"] = rows.version(content, rank)
    platform = str(rows.setting(context, "platform", PLATFORM))
    return Parsed(rows, [rows.batch("live_session", platform, columns)])


def _join_day_and_time(rows: Rows) -> None:
    """来客 writes the day (20260901) and the time of day in two columns."""
    if not rows.has("start_day"):
        return
    day = pc.replace_substring_regex(
        rows.cells("start_day"), r"^(\d{4})[-/年.]?(\d{2})[-/月.]?(\d{2})日?$", r"\1-\2-\3"
    )
    clock = rows.cells("started_at")
    clock = pc.if_else(
        pc.match_substring_regex(clock, r"^\d{1,2}:\d{2}$"),
        pc.binary_join_element_wise(clock, ":00", ""),
        clock,
    )
    whole = pc.match_substring_regex(clock, r"^\d{4}")  # the time column may have the day too
    joined = pc.if_else(whole, clock, pc.binary_join_element_wise(day, clock, " "))
    rows.replace("started_at", pc.if_else(pc.is_null(clock), day, joined))


def _ids(rows: Rows, started_at: Values) -> Values:
    platform_ids = rows.identifier("session_id", required=False)
    accounts = rows.text("account")
    rows_of = zip(platform_ids, accounts, started_at.tolist(), strict=True)
    return np.array([known or content_key(who, at) for known, who, at in rows_of], object)


def _watched(viewers: Values, average: Values) -> Values:
    known = (viewers != MISSING) & (average != MISSING)
    return np.where(known, np.where(known, viewers, 0) * np.where(known, average, 0), MISSING)
