"""The days beneath a chart: one label for a day, however few days it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import sentiment, timeseries
from dashboard.charts.base import DATE_TICKS, DAY_MS
from dashboard.charts.forecast import ForecastLine, forecast
from dashboard.theme.palette import LIGHT
from shop.comments.trends import SentimentWeek
from shop.stats.proportions import Rate


def days_of(count: int) -> list[str]:
    return [(date(2026, 11, 27) + timedelta(days=place)).isoformat() for place in range(count)]


def growth(days: list[str]) -> go.Figure:
    ones = [1] * len(days)
    table = pd.DataFrame({"day": days, "gmv": ones, "before_day": days, "before_gmv": ones})
    return timeseries.growth(table, "gmv", "cents", LIGHT, now="now", before="before", language="zh")


def stacked(days: list[str]) -> go.Figure:
    table = pd.DataFrame({"day": days, "questions": [1] * len(days)})
    return timeseries.stacked_days(table, [("questions", "questions")], LIGHT, language="zh")


def sessions(days: list[str]) -> go.Figure:
    ones = [1] * len(days)
    moments = [f"{day} 20:15" for day in days]
    return timeseries.sessions(moments, ones, ones, days, "count", LIGHT, language="zh")


def coverage(days: list[str]) -> go.Figure:
    return timeseries.coverage(days, ["orders"], [[3] * len(days)], list("abcd"), LIGHT, language="zh")


def weeks(days: list[str]) -> go.Figure:
    shown = [SentimentWeek(date.fromisoformat(day), 3, Rate(1, 3), Rate(1, 3)) for day in days]
    return sentiment.weeks(shown, LIGHT, positive="good", negative="bad", language="zh")


def word(days: list[str]) -> go.Figure:
    table = pd.DataFrame({"day": [date.fromisoformat(day) for day in days], "comments": [1] * len(days)})
    return sentiment.days(table, LIGHT, language="zh")


def ahead(days: list[str]) -> go.Figure:
    ones = [1] * (len(days) - 1)
    line = ForecastLine("ahead", days[1:], ones)
    return forecast(
        ForecastLine("past", days[:1], [1]),
        line,
        ones,
        ones,
        line,
        "count",
        LIGHT,
        band="band",
        language="zh",
    )


@pytest.mark.parametrize("draw", [growth, stacked, sessions, coverage, weeks, word, ahead])
@pytest.mark.parametrize("count", range(1, 11))
def test_the_ticks_of_one_to_ten_days_are_a_day_apart_or_more(
    draw: Callable[[list[str]], go.Figure], count: int
) -> None:
    across = draw(days_of(count)).layout.xaxis
    if count <= DATE_TICKS:
        assert across.dtick == DAY_MS
    else:  # Plotly's own ticks, at most so many of them
        assert across.dtick is None
        assert (count - 1) / across.nticks >= 1


def test_the_only_session_has_its_day_beneath_it():
    included = sessions(days_of(1)).layout.xaxis.autorangeoptions.include
    assert included == ("2026-11-27", "2026-11-27T23:59")
    assert timeseries.sessions([None], [1], [1], [""], "count", LIGHT, language="zh").data
