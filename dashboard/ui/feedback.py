"""What was just done, with the button that takes it back; and what was refused, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.markdown import literal
from dashboard.ui import actor, cache, text
from shop.core.errors import ShopError
from shop.undo import catalog

T = TypeVar("T")
DONE, REFUSED, NEWS = "saved.done", "saved.refused", "saved.news"


def act(verb: Callable[..., T], *arguments: Any, **named: Any) -> T | None:
    """Carry out a verb of the shop as who sits before the page; a refusal is kept for the bar."""
    st.session_state.pop(REFUSED, None)
    try:
        return verb(cache.database(), *arguments, actor=actor.actor(), **named)
    except ShopError as problem:
        st.session_state[REFUSED] = problem
        st.session_state.pop(DONE, None)
        return None


def tried(do: Callable[..., Any], *arguments: Any) -> bool:
    """Do something that may be refused; whether it was not. A refusal is kept for the bar."""
    st.session_state.pop(REFUSED, None)
    try:
        do(*arguments)
    except ShopError as problem:
        refuse(problem)
        return False
    return True


def refuse(problem: ShopError) -> None:
    """Keep a refusal for the bar."""
    st.session_state[REFUSED] = problem
    st.session_state.pop(DONE, None)


def refused() -> None:
    """Show what was refused last, at the place where it was asked for."""
    problem = st.session_state.pop(REFUSED, None)
    if problem is not None:
        text.error(problem)


def say(message: str, take_back: int | Callable[[], Any] | None = None) -> None:
    """Say what was done; `take_back` is the number of the change, or what takes it back."""
    st.session_state[DONE] = (message, take_back)
    st.session_state[NEWS] = message


def bar() -> None:
    """The line that says what was done or refused last; it goes with the next change."""
    problem = st.session_state.pop(REFUSED, None)
    if problem is not None:
        text.error(problem)
        _toast(errors.error(problem))
    message, take_back = st.session_state.get(DONE, ("", None))
    if not message:
        return
    if st.session_state.pop(NEWS, ""):
        _toast(message)
    with (
        st.container(border=True, key="saved"),
        st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"),
    ):
        text.note(message)
        if take_back is not None:
            st.button(
                t("listings.undo.button"),
                icon=":material/undo:",
                key="saved-undo",
                on_click=_undone,
                args=(take_back,),
            )


def _toast(message: str) -> None:
    """Say it where it is seen too by who saved far down the page."""
    st.toast(literal(message.replace("*", "")))


def _undone(take_back: int | Callable[[], Any]) -> None:
    st.session_state.pop(DONE, None)
    try:
        if callable(take_back):
            take_back()
        else:
            catalog.undo(cache.database(), take_back, actor=actor.actor())
    except ShopError as problem:
        refuse(problem)
        return
    say(t("listings.undo.undone"))
