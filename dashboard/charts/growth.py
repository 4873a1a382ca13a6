"""Charts of the growth page: causes as a waterfall, heat maps, a forecast with its band, multiples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.base import _scale, axis, cut, date_format, faint, figure_of, ticks
from dashboard.i18n import format
from dashboard.theme import Palette

ROW = 34
NARROW = 11  # Chinese signs beside a bar on a phone


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: a change, or a level (`is_total`); None is not known yet.

    `good` is 1 where more is shown in the colour of up, -1 where it is shown in that of down.
    """

    name: str
    value: int | None
    is_total: bool = False
    good: int = 1


def waterfall(
    steps: Sequence[Step], unit: str, palette: Palette, *, up: str, down: str, unknown: str
) -> go.Figure:
    """Steps between levels, each beginning where the last ended, its figure written beside it."""
    figure = figure_of(
        palette,
        40 + ROW * len(steps),
        hovermode=False,
        showlegend=False,
        bargap=0.42,
        margin={"t": 4, "r": 84},
    )
    starts, lengths, ends = _laid(steps)
    scale = _scale(unit)
    figure.add_trace(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(range(len(steps))),
            "base": [start / scale for start in starts],
            "x": [size / scale for size in lengths],
            "marker": {"color": [_colour(step, palette, up, down) for step in steps]},
            "cliponaxis": False,
        }
    )
    low, high = min(0, *starts, *ends), max(1, *starts, *ends)
    for place, (start, size, step) in enumerate(zip(starts, lengths, steps, strict=True)):
        figure.add_annotation(
            x=max(start, start + size) / scale,
            y=place,
            text=_written(step, unit, unknown),
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": 12, "color": palette.muted if step.value is None else palette.ink},
        )
    figure.update_xaxes(
        range=[low / scale, low / scale + (high - low) / scale * 1.02],
        showgrid=False,
        showticklabels=False,
        zeroline=True,
        zerolinecolor=palette.line,
        rangemode="normal",
    )
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(steps))),
        showgrid=False,
        ticktext=[cut(step.name, NARROW) for step in steps],
        zeroline=False,
        rangemode="normal",
        tickfont={"color": palette.ink, "size": 12},
    )
    return figure


def _laid(steps: Sequence[Step]) -> tuple[list[int], list[int], list[int]]:
    """Where each bar begins, how long it is (signed), and where it ends."""
    starts, lengths, ends, level = [], [], [], 0
    for step in steps:
        value = step.value or 0
        start = 0 if step.is_total else level
        level = start if step.value is None and step.is_total else start + value
        starts.append(start)
        lengths.append(value)
        ends.append(level)
    return starts, lengths, ends


def _colour(step: Step, palette: Palette, up: str, down: str) -> str:
    if step.is_total:
        return palette.primary
    return up if (step.value or 0) * step.good >= 0 else down


def _written(step: Step, unit: str, unknown: str) -> str:
    if step.value is None:
        return unknown
    if step.is_total:
        return format.by_unit(unit)(step.value)
    return format.FORMATS["signed"](step.value) if unit == "cents" else f"{step.value:+,}"


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
    """A table of shades: the darker, the more; each cell says its figure when pointed at."""
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


@dataclass(frozen=True)
class Line:
    """One series of a chart by day."""

    name: str
    days: Sequence[str]
    values: Sequence[Any]


def forecast(
    past: Line,
    ahead: Line,
    low: Sequence[Any],
    high: Sequence[Any],
    baseline: Line,
    unit: str,
    palette: Palette,
    *,
    band: str,
    language: str,
) -> go.Figure:
    """Days gone by as bars, days to come as a line in its band, the naive baseline dashed."""
    figure = figure_of(palette, 300)
    scale = _scale(unit)

    def plotted(values: Sequence[Any]) -> list[float | None]:
        return [None if value is None else float(value) / scale for value in values]

    def said(line: Line) -> list[str]:
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
            "customdata": said(past),
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
            "customdata": said(baseline),
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
            "customdata": said(ahead),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    known = [float(value) for value in (*past.values, *high) if value is not None]
    figure.update_yaxes(**ticks(max(known, default=0.0), unit))
    figure.update_xaxes(**date_format(language))
    return figure


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
    scale = _scale(unit)
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
