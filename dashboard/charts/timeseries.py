"""Charts over days: the comparison of two ranges, stacked days, sessions, coverage of imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.base import (
    axis,
    date_axis,
    faint,
    figure_of,
    known,
    minor_scale,
    plotted,
    ticks,
    written,
)
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette

BARS_UP_TO = 100  # days; beyond, single days are drawn as a line


WEEKENDS_UP_TO = 70


BAR_STRENGTH = 0.62  # so that the dashed line of the earlier range is seen across the bars


@dataclass(frozen=True)
class DayMark:
    """One sign above a day of a chart: its kind, what that kind is called, and its text."""

    day: str
    kind: str
    kind_name: str
    label: str


STRIP = 0.05  # of the height, for each kind of mark above the days


SIGNS = {
    "session": ("circle", 1),
    "festival": ("diamond", 2),
    "campaign": ("triangle-down", 3),
    "firing": ("square", 4),
    "anomaly": ("x", 2),
}


@reused
def growth(
    table: pd.DataFrame,
    metric: str,
    unit: str,
    palette: Palette,
    *,
    now: str,
    before: str,
    language: str,
    height: int = 320,
    marks: Sequence[DayMark] = (),
) -> go.Figure:
    """Daily values with those of the earlier range dashed beneath, the nth day under the nth day.

    `table` is what `shop.growth.comparison.growth.aligned` answers; `now` and `before` name the two ranges. `marks`
    are in a strip above the days.
    """
    days = _positions(table["day"])
    here, there = table[metric].tolist(), table[f"before_{metric}"].tolist()
    figure = figure_of(palette, height)
    bars = len(days) <= BARS_UP_TO
    style: dict[str, Any] = (
        {"type": "bar", "marker": {"color": faint(palette.primary, BAR_STRENGTH), "line": {"width": 0}}}
        if bars
        else {
            "type": "scatter",
            "mode": "lines",
            "line": {"color": palette.primary, "width": 2},
            "fill": "tozeroy",
            "fillcolor": faint(palette.area, 0.25),
        }
    )
    figure.add_trace(
        {
            **style,
            "name": now,
            "x": days,
            "y": plotted(here, unit),
            "customdata": labelled(table["day"], here, unit),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines",
            "name": before,
            "x": days,
            "y": plotted(there, unit),
            "line": {"color": palette.ink, "width": 1.2, "dash": "4px,3px"},
            "customdata": labelled(table["before_day"], there, unit),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    tops = known([*here, *there])
    low = min([*tops, 0.0])
    axis = ticks(max([*tops, 0.0]), unit)
    if low < 0:
        axis["range"][0] = low / minor_scale(unit) * 1.05
    figure.update_yaxes(**axis)
    figure.update_xaxes(**date_axis(language, days), hoverformat="")
    _quiet_weekends(figure, days, palette)
    _mark(figure, marks, palette)
    return figure


def _mark(figure: go.Figure, marks: Sequence[DayMark], palette: Palette) -> None:
    """A strip above the days: one sign for each kind of mark, in the colours of the series."""
    kinds = list(dict.fromkeys(mark.kind for mark in marks))
    for place, kind in enumerate(kinds):
        symbol, colour = SIGNS.get(kind, ("x", 5))
        shown = [mark for mark in marks if mark.kind == kind]
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "markers",
                "name": shown[0].kind_name,
                "yaxis": "y2",
                "x": [mark.day for mark in shown],
                "y": [(place + 0.5) / len(kinds)] * len(shown),
                "marker": {"symbol": symbol, "size": 7, "color": palette.series[colour]},
                "customdata": [mark.label for mark in shown],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    if kinds:
        figure.update_layout(
            yaxis={"domain": [0, 0.97 - STRIP * len(kinds)]},
            yaxis2=axis(
                palette,
                domain=[1 - STRIP * len(kinds), 1],
                range=[0, 1],
                showgrid=False,
                zeroline=False,
                showticklabels=False,
            ),
        )


def _positions(days: pd.Series) -> list[str]:
    """The day of each position; past the end of the range the days simply go on."""
    start = date.fromisoformat(days.dropna().iloc[0])
    return [(start + timedelta(days=place)).isoformat() for place in range(len(days))]


def labelled(days: pd.Series, values: Sequence[Any], unit: str) -> list[str]:
    """The hover text of each day: date, weekday and value; empty where the day is missing."""
    return [
        "" if pd.isna(day) else f"{format.day(day)} {format.weekday(day)}  <b>{value}</b>"
        for day, value in zip(days, written(values, unit), strict=True)
    ]


def _quiet_weekends(figure: go.Figure, days: Sequence[str], palette: Palette) -> None:
    """A faint band behind Saturdays and Sundays, where single days can be distinguished."""
    if len(days) > WEEKENDS_UP_TO:
        return
    saturdays = [on for day in days if (on := date.fromisoformat(day)).weekday() == 5]
    figure.update_layout(
        shapes=[
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "x0": f"{on - timedelta(days=1)}T12:00",
                "x1": f"{on + timedelta(days=1)}T12:00",
                "line": {"width": 0},
                "fillcolor": faint(palette.muted, 0.07),
            }
            for on in saturdays
        ]
    )


@reused
def stacked_days(
    table: pd.DataFrame,
    parts: Sequence[tuple[str, str]],
    palette: Palette,
    *,
    language: str,
    height: int = 240,
    marks: Sequence[DayMark] = (),
) -> go.Figure:
    """Counts per day, one stacked series per (column, name), the first one strong, the second quiet.

    `marks` are in a strip above the days.
    """
    figure = figure_of(palette, height, barmode="stack")
    colours = (palette.primary, faint(palette.series[5], 0.35), *palette.series[1:])
    for place, (column, name) in enumerate(parts):
        figure.add_trace(
            {
                "type": "bar",
                "name": name,
                "x": table["day"].tolist(),
                "y": table[column].tolist(),
                "marker": {"color": colours[place]},
                "hovertemplate": f"{name} <b>%{{y:,}}</b><extra></extra>",
            }
        )
    total = table[[column for column, _ in parts]].sum(axis=1)
    figure.update_yaxes(**ticks(float(total.max()) if len(total) else 0.0, "count"))
    _mark(figure, marks, palette)
    figure.update_xaxes(**date_axis(language, table["day"]))
    return figure


@reused
def sessions(
    moments: Sequence[Any],
    values: Sequence[Any],
    sizes: Sequence[Any],
    labels: Sequence[str],
    unit: str,
    palette: Palette,
    *,
    language: str,
) -> go.Figure:
    """One mark per session at its start, as high as its figure and as large as its audience."""
    figure = figure_of(palette, 300, hovermode="closest", showlegend=False, margin={"t": 12})
    largest = max(known(sizes), default=0.0) or 1.0
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(moments),
            "y": plotted(values, unit),
            "customdata": list(labels),
            "hovertemplate": "%{customdata}<extra></extra>",
            "cliponaxis": False,
            "marker": {
                "color": faint(palette.primary, 0.65),
                "line": {"color": palette.primary, "width": 1},
                "size": [8 + 22 * (0.0 if pd.isna(size) else size / largest) ** 0.5 for size in sizes],
            },
        }
    )
    figure.update_yaxes(**ticks(max(known(values), default=0.0), unit))
    shown = sorted(str(moment)[:10] for moment in moments if not pd.isna(moment))
    if shown:  # whole days, so that the one day of a chart has its tick
        figure.update_xaxes(autorangeoptions={"include": [shown[0], f"{shown[-1]}T23:59"]})
    figure.update_xaxes(**date_axis(language, moments))
    return figure


@reused
def coverage(
    days: Sequence[str],
    kinds: Sequence[str],
    states: Sequence[Sequence[int]],
    names: Sequence[str],
    palette: Palette,
    *,
    language: str,
) -> go.Figure:
    """One strip of days per kind of source: 0 outside, 1 missing, 2 covered without records, 3
    covered.

    `names` are the labels of the four states.
    """
    colours = ("rgba(0,0,0,0)", palette.series[2], faint(palette.area, 0.45), palette.primary)
    figure = figure_of(palette, 76 + 34 * len(kinds), hovermode="closest", margin={"t": 34})
    scale = [[edge, colours[state]] for state in range(4) for edge in (state / 4, (state + 1) / 4)]
    figure.add_trace(
        {
            "type": "heatmap",
            "x": list(days),
            "y": list(kinds),
            "z": [list(row) for row in states],
            "zmin": -0.5,
            "zmax": 3.5,
            "colorscale": scale,
            "showscale": False,
            "ygap": 8,
            "xgap": 0,
            "customdata": [
                [f"{format.day(day)} {names[state]}" for day, state in zip(days, row, strict=True)]
                for row in states
            ],
            "hovertemplate": "%{y} · %{customdata}<extra></extra>",
        }
    )
    for state in (3, 2, 1):
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [None],
                "y": [None],
                "name": names[state],
                "marker": {"symbol": "square", "size": 11, "color": colours[state]},
            }
        )
    figure.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, rangemode="normal")
    figure.update_xaxes(**date_axis(language, days), zeroline=False)
    return figure
