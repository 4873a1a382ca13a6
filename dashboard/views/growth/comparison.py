"""The controls of the comparison on the growth page, and its columns."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import comparison, metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, url_state
from shop.core.errors import BadPeriod
from shop.core.periods import Period, parse_period
from shop.growth.comparison import calendars
from shop.growth.comparison.calendars import RangePair
from shop.growth.comparison.growth import Comparison
from shop.growth.comparison.ranges import CALENDARS
from shop.metrics.query import Query

FREE = "free"
DEFAULTS = {"month": "mtd", "last_month": "mtd"}


def metric(names: tuple[str, ...]) -> str:
    """The control for the figure to compare."""
    return url_state.choice(st.selectbox, t("growth.metric"), names, "metric", metrics.label_of, width=132)


def pair(view: filters.View) -> RangePair:
    """The controls for the earlier range: a calendar, or two free dates."""
    default = DEFAULTS.get(view.choice, "previous")
    value = url_state.get("against")
    free = _free(value)
    default = value if value in CALENDARS else default
    choice = url_state.choice(
        st.selectbox,
        t("growth.against"),
        (*CALENDARS, FREE),
        "calendar",
        comparison.calendar_name,
        default=FREE if free else default,
        width=190,
    )
    if choice == FREE:
        dates = _two_dates(free or _laid(view, "previous").before)
        choice = f"{dates.start}..{dates.end}"
    return _laid(view, choice)


def _laid(view: filters.View, calendar: str) -> RangePair:
    running = view.at.cut(view.period) is not None
    return cache.cached(calendars.pair, view.period, calendar, is_running=running)


def explain_difference(view: filters.View, query: Query, chosen: RangePair) -> str:
    """Why the calendar that most often differs gives another result, in one sentence; where it has no
    base to compare with, in what the chosen ranges differ.
    """
    other = _laid(view, calendars.rival(chosen.calendar))
    result = cache.cached(calendars.differences, query, chosen, other)
    return comparison.uneven(result.first) if result.gap is None else comparison.separate(result)


def _free(text: str) -> Period | None:
    try:
        return parse_period(text)
    except BadPeriod:
        return None


def _two_dates(now: Period) -> Period:
    key = "link.against"
    if len(st.session_state.get(key, ())) != 1:
        st.session_state[key] = (now.start, now.end)
    st.date_input(t("growth.against_days"), key=key, on_change=_picked, args=(key,), width=230)
    return now


def _picked(key: str) -> None:
    days = st.session_state[key]
    if len(days) == 2:
        url_state.put("against", "..".join(day.isoformat() for day in days))


def day_columns(result: Comparison) -> list[Column]:
    """The columns of the days next to those of the earlier range."""
    now, before_ = comparison.range_names(result)
    label = t("growth.before", metric=metrics.label_of(result.metric))
    return [
        Column("day", now, "day"),
        *metrics.columns(result.metric),
        Column("before_day", before_, "day"),
        Column(f"before_{result.metric}", label, metrics.kind_of(result.metric)),
    ]
