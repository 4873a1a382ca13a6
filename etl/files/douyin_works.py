"""Douyin creator centre, list of works (作品列表): lifetime totals of each video.

Grain: one work. The list has no id: the key is title and moment of publication. Rates stand as
fractions (0.0875) or in percent, seconds as a number or as 18秒, counts with or without 量.
Totals only grow, so the list that was exported later wins, whichever is read first.
"""

from __future__ import annotations

import numpy as np

from etl.files.base import Parsed
from etl.files.cumulative import counts_of, growing, known_rates
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.tables.hashes import content_key
from etl.tables.timestamps import days_of, latest

NAME = "douyin_works"
PLATFORM = "douyin"
ASKS_PLATFORM = True
VERSION = 1
PRIORITY = 50
ZONE = "Asia/Shanghai"

FIELDS = (
    FileField("title", ("作品名称", "作品标题"), required=True),
    FileField("published_at", ("发布时间",), required=True),
    FileField("form", ("体裁",)),
    FileField("state", ("审核状态",)),
    FileField("views", ("播放量", "播放", "播放次数"), required=True),
    FileField("finish_rate", ("完播率",)),
    FileField("finish_5s_rate", ("5s完播率", "5秒完播率")),
    FileField("cover_click_rate", ("封面点击率",)),
    FileField("bounce_2s_rate", ("2s跳出率", "2秒跳出率")),
    FileField("average_watch_seconds", ("平均播放时长",)),
    FileField("likes", ("点赞量", "点赞", "点赞数")),
    FileField("shares", ("分享量", "分享", "分享数")),
    FileField("comments", ("评论量", "评论", "评论数")),
    FileField("favorites", ("收藏量", "收藏", "收藏数")),
    FileField("profile_visits", ("主页访问量", "主页访问")),
    FileField("followers_gained", ("粉丝增量", "涨粉量")),
    FileField("seconds", ("视频时长", "作品时长")),
)
COUNTS = ("views", "likes", "shares", "comments", "favorites", "profile_visits")
RATES = ("finish_rate", "finish_5s_rate", "cover_click_rate", "bounce_2s_rate")


def parse(rows: Rows, context: Context) -> Parsed:
    """The works of one chunk; a missing figure is unknown, not 0."""
    title = rows.text("title", required=True)
    published_at = rows.instant("published_at", ZONE, required=True)
    counts = counts_of(rows, COUNTS)
    pairs = zip(title, published_at.tolist(), strict=True)
    columns: dict[str, Values] = {
        "video_id": np.array([content_key(*pair) for pair in pairs] or [], object),
        "title": title,
        "form": rows.text("form"),
        "state": rows.text("state"),
        "published_at": published_at,
        "published_on": days_of(published_at, context.time_zone),
        "seconds": rows.seconds("seconds"),
        **counts,
        "followers_gained": rows.whole("followers_gained"),
        "average_watch_seconds": rows.number("average_watch_seconds"),
        **known_rates(rows, RATES),
        "updated_at": latest(published_at),
    }
    content = [values for name, values in sorted(columns.items()) if name != "video_id"]
    columns["payload_hash"] = rows.version(content, growing(counts["views"]))
    platform = str(rows.setting(context, "platform", PLATFORM))
    return Parsed(rows, [rows.batch("video", platform, columns)])
