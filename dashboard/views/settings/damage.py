"""A damaged database file: the check, and saving what can still be read among the backups."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.safety.salvage import salvage_lines, tables_in_words
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from shop.maintenance import damaged_tables
from shop.salvage import salvage

DAMAGED, SAVED = "backup-damaged", "backup-saved"


def show() -> None:
    """The check, its outcome, and the button that saves; a server looks after its own files."""
    if not cache.database().is_file:
        return
    text.heading(t("backups.salvage.title"))
    text.note(t("backups.salvage.note"))
    if st.button(t("backups.salvage.check"), key="backup-check"):
        with st.spinner(t("backups.salvage.checking")):
            st.session_state[DAMAGED] = damaged_tables(cache.database())
            st.session_state.pop(SAVED, None)
    if SAVED in st.session_state:
        text.lines(salvage_lines(st.session_state[SAVED]))
    damaged = st.session_state.get(DAMAGED)
    if damaged is None:
        return
    if not damaged:
        text.note(t("backups.salvage.sound"))
        return
    text.note(t("backups.salvage.damaged", tables=tables_in_words(damaged)))
    if st.button(t("backups.salvage.go"), key="backup-salvage"):
        with st.spinner(t("backups.salvage.saving")):
            feedback.tried(_save)
        st.rerun()


def _save() -> None:
    st.session_state[SAVED] = salvage(cache.database().path, actor=actor())
    st.session_state.pop(DAMAGED, None)
