"""The sentence above the lists of the Live & video page, and the way to the marking view of an empty shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.views.live import common
from shop.core.periods import Period


def sessions_sentence(period: Period, totals: Mapping[str, Any]) -> str:
    """What was broadcast, and what it brought."""
    if not totals["sessions"]:
        return t("live.sentence_none", range=period)
    key = (
        "sentence_no_sum"
        if totals["session_gmv"] is None
        else "sentence"
        if totals["gpm"] is not None
        else "sentence_no_views"
    )
    length = "" if totals["live_seconds"] is None else t("live.in_all", **totals)
    return t(f"live.{key}", range=period, length=length, **totals)


def videos_sentence(period: Period, totals: Mapping[str, Any]) -> str:
    """What was published, and how often it was played."""
    if not totals["videos"]:
        return t("live.videos.sentence_none", range=period)
    key = "sentence_no_views" if totals["video_views"] is None else "sentence"
    return t(f"live.videos.{key}", range=period, **totals)


def mark_link() -> None:
    """The way to the marking view, which needs no data."""
    st.button(
        t("live.marks.open_pad"),
        icon=":material/touch_app:",
        key="open-pad",
        on_click=common.go,
        args=("mark",),
    )
