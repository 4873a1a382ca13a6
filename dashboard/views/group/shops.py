"""The list of shops for the owner of the home: add one, who may see it, take it off the list."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui import actor, feedback, text, url_state
from dashboard.ui.url_state import SHOP
from shop.access.accounts import accounts
from shop.access.roles import Actor
from shop.db.database import Database
from shop.db.urls import is_server
from shop.group.access import GRANTS, accesses, allow
from shop.group.shops import FilePlace, ShopEntry, add_shop, remove_shop

CLOSED = ""


def show(home: Database, entries: list[ShopEntry], user: Actor) -> None:
    """The shops, the one that is chosen with who may see it, and the form for another one."""
    text.heading(t("group.list"))
    for item in entries:
        with st.container(border=True, key=f"listed-{item.name}"):
            st.markdown(f"**{literal(item.shown_name)}**")
            st.caption(literal(f"{item.name} · {item.place}"))
            with st.container(horizontal=True):
                with st.popover(t("group.who"), icon=":material/group:"):
                    _people(home, item, user)
                with st.popover(t("group.remove"), icon=":material/playlist_remove:"):
                    _removal(home, item, user)
    with st.expander(t("group.add"), icon=":material/add_business:", expanded=not entries):
        _new(home, user)


def _people(home: Database, item: ShopEntry, user: Actor) -> None:
    people = accounts(home)
    if not people:
        text.note(t("group.no_accounts"))
        return
    text.note(t("group.who_note"))
    now = {access.account: access.role for access in accesses(home) if access.shop == item.name}
    for person in people:
        feedback.stored_choice(
            st.selectbox,
            literal(person.name),
            (CLOSED, *GRANTS),
            now=now.get(person.name, CLOSED),
            store=partial(_allow, home, person.name, item.name),
            key=f"access-{item.name}-{person.account_id}",
            format_func=_grant_name,
        )


def _allow(home: Database, account: str, shop: str, role: str) -> None:
    user = actor.manager()
    allow(home, account, shop, role, actor=user)


def _grant_name(role: str) -> str:
    return t(f"people.roles.{role}") if role else t("group.closed")


def _removal(home: Database, item: ShopEntry, user: Actor) -> None:
    text.note(t("group.remove_sure"))
    if st.button(t("group.remove_go"), key=f"remove-{item.name}"):
        if feedback.tried(lambda: remove_shop(home, item.name, actor=user)):
            feedback.report(t("group.removed", shop=item.shown_name, place=item.place))
            if url_state.get(SHOP) == item.name:
                url_state.put(SHOP, "")
        st.rerun()


def _new(home: Database, user: Actor) -> None:
    with st.form("new-shop", border=False):
        name = st.text_input(t("group.name_of"), key="new-shop-name", help=t("group.name_help"))
        title = st.text_input(t("group.title_of"), key="new-shop-title", max_chars=60)
        place = st.text_input(t("group.place_of"), key="new-shop-place", help=t("group.place_help"))
        if st.form_submit_button(t("group.add_go"), type="primary"):
            _add(home, name.strip(), title, place.strip(), user)
            st.rerun()


def _add(home: Database, name: str, title: str, place: str, user: Actor) -> None:
    if place and not is_server(place):  # from afar no path of this computer is opened
        feedback.store_error(FilePlace(place=place))
        return

    def add() -> None:
        entry, is_new = add_shop(home, name, place, title=title, actor=user)
        key = "group.created" if is_new else "group.taken_in"
        feedback.report(t(key, shop=entry.shown_name, place=entry.place))

    feedback.tried(add)
