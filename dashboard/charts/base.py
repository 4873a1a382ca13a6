"""Table in, Plotly figure out: every chart of the pages, in the colours of either theme.

No Streamlit here, and `plotly.graph_objects` only. Money comes in as cents and is drawn in whole
units; what a hover says is written by `dashboard.figures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.i18n import format
from dashboard.theme import Palette

FONT = (
    "-apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', system-ui, sans-serif"
)
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
BARS_UP_TO = 100  # days; beyond, single days are drawn as a line
WEEKENDS_UP_TO = 70
BAR_STRENGTH = 0.62  # so that the dashed line of the earlier range is seen across the bars
TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class DayMark:
    """One sign above a day of a chart: its kind, what that kind is called, and what it says."""

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


def _figure(palette: Palette, height: int, **layout: Any) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": palette.muted},
        margin={"l": 4, "r": 8, "t": 30, "b": 4, "pad": 4},
        hovermode="x unified",
        hoverlabel={
            "bgcolor": palette.surface,
            "bordercolor": palette.line,
            "font": {"color": palette.ink, "size": 12, "family": FONT},
        },
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": 12, "color": palette.muted},
            "itemclick": False,
            "itemdoubleclick": False,
        },
        dragmode=False,
        bargap=0.25,
        xaxis=_axis(palette, showgrid=False),
        yaxis=_axis(palette, rangemode="tozero"),
    )
    figure.update_layout(**layout)
    return figure


def _axis(palette: Palette, **settings: Any) -> dict[str, Any]:
    return {
        "automargin": True,
        "fixedrange": True,
        "showline": False,
        "zeroline": True,
        "gridcolor": palette.line,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
        "tickfont": {"size": 12, "color": palette.muted},
        "ticks": "",
        **settings,
    }


def _scale(unit: str) -> int:
    return 100 if unit == "cents" else 1


def _known(values: Sequence[Any]) -> list[float]:
    return [float(value) for value in values if not pd.isna(value)]


def _plotted(values: Sequence[Any], unit: str) -> list[float | None]:
    return [None if pd.isna(value) else float(value) / _scale(unit) for value in values]


def _written(values: Sequence[Any], unit: str) -> list[str]:
    write = format.exact if unit == "cents" else format.by_unit(unit)
    return [write(None if pd.isna(value) else value) for value in values]


def ticks(top: float, unit: str) -> dict[str, Any]:
    """A few round steps from 0 to at least `top`, written as the unit is: ¥1.2万, 30%."""
    shown = max(top, 0) / _scale(unit) or 1.0
    power = 10.0 ** (len(str(int(shown / TICKS))) - 1) if shown >= TICKS else 10.0**-4
    while power * 10 <= shown / TICKS:
        power *= 10
    factors = [factor for factor in STEPS if factor != 2.5 or unit != "count"]
    step = next(power * factor for factor in factors if power * factor * TICKS >= shown)
    if unit == "count":
        step = max(step, 1.0)
    values = [step * place for place in range(TICKS + 1) if step * (place - 1) < shown]
    names = [format.tick(value * _scale(unit), unit) for value in values]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": names,
        "range": [0, max(values[-1], shown) * 1.02],
    }


def _dates(language: str) -> dict[str, Any]:
    day, month = ("%-m月%-d日", "%-m月<br>%Y") if language == "zh" else ("%-d %b", "%b<br>%Y")
    return {
        "type": "date",
        "nticks": 6,
        "tickangle": 0,
        "tickformatstops": [
            {"dtickrange": [None, "M1"], "value": day},
            {"dtickrange": ["M1", None], "value": month},
        ],
    }


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

    `table` is what `shop.growth.laid_under` answers; `now` and `before` name the two ranges. `marks`
    stand in a strip above the days.
    """
    days = _positions(table["day"])
    here, there = table[metric].tolist(), table[f"before_{metric}"].tolist()
    figure = _figure(palette, height)
    bars = len(days) <= BARS_UP_TO
    look: dict[str, Any] = (
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
            **look,
            "name": now,
            "x": days,
            "y": _plotted(here, unit),
            "customdata": _labelled(table["day"], here, unit),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "lines",
            "name": before,
            "x": days,
            "y": _plotted(there, unit),
            "line": {"color": palette.ink, "width": 1.2, "dash": "4px,3px"},
            "customdata": _labelled(table["before_day"], there, unit),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    tops = _known([*here, *there])
    low = min([*tops, 0.0])
    axis = ticks(max([*tops, 0.0]), unit)
    if low < 0:
        axis["range"][0] = low / _scale(unit) * 1.05
    figure.update_yaxes(**axis)
    figure.update_xaxes(**_dates(language), hoverformat="")
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
            yaxis2=_axis(
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


def _labelled(days: pd.Series, values: Sequence[Any], unit: str) -> list[str]:
    return [
        "" if pd.isna(day) else f"{format.day(day)} {format.weekday(day)}  <b>{value}</b>"
        for day, value in zip(days, _written(values, unit), strict=True)
    ]


def _quiet_weekends(figure: go.Figure, days: Sequence[str], palette: Palette) -> None:
    """A faint band behind Saturdays and Sundays, where single days can be told apart."""
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


def faint(colour: str, share: float) -> str:
    """A colour at a share of its strength, as rgba()."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


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
    figure = _figure(palette, height, hovermode="y unified", bargap=0.35)
    places = list(range(len(names)))
    figure.add_trace(
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "y": places,
            "x": _plotted(values, unit),
            "marker": {"color": [faint(palette.primary, strength[kind]) for kind in classes]},
            "customdata": [
                f"{name}  <b>{value}</b>" for name, value in zip(names, _written(values, unit), strict=True)
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
        ticktext=[cut(name, 10) for name in names],
        showgrid=False,
    )
    figure.update_xaxes(**ticks(max(_known(values), default=0.0), unit), showgrid=False)
    figure.update_layout(
        xaxis2=_axis(
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


def bars(
    names: Sequence[str], values: Sequence[Any], unit: str, palette: Palette, *, height: int = 230
) -> go.Figure:
    """One bar per name, in the order given, each with its figure beside it."""
    figure = _figure(palette, height, hovermode=False, margin={"t": 4})
    figure.add_trace(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(names),
            "x": _plotted(values, unit),
            "marker": {"color": palette.primary},
            "cliponaxis": False,
            "textposition": "outside",
            "text": [format.by_unit(unit)(None if pd.isna(value) else value) for value in values],
            "textfont": {"color": palette.ink, "size": 12},
        }
    )
    figure.update_xaxes(**ticks(max(_known(values), default=0.0) * 1.12, unit), gridcolor=palette.line)
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, zeroline=False, rangemode="normal"
    )
    return figure


def stacked_days(
    table: pd.DataFrame,
    parts: Sequence[tuple[str, str]],
    palette: Palette,
    *,
    language: str,
    height: int = 240,
) -> go.Figure:
    """Counts per day, one stacked series per (column, name), the first one strong, the second
    quiet.
    """
    figure = _figure(palette, height, barmode="stack")
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
    figure.update_xaxes(**_dates(language))
    return figure


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
    figure = _figure(palette, 300, hovermode="closest", showlegend=False, margin={"t": 12})
    largest = max(_known(sizes), default=0.0) or 1.0
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(moments),
            "y": _plotted(values, unit),
            "customdata": list(labels),
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {
                "color": faint(palette.primary, 0.65),
                "line": {"color": palette.primary, "width": 1},
                "size": [8 + 22 * (0.0 if pd.isna(size) else size / largest) ** 0.5 for size in sizes],
            },
        }
    )
    figure.update_yaxes(**ticks(max(_known(values), default=0.0), unit))
    figure.update_xaxes(**_dates(language))
    return figure


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

    `names` says the four states in words.
    """
    colours = ("rgba(0,0,0,0)", palette.series[2], faint(palette.area, 0.45), palette.primary)
    figure = _figure(palette, 76 + 34 * len(kinds), hovermode="closest", margin={"t": 34})
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
    figure.update_xaxes(**_dates(language), zeroline=False)
    return figure


def cut(text: str, most: int) -> str:
    """A name shortened so that it fits beside a bar; a Chinese sign is as wide as two Latin
    ones.
    """
    room = 2 * most
    for place, sign in enumerate(text):
        room -= 1 if sign < "⺀" else 2
        if room < 0:
            return text[:place] + "…"
    return text


Figure = go.Figure
Drawn = Callable[[], go.Figure]
