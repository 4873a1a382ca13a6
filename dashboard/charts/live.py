"""Charts of live sessions and videos: the curve of a session on one time axis, lifts, a video since publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.base import Figure as Figure
from dashboard.charts.base import axis, cut_names, faint, figure_of, known, plotted, ticks, written
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette

PANEL, GAP = 78, 24  # pixels of a panel, and of the space above it in which its name stands
MARK_STRIP = 20
FOOT = 30
SIGNS = {
    "show": ("triangle-up", 0),
    "hide": ("triangle-down", 5),
    "pin": ("diamond", 1),
    "explain": ("circle", 3),
    "coupon": ("square", 2),
    "lucky_bag": ("star", 4),
    "other": ("x", 5),
}


@dataclass(frozen=True)
class CurvePanel:
    """One figure of a session by minute: column, name, unit, and whether it is a level (a line) or a sum (bars)."""

    column: str
    name: str
    unit: str
    values: Sequence[Any]
    is_level: bool = False


@dataclass(frozen=True)
class CurveMark:
    """One mark on the curve: where (a minute, may be broken), its kind and that kind's name, and its text."""

    at: str
    kind: str
    kind_name: str
    label: str


@reused
def curve(
    moments: Sequence[str], panels: Sequence[CurvePanel], marks: Sequence[CurveMark], palette: Palette
) -> go.Figure:
    """The minutes of a session: one panel per figure above the other on one time axis; the hover of a minute shows
    all of them. Marks are signs above the panels, with a line through all of them.

    `moments` are the beginnings of the minutes on the shop's clock (2026-01-31 19:30:00).
    """
    kinds = list(dict.fromkeys(mark.kind for mark in marks))
    strip = MARK_STRIP * bool(kinds)
    plot = (PANEL + GAP) * len(panels) + strip
    head_space = 30 if kinds else 4
    height = plot + head_space + FOOT
    figure = figure_of(
        palette,
        height,
        hovermode="x unified",
        hoversubplots="axis",
        showlegend=bool(kinds),
        bargap=0.1,
        clickmode="event+select",
        margin={"t": head_space, "l": 4, "r": 8, "b": FOOT, "pad": 0},
        legend={"y": 1.0, "yanchor": "bottom"},
    )
    for place, panel in enumerate(panels):
        head = 1 - (strip + GAP + place * (PANEL + GAP)) / plot
        number = "" if place == 0 else str(place + 1)
        _panel(
            figure,
            panel,
            moments,
            number,
            (max(head - PANEL / plot, 0.0), head),
            palette,
            palette.series[place % 5],
        )
    if kinds:
        _marks(figure, marks, len(panels) + 1, (1 - strip / plot, 1.0), palette)
    figure.update_layout(
        xaxis=axis(
            palette,
            showgrid=False,
            zeroline=False,
            anchor=f"y{len(panels)}" if len(panels) > 1 else "y",
            type="date",
            tickformat="%H:%M",
            hoverformat="%H:%M",
            nticks=8,
            tickangle=0,
            ticklabelstandoff=6,
            showspikes=True,
            spikemode="across",
            spikesnap="data",
            spikethickness=1,
            spikedash="solid",
            spikecolor=palette.muted,
        )
    )
    return figure


def _panel(
    figure: go.Figure,
    panel: CurvePanel,
    moments: Sequence[str],
    number: str,
    domain: tuple[float, float],
    palette: Palette,
    colour: str,
) -> None:
    style: dict[str, Any] = (
        {
            "type": "scatter",
            "mode": "lines",
            "line": {"color": colour, "width": 1.6},
            "fill": "tozeroy",
            "fillcolor": faint(colour, 0.16),
        }
        if panel.is_level
        else {"type": "bar", "marker": {"color": colour, "line": {"width": 0}}}
    )
    figure.add_trace(
        {
            **style,
            "name": panel.name,
            "x": list(moments),
            "y": plotted(panel.values, panel.unit),
            "yaxis": f"y{number}",
            "showlegend": False,
            "unselected": {"marker": {"opacity": 1}},
            "customdata": written(panel.values, panel.unit),
            "hovertemplate": panel.name + "  <b>%{customdata}</b><extra></extra>",
        }
    )
    steps = ticks(max(known(panel.values), default=0.0), panel.unit)
    few = slice(None, None, max((len(steps["tickvals"]) - 1) // 2, 1))
    steps |= {"tickvals": steps["tickvals"][few], "ticktext": steps["ticktext"][few]}
    name = f"yaxis{number}"
    figure.update_layout({name: axis(palette, domain=list(domain), anchor="x", **steps)})
    figure.add_annotation(
        text=panel.name,
        x=0,
        xref="paper",
        xanchor="left",
        y=domain[1],
        yref="paper",
        yanchor="bottom",
        yshift=1,
        showarrow=False,
        font={"size": 12, "color": palette.ink},
    )


def _marks(
    figure: go.Figure, marks: Sequence[CurveMark], number: int, domain: tuple[float, float], palette: Palette
) -> None:
    for kind in dict.fromkeys(mark.kind for mark in marks):
        symbol, colour = SIGNS.get(kind, SIGNS["other"])
        shown = [mark for mark in marks if mark.kind == kind]
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "markers",
                "name": shown[0].kind_name,
                "yaxis": f"y{number}",
                "x": [mark.at for mark in shown],
                "y": [0.5] * len(shown),
                "marker": {"symbol": symbol, "size": 9, "color": palette.series[colour]},
                "customdata": [mark.label for mark in shown],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    figure.update_layout(
        {
            f"yaxis{number}": axis(
                palette,
                domain=list(domain),
                anchor="x",
                range=[0, 1],
                showgrid=False,
                zeroline=False,
                showticklabels=False,
            )
        },
        shapes=[
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": mark.at,
                "x1": mark.at,
                "y0": 0,
                "y1": domain[0],
                "layer": "below",
                "line": {"color": faint(palette.muted, 0.45), "width": 1, "dash": "dot"},
            }
            for mark in marks
        ],
    )


ROW = 34
LIFT_STEPS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0)


@reused
def lifts(
    names: Sequence[str],
    values: Sequence[float],
    spans: Sequence[tuple[float, float]],
    clear: Sequence[bool],
    labels: Sequence[str],
    palette: Palette,
) -> go.Figure:
    """The lift of each presentation on a line from the low to the high end of its interval; clear ones full.

    Zero is drawn: right of it more was ordered than expected, left of it less. Values are shares of the expected.
    """
    places = list(range(len(names)))
    figure = figure_of(palette, 60 + ROW * len(names), hovermode="closest", showlegend=False, margin={"t": 8})
    colours = [palette.primary if is_clear else faint(palette.muted, 0.8) for is_clear in clear]
    for place, (low, high) in enumerate(spans):
        figure.add_shape(
            type="line", x0=low, x1=high, y0=place, y1=place, line={"color": colours[place], "width": 2}
        )
    figure.add_trace(
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(values),
            "y": places,
            "marker": {"size": 10, "color": colours},
            "customdata": list(labels),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    lowest = min([-0.5, *(low for low, _ in spans)])
    highest = max([0.5, *(high for _, high in spans)])
    step = next(step for step in LIFT_STEPS if highest - lowest <= step * 6 or step == LIFT_STEPS[-1])
    ticks_at = [step * place for place in range(-1 if step <= 1 else 0, int(highest / step) + 1)]
    figure.update_xaxes(
        range=[max(lowest, -1.0) - 0.05, highest * 1.04],
        tickmode="array",
        tickvals=ticks_at,
        ticktext=["0" if not at else f"{at:+.0%}".replace("-", format.MINUS) for at in ticks_at],
        showgrid=True,
        gridcolor=palette.line,
    )
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.6],
        tickmode="array",
        tickvals=places,
        ticktext=cut_names(names, 10),
        tickfont={"color": palette.ink, "size": 12},
        showgrid=False,
        zeroline=False,
        rangemode="normal",
    )
    return figure


@reused
def since_publication(
    ages: Sequence[int],
    values: Sequence[Any],
    usual: Sequence[Any],
    palette: Palette,
    *,
    name: str,
    usual_name: str,
    day: str,
) -> go.Figure:
    """The plays of a video by days since publication, and what is usual for the shop's videos then, dashed.

    `day` names the axis: days after publication.
    """
    figure = figure_of(palette, 280)
    figure.add_trace(
        {
            "type": "bar",
            "name": name,
            "x": list(ages),
            "y": plotted(values, "count"),
            "marker": {"color": faint(palette.primary, 0.7)},
            "customdata": written(values, "count"),
            "hovertemplate": name + "  <b>%{customdata}</b><extra></extra>",
        }
    )
    if known(usual):
        figure.add_trace(
            {
                "type": "scatter",
                "mode": "lines",
                "name": usual_name,
                "x": list(ages),
                "y": plotted(usual, "count"),
                "line": {"color": palette.ink, "width": 1.3, "dash": "4px,3px"},
                "customdata": [format.count(None if value is None else round(value)) for value in usual],
                "hovertemplate": usual_name + "  <b>%{customdata}</b><extra></extra>",
            }
        )
    figure.update_yaxes(**ticks(max(known([*values, *usual]), default=0.0), "count"))
    figure.update_xaxes(
        tick0=0,
        dtick=max(1, -(-len(ages) // 10)),
        zeroline=False,
        hoverformat="d",
        title={"text": day, "standoff": 4},
    )
    return figure
