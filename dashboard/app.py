"""The frame of all pages: settings, words, filters, navigation, and the door where errors become
words.
"""

from __future__ import annotations

import gc

import streamlit as st

from dashboard import theme
from dashboard.i18n.messages import t
from dashboard.ui import filters, widgets
from shop.core.errors import ShopError

PAGES = {
    "sales": (("today", "calendar_today"), ("growth", "trending_up"), ("products", "local_cafe")),
    "audience": (("comments", "forum"), ("live", "sensors")),
    "shop": (("listings", "sell"), ("stock", "shelves"), ("kiln", "mode_heat"), ("data", "upload_file")),
}
WITH_PERIOD = {"growth", "products", "comments", "live", "kiln"}
WITHOUT_CUTS = {"listings", "stock", "kiln", "data"}  # told for the whole shop


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Keep what the imports built out of every later garbage collection: reruns need not walk
    it.
    """
    gc.collect()
    gc.freeze()


def main() -> None:
    """Draw the frame and run the page that the URL names."""
    filters.language()
    st.set_page_config(
        page_title=t("frame.name"), page_icon=theme.icon(), layout="wide", initial_sidebar_state=216
    )
    settle()
    st.html(f"<style>{theme.style()}</style>")
    st.logo(theme.mark(t("frame.name")), size="large")
    page = st.navigation(
        {
            t(f"frame.sections.{section}"): [
                st.Page(
                    f"views/{name}/page.py",
                    title=t(f"{name}.name"),
                    icon=f":material/{icon}:",
                    url_path=name,
                    default=name == "today",
                )
                for name, icon in pages
            ]
            for section, pages in PAGES.items()
        }
    )
    with st.sidebar:
        filters.settings()
    name = page.url_path or "today"
    try:
        filters.build(with_period=name in WITH_PERIOD, with_cuts=name not in WITHOUT_CUTS)
        page.run()
    except ShopError as problem:
        widgets.refusal(problem)


main()
