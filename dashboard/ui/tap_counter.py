"""Counting with the thumb: a tap on a word counts one more of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.i18n.messages import t

Counts = dict[str, int]


def counts(key: str) -> Counts:
    """What was counted under a key so far."""
    result: Counts = st.session_state.setdefault(f"tally.{key}", {})
    return result


def clear(key: str) -> None:
    """Count from the beginning."""
    st.session_state.pop(f"tally.{key}", None)


def total(tally: Mapping[str, int]) -> int:
    """All that was counted."""
    return sum(tally.values())


def tally(key: str, label: str, words: Sequence[str], show: Callable[[str], str]) -> Counts:
    """Words to tap, each tap one more; the count is shown next to the word."""
    counted = counts(key)

    def written(word: str) -> str:
        return t("kiln.tally.more", name=show(word), count=counted[word]) if counted.get(word) else show(word)

    with st.container(key=f"touch-{key}"):
        st.pills(
            label,
            words,
            key=f"tap.{key}",
            format_func=written,
            on_change=_tapped,
            args=(key,),
            label_visibility="collapsed",
        )
        if counted:
            st.button(
                t("kiln.tally.clear"),
                key=f"clear.{key}",
                type="tertiary",
                icon=":material/backspace:",
                on_click=clear,
                args=(key,),
            )
    return counted


def _tapped(key: str) -> None:
    word = st.session_state[f"tap.{key}"]
    st.session_state[f"tap.{key}"] = None
    if word is not None:
        counted = counts(key)
        counted[word] = counted.get(word, 0) + 1
