"""The morning message: who gets it, from when on, its text, and a test."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import morning
from dashboard.text.markdown import literal
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from etl.notifications import MAIL, SERVICES, Address, send
from etl.notifications.recipients import address, all_addresses, forget, save
from shop.access.roles import require
from shop.core.errors import ShopError

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MAIL_PORT = 465


class IncompleteAddress(ShopError):
    """An address of the morning message lacks a field or has one that cannot be."""

    message = "Fill in {field}."


def state() -> str:
    """Who gets the message."""
    names = [item.name for item in all_addresses()]
    return t("settings.messages.to", names=t("commands.sync.between").join(names)) if names else ""


def show() -> None:
    """The recipients, the form for one more, and the message as it would be sent now."""
    feedback.show_error()
    for item in all_addresses():
        _recipient(item)
    with st.expander(t("settings.messages.add"), icon=":material/add:", expanded=not all_addresses()):
        _new()
    text.heading(t("settings.messages.preview"))
    message = morning.morning(cache.database(), morning.shop_now(cache.database()))
    with st.container(border=True, key="message-preview"):
        st.text(f"{message.title}\n{message.text}")


def _recipient(item: Address) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"touch-to-{item.name}"):
        st.markdown(f"**{literal(item.name)}**", width=160)
        st.caption(
            t("settings.messages.line", service=t(f"services.{item.service}"), at=item.at), width="stretch"
        )
        if st.button(t("settings.messages.test"), key=f"test-{item.name}", icon=":material/send:"):
            with st.spinner(t("settings.messages.sending")):
                if feedback.tried(_send_test, item.name):
                    feedback.report(t("commands.notify.sent", name=item.name))
            st.rerun()
        with st.popover(t("settings.messages.remove")):
            text.note(t("settings.messages.remove_sure", name=item.name))
            if st.button(t("settings.messages.remove_go"), key=f"remove-{item.name}"):
                if feedback.tried(_remove, item.name):
                    feedback.report(t("commands.notify.removed", name=item.name))
                st.rerun()


def _send_test(name: str) -> None:
    require(actor(), "manage_shop")
    db = cache.database()
    item = address(name)
    send(item, morning.message_for(db, item, morning.shop_now(db)))


def _remove(name: str) -> None:
    require(actor(), "manage_shop")
    forget(name)


def _new() -> None:
    kind = st.segmented_control(
        t("settings.messages.kind"),
        (*SERVICES, MAIL),
        default=next(iter(SERVICES)),
        required=True,
        format_func=lambda name: t(f"services.{name}"),
        key="new-message-kind",
    )
    with st.form("new-message", border=False):
        name = st.text_input(t("settings.messages.name"), max_chars=40, key="new-message-name")
        at = st.text_input(t("settings.messages.at"), "09:00", max_chars=5, key="new-message-at")
        fields = _mail_fields() if kind == MAIL else _chat_fields()
        card = st.checkbox(t("settings.messages.card"), key="new-message-card")
        if st.form_submit_button(t("settings.messages.save"), type="primary"):
            if feedback.tried(_save, name, str(kind), at, fields, card):
                feedback.report(t("settings.messages.added", name=name.strip()))
            st.rerun()


def _chat_fields() -> dict[str, str]:
    return {
        "url": st.text_input(t("settings.messages.url"), key="new-message-url", autocomplete="off"),
        "secret": st.text_input(
            t("settings.messages.secret"), type="password", key="new-message-secret", autocomplete="off"
        ),
    }


def _mail_fields() -> dict[str, str]:
    labels = {
        "to": "settings.messages.mailbox",
        "host": "settings.messages.host",
        "user": "settings.messages.user",
    }
    fields = {name: st.text_input(t(label), key=f"new-message-{name}") for name, label in labels.items()}
    port = st.number_input(t("settings.messages.port"), 1, 65535, MAIL_PORT, key="new-message-port")
    fields["port"] = str(port)
    fields["password"] = st.text_input(
        t("settings.messages.password"), type="password", key="new-message-password", autocomplete="off"
    )
    return fields


OPTIONAL = ("secret",)


def _save(name: str, service: str, at: str, fields: dict[str, str], card: bool) -> None:
    """Store a recipient; raises IncompleteAddress."""
    require(actor(), "manage_shop")
    settings: dict[str, Any] = {key: value.strip() for key, value in fields.items()}
    if not name.strip():
        raise IncompleteAddress(field=t("settings.messages.name"))
    if not CLOCK.fullmatch(at.strip()):
        raise IncompleteAddress(field=t("settings.messages.at"))
    for key, value in settings.items():
        if not value and key not in OPTIONAL:
            label = "mailbox" if key == "to" else key
            raise IncompleteAddress(field=t(f"settings.messages.{label}"))
    if service != MAIL and not urlsplit(settings["url"]).hostname:
        raise IncompleteAddress(field=t("settings.messages.url"))
    if card:
        settings["card"] = "yes"
    save(Address(name.strip(), service, at.strip(), settings))
