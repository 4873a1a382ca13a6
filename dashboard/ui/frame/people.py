"""Who is signed in, with the button that signs out; nothing while the shop has no accounts."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui.actor import actor, home_database, person, session_token
from shop.access import accounts, sessions
from shop.access.roles import require

SETUP_LINK = "setup-link"


def set_up_link(back: str) -> None:
    """The link to the page that creates the owner's account, with its one-time code; it goes on to the path `back`.

    Without accounts only this computer is answered, and whoever sits at it is the owner.
    """
    if SETUP_LINK not in st.session_state:
        require(actor(), "manage_shop")
        st.session_state[SETUP_LINK] = accounts.new_setup_code(home_database(), "page")
    query = urlencode({"code": st.session_state[SETUP_LINK] or "", "next": back, "lang": language()})
    st.html(f'<a class="kb-step" href="/set-up?{query}" target="_self">{t("people.set_up")}</a>')


def signed_in() -> None:
    """The name and role of the current user, and the button that signs out."""
    user = person()
    if user is None:
        return
    with st.container(key="signed-in"):
        st.caption(literal(t("people.signed_in", user=user.name, role=t(f"people.roles.{user.role}"))))
        if st.button(t("people.sign_out"), key="sign-out", type="tertiary", icon=":material/logout:"):
            sessions.sign_out(home_database(), session_token())
            st.rerun()
