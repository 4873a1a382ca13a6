"""The other shops of the weekly report: of the group by the user's roles there, else databases in the same folder, each
opened by an account of its own.
"""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, text, url_state
from dashboard.ui.actor import actor, current_role, current_shop, current_visitor, home_database
from shop.access.accounts import have_accounts
from shop.access.roles import MAY, Actor, NotAllowed, require, role_named
from shop.access.sessions import person_of, sign_in
from shop.connect import shared
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.group.access import enter, roles_of, visible_shops
from shop.group.shops import has_group

PARAMETER = "shops"
TOKENS = "week-shops"  # of this browser session: the token of each other shop that was signed in to


def other_shops() -> list[tuple[Database, Actor]]:
    """The shops that the owner chose next to this one, each with who reads it; nothing for other roles."""
    if has_group(home_database()):
        return _shops_of_group()
    own = cache.database()
    folder = own.path.parent.glob("*.db") if own.is_file else ()
    files = {path.stem: path for path in sorted(folder) if path != own.path}
    if not files or not actor().may("manage_shop"):
        return []
    wanted = [name for name in url_state.get(PARAMETER).split(",") if name in files]
    chosen = st.multiselect(t("week.more"), list(files), wanted, key="week-more", help=t("week.more_tip"))
    url_state.put(PARAMETER, ",".join(chosen))
    shops = []
    for name in chosen:
        try:
            db = shared(str(files[name]))
            reader = _reader(db, name)
            if reader is not None:
                require(reader, "see_sums")
                shops.append((db, reader))
        except (ShopError, NotAllowed) as problem:
            text.error(problem)
    return shops


def _shops_of_group() -> list[tuple[Database, Actor]]:
    """The shops of the group that were chosen, each read in the user's role there."""
    own, visitor = current_shop(), current_visitor()
    roles = roles_of(home_database(), visitor, current_role())
    offered = {
        item.name: item.shown_name
        for item in visible_shops(home_database(), visitor, current_role())
        if item.name != own.name and "see_sums" in MAY[role_named(roles[item.name])]
    }
    if not offered:
        return []
    wanted = [name for name in url_state.get(PARAMETER).split(",") if name in offered]
    chosen = st.multiselect(
        t("week.more"), list(offered), wanted, offered.__getitem__, key="week-more", help=t("week.more_tip")
    )
    url_state.put(PARAMETER, ",".join(chosen))
    shops = []
    for name in chosen:
        try:
            opened = enter(home_database(), name, visitor, current_role())
            shops.append((opened.db, Actor(actor().name, opened.role)))
        except ShopError as problem:
            text.error(problem)
    return shops


def _reader(db: Database, name: str) -> Actor | None:
    """Who reads another shop: the owner of this one where it has no accounts, else whoever signs in to it."""
    if not have_accounts(db):
        return actor()
    tokens: dict[str, str] = st.session_state.setdefault(TOKENS, {})
    reader = person_of(db, tokens.get(name))
    if reader is None:
        with st.form(f"week-sign-in-{name}", border=True):
            text.note(t("week.sign_in", shop=name))
            user = st.text_input(t("sign_in.user"), actor().name, key=f"week-user-{name}")
            password = st.text_input(t("sign_in.password"), type="password", key=f"week-password-{name}")
            if st.form_submit_button(t("sign_in.submit"), key=f"week-go-{name}"):
                tokens[name] = sign_in(db, user, password, address=actor().origin)
                st.rerun()
    return reader
