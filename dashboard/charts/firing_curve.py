"""The temperature of firings over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.base import figure_of
from dashboard.charts.reuse import reused
from dashboard.theme.palette import Palette

MOST_POINTS = 600


@dataclass(frozen=True)
class NamedCurve:
    """One curve under its name: (seconds, tenths of °C)."""

    name: str
    points: Sequence[tuple[int, int]]


@reused
def firing_curves(curves: Sequence[NamedCurve], palette: Palette, *, hours: str, celsius: str) -> go.Figure:
    """°C over hours; the first curve in the accent, others fainter in the colours of the series."""
    figure = figure_of(palette, 320, hovermode="closest", margin={"l": 8, "r": 8, "t": 34, "b": 8})
    for place, curve in enumerate(curves):
        step = -(-len(curve.points) // MOST_POINTS)
        points = [*curve.points[:-1:step], curve.points[-1]]
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "name": curve.name,
                "x": [seconds / 3600 for seconds, _ in points],
                "y": [heat / 10 for _, heat in points],
                "line": {
                    "color": palette.series[place % len(palette.series)],
                    "width": 2.4 if place == 0 else 1.4,
                },
                "customdata": [
                    f"{curve.name}  {seconds // 3600}:{seconds % 3600 // 60:02}  <b>{heat / 10:.0f} °C</b>"
                    for seconds, heat in points
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    title = {"font": {"color": palette.muted, "size": 12}}
    figure.update_xaxes(title={"text": hours, **title}, rangemode="tozero", ticksuffix=" h", nticks=8)
    figure.update_yaxes(title={"text": celsius, **title}, rangemode="tozero", ticksuffix="°")
    return figure
