"""The shop's name, time zone and currency: chosen in an empty shop, changed later in the settings."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from dashboard.ui.file_questions import CURRENCIES
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, has_settings, shop_settings
from shop.settings import save_settings

COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Bangkok",
    "Asia/Ho_Chi_Minh",
    "Asia/Jakarta",
    "Asia/Manila",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)


def _settings(db: Database) -> tuple[ShopSettings, bool]:
    with db.read() as connection:
        return shop_settings(connection), has_settings(connection)


def current() -> tuple[ShopSettings, bool]:
    """The shop's settings, and whether they were chosen."""
    return cache.cached(_settings)


def first_choice(*, has_data: bool) -> None:
    """The form for the shop's time zone and currency, for the owner, until they were chosen or something was read."""
    settings, is_set = current()
    if is_set or has_data or not actor().may("manage_shop"):
        return
    label = t("data.shop.heading", zone=settings.time_zone, currency=settings.currency)
    with st.expander(label, expanded=True, icon=":material/public:"):
        text.note(t("data.shop.ask"))
        form(settings)


def form(settings: ShopSettings, *, with_name: bool = False) -> None:
    """The fields for name (where wanted), time zone and currency, saved together."""
    zones = tuple(dict.fromkeys((settings.time_zone, *COMMON_ZONES, *sorted(available_timezones()))))
    currencies = tuple(dict.fromkeys((settings.currency, *CURRENCIES)))
    with st.form("shop-settings", border=False):
        name = None
        if with_name:
            name = st.text_input(t("data.shop.name"), settings.name, max_chars=60, key="shop-name")
        zone = st.selectbox(t("data.shop.time_zone"), zones, key="shop-zone")
        currency = st.selectbox(t("data.shop.currency"), currencies, key="shop-currency")
        if st.form_submit_button(t("data.shop.save"), type="primary"):
            _save(name, zone, currency)


def _save(name: str | None, zone: str, currency: str) -> None:
    change = feedback.act(save_settings, name=name, time_zone=zone, currency=currency)
    if change is not None:
        feedback.report(t("data.shop.saved", rows=change.changed_rows))
    st.rerun()
