"""The Settings page: the list of sections by group, or the one that the address names."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import feedback, text, url_state
from dashboard.ui.actor import actor
from dashboard.views.settings.row import show_row
from dashboard.views.settings.section import GROUPS
from dashboard.views.settings.sections import SECTIONS


def show() -> None:
    """One section, or all of them that the current user may see."""
    user = actor()
    allowed = {item.name: item for item in SECTIONS if user.may(item.needs)}
    chosen = allowed.get(url_state.get("section"))
    if chosen is not None and chosen.show is not None:
        st.button(
            t("settings.back"),
            key="settings-back",
            type="tertiary",
            icon=":material/arrow_back:",
            on_click=url_state.put,
            args=("section", ""),
        )
        text.sentence(t(f"settings.sections.{chosen.name}.title"))
        text.note(t(f"settings.sections.{chosen.name}.note"))
        feedback.bar()
        chosen.show()
        return
    text.sentence(t("settings.sentence"))
    for group in GROUPS:
        members = [item for item in allowed.values() if item.group == group]
        if members:
            text.heading(t(f"settings.groups.{group}"))
            with st.container(key=f"settings-{group}", gap=None):
                for item in members:
                    show_row(item)


show()
