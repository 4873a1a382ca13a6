"""Who is signed in, with the button that signs out; nothing while the shop has no accounts."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui.actor import person, session_token
from shop.access import sessions
from shop.connect import shared
from shop.db.database import default_url


def signed_in() -> None:
    """The name and role of the current user, and the button that signs out."""
    user = person()
    if user is None:
        return
    with st.container(key="signed-in"):
        st.caption(literal(t("people.signed_in", user=user.name, role=t(f"people.roles.{user.role}"))))
        if st.button(t("people.sign_out"), key="sign-out", type="tertiary", icon=":material/logout:"):
            sessions.sign_out(shared(default_url()), session_token())
            st.rerun()
