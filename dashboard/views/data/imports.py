"""The files that were read, and taking one of their imports back: what would go is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.imports import what_goes
from dashboard.ui import cache, feedback, tables, text
from dashboard.views.data import wording
from shop import coverage
from shop.orders import undo_import


def section(files: pd.DataFrame) -> None:
    """The list of files, and below it the way to take one back."""
    text.heading(t("data.files"))
    tables.show("files", wording.read_files(files), wording.file_columns())
    feedback.bar()
    with st.expander(t("data.undo_heading"), icon=":material/undo:"):
        text.note(t("data.undo_note"))
        _choose(files)


def _name(files: Sequence[Mapping[str, Any]]) -> str:
    """What an import is called: an archive of several files by its own name."""
    name = str(files[0]["name"])
    return name.partition("/")[0] if len(files) > 1 else name


def _label(files: Sequence[Mapping[str, Any]]) -> str:
    numbers = [str(item["number"]) for item in files]
    first = numbers[0] if len(numbers) == 1 else f"{numbers[-1]}–{numbers[0]}"
    return f"{first} · {_name(files)} · {files[0]['imported']}"


def _choose(files: pd.DataFrame) -> None:
    groups = {int(group[0]["number"]): group for group in coverage.imports_of(files)}
    chosen = st.selectbox(
        t("data.undo_choose"),
        list(groups),
        format_func=distinct_labels(groups, lambda number: _label(groups[number])),
        index=None,
        key="undo-import",
    )
    if chosen is None:
        return
    if st.button(t("data.undo_show"), key="undo-show"):
        st.session_state["undo-shown"] = chosen
    if st.session_state.get("undo-shown") == chosen:
        _confirm([int(item["number"]) for item in groups[chosen]], _name(groups[chosen]))


def _confirm(numbers: list[int], name: str) -> None:
    with st.container(border=True, key="undo-confirm"):
        for undone in undo_import.preview_together(cache.database(), numbers):
            text.note(what_goes(undone))
        with st.container(horizontal=True):
            st.button(t("data.undo"), key="undo-go", type="primary", on_click=_undo, args=(numbers, name))
            st.button(t("data.undo_keep"), key="undo-keep", on_click=_forget_choice)


def _undo(numbers: list[int], name: str) -> None:
    if feedback.act(undo_import.undo_together, numbers) is not None:
        feedback.report(t("data.undone", file=name))
    _forget_choice()


def _forget_choice() -> None:
    st.session_state.pop("undo-shown", None)
    st.session_state["undo-import"] = None
