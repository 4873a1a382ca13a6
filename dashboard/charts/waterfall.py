"""The waterfall: how a change or a sum comes about, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import plotly.graph_objects as go

from dashboard.charts.base import cut_names, figure_of, minor_scale
from dashboard.charts.forecast import NARROW, ROW
from dashboard.charts.reuse import reused
from dashboard.i18n import format
from dashboard.theme.palette import Palette


@dataclass(frozen=True)
class WaterfallBar:
    """One step of a waterfall: a change, or a level (`is_total`); None is not known yet.

    `good` is 1 where more is shown in the colour of up, -1 where it is shown in that of down. An estimate (or what
    rests on one) is written with `~`.
    """

    name: str
    value: int | None
    is_total: bool = False
    good: int = 1
    is_estimate: bool = False


@reused
def waterfall(
    steps: Sequence[WaterfallBar], unit: str, palette: Palette, *, up: str, down: str, unknown: str
) -> go.Figure:
    """Steps between levels, each beginning where the last ended, its figure written next to it."""
    figure = figure_of(
        palette,
        40 + ROW * len(steps),
        hovermode=False,
        showlegend=False,
        bargap=0.42,
        margin={"t": 4, "r": 84},
    )
    starts, lengths, ends = _laid(steps)
    scale = minor_scale(unit)
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
        ticktext=cut_names([step.name for step in steps], NARROW),
        zeroline=False,
        rangemode="normal",
        tickfont={"color": palette.ink, "size": 12},
    )
    return figure


def _laid(steps: Sequence[WaterfallBar]) -> tuple[list[int], list[int], list[int]]:
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


def _colour(step: WaterfallBar, palette: Palette, up: str, down: str) -> str:
    if step.is_total:
        return palette.muted  # a level is neither good nor bad
    return up if (step.value or 0) * step.good >= 0 else down


def _written(step: WaterfallBar, unit: str, unknown: str) -> str:
    if step.value is None:
        return unknown
    if step.is_estimate:
        return f"~ {_written(replace(step, is_estimate=False), unit, unknown)}"
    if step.is_total:
        return format.by_unit(unit)(step.value)
    return format.FORMATS["signed"](step.value) if unit == "cents" else f"{step.value:+,}"
