"""Signed-in browsers, each with a button that signs it out, and the own password."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui import feedback, text
from dashboard.views.people.accounts import new_password
from shop.access import sessions
from shop.access.roles import Actor
from shop.db.database import Database
from shop.metrics.settings import shop_settings

DEVICES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")


def show(db: Database, user: Actor) -> None:
    """The sessions that the user may end."""
    text.heading(t("people.sessions"))
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection).time_zone)
    for item in sessions.sessions(db, actor=user):
        key = f"session-{item.login_id}"
        seen = item.seen_at.astimezone(zone)
        with st.container(border=True, key=key, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{literal(item.name)}**", width=160)
            st.caption(
                literal(
                    t(
                        "people.session",
                        device=device(item.browser),
                        address=item.address,
                        day=format.day(seen.date()),
                        clock=format.clock(seen),
                    )
                ),
                width="stretch",
            )
            if st.button(t("people.end_session"), key=f"{key}-end"):
                feedback.tried(lambda number=item.login_id: sessions.revoke(db, number, actor=user))
                st.rerun()
    with st.popover(t("people.own_password")):
        new_password(db, user.name, user, "own")


def device(browser: str) -> str:
    """The kind of device that a browser's text names."""
    return next(
        (name.replace("Macintosh", "Mac") for name in DEVICES if name in browser), t("people.a_device")
    )
