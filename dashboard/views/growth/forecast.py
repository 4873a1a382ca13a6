"""Where it goes, on the growth page: the month's end, four weeks ahead, goals with their pace."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.charts import forecast as growth
from dashboard.charts.forecast import ForecastLine
from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import forecast, metrics
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.actor import actor
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.growth.forecasting import forecast as forecasts
from shop.growth.forecasting import goals
from shop.growth.forecasting.forecast import Forecast, Projection
from shop.growth.forecasting.goals import GoalProgress
from shop.metrics.query import unit_of

PAST_WEEKS = 6


def show(view: filters.View, metric: str) -> None:
    """The month's end, the weeks ahead with their band, and the goals."""
    name = metric if metric in forecasts.METRICS else "gmv"
    query, on, running = view.query(name), view.at.on, view.at.is_today
    month = cache.cached(forecasts.project, query, on, is_running=running)
    text.lines([forecast.month(month)])
    _goals(view, month, on, running)
    result = month.forecast
    if not result.days:
        text.note(forecast.no_forecast(result))
        return
    _weeks(view, result)
    for line in (forecast.trials(result), forecast.cautions(result)):
        if line:
            text.note(line)


# --- weeks ---------------------------------------------------------------------------------------


def _weeks(view: filters.View, result: Forecast) -> None:
    name = result.metric
    until = result.known_until
    period = Period(until - timedelta(days=PAST_WEEKS * 7 - 1), until)
    past = cache.answer(view.query(name, by=("day",), period=period))
    days = [day.on.isoformat() for day in result.days]
    text.lines([forecast.weeks(result)])
    tables.chart(
        "ahead",
        t("outlook.title", metric=metrics.label_of(name), unit=metrics.unit_name(name)),
        lambda: growth.forecast(
            ForecastLine(t("outlook.past"), past["day"].tolist(), past[name].tolist()),
            ForecastLine(t("outlook.expected"), days, [day.expected for day in result.days]),
            [day.low for day in result.days],
            [day.high for day in result.days],
            ForecastLine(t("outlook.naive"), days, [day.naive for day in result.days]),
            unit_of(name),
            filters.colours(),
            band=t("outlook.band"),
            language=language(),
        ),
        t("outlook.alt", metric=metrics.label_of(name)),
        table(result),
        columns(name),
    )


def table(result: Forecast) -> pd.DataFrame:
    """The days ahead as rows: expected, band, plainest forecast."""
    cells = {
        name: pd.array([getattr(day, name) for day in result.days], "Int64")
        for name in ("expected", "low", "high", "naive")
    }
    return pd.DataFrame({"day": [day.on.isoformat() for day in result.days], **cells})


def columns(metric: str) -> list[Column]:
    """The columns of the days ahead."""
    kind = metrics.kind_of(metric)
    return [
        Column("day", t("column.day"), "day"),
        *(Column(name, t(f"outlook.{name}"), kind) for name in ("expected", "low", "high", "naive")),
    ]


# --- goals ---------------------------------------------------------------------------------------


def _goals(view: filters.View, month: Projection, on: date, running: bool) -> None:
    """This month's goals with their pace, and the window to set or clear one."""
    known = () if view.platforms else (month,)
    paces = cache.cached(goals.pace, view.query("gmv"), on, is_running=running, known=known)
    for item in paces:
        text.lines([forecast.goal(item)])
        st.progress(min(item.share, 1.0))
    with st.container(horizontal=True, key="goal-buttons"):
        if actor().may("set_goals"):
            with st.popover(t("outlook.set_goal"), icon=":material/flag:"):
                _set(on, view.currency)
            if paces:
                with st.popover(t("outlook.clear_goal"), type="tertiary"):
                    _clear(paces)


def _set(on: date, currency: str) -> None:
    months = [on.replace(day=1), (on.replace(day=1) + timedelta(days=32)).replace(day=1)]
    with st.form("goal", border=False):
        month = st.selectbox(t("outlook.month"), months, format_func=lambda day: format.month(f"{day:%Y-%m}"))
        name = st.selectbox(t("outlook.figure"), goals.METRICS, format_func=metrics.label_of)
        amount = st.number_input(t("outlook.amount"), min_value=1, step=100, value=None)
        if not st.form_submit_button(t("outlook.save"), type="primary"):
            return
    if amount is None:
        text.note(t("outlook.no_amount"))
        return
    target = int(amount) * (format.minor_units() if unit_of(name) == "cents" else 1)
    try:
        goals.set_goal(cache.database(), month, name, target, actor=actor(), currency=currency)
    except ShopError as problem:
        text.error(problem)
        return
    st.rerun()


def _clear(paces: tuple[GoalProgress, ...]) -> None:
    chosen = st.radio(t("outlook.which"), paces, format_func=distinct_labels(paces, forecast.goal_name))
    if st.button(t("outlook.clear"), type="primary"):
        goal = chosen.goal
        goals.clear_goal(cache.database(), goal.month, goal.metric, actor=actor(), currency=goal.currency)
        st.rerun()
