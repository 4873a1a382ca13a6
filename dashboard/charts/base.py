"""Table in, Plotly figure out: every chart of the pages, in the colours of either theme.

No Streamlit here, and `plotly.graph_objects` only. Money comes in as cents and is drawn in whole
units; hover texts are written by `dashboard.i18n.format`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.i18n import format
from dashboard.theme.palette import Palette
from shop.core.money import minor_per_unit

FONT = (
    "-apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', system-ui, sans-serif"
)
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)
DATE_TICKS = 6
DAY_MS = 86_400_000


def figure_of(palette: Palette, height: int, **layout: Any) -> go.Figure:
    """An empty figure in the palette, of this height in pixels; `layout` goes to Plotly as it is."""
    settings = {
        "template": "none",
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": palette.muted},
        "margin": {"l": 4, "r": 8, "t": 30, "b": 4, "pad": 4},
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": palette.surface,
            "bordercolor": palette.line,
            "font": {"color": palette.ink, "size": 12, "family": FONT},
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": 12, "color": palette.muted},
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "dragmode": False,
        "bargap": 0.25,
        "xaxis": axis(palette, showgrid=False),
        "yaxis": axis(palette, rangemode="tozero"),
    }
    return go.Figure(layout=_merged(settings, layout))  # a figure that is updated takes ten times as long


def _merged(settings: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Settings with others over them; groups that both have are merged too."""
    result = settings | more
    for name in settings.keys() & more.keys():
        if isinstance(settings[name], dict) and isinstance(more[name], dict):
            result[name] = _merged(settings[name], more[name])
    return result


def axis(palette: Palette, **settings: Any) -> dict[str, Any]:
    """The settings of an axis in the palette; `settings` win."""
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


def minor_scale(unit: str) -> int:
    """How many stored units one unit on an axis has: money is drawn in whole units of the page's currency."""
    return minor_per_unit(format.currency()) if unit == "cents" else 1


def known(values: Sequence[Any]) -> list[float]:
    """The values that are not missing."""
    return [float(value) for value in values if not pd.isna(value)]


def plotted(values: Sequence[Any], unit: str) -> list[float | None]:
    """The values as drawn: money in whole units of the currency, missing ones as None."""
    return [None if pd.isna(value) else float(value) / minor_scale(unit) for value in values]


def written(values: Sequence[Any], unit: str) -> list[str]:
    """The values as words, for hover texts and labels."""
    write = format.exact if unit == "cents" else format.by_unit(unit)
    return [write(None if pd.isna(value) else value) for value in values]


def ticks(top: float, unit: str) -> dict[str, Any]:
    """A few round steps from 0 to at least `top`, written as the unit is: ¥1.2万, 30%."""
    shown = max(top, 0) / minor_scale(unit) or 1.0
    power = 10.0 ** (len(str(int(shown / TICKS))) - 1) if shown >= TICKS else 10.0**-4
    while power * 10 <= shown / TICKS:
        power *= 10
    factors = [factor for factor in STEPS if factor != 2.5 or unit != "count"]
    step = next(power * factor for factor in factors if power * factor * TICKS >= shown)
    if unit == "count":
        step = max(step, 1.0)
    values = [step * place for place in range(TICKS + 1) if step * (place - 1) < shown]
    names = [format.tick(value * minor_scale(unit), unit) for value in values]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": names,
        "range": [0, max(values[-1], shown) * 1.02],
    }


def date_axis(language: str, days: Iterable[Any]) -> dict[str, Any]:
    """Ticks of an axis over these days or moments, in this language; each names another day.

    For a few days Plotly would choose ticks of hours, which all read as the same day.
    """
    day, month = ("%-m月%-d日", "%-m月<br>%Y") if language == "zh" else ("%-d %b", "%b<br>%Y")
    shown = [str(moment)[:10] for moment in days if not pd.isna(moment)] or [str(date.min)]
    first, last = date.fromisoformat(min(shown)), date.fromisoformat(max(shown))
    return {
        "type": "date",
        "nticks": DATE_TICKS,
        "dtick": DAY_MS if (last - first).days < DATE_TICKS else None,
        "tickangle": 0,
        "tickformatstops": [
            {"dtickrange": [None, "M1"], "value": day},
            {"dtickrange": ["M1", None], "value": month},
        ],
    }


def faint(colour: str, share: float) -> str:
    """A colour at a share of its strength, as rgba()."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def cut(text: str, most: int) -> str:
    """A name shortened so that it fits next to a bar; a Chinese sign is as wide as two Latin
    ones.
    """
    left = 2 * most
    for place, sign in enumerate(text):
        left -= 1 if sign < "⺀" else 2
        if left < 0:
            return text[:place] + "…"
    return text


def cut_names(names: Sequence[str], most: int) -> list[str]:
    """The names of a list shortened as by `cut`; names that would then read the same lose the
    beginning that they share instead of their end, or, where that end is another's too, their middle.
    """
    short = _without_beginnings(names, most)
    owners: dict[str, set[str]] = {}
    for name, text in zip(names, short, strict=True):
        owners.setdefault(text, set()).add(name)
    return [
        _without_middle(name, text, most) if len(owners[text]) > 1 else text
        for name, text in zip(names, short, strict=True)
    ]


def _without_middle(name: str, text: str, most: int) -> str:
    end = text.removeprefix("…")
    left = most - (sum(1 if sign < "⺀" else 2 for sign in end) + 1) // 2
    return cut(name, left) + end if text.startswith("…") and left > 1 else text


def _without_beginnings(names: Sequence[str], most: int) -> list[str]:
    short = [cut(name, most) for name in names]
    by_text: dict[str, set[str]] = {}
    for name, text in zip(names, short, strict=True):
        by_text.setdefault(text, set()).add(name)
    for alike in by_text.values():
        if len(alike) == 1:
            continue
        first, last = min(alike), max(alike)
        same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
        shared = first[:same]
        start = min(shared.rfind(" ") + 1 or len(shared), min(map(len, alike)) - 1)
        ends = dict(zip(alike, _without_beginnings([name[start:] for name in alike], most - 1), strict=True))
        short = [
            "…" + ends[name].removeprefix("…") if name in ends else text
            for name, text in zip(names, short, strict=True)
        ]
    return short


Figure = go.Figure
Drawn = Callable[[], go.Figure]
