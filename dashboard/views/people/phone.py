"""The dashboard on the phone: the switch that shares it in the studio's network, the address and its QR code."""

from __future__ import annotations

import io

import segno
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.server import listener
from dashboard.ui import feedback, text


def show() -> None:
    """Whether other devices may open the dashboard, and how; the owner's."""
    text.heading(t("people.phone"))
    addresses = listener.shared_addresses()
    feedback.stored_choice(
        st.toggle, t("people.share"), now=bool(addresses), store=listener.set_shared, key="share"
    )
    if not addresses:
        text.note(t("people.share_help"))
        return
    picture = io.BytesIO()
    segno.make(addresses[0], error="m").save(picture, kind="png", scale=8, border=3)
    st.image(picture.getvalue(), width=240)
    for address in addresses:
        st.code(address, language=None)
    text.note(t("people.phone_help"))
    if addresses[0].startswith("http:"):
        text.note(t("sign_in.plain"))
