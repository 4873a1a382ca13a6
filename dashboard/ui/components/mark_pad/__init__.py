"""The pad that marks a live session by tapping: buttons in the browser that also work while the network is down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.ui.components import component

KEY = "mark-pad"


def show(data: dict[str, Any], on_queue: Callable[[], None]) -> None:
    """Draw the pad with its items and words; `on_queue` is called when marks arrive (see `queue`)."""
    component("mark_pad")(key=KEY, data=data, on_queue_change=on_queue)


def queue() -> list[dict[str, Any]]:
    """What arrived: marks (id, kind, at, platform, session, item, sku) and undone ids (id, undo), oldest first."""
    state = st.session_state.get(KEY)
    return list((state or {}).get("queue") or [])
