"""The files that were read, and taking one of their imports back: what would go is shown first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.imports import what_goes
from dashboard.ui import cache, feedback, tables, text
from dashboard.views.data import wording
from shop.orders import undo_import


def section(files: pd.DataFrame) -> None:
    """The list of files, and below it the way to take one back."""
    text.heading(t("data.files"))
    tables.show("files", wording.read_files(files), wording.file_columns())
    feedback.bar()
    with st.expander(t("data.undo_heading"), icon=":material/undo:"):
        text.note(t("data.undo_note"))
        _choose(files)


def _choose(files: pd.DataFrame) -> None:
    names = {
        int(number): f"{number} · {name} · {imported}"
        for number, name, imported in files[["number", "name", "imported"]].itertuples(index=False, name=None)
    }
    chosen = st.selectbox(
        t("data.undo_choose"), list(names), format_func=names.__getitem__, index=None, key="undo-import"
    )
    if chosen is None:
        return
    if st.button(t("data.undo_show"), key="undo-show"):
        st.session_state["undo-shown"] = chosen
    if st.session_state.get("undo-shown") == chosen:
        _confirm(chosen, str(files.loc[files["number"] == chosen, "name"].iloc[0]))


def _confirm(number: int, name: str) -> None:
    with st.container(border=True, key="undo-confirm"):
        text.note(what_goes(undo_import.preview(cache.database(), number)))
        with st.container(horizontal=True):
            st.button(t("data.undo"), key="undo-go", type="primary", on_click=_undo, args=(number, name))
            st.button(t("data.undo_keep"), key="undo-keep", on_click=_forget_choice)


def _undo(number: int, name: str) -> None:
    if feedback.act(undo_import.undo, number) is not None:
        feedback.report(t("data.undone", file=name))
    _forget_choice()


def _forget_choice() -> None:
    st.session_state.pop("undo-shown", None)
    st.session_state["undo-import"] = None
