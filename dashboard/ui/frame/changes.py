"""The version of the data that the page shows, and the hidden button by which its script reruns it.

The script is dashboard/server/changes.js.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui.actor import current_shop

EDITS = ("edited_rows", "added_rows", "deleted_rows")


def show() -> None:
    """The version, the words of the script and the button; none of them is seen."""
    shop = current_shop()
    values = {
        "version": shop.db.version(),
        "shop": shop.name,
        "unsaved": "true" if _has_edits() else "false",
        "news": t("frame.changes.news"),
        "show": t("frame.changes.show"),
    }
    written = " ".join(f'data-{name}="{escape(str(value))}"' for name, value in values.items())
    with st.container(key="frame-changes"):
        st.html(f'<span class="kb-changes" {written}></span>')
        st.button(t("frame.changes.show"), key="frame-changes-show")


def show_seen() -> None:
    """The version that a fragment shows which writes itself: what it stored is no news to its page."""
    with st.container(key="frame-seen"):
        st.html(f'<span class="kb-seen" data-version="{current_shop().db.version()}"></span>')


def _has_edits() -> bool:
    """Whether cells of a table were edited and not saved yet."""
    return any(isinstance(value, dict) and any(map(value.get, EDITS)) for value in st.session_state.values())
