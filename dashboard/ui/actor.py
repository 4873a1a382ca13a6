"""The current user and their role."""

from __future__ import annotations

import getpass
import os

import streamlit as st
from streamlit.runtime import exists as is_served

from shop.access.accounts import have_accounts
from shop.access.roles import TERMINAL, Actor, Role, UnknownRole, role_named
from shop.access.sessions import COOKIE, SignedOut, person_of
from shop.connect import shared
from shop.db.database import ROLE_VARIABLE, default_url

__all__ = ["ROLE", "USER", "UnknownRole", "actor", "current_role", "person", "role", "session_token"]

USER, ROLE = "KILNBOARD_USER", ROLE_VARIABLE


def actor() -> Actor:
    """The current user: in the browser whoever signed in, with the role as it is in the database now.

    On the command line, and in a browser while there are no accounts, KILNBOARD_USER (else the name on this computer)
    as KILNBOARD_ROLE (else the owner): whoever can read the database file is its owner.
    Raises UnknownRole, and SignedOut where the session has ended.
    """
    if is_served():
        signed_in = person()
        if signed_in is not None:
            return signed_in
    origin = _address() if is_served() else TERMINAL
    return Actor(os.environ.get(USER) or _login(), role(), origin)


def current_role() -> Role:
    """The role of the current user, without their name and address: every reading of the shop needs it.

    Raises UnknownRole, and SignedOut where the session has ended.
    """
    signed_in = person() if is_served() else None
    return role() if signed_in is None else signed_in.role


def _address() -> str:
    """The network address of this browser; Streamlit gives none for this machine itself."""
    return str(st.context.ip_address or "127.0.0.1")[:64]


def person() -> Actor | None:
    """Who is signed in in this browser; None while the shop has no accounts. Raises SignedOut."""
    db = shared(default_url())
    if not have_accounts(db):
        return None
    result = person_of(db, session_token())
    if result is None:
        raise SignedOut()
    return result


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
