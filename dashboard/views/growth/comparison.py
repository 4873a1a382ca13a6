"""Choosing what a period is compared with, and saying the comparison in words with both ranges
named.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import comparison
from dashboard.ui import cache, filters, url_state, widgets
from dashboard.ui.widgets import Column
from shop.core.errors import BadPeriod
from shop.core.periods import Period, parse_period
from shop.growth.comparison import calendars
from shop.growth.comparison.calendars import Pair
from shop.growth.comparison.growth import Comparison
from shop.growth.comparison.ranges import CALENDARS
from shop.metrics.query import Query, unit_of

FREE = "free"
DEFAULTS = {"month": "mtd", "last_month": "mtd"}


def metric(names: tuple[str, ...]) -> str:
    """The control for which figure is compared."""
    return url_state.choice(st.selectbox, t("growth.metric"), names, "metric", widgets.label_of, width=132)


def pair(view: filters.View) -> Pair:
    """The controls for the earlier range: a calendar, or two free dates. What lies beside what."""
    default = DEFAULTS.get(view.choice, "previous")
    asked = url_state.get("against")
    free = _free(asked)
    default = asked if asked in CALENDARS else default
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


def _laid(view: filters.View, calendar: str) -> Pair:
    running = view.at.cut(view.period) is not None
    return cache.ask(calendars.pair, view.period, calendar, is_running=running)


def apart(view: filters.View, query: Query, chosen: Pair) -> str:
    """Why the calendar that most often tells another story tells it, in one sentence; where it has
    no base to compare with, in what the chosen ranges are not alike.
    """
    other = _laid(view, calendars.rival(chosen.calendar))
    found = cache.ask(calendars.differences, query, chosen, other)
    return comparison.uneven(found.first) if found.gap is None else comparison.separate(found)


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


def year_to(view: filters.View) -> Period:
    """The months to show: the thirteen up to the end of the period, from the first sale on."""
    end = view.period.end
    first = date(end.year - 1, end.month, 1)
    return Period(min(max(first, filters.first_sale() or first), end), end)


def names(found: Comparison) -> tuple[str, str]:
    """The two ranges as they are named in a legend."""
    return format.span(found.now.period), format.span(found.before.period)


def sentence(found: Comparison) -> str:
    """The comparison in one sentence: both ranges, both figures, and how much more or less."""
    now, then = found.headline
    per_day = "per_day" if found.is_per_day else "plain"
    direction = (
        "unknown"
        if found.change is None
        else "same"
        if abs(found.change) < 0.0005
        else ("up" if found.change > 0 else "down")
    )
    write = format.by_unit(unit_of(found.metric))
    if found.is_per_day and unit_of(found.metric) == "count":
        write = format.number
    return t(
        f"compare.{per_day}.{direction}",
        metric=widgets.label_of(found.metric),
        now=found.now.period,
        before=found.before.period,
        figure=write(now),
        base=write(then),
        change=found.change,
    )


def reason(found: Comparison, chosen: Pair) -> str:
    """Why the comparison is fair: what is laid beside what, and per day where the ranges differ in
    length.
    """
    told = comparison.laid(chosen, found)
    if chosen.basis != "day":
        return told
    return f"{told} {_lengths(found)}".strip()


def _lengths(found: Comparison) -> str:
    fields = {
        "days": found.now.period.days,
        "before_days": found.before.period.days,
        "change": found.change,
        "total": found.change_total,
    }
    if not found.is_per_day:
        return t("compare.why.plain", **fields)
    if not found.is_uneven:
        return t("compare.why.even", **fields)
    if found.change is None or found.change_total is None:
        return t("compare.why.uneven", **fields)
    side = "less" if found.change_total < found.change else "more"
    return t(f"compare.why.uneven_{side}", **fields)


def day_columns(found: Comparison) -> list[Column]:
    """The columns of the days with those of the earlier range beside them."""
    now, before_ = names(found)
    label = t("growth.before", metric=widgets.label_of(found.metric))
    return [
        Column("day", now, "day"),
        *widgets.columns(found.metric),
        Column("before_day", before_, "day"),
        Column(f"before_{found.metric}", label, widgets.kind_of(found.metric)),
    ]


def month_columns() -> list[Column]:
    """The columns of the months, per day and in total."""
    return [
        Column("month", t("growth.month")),
        *widgets.columns("days", "units", "units_per_day"),
        Column("change", t("growth.month_change"), "change", t("growth.month_change_tip")),
        *widgets.columns("gmv", "sales_per_day", "orders"),
    ]
