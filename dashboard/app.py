"""The frame of all pages: settings, filters, navigation, and the place where errors become messages."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import theme
from dashboard.i18n.language import language_tag
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, text
from dashboard.ui.actor import actor, home_database
from dashboard.ui.frame import changes, left_widgets, people, practice, search_box, shop_picker, tour
from dashboard.ui.page import PageMeta
from dashboard.views import pages
from shop import overview
from shop.access.roles import Actor, Role
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


def _closed_pages(names: Iterable[str], role: Role) -> list[st.Page]:
    """The pages that the current user may not open: their addresses lead to a sentence about that."""
    return [
        st.Page(
            partial(text.closed, t(f"{name}.name"), role),
            title=t(f"{name}.name"),
            icon=text.CLOSED_ICON,
            url_path=name,
            visibility="hidden",
        )
        for name in names
    ]


def _find_by_name(default: str) -> None:
    """Find the first page by its name too; Streamlit finds it by the bare address only."""
    run = get_script_run_ctx()
    if run is not None and run.pages_manager.intended_page_name == default:
        run.pages_manager.set_script_intent("", "")


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
    every, is_group = pages(), has_group(home_database())
    declared = {
        name: page
        for name, page in every.items()
        if user.may(page.needs) and (name != GROUP or is_group or user.may("manage_shop"))
    }
    default, is_led = _first_page(declared, user)
    hidden = {search_box.PAGE} | (set() if is_led else {START}) | (set() if is_group else {GROUP})
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
    sections[next(iter(sections))] += _closed_pages(every.keys() - declared.keys(), user.role)
    _find_by_name(default)
    chosen = st.navigation(sections, expanded=True)
    filtered = declared.get(chosen.url_path or default)
    try:
        with st.sidebar:
            shop_picker.show()
            search_box.show()
            filters.settings()
            people.signed_in()
        changes.show()
        practice.show()
        tour.show(chosen.url_path or default, declared)
        if filtered is not None:
            filters.build(filtered)
        chosen.run()
    except SignedOut:
        text.signed_out()
    except UNAVAILABLE as problem:
        text.unavailable(problem)
    except ShopError as problem:
        text.error(problem)


main()
