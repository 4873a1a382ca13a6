"""The Live & video page in words: its sentence, tables and hover texts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column, columns, label_of
from shop.core.periods import Period
from shop.metrics.tables import cells, records


def sentence(period: Period, live: Mapping[str, Any], video: Mapping[str, Any]) -> str:
    """What was broadcast and published, and what it brought."""
    if not live["sessions"] and not video["videos"]:
        return t("live.sentence_none", range=period)
    return t("live.sentence", range=period, **live, **video)


def streams_table(table: pd.DataFrame) -> pd.DataFrame:
    """The sessions or videos with a name each, and the grade of attribution in words."""
    named = table.assign(title=[title or t("live.untitled") for title in cells(table["title"])])
    if "attribution" in named:
        named["attribution"] = [
            t(f"grade.{grade}") if grade else None for grade in cells(named["attribution"])
        ]
    return named


def stream_columns(kind: str) -> list[Column]:
    """The columns of the sessions or the videos."""
    if kind == "sessions":
        return [
            Column("started", t("live.started")),
            Column("title", t("live.title")),
            Column("seconds", label_of("live_seconds"), "seconds"),
            *columns("session_gmv", "session_orders"),
            Column("attribution", t("live.attribution"), tip=t("live.grades")),
            *columns("stated_gmv", "gpm", "views", "viewers"),
            Column("peak_viewers", t("live.peak"), "count"),
            *columns("gmv_per_hour", "followers_gained", "comments"),
        ]
    return [
        Column("published", t("live.published")),
        Column("title", t("live.title")),
        Column("seconds", t("live.length"), "seconds"),
        Column("views", label_of("video_views"), "count"),
        Column("likes", label_of("video_likes"), "count"),
        Column("comments", label_of("video_comments"), "count"),
        Column("shares", label_of("video_shares"), "count"),
        Column("favorites", t("live.favorites"), "count"),
        Column("followers_gained", label_of("video_followers"), "count"),
        Column("finish_rate", t("live.finish"), "rate"),
        Column("average_watch", label_of("average_watch"), "seconds"),
    ]


def stream_labels(table: pd.DataFrame, kind: str) -> list[str]:
    """The hover text of each mark."""
    if kind == "sessions":
        return [
            t(
                "live.hover.sessions",
                title=escape(row["title"]),
                at=row["started"],
                gmv=row["session_gmv"],
                views=row["views"],
            )
            for row in records(table)
        ]
    return [
        t(
            "live.hover.videos",
            title=escape(charted(row["title"])),
            at=row["published"],
            views=row["views"],
            likes=row["likes"],
        )
        for row in records(table)
    ]


def charted(title: str, most: int = 28) -> str:
    """A title short enough for a hover."""
    return title if len(title) <= most else title[: most - 1] + "…"
