"""The pad that marks a live session by tapping: buttons in the browser that also work while the network is down."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

KEY = "mark-pad"


@cache
def _source(kind: str) -> str:
    return files(__name__).joinpath(f"mark_pad.{kind}").read_text("utf-8")


@st.cache_resource(show_spinner=False)
def _pad() -> Any:
    return st.components.v2.component(
        "kilnboard_mark_pad", html=_source("html"), css=_source("css"), js=_source("js")
    )


def show(data: dict[str, Any], on_queue: Callable[[], None]) -> None:
    """Draw the pad with its items and words; `on_queue` is called when marks arrive (see `queue`)."""
    _pad()(key=KEY, data=data, on_queue_change=on_queue)


def queue() -> list[dict[str, Any]]:
    """What arrived: marks (id, kind, at, platform, session, item, sku) and undone ids (id, undo), oldest first."""
    state = st.session_state.get(KEY)
    return list((state or {}).get("queue") or [])
