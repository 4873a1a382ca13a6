"""Inviting: the owner's own account first, then one for the assistant, both with a name and a password."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import person
from dashboard.ui.frame import people
from shop.access import accounts
from shop.access.roles import ROLES
from shop.first_steps import FirstSteps


def show(steps: FirstSteps) -> None:
    """What is to be done next: the first account, or one for somebody else."""
    if person() is None:
        text.note(t("start.own_account"))
        people.set_up_link("/start")
        return
    for item in accounts.accounts(cache.database()):
        text.note(t("start.account", name=item.name, role=t(f"people.roles.{item.role}")))
    _invite()


def _invite() -> None:
    with st.form("invite", border=False):
        name = st.text_input(t("sign_in.user"), key="invite-name")
        role = st.selectbox(
            t("people.role_of"),
            ROLES,
            ROLES.index("assistant"),
            format_func=lambda name: t(f"people.roles.{name}"),
            key="invite-role",
        )
        text.note(t(f"people.may.{role}"))
        password = st.text_input(t("sign_in.password"), type="password", key="invite-password")
        text.note(t("people.password_help"))
        if st.form_submit_button(t("start.invite"), type="primary"):
            if feedback.act(accounts.add_account, name, role, password) is not None:
                feedback.report(t("start.invited", name=name.strip()))
            st.rerun()
    st.page_link("views/people/page.py", label=t("start.phones"), icon=":material/qr_code:")
