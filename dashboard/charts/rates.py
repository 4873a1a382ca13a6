"""Charts of the Products page: how long pieces take to sell, and shares with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.base import cut_names, faint, figure_of
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette
from shop.stats.proportions import Rate
from shop.stats.survival import Curve

ROW = 30
NARROW = 10


@dataclass(frozen=True)
class Named:
    """One curve under its name."""

    name: str
    curve: Curve


@reused
def survival(
    curves: Sequence[Named], palette: Palette, *, days: str, unsold: str, band: str, censored: str
) -> go.Figure:
    """The share still unsold by day, as steps; a single curve with its band and its censor marks.

    `days`, `unsold`, `band` and `censored` are the labels of what the axes, the band and the marks are.
    """
    figure = figure_of(palette, 340, hovermode="closest", margin={"t": 34, "b": 8})
    if len(curves) == 1:
        _band(figure, curves[0].curve, palette, band)
    for place, named in enumerate(curves):
        colour = palette.series[place % len(palette.series)]
        xs, ys = _steps(named.curve)
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "name": named.name,
                "x": xs,
                "y": ys,
                "line": {"color": colour, "width": 2, "shape": "hv"},
                "customdata": [
                    f"{named.name}  {format.whole(x)} {days}  <b>{format.rate(y)}</b>"
                    for x, y in zip(xs, ys, strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
        _censored(figure, named, colour, censored, is_named=place == 0)
    last = max((named.curve.last_day for named in curves), default=1) or 1
    figure.update_xaxes(range=[0, last * 1.03], title=_title(days, palette), nticks=7)
    figure.update_yaxes(
        range=[0, 1.04],
        tickmode="array",
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0", "25%", "50%", "75%", "100%"],
        title=_title(unsold, palette),
    )
    figure.update_layout(
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 0.5,
                "y1": 0.5,
                "line": {"color": palette.muted, "width": 1, "dash": "2px,3px"},
                "layer": "below",
            }
        ]
    )
    return figure


def _title(text: str, palette: Palette) -> dict[str, Any]:
    return {"text": text, "standoff": 4, "font": {"size": 12, "color": palette.muted}}


def _steps(curve: Curve) -> tuple[list[int], list[float]]:
    xs = [0, *(point.day for point in curve.points)]
    ys = [1.0, *(point.unsold for point in curve.points)]
    if curve.last_day > xs[-1]:
        xs.append(curve.last_day)
        ys.append(ys[-1])
    return xs, ys


def _band(figure: go.Figure, curve: Curve, palette: Palette, name: str) -> None:
    if not curve.points:
        return
    xs = [point.day for point in curve.points]
    ends = max(curve.last_day, xs[-1])
    for item, fill in (("high", None), ("low", "tonexty")):
        ys = [getattr(point, item) for point in curve.points]
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*xs, ends],
                "y": [*ys, ys[-1]],
                "line": {"width": 0, "shape": "hv"},
                "hoverinfo": "skip",
                "fill": fill,
                "name": name,
                "fillcolor": faint(palette.area, 0.28),
                "showlegend": item == "low",
            }
        )


def _censored(figure: go.Figure, named: Named, colour: str, name: str, *, is_named: bool) -> None:
    """A small upright line on the curve for each piece that was watched no longer."""
    curve = named.curve
    if not curve.censored:
        return
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(curve.censored),
            "name": name,
            "y": [curve.unsold_after(day) for day in curve.censored],
            "hoverinfo": "skip",
            "showlegend": is_named,
            "marker": {"symbol": "line-ns-open", "size": 9, "color": colour, "line": {"width": 1.4}},
        }
    )


@reused
def rates(names: Sequence[str], shown: Sequence[Rate], palette: Palette) -> go.Figure:
    """A dot for each share with a line as long as it is unsure, and what it rests on next to it."""
    figure = figure_of(
        palette, 44 + ROW * len(names), hovermode=False, showlegend=False, margin={"t": 4, "r": 96}
    )
    places = list(range(len(names)))
    values = [rate.share or 0.0 for rate in shown]
    spans = [rate.interval or (0.0, 0.0) for rate in shown]
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": values,
            "y": places,
            "marker": {"color": palette.primary, "size": 9},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "color": faint(palette.primary, 0.5),
                "array": [high - value for value, (_, high) in zip(values, spans, strict=True)],
                "arrayminus": [value - low for value, (low, _) in zip(values, spans, strict=True)],
                "thickness": 2,
                "width": 0,
            },
            "cliponaxis": False,
        }
    )
    top = max((high for _, high in spans), default=1.0) or 1.0
    for place, rate in zip(places, shown, strict=True):
        figure.add_annotation(
            x=1,
            xref="paper",
            y=place,
            xanchor="left",
            xshift=8,
            showarrow=False,
            align="left",
            text=f"<b>{format.rate(rate.share)}</b> {rate.over}/{rate.under}",
            font={"size": 12, "color": palette.ink},
        )
    figure.update_xaxes(
        range=[0, min(top * 1.05, 1.0)], tickformat=".0%", nticks=5, showgrid=True, gridcolor=palette.line
    )
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.6],
        tickmode="array",
        tickvals=places,
        showgrid=False,
        ticktext=cut_names(names, NARROW),
        zeroline=False,
        rangemode="normal",
        tickfont={"color": palette.ink, "size": 12},
    )
    return figure


YIELD_ROW = 34


@reused
def yields(
    names: Sequence[str],
    shares: Sequence[float],
    spans: Sequence[tuple[float, float]],
    labels: Sequence[str],
    palette: Palette,
) -> go.Figure:
    """One mark per name at its share, on a line from the low to the high end of its interval."""
    places = list(range(len(names)))
    figure = figure_of(
        palette, 56 + YIELD_ROW * len(names), hovermode="closest", showlegend=False, margin={"t": 8}
    )
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
        ticktext=cut_names(names, 9),
        rangemode="normal",
    )
    return figure
