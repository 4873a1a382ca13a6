"""How often the shop syncs by itself, what ran last by itself and what failed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import errors
from dashboard.ui import cache, feedback, text
from etl.sync import schedule
from etl.sync.account import connected
from etl.sync.schedule import JobRun
from shop.metrics.preferences import read_preferences
from shop.metrics.settings import shop_settings
from shop.settings import SYNC_MINUTES, save_preferences


def state() -> str:
    """The pause between syncs, and how the last one went."""
    minutes = read_preferences(cache.database()).sync_minutes
    if not connected():
        return t("settings.schedule.nothing")
    last = schedule.last_runs(cache.database()).get("sync")
    if last is None:
        return pause(minutes)
    return t("settings.schedule.state", pause=pause(minutes), outcome=_outcome(last))


def pause(minutes: int) -> str:
    """A pause between syncs in words."""
    if not minutes:
        return t("settings.schedule.never")
    hours, rest = divmod(minutes, 60)
    return (
        t("settings.schedule.minutes", count=minutes) if rest else t("settings.schedule.hours", count=hours)
    )


def show() -> None:
    """The choice, and the last run of every job."""
    db = cache.database()
    feedback.stored_choice(
        st.selectbox,
        t("settings.schedule.choose"),
        SYNC_MINUTES,
        now=read_preferences(db).sync_minutes,
        store=_set_minutes,
        key="sync-minutes",
        format_func=pause,
        width=260,
    )
    if not connected():
        text.note(t("settings.schedule.nothing"))
    text.heading(t("settings.schedule.last"))
    runs = schedule.last_runs(db)
    if not runs:
        text.note(t("settings.schedule.none"))
    for run in runs.values():
        text.note(t("settings.schedule.run", job=t(f"settings.jobs.{run.name}"), outcome=_outcome(run)))
    st.page_link("views/data/page.py", label=t("settings.schedule.runs"), icon=":material/list:")


def _set_minutes(minutes: int) -> None:
    if feedback.act(save_preferences, sync_minutes=minutes) is not None:
        feedback.report(t("settings.saved"))


def _outcome(run: JobRun) -> str:
    when = _when(run.ended_at or run.started_at)
    if run.ended_at is None:
        return t("settings.schedule.running", when=when)
    if run.error is None:
        return t("settings.schedule.done", when=when)
    return t("settings.schedule.failed", when=when, problem=errors.stored_error(run.error, run.details))


def _when(moment: datetime) -> str:
    with cache.database().read() as connection:
        zone = ZoneInfo(shop_settings(connection).time_zone)
    local = moment.astimezone(zone)
    return f"{format.short_day(local.date())} {format.clock(local)}"
