"""The frame of all pages: settings, filters, navigation, and the place where errors become messages."""

from __future__ import annotations

import gc

import streamlit as st

from dashboard import theme
from dashboard.i18n.messages import t
from dashboard.ui import filters, people, text
from dashboard.ui.actor import actor
from dashboard.views import pages
from shop.access.sessions import SignedOut
from shop.core.errors import UNAVAILABLE, ShopError


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Exclude the objects of the imports from later garbage collections, once per server."""
    gc.collect()
    gc.freeze()


def main() -> None:
    """Draw the frame and run the page that the URL names."""
    filters.set_language()
    st.set_page_config(
        page_title=t("frame.name"), page_icon=theme.icon(), layout="wide", initial_sidebar_state=216
    )
    settle()
    st.html(f"<style>{theme.style()}</style>")
    st.logo(theme.mark(t("frame.name")), size="large")
    try:
        user = actor()
    except SignedOut:
        text.signed_out()
        return
    except ShopError as problem:
        text.unavailable(problem)
        return
    declared = {name: page for name, page in pages().items() if user.may(page.needs)}
    default = next(iter(declared))
    sections: dict[str, list[st.Page]] = {}
    for name, page in declared.items():
        sections.setdefault(t(f"frame.sections.{page.section}"), []).append(
            st.Page(
                f"views/{name}/page.py",
                title=t(f"{name}.name"),
                icon=f":material/{page.icon}:",
                url_path=name,
                default=name == default,
            )
        )
    chosen = st.navigation(sections)
    page = declared[chosen.url_path or default]
    try:
        with st.sidebar:
            filters.settings()
            people.signed_in()
        filters.build(page)
        chosen.run()
    except SignedOut:
        text.signed_out()
    except UNAVAILABLE as problem:
        text.unavailable(problem)
    except ShopError as problem:
        text.error(problem)


main()
