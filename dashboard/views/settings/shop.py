"""The shop itself: name, time zone, currency, and how its pages look to everybody by default."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.language import LANGUAGES
from dashboard.i18n.messages import t
from dashboard.ui import cache, feedback, shop_form, text
from shop.metrics.preferences import read_preferences
from shop.settings import WEEK_STARTS, save_preferences


def state() -> str:
    """The shop's name, time zone and currency."""
    settings, _ = shop_form.current()
    parts = (settings.name, settings.time_zone, settings.currency)
    return " · ".join(part for part in parts if part)


def show() -> None:
    """Two forms: what figures rest on, and how pages look."""
    settings, _ = shop_form.current()
    text.note(t("data.shop.note"))
    shop_form.form(settings, with_name=True)
    text.heading(t("settings.shop.look"))
    text.note(t("settings.shop.look_note"))
    chosen = read_preferences(cache.database())
    with st.form("preferences", border=False):
        language = st.selectbox(
            t("frame.language"),
            LANGUAGES,
            LANGUAGES.index(chosen.language or LANGUAGES[0]),
            format_func=lambda code: t(f"frame.languages.{code}"),
            key="shop-language",
        )
        ups = ("", "red", "green")
        up = st.selectbox(
            t("frame.up"),
            ups,
            ups.index(chosen.up),
            format_func=lambda name: t(f"frame.ups.{name}") if name else t("settings.shop.up_by_language"),
            key="shop-up",
        )
        week_start = st.selectbox(
            t("settings.shop.week_start"),
            WEEK_STARTS,
            WEEK_STARTS.index(chosen.week_start),
            format_func=lambda day: format.weekdays()[day - 1],
            key="shop-week-start",
        )
        if st.form_submit_button(t("data.shop.save"), type="primary"):
            if feedback.act(save_preferences, language=language, up=up, week_start=week_start) is not None:
                feedback.report(t("settings.saved"))
            st.rerun()
