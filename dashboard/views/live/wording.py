"""The sentence above the lists of the Live & video page, and the way to the marking view of an empty shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.views.live import common
from shop.core.periods import Period


def sentence(period: Period, live: Mapping[str, Any], video: Mapping[str, Any]) -> str:
    """What was broadcast and published, and what it brought."""
    if not live["sessions"] and not video["videos"]:
        return t("live.sentence_none", range=period)
    return t("live.sentence", range=period, **live, **video)


def mark_link() -> None:
    """The way to the marking view, which needs no data."""
    st.button(
        t("live.marks.open_pad"),
        icon=":material/touch_app:",
        key="open-pad",
        on_click=common.go,
        args=("mark",),
    )
