"""Connecting a platform: what to click there, the keys typed here and tried at once, what works; and disconnecting."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from etl import credentials, platforms
from etl.platforms.base import Connector
from etl.sync import login
from etl.sync.account import connected
from etl.sync.login import ResourceCheck
from etl.sync.status import PlatformStatus, platform_statuses
from shop.access.roles import require
from shop.core.errors import ShopError

CHECKED = "settings.checked"


def state() -> str:
    """Which platforms are connected."""
    names = [t(f"connectors.{name}") for name in connected()]
    if not names:
        return t("settings.connections.none")
    return t("settings.connections.connected", platforms=t("commands.sync.between").join(names))


def show() -> None:
    """Every platform: connected ones with what works, the others with the way to connect."""
    feedback.show_error()
    for item in platform_statuses(cache.database()):
        connector = platforms.connector(item.platform)
        with st.container(border=True, key=f"connection-{item.platform}"):
            text.heading(t(f"connectors.{item.platform}"))
            _checks(item.platform)
            if item.connected:
                _connected(item, connector)
            else:
                offered = t("commands.sync.between").join(t(f"resources.{r.kind}") for r in item.resources)
                text.note(t("settings.connections.offers", kinds=offered))
                with st.expander(t("settings.connections.connect"), icon=":material/link:"):
                    _form(connector)
            _gaps(item)


def _gaps(item: PlatformStatus) -> None:
    """What the platform does not give, with the export file that has it."""
    for gap in item.gaps:
        files = t("commands.sync.between").join(t(f"kinds.{file}") for file in gap.files)
        key = "gap" if gap.files else "gap_open"
        text.note(t(f"commands.sync.{key}", kind=t(f"resources.{gap.kind}"), files=files))


def _connected(item: PlatformStatus, connector: Connector) -> None:
    for resource in item.resources:
        if resource.error:
            problem = errors.stored_error(resource.error, {"platform": item.platform})
            text.note(
                t("settings.connections.failing", kind=t(f"resources.{resource.kind}"), problem=problem)
            )
    text.note(t("settings.connections.works"))
    with st.container(horizontal=True):
        with st.popover(t("settings.connections.again"), icon=":material/key:"):
            _form(connector)
        with st.popover(t("settings.connections.disconnect"), icon=":material/link_off:"):
            text.note(t("settings.connections.disconnect_sure"))
            if st.button(t("settings.connections.disconnect_go"), key=f"disconnect-{item.platform}"):
                feedback.tried(_disconnect, connector)
                st.rerun()


def _disconnect(connector: Connector) -> None:
    require(actor(), "manage_shop")
    credentials.forget(connector)
    st.session_state.pop(CHECKED, None)


def _form(connector: Connector) -> None:
    """What to click on the platform, then a field for each key; an empty field leaves what is stored."""
    known = credentials.known(connector)
    st.markdown(t(f"connect.{connector.NAME}.steps"))
    with st.form(f"connect-{connector.NAME}", border=False):
        typed = {}
        for item in connector.CREDENTIALS:
            label = t(f"connect.{connector.NAME}.{item.name}")
            typed[item.name] = st.text_input(
                label if not item.optional else t("settings.connections.optional", label=label),
                type="password" if item.secret else "default",
                key=f"key-{connector.NAME}-{item.name}",
                placeholder=t("settings.connections.stored") if item.name in known else "",
                autocomplete="off",
            )
        if st.form_submit_button(t("settings.connections.try"), type="primary"):
            given = {name: value for name, value in typed.items() if value.strip()}
            with st.spinner(t("settings.connections.trying")):
                done = feedback.tried(_connect, connector, {**known, **given})
            if done:
                for item in connector.CREDENTIALS:
                    st.session_state.pop(f"key-{connector.NAME}-{item.name}", None)
            st.rerun()


def _connect(connector: Connector, values: dict[str, str]) -> None:
    """Log in with these keys and try every resource once; raises what the platform answers."""
    require(actor(), "manage_shop")
    checks = login.connect(cache.database(), connector.NAME, values)
    st.session_state[CHECKED] = (connector.NAME, tuple(checks))


def _checks(platform: str) -> None:
    """The outcome of the last try in this session, resource by resource."""
    name, checks = st.session_state.get(CHECKED, ("", ()))
    if name == platform:
        for item in checks:
            _check(item)


def _check(item: ResourceCheck) -> None:
    kind = t(f"resources.{item.kind}")
    if item.error is None:
        st.markdown(f":material/check_circle: {t('settings.connections.kind_works', kind=kind)}")
    else:
        problem: ShopError = item.error
        st.markdown(f":material/error: {kind}")
        text.note(errors.error(problem))
