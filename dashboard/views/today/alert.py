"""The alert of the day on the Today page: its text, dismissed or silenced at a click."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from dashboard.text import confidence
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from shop.core.errors import DatabaseBusy
from shop.db.database import Database
from shop.growth.alerts import alerts
from shop.growth.alerts.alerts import SalesAlert
from shop.overview import ReportClock

QUIET = timedelta(days=14)


def show(at: ReportClock) -> None:
    """Look once a day, show what nobody has seen yet, and what is silenced."""
    if not at.is_today:
        return
    try:
        cache.cached(_looked, at.today)
    except DatabaseBusy:
        return  # an import is running; the next run will show it
    for item in cache.cached(alerts.open_alerts, at.today)[:1]:
        _alert(item, at)
    if actor().may("edit_calendar"):
        for silence in cache.cached(alerts.silences, at.today):
            message, hear = confidence.silenced(silence)
            with st.container(horizontal=True, vertical_alignment="center"):
                text.note(message)
                if st.button(hear, key=f"hear-{silence.kind}", type="tertiary"):
                    alerts.unsilence(cache.database(), silence.kind, actor=actor())
                    st.rerun()


def _looked(db: Database, on: date) -> None:
    """Look, as often as the data change; the result is read separately."""
    alerts.find_alert(db, on)


def _alert(item: SalesAlert, at: ReportClock) -> None:
    until = at.today + QUIET
    done, quiet = confidence.alert_words(until)
    with st.container(border=True, key="alert"):
        text.lines([confidence.alert(item)])
        with st.container(horizontal=True):
            if st.button(done, key="alert-done"):
                alerts.seen(cache.database(), item.alert_id, actor=actor())
                st.rerun()
            if actor().may("edit_calendar") and st.button(quiet, key="alert-quiet", type="tertiary"):
                alerts.silence(cache.database(), item.kind, until, actor=actor(), today=at.today)
                st.rerun()
