"""The frame of all pages: settings, filters, navigation, and the place where errors become messages."""

from __future__ import annotations

import gc

import streamlit as st

from dashboard import theme
from dashboard.i18n.language import language_tag
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, text
from dashboard.ui.actor import actor, home_database
from dashboard.ui.frame import changes, left_widgets, people, practice, search_box, shop_picker, tour
from dashboard.ui.page import PageMeta
from dashboard.views import pages
from shop import overview
from shop.access.roles import Actor
from shop.access.sessions import SignedOut
from shop.core.errors import UNAVAILABLE, ShopError
from shop.first_steps import is_set_up
from shop.group.shops import has_group


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Exclude the objects of the imports from later garbage collections, once per server."""
    gc.collect()
    gc.freeze()


START, GROUP = "start", "group"


def _first_page(declared: dict[str, PageMeta], user: Actor) -> tuple[str, bool]:
    """The page that opens without a name: the first of the user, or for the owner of an empty shop the first steps.

    Also whether the first steps are in the navigation: until the shop is set up.
    """
    is_led = user.may("manage_shop") and not cache.cached(is_set_up)
    is_empty = is_led and cache.cached(overview.is_empty)
    return START if is_empty else next(name for name in declared if name != START), is_led


def main() -> None:
    """Draw the frame and run the page that the URL names."""
    left_widgets.forget()
    filters.set_language()
    st.set_page_config(
        page_title=t("frame.name"), page_icon=theme.icon(), layout="wide", initial_sidebar_state=216
    )
    settle()
    st.html(f'<style>{theme.style()}\n:root {{ --kb-language: "{language_tag()}"; }}</style>')
    st.logo(theme.mark(t("frame.name")), size="large")
    try:
        user = actor()
        cache.database()
    except SignedOut:
        text.signed_out()
        return
    except ShopError as problem:
        text.unavailable(problem)
        shop_picker.show_ways_out()
        return
    declared = {name: page for name, page in pages().items() if user.may(page.needs)}
    default, is_led = _first_page(declared, user)
    hidden = {search_box.PAGE} | (set() if is_led else {START})
    hidden |= set() if has_group(home_database()) else {GROUP}
    sections: dict[str, list[st.Page]] = {}
    for name, page in declared.items():
        sections.setdefault(t(f"frame.sections.{page.section}"), []).append(
            st.Page(
                f"views/{name}/page.py",
                title=t(f"{name}.name"),
                icon=f":material/{page.icon}:",
                url_path=name,
                default=name == default,
                visibility="hidden" if name in hidden else "visible",
            )
        )
    chosen = st.navigation(sections, expanded=True)
    page = declared[chosen.url_path or default]
    try:
        with st.sidebar:
            shop_picker.show()
            search_box.show()
            filters.settings()
            people.signed_in()
        changes.show()
        practice.show()
        tour.show(chosen.url_path or default, declared)
        filters.build(page)
        chosen.run()
    except SignedOut:
        text.signed_out()
    except UNAVAILABLE as problem:
        text.unavailable(problem)
    except ShopError as problem:
        text.error(problem)


main()
