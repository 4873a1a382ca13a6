"""The calendar heat map."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.base import faint, figure_of
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette


@reused
def heat(
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    unit: str,
    palette: Palette,
    *,
    height: int | None = None,
    label: str = "",
    every: int = 1,
) -> go.Figure:
    """A table of shades: the darker, the more; each cell shows its figure on hover."""
    figure = figure_of(palette, height or 60 + 30 * len(rows), hovermode="closest", margin={"t": 8, "r": 4})
    write = format.exact if unit == "cents" else format.by_unit(unit)
    figure.add_trace(
        {
            "type": "heatmap",
            "x": list(range(len(columns))),
            "y": list(range(len(rows))),
            "z": [list(row) for row in cells],
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "zmin": 0,
            "colorscale": [[0, faint(palette.primary, 0.05)], [1, faint(palette.primary, 0.95)]],
            "customdata": [
                [
                    f"{row} · {column} {label} <b>{write(value)}</b>"
                    for column, value in zip(columns, values, strict=True)
                ]
                for row, values in zip(rows, cells, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
            "hoverongaps": False,
        }
    )
    shown = list(range(0, len(columns), every))
    figure.update_xaxes(
        tickmode="array",
        tickvals=shown,
        ticktext=[columns[place] for place in shown],
        showgrid=False,
        zeroline=False,
        rangemode="normal",
        tickangle=0,
    )
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=list(rows),
        showgrid=False,
        zeroline=False,
        rangemode="normal",
    )
    return figure
