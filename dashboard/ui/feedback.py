"""The last action with its undo button, and the last error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.text.markdown import literal, plain
from dashboard.ui import actor, cache, text
from shop.core.errors import ShopError
from shop.undo import catalog

T = TypeVar("T")
DONE, ERROR, NEWS = "saved.done", "saved.error", "saved.news"


def act(command: Callable[..., T], *arguments: Any, **named: Any) -> T | None:
    """Run a command of the shop as the current user; an error is stored for the bar."""
    st.session_state.pop(ERROR, None)
    try:
        return command(cache.database(), *arguments, actor=actor.actor(), **named)
    except ShopError as problem:
        st.session_state[ERROR] = problem
        st.session_state.pop(DONE, None)
        return None


def tried(do: Callable[..., Any], *arguments: Any) -> bool:
    """Whether a call succeeded; an error is stored for the bar."""
    st.session_state.pop(ERROR, None)
    try:
        do(*arguments)
    except ShopError as problem:
        store_error(problem)
        return False
    return True


def stored_choice(
    control: Callable[..., Any], *given: Any, now: Any, store: Callable[[Any], Any], key: str, **settings: Any
) -> None:
    """A control that shows a stored value and stores each choice at once; an error is stored for the bar.

    It follows what others store meanwhile: a value that was chosen here before is not stored again over theirs.
    """
    st.session_state[key] = now
    control(*given, key=key, on_change=_store_choice, args=(key, store), **settings)


def _store_choice(key: str, store: Callable[[Any], Any]) -> None:
    tried(store, st.session_state[key])


def store_error(problem: ShopError) -> None:
    """Store an error for the bar."""
    st.session_state[ERROR] = problem
    st.session_state.pop(DONE, None)


def show_error() -> None:
    """Show the last error at this place."""
    problem = st.session_state.pop(ERROR, None)
    if problem is not None:
        text.error(problem)


def report(message: str, undo: int | Callable[[], Any] | None = None) -> None:
    """Report an action; `undo` is the number of its audit entry, or the function that undoes it."""
    st.session_state[DONE] = (message, undo)
    st.session_state[NEWS] = message


def bar() -> None:
    """The last action or error in a bar, until the next change."""
    problem = st.session_state.pop(ERROR, None)
    if problem is not None:
        text.error(problem)
        _toast(errors.error(problem))
    message, undo = st.session_state.get(DONE, ("", None))
    if not message:
        return
    if st.session_state.pop(NEWS, ""):
        _toast(message)
    with (
        st.container(border=True, key="saved"),
        st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"),
    ):
        text.note(message)
        if undo is not None:
            st.button(
                t("listings.undo.button"),
                icon=":material/undo:",
                key="saved-undo",
                on_click=_undone,
                args=(undo,),
            )


def _toast(message: str) -> None:
    """Show the message as a toast, for those who saved far down the page."""
    st.toast(literal(plain(message)))


def _undone(undo: int | Callable[[], Any]) -> None:
    st.session_state.pop(DONE, None)
    try:
        if callable(undo):
            undo()
        else:
            catalog.undo(cache.database(), undo, actor=actor.actor())
    except ShopError as problem:
        store_error(problem)
        return
    report(t("listings.undo.undone"))
