"""Bar lists and the Pareto chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import axis, cut_names, faint, figure_of, known, plotted, ticks, written
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette


@reused
def pareto(
    names: Sequence[str],
    values: Sequence[Any],
    shares: Sequence[float],
    classes: Sequence[str],
    unit: str,
    palette: Palette,
    *,
    label: str,
    cumulative: str,
) -> go.Figure:
    """The largest first as bars, and the cumulative share of the whole as a line on the upper axis.

    Bars of class A are full, B and C quieter, so that the cut at 80 % and 95 % is seen.
    """
    strength = {"A": 1.0, "B": 0.55, "C": 0.28}
    height = 70 + 26 * len(names)
    figure = figure_of(palette, height, hovermode="y unified", bargap=0.35)
    places = list(range(len(names)))
    figure.add_trace(
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "y": places,
            "x": plotted(values, unit),
            "marker": {"color": [faint(palette.primary, strength[kind]) for kind in classes]},
            "customdata": [
                f"{name}  <b>{value}</b>" for name, value in zip(names, written(values, unit), strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": cumulative,
            "y": places,
            "x": [None if pd.isna(share) else share for share in shares],
            "xaxis": "x2",
            "line": {"color": palette.series[2], "width": 1.5},
            "marker": {"size": 5, "color": palette.series[2]},
            "customdata": [format.rate(share) for share in shares],
            "hovertemplate": cumulative + "  <b>%{customdata}</b><extra></extra>",
        }
    )
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=places,
        rangemode="normal",
        zeroline=False,
        ticktext=cut_names(names, 10),
        showgrid=False,
    )
    figure.update_xaxes(**ticks(max(known(values), default=0.0), unit), showgrid=False)
    figure.update_layout(
        xaxis2=axis(
            palette,
            overlaying="x",
            side="top",
            range=[0, 1.02],
            showgrid=False,
            zeroline=False,
            tickmode="array",
            tickvals=[0, 0.5, 0.8, 1],
            ticktext=["0", "50%", "80%", "100%"],
        ),
        legend={"y": -0.02 - 24 / height, "yanchor": "top"},
        margin={"t": 24, "b": 34},
        shapes=[
            {
                "type": "line",
                "xref": "x2",
                "x0": 0.8,
                "x1": 0.8,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": palette.muted, "width": 1, "dash": "2px,3px"},
                "layer": "below",
            }
        ],
    )
    return figure


@reused
def bars(
    names: Sequence[str],
    values: Sequence[Any],
    unit: str,
    palette: Palette,
    *,
    height: int = 230,
    notes: Sequence[tuple[str, str]] = (),
) -> go.Figure:
    """One bar per name, in the order given, each with its figure next to it; behind it a note in its colour."""
    figures = [format.by_unit(unit)(None if pd.isna(value) else value) for value in values]
    if notes:
        figures = [
            f'{figure}  <span style="color:{colour}">{note}</span>'
            for figure, (note, colour) in zip(figures, notes, strict=True)
        ]
    figure = figure_of(palette, height, hovermode=False, margin={"t": 4})
    figure.add_trace(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(names),
            "x": plotted(values, unit),
            "marker": {"color": palette.primary},
            "cliponaxis": False,
            "textposition": "outside",
            "text": figures,
            "textfont": {"color": palette.ink, "size": 12},
        }
    )
    space = 1.45 if notes else 1.12  # for the text behind the longest bar
    figure.update_xaxes(**ticks(max(known(values), default=0.0) * space, unit), gridcolor=palette.line)
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, zeroline=False, rangemode="normal"
    )
    return figure
