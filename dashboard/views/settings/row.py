"""One row of the list of sections."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import text, url_state
from dashboard.views.settings.section import Section


def show_row(item: Section) -> None:
    """The title, which opens the section or its page, and how the section stands."""
    title = t(f"settings.sections.{item.name}.title")
    with st.container(horizontal=True, vertical_alignment="center", key=f"settings-row-{item.name}"):
        if item.page:
            st.page_link(
                f"views/{item.page}/page.py",
                label=title,
                icon=f":material/{item.icon}:",
                query_params=item.link,
                width=220,
            )
        else:
            st.button(
                title,
                key=f"open-{item.name}",
                type="tertiary",
                icon=f":material/{item.icon}:",
                on_click=url_state.put,
                args=("section", item.name),
                width=220,
            )
        text.note(item.state() or t(f"settings.sections.{item.name}.note"))
