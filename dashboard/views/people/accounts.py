"""The accounts: roles, new people, new passwords."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.markdown import emphasis, literal
from dashboard.ui import actor, feedback, text
from shop.access import accounts
from shop.access.accounts import AccountEntry
from shop.access.roles import ROLES, Actor
from shop.db.database import Database
from shop.group.shops import has_group

GUEST = "guest"  # no role in the home: only the shops of the group that they were given


def show(db: Database, user: Actor) -> None:
    """The list of people with their roles, and the form for one more; the owner's."""
    text.heading(t("people.accounts"))
    for item in accounts.accounts(db):
        _account(db, item, user)
    with st.expander(t("people.add"), icon=":material/person_add:"):
        _new(db, user)


def _role_name(role: str) -> str:
    return t(f"people.roles.{role}")


def _account(db: Database, item: AccountEntry, user: Actor) -> None:
    key = f"account-{item.account_id}"
    with st.container(border=True, key=key, horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**{literal(item.name)}**", width=160)
        now = GUEST if item.is_guest else item.role
        choices = _choices(db, now)
        feedback.stored_choice(
            st.selectbox,
            t("people.role_of"),
            choices,
            now=now,
            store=partial(_set_role, db, item),
            key=f"{key}-role",
            format_func=_role_name,
            width=200,
        )
        word = t("people.unblock" if item.is_blocked else "people.block")
        if st.button(word, key=f"{key}-block"):
            feedback.tried(lambda: accounts.set_blocked(db, item.name, not item.is_blocked, actor=user))
            st.rerun()
        with st.popover(t("people.new_password")):
            new_password(db, item.name, user, key)


def _choices(db: Database, now: str = "") -> tuple[str, ...]:
    """The roles to choose from; that of a guest where there is a group."""
    return (*ROLES, GUEST) if now == GUEST or has_group(db) else ROLES


def _set_role(db: Database, item: AccountEntry, role: str) -> None:
    user = actor.manager()
    if role != GUEST:
        accounts.set_role(db, item.name, role, actor=user)
    if item.is_guest != (role == GUEST):
        accounts.set_guest(db, item.name, role == GUEST, actor=user)


def new_password(db: Database, name: str, user: Actor, key: str) -> None:
    """The form that gives an account another password, which ends its sessions."""
    with st.form(f"{key}-password", border=False):
        password = st.text_input(t("sign_in.password"), type="password", key=f"{key}-new")
        text.note(t("people.password_help"))
        if st.form_submit_button(t("people.save")):
            if feedback.tried(lambda: accounts.set_password(db, name, password, actor=user)):
                feedback.report(t("people.password_saved", name=name))
            st.rerun()


def _new(db: Database, user: Actor) -> None:
    with st.form("new-account", border=False, clear_on_submit=False):
        name = st.text_input(t("sign_in.user"), key="new-account-name")
        choices = _choices(db)
        role = st.selectbox(t("people.role_of"), choices, 1, _role_name, key="new-account-role")
        for item in choices:
            text.note(f"{emphasis(_role_name(item))} {t(f'people.may.{item}')}")
        password = st.text_input(t("sign_in.password"), type="password", key="new-account-password")
        text.note(t("people.password_help"))
        if st.form_submit_button(t("people.create"), type="primary"):
            is_guest = role == GUEST
            given = "assistant" if is_guest else role
            if feedback.tried(
                lambda: accounts.add_account(db, name, given, password, is_guest=is_guest, actor=user)
            ):
                feedback.report(t("start.invited", name=name.strip()))
            st.rerun()
