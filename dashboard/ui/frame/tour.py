"""The tour of the dashboard: a card above each of eight pages, with the way to the next; closed for ever at a click.

It opens by itself in the demo alone; in a shop it begins from the manual.
"""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from dashboard.ui.frame.practice_mode import is_practice
from shop.metrics.preferences import read_preferences
from shop.settings import save_preferences
from shop.streams.session import running_sessions

STEPS = ("today", "growth", "live", "comments", "orders", "kiln", "data", "people")
OPEN, CLOSED = "tour", "tour"  # in the session; among the steps that a shop has passed over


def start() -> None:
    """Begin the tour at its first page; ends this run."""
    st.session_state[OPEN] = True
    st.switch_page(f"views/{STEPS[0]}/page.py")


def show(page: str, allowed: Collection[str]) -> None:
    """The card of a page, where the tour is open and the page is one of its steps that the user may see."""
    steps = [name for name in STEPS if name in allowed]
    if page not in steps or not _is_open():
        return
    place = steps.index(page)
    with st.container(border=True, key="tour"):
        text.note(t("tour.step", step=place + 1, steps=len(steps), page=t(f"{page}.name")))
        text.lines([t(f"tour.steps.{page}")])
        with st.container(horizontal=True, key="tour-buttons"):
            following = steps[place + 1] if place + 1 < len(steps) else ""
            if following and st.button(
                t("tour.next", page=t(f"{following}.name")), key="tour-next", type="primary"
            ):
                _go(following)
            if place and st.button(t("tour.back"), key="tour-back"):
                _go(steps[place - 1])
            st.button(
                t("tour.close" if following else "tour.done"),
                key="tour-close",
                type="tertiary",
                on_click=_close,
            )


def _go(page: str) -> None:
    st.switch_page(f"views/{page}/page.py", query_params=_session() if page == "live" else None)


def _session() -> dict[str, str]:
    """The link to the session on air, else to the latest."""
    running = cache.cached(running_sessions)
    return {"live": "session"} | (
        {"session": f"{running[0].platform}/{running[0].session_id}"} if running else {}
    )


def _is_open() -> bool:
    if OPEN in st.session_state:
        return bool(st.session_state[OPEN])
    return is_practice() and CLOSED not in cache.cached(read_preferences).skipped_steps


def _close() -> None:
    st.session_state[OPEN] = False
    skipped = cache.cached(read_preferences).skipped_steps
    if is_practice() and CLOSED not in skipped and actor().may("manage_shop"):
        save_preferences(cache.database(), actor=actor(), skipped_steps=(*skipped, CLOSED))
