"""Charts of the kiln room: yields with what chance leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.base import cut, figure_of
from dashboard.theme import Palette

ROW = 34


def yields(
    names: Sequence[str],
    shares: Sequence[float],
    spans: Sequence[tuple[float, float]],
    labels: Sequence[str],
    palette: Palette,
) -> go.Figure:
    """One mark per name at its share, on a line from the low to the high end of its interval."""
    places = list(range(len(names)))
    figure = figure_of(palette, 56 + ROW * len(names), hovermode="closest", showlegend=False, margin={"t": 8})
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(shares),
            "y": places,
            "marker": {"size": 11, "color": palette.primary},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "color": palette.muted,
                "thickness": 1.5,
                "width": 5,
                "array": [high - share for share, (_, high) in zip(shares, spans, strict=True)],
                "arrayminus": [share - low for share, (low, _) in zip(shares, spans, strict=True)],
            },
            "customdata": list(labels),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    least = min([0.5, *(low for low, _ in spans)])
    steps = [step / 10 for step in range(int(least * 10), 11)]
    shown = steps[::-1][:: 1 if len(steps) < 5 else 2]
    figure.update_xaxes(
        range=[steps[0] - 0.01, 1.01],
        tickmode="array",
        tickvals=shown,
        ticktext=[f"{step:.0%}" for step in shown],
        showgrid=True,
        gridcolor=palette.line,
        zeroline=False,
    )
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=places,
        showgrid=False,
        zeroline=False,
        ticktext=[cut(name, 9) for name in names],
        rangemode="normal",
    )
    return figure
