"""The search box of the frame: what is typed opens the page of results."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t

PAGE = "search"
KEY, WANTED = "search-box", "search-wanted"


def show() -> None:
    """The box; after a text was typed the page of results follows."""
    st.text_input(
        t("search.box"), key=KEY, placeholder=t("search.box"), label_visibility="collapsed", on_change=_typed
    )
    wanted = st.session_state.pop(WANTED, "")
    if wanted:
        st.switch_page(f"views/{PAGE}/page.py", query_params={"find": wanted})


def _typed() -> None:
    st.session_state[WANTED] = st.session_state[KEY].strip()
    st.session_state[KEY] = ""
