"""Choosing what a period is compared with, and saying the comparison in words with both ranges
named.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import figures, frame, links, widgets
from dashboard.widgets import Column
from dashboard.words import t
from shop.errors import BadPeriod
from shop.growth import Comparison
from shop.query import unit_of
from shop.seasons import CALENDARS, Period, parse_period
from shop.seasons import before as fair_before

FREE = "free"
DEFAULTS = {"month": "mtd", "last_month": "mtd"}


def metric(names: tuple[str, ...]) -> str:
    """The control for which figure is compared."""
    return links.choice(
        st.selectbox, t("growth.metric"), names, "metric", widgets.label_of, width=132
    )


def before(view: frame.View) -> Period:
    """The controls for the earlier range: a calendar, or two free dates."""
    default = DEFAULTS.get(view.choice, "previous")
    asked = links.get("against")
    free = _free(asked)
    default = asked if asked in CALENDARS else default
    choice = links.choice(
        st.selectbox,
        t("growth.against"),
        (*CALENDARS, FREE),
        "calendar",
        lambda name: t(f"calendar.{name}"),
        default=FREE if free else default,
        width=190,
    )
    if choice != FREE:
        return fair_before(view.period, choice)
    return _two_dates(free or fair_before(view.period, "previous"))


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
        links.put("against", "..".join(day.isoformat() for day in days))


def year_to(view: frame.View) -> Period:
    """The months to show: the thirteen up to the end of the period, from the first sale on."""
    end = view.period.end
    first = date(end.year - 1, end.month, 1)
    return Period(min(max(first, frame.first_sale() or first), end), end)


def names(found: Comparison) -> tuple[str, str]:
    """The two ranges as they are named in a legend."""
    return figures.span(found.now.period), figures.span(found.before.period)


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
    write = figures.by_unit(unit_of(found.metric))
    if found.is_per_day and unit_of(found.metric) == "count":
        write = figures.number
    return t(
        f"compare.{per_day}.{direction}",
        metric=widgets.label_of(found.metric),
        now=found.now.period,
        before=found.before.period,
        figure=write(now),
        base=write(then),
        change=found.change,
    )


def reason(found: Comparison) -> str:
    """Why the comparison is fair: per day where the ranges differ in length, or what is laid
    beside what.
    """
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
