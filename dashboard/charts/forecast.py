"""The forecast with its band, and small multiples of one figure by family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.base import axis, cut, date_axis, faint, figure_of, minor_scale, ticks
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette

ROW = 34
NARROW = 11  # Chinese signs next to a bar on a phone


@dataclass(frozen=True)
class ForecastLine:
    """One series of a chart by day."""

    name: str
    days: Sequence[str]
    values: Sequence[Any]


@reused
def forecast(
    past: ForecastLine,
    ahead: ForecastLine,
    low: Sequence[Any],
    high: Sequence[Any],
    baseline: ForecastLine,
    unit: str,
    palette: Palette,
    *,
    band: str,
    language: str,
) -> go.Figure:
    """Days gone by as bars, days to come as a line in its band, the naive baseline dashed."""
    figure = figure_of(palette, 300)
    scale = minor_scale(unit)

    def plotted(values: Sequence[Any]) -> list[float | None]:
        return [None if value is None else float(value) / scale for value in values]

    def message(line: ForecastLine) -> list[str]:
        write = format.by_unit(unit)
        return [
            f"{format.day(day)} <b>{write(value)}</b>"
            for day, value in zip(line.days, line.values, strict=True)
        ]

    figure.add_trace(
        {
            "type": "bar",
            "name": past.name,
            "x": list(past.days),
            "y": plotted(past.values),
            "marker": {"color": faint(palette.primary, 0.5)},
            "customdata": message(past),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    for values, fill in ((high, None), (low, "tonexty")):
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(ahead.days),
                "y": plotted(values),
                "line": {"width": 0},
                "fill": fill,
                "fillcolor": faint(palette.series[1], 0.18),
                "name": band,
                "showlegend": fill is not None,
                "hoverinfo": "skip",
            }
        )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines",
            "name": baseline.name,
            "x": list(baseline.days),
            "y": plotted(baseline.values),
            "customdata": message(baseline),
            "line": {"color": palette.muted, "width": 1.3, "dash": "dot"},
            "hovertemplate": baseline.name + " %{customdata}<extra></extra>",
        }
    )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines",
            "name": ahead.name,
            "x": list(ahead.days),
            "y": plotted(ahead.values),
            "line": {"color": palette.series[1], "width": 2.2},
            "customdata": message(ahead),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    known = [float(value) for value in (*past.values, *high) if value is not None]
    figure.update_yaxes(**ticks(max(known, default=0.0), unit))
    figure.update_xaxes(**date_axis(language, [*past.days, *ahead.days]))
    return figure


@reused
def multiples(
    names: Sequence[str],
    days: Sequence[str],
    values: Sequence[Sequence[Any]],
    unit: str,
    palette: Palette,
    *,
    across: int,
) -> go.Figure:
    """One small chart for each name, all on one scale, so that sizes compare as well as shapes."""
    down = -(-len(names) // across)
    figure = figure_of(
        palette, 40 + 120 * down, showlegend=False, hovermode="closest", margin={"t": 22, "l": 4}
    )
    scale = minor_scale(unit)
    top = max((float(value) for row in values for value in row), default=1.0) or 1.0
    for place, (name, row) in enumerate(zip(names, values, strict=True)):
        column, line = place % across, place // across
        suffix = "" if place == 0 else str(place + 1)
        left, right = column / across, (column + 1) / across - 0.03
        bottom, head = 1 - (line + 1) / down, 1 - line / down
        upper = head - 0.24 * (head - bottom)
        figure.update_layout(
            {
                f"xaxis{suffix}": axis(
                    palette,
                    domain=[left, right],
                    anchor=f"y{suffix}",
                    showgrid=False,
                    showticklabels=False,
                    type="date",
                ),
                f"yaxis{suffix}": axis(
                    palette,
                    domain=[bottom + 0.02, upper],
                    anchor=f"x{suffix}",
                    range=[0, top / scale],
                    showgrid=False,
                    showticklabels=False,
                ),
            }
        )
        write = format.by_unit(unit)
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(days),
                "fill": "tozeroy",
                "y": [float(value) / scale for value in row],
                "xaxis": f"x{suffix}",
                "yaxis": f"y{suffix}",
                "line": {"color": palette.primary, "width": 1.4},
                "fillcolor": faint(palette.primary, 0.18),
                "customdata": [
                    f"{format.day(day)} <b>{write(value)}</b>" for day, value in zip(days, row, strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
        figure.add_annotation(
            text=f"<b>{cut(name, 8)}</b>  {write(sum(row))}",
            x=left,
            y=head,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font={"size": 12, "color": palette.ink},
        )
    return figure
