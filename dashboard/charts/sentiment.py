"""Charts of comments: shares of praise and complaint per week with their intervals, and comments per day."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import date_axis, faint, figure_of, ticks
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette
from shop.comments.trends import SentimentWeek
from shop.stats.proportions import Rate


@reused
def weeks(
    shown: Sequence[SentimentWeek], palette: Palette, *, positive: str, negative: str, language: str
) -> go.Figure:
    """Shares of positive and negative comments per week as lines, each with its 90 % interval as a band."""
    figure = figure_of(palette, 300)
    days = [week.week.isoformat() for week in shown]
    for name, colour, rates in (
        (positive, palette.series[0], [week.positive for week in shown]),
        (negative, palette.series[2], [week.negative for week in shown]),
    ):
        _band(figure, days, rates, colour)
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": days,
                "y": [rate.share for rate in rates],
                "line": {"color": colour, "width": 2},
                "marker": {"size": 5, "color": colour},
                "customdata": [
                    f"{name}  <b>{format.rate(rate.share)}</b> ({rate.over}/{rate.under})" for rate in rates
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    figure.update_xaxes(**date_axis(language, days))
    return figure


def _band(figure: go.Figure, days: Sequence[str], rates: Sequence[Rate], colour: str) -> None:
    bounds = [rate.interval or (0.0, 1.0) for rate in rates]
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*days, *reversed(days)],
            "y": [*(high for _, high in bounds), *(low for low, _ in reversed(bounds))],
            "fill": "toself",
            "fillcolor": faint(colour, 0.14),
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )


@reused
def days(table: pd.DataFrame, palette: Palette, *, language: str) -> go.Figure:
    """Comments per day as bars."""
    figure = figure_of(palette, 220)
    counts = table["comments"].tolist()
    figure.add_trace(
        {
            "type": "bar",
            "x": [str(day) for day in table["day"]],
            "y": counts,
            "marker": {"color": palette.primary},
            "hovertemplate": "%{x}  <b>%{y}</b><extra></extra>",
        }
    )
    figure.update_yaxes(**ticks(max(counts, default=0), "count"))
    figure.update_xaxes(**date_axis(language, table["day"]))
    return figure
