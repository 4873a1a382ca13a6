"""Payouts to come on the growth page: six weeks by day with a band, and by week; for the owner."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import forecast as chart
from dashboard.charts.forecast import ForecastLine
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.server.late_figures import computes_late_figures
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.filters import View
from shop.metrics.query import Query
from shop.profit import payout_forecast
from shop.profit.payout_forecast import ExpectedPayout, PayoutForecast


def show(view: View) -> None:
    """What is expected and how sure, the chart by day, the table by week, and what it rests on."""
    if computes_late_figures(cache.database()):
        text.note(t("frame.late_figures"))
        return
    query = Query(("gmv",), view.at.on, view.at.on, where=view.where, currency=view.currency)
    result = cache.cached(payout_forecast.payout_forecast, query)
    if not result.weeks:
        text.note(t("payouts.none"))
        return
    text.lines([sentence(result)])
    days = [day.period.start.isoformat() for day in result.days]
    tables.chart(
        "payouts",
        t("payouts.title"),
        lambda: chart.forecast(
            ForecastLine(
                t("payouts.past"),
                [day.isoformat() for day, _ in result.past],
                [cents for _, cents in result.past],
            ),
            ForecastLine(t("payouts.expected"), days, [day.cents for day in result.days]),
            [day.low for day in result.days],
            [day.high for day in result.days],
            ForecastLine(t("payouts.of_paid"), days, [day.of_paid for day in result.days]),
            "cents",
            filters.colours(),
            band=t("payouts.band"),
            language=language(),
        ),
        t("payouts.alt"),
        table(result.days),
        columns("day"),
    )
    text.heading(t("payouts.by_week"))
    tables.show("payouts-weeks", table(result.weeks), columns("week"))
    text.note(t("payouts.note"))
    text.note(t("payouts.tried", weeks=result.past_errors) if result.past_errors else t("payouts.untried"))


def sentence(result: PayoutForecast) -> str:
    """The next week and all six, with the band of the week."""
    week = result.weeks[0]
    return t(
        "payouts.sentence",
        cents=week.cents,
        low=week.low,
        high=week.high,
        whole=result.cents,
        paid=result.of_paid,
    )


def table(rows: tuple[ExpectedPayout, ...]) -> pd.DataFrame:
    """Periods as rows: expected, of orders paid already, of those to come, band."""
    return pd.DataFrame(
        {
            "start": [row.period.start.isoformat() for row in rows],
            "expected": pd.array([row.cents for row in rows], "Int64"),
            "of_paid": pd.array([row.of_paid for row in rows], "Int64"),
            "of_new": pd.array([row.of_new for row in rows], "Int64"),
            "low": pd.array([row.low for row in rows], "Int64"),
            "high": pd.array([row.high for row in rows], "Int64"),
        }
    )


def columns(unit: str) -> list[Column]:
    """The columns of such a table, by day or by week."""
    names = ("expected", "of_paid", "of_new", "low", "high")
    return [
        Column("start", t(f"payouts.{unit}"), "day"),
        *(Column(name, t(f"payouts.{name}"), "money") for name in names),
    ]
