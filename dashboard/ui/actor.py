"""The current user and their role."""

from __future__ import annotations

import getpass
import os

import streamlit as st
from streamlit.runtime import exists as is_served
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.ui import url_state
from dashboard.ui.run import read_once
from dashboard.ui.url_state import SHOP
from etl.credentials import KeyScope
from shop.access.accounts import have_accounts
from shop.access.roles import TERMINAL, Actor, NotAllowed, Role, UnknownRole, require, role_named
from shop.access.sessions import COOKIE, SignedOut, Visitor, visitor_of
from shop.connect import shared
from shop.core.errors import ShopError
from shop.db.database import ROLE_VARIABLE, Database, default_url
from shop.group.access import CurrentShop, enter

__all__ = ["ROLE", "USER", "UnknownRole", "actor", "current_role", "person", "role", "session_token"]

USER, ROLE = "KILNBOARD_USER", ROLE_VARIABLE


def home_database() -> Database:
    """The database that KILNBOARD_DB names: the shop, or the home of a group of shops with its accounts."""
    return shared(default_url())


def current_shop() -> CurrentShop:
    """The shop of the group that this session has chosen, else the home, in the role of the current user there.

    On the command line, and in a browser while there are no accounts, the role is KILNBOARD_ROLE (else the owner):
    whoever can read the database file is its owner. Raises UnknownRole, SignedOut where the session has ended, and what
    `enter` raises.
    """
    name = _chosen_shop()
    return read_once(("shop", name), lambda: _entered(name))


def _entered(name: str) -> CurrentShop:
    visitor = current_visitor()
    return enter(home_database(), name, visitor, usual_role(visitor))


def current_visitor() -> Visitor | None:
    """Who is signed in; None on the command line and while the home has no accounts. Raises SignedOut."""
    return signed_in_visitor() if is_served() else None


def usual_role(visitor: Visitor | None) -> Role:
    """The role in which all shops are opened where nobody has an account."""
    return role() if visitor is None else "owner"


def shown_database() -> Database:
    """The database of the chosen shop, else that of the home, for how things are shown."""
    try:
        return current_shop().db
    except ShopError:
        return home_database()


def _chosen_shop() -> str:
    return "" if get_script_run_ctx(suppress_warning=True) is None else url_state.get(SHOP)


def _shop_of_keys() -> str:
    return "" if get_script_run_ctx(suppress_warning=True) is None else current_shop().name


KeyScope.shop = staticmethod(_shop_of_keys)


def actor() -> Actor:
    """The current user, with their role in the chosen shop as it is in the database now; see `current_shop`.

    Without accounts KILNBOARD_USER (else the name on this computer).
    """
    visitor = current_visitor()
    if visitor is not None:
        return Actor(visitor.name, current_shop().role, visitor.address)
    origin = _address() if is_served() else TERMINAL
    return Actor(os.environ.get(USER) or _login(), role(), origin)


def home_actor() -> Actor | None:
    """The current user with their role in the home; None for a guest of the group."""
    visitor = current_visitor()
    if visitor is None:
        return actor()
    return None if visitor.role is None else Actor(visitor.name, visitor.role, visitor.address)


def manager() -> Actor:
    """The current user, as they are now, who manages the home; raises NotAllowed for everybody else."""
    user = home_actor()
    if user is None:
        raise NotAllowed(role="guest", what="manage_shop")
    require(user, "manage_shop")
    return user


def current_role() -> Role:
    """The role of the current user, without their name and address: every reading of the shop needs it.

    Raises UnknownRole, and SignedOut where the session has ended.
    """
    return current_shop().role


def _address() -> str:
    """The network address of this browser; Streamlit gives none for this machine itself."""
    return str(st.context.ip_address or "127.0.0.1")[:64]


def signed_in_visitor() -> Visitor | None:
    """Who is signed in in this browser; None while the home has no accounts. Raises SignedOut."""
    return read_once("visitor", _signed_in_visitor)


def _signed_in_visitor() -> Visitor | None:
    home = home_database()
    if not have_accounts(home):
        return None
    result = visitor_of(home, session_token())
    if result is None:
        raise SignedOut()
    return result


def person() -> Actor | None:
    """Who is signed in in this browser, with the role in the chosen shop; None without accounts. Raises SignedOut."""
    visitor = signed_in_visitor()
    return None if visitor is None else Actor(visitor.name, current_shop().role, visitor.address)


def session_token() -> str | None:
    """The token in this browser's cookie."""
    token = st.context.cookies.get(COOKIE)
    return token if isinstance(token, str) else None


def role() -> Role:
    """The role of the command line: KILNBOARD_ROLE, else the owner; raises UnknownRole."""
    return role_named(os.environ.get(ROLE) or "owner")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container without such a user; Windows without a name
        return "owner"
