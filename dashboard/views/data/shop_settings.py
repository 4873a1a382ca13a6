"""The shop's time zone and currency on the Data page: asked for in an empty shop, changed later."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.errors import error
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from dashboard.ui.file_questions import CURRENCIES
from shop.core.errors import ShopError
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


def section(*, has_data: bool) -> None:
    """A form that is open until the shop's time zone and currency were chosen, or something was read in."""
    settings, is_set = cache.cached(_settings)
    is_first = not is_set and not has_data
    label = t("data.shop.heading", zone=settings.time_zone, currency=settings.currency)
    with st.expander(label, expanded=is_first, icon=":material/public:"):
        text.note(t("data.shop.ask" if is_first else "data.shop.note"))
        zones = tuple(dict.fromkeys((settings.time_zone, *COMMON_ZONES, *sorted(available_timezones()))))
        currencies = tuple(dict.fromkeys((settings.currency, *CURRENCIES)))
        with st.form("shop-settings", border=False):
            zone = st.selectbox(t("data.shop.time_zone"), zones, key="shop-zone")
            currency = st.selectbox(t("data.shop.currency"), currencies, key="shop-currency")
            if st.form_submit_button(t("data.shop.save")):
                _save(zone, currency)
    if message := st.session_state.pop("shop-saved", ""):
        text.note(message)


def _save(zone: str, currency: str) -> None:
    try:
        change = save_settings(cache.database(), actor=actor(), time_zone=zone, currency=currency)
    except ShopError as problem:
        st.error(error(problem))
        return
    st.session_state["shop-saved"] = t("data.shop.saved", rows=change.changed_rows)
    st.rerun()
