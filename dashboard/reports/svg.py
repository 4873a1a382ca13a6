"""Still pictures for a report that is mailed or printed: days and drivers as SVG text, light colours.

Everything written into them is escaped here. The pages draw with Plotly; a printed page needs no
script, and stays a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.theme.palette import LIGHT

WIDTH, HEIGHT, LEFT, FOOT, TOP = 960, 260, 70, 34, 14
ROW, LABEL, FIGURE = 34, 230, 130
Write = Callable[[float], str]


@dataclass(frozen=True)
class Bar:
    """One step of a waterfall: a change, or a level (`is_total`) that the steps stand between."""

    label: str
    value: float
    figure: str
    is_total: bool = False


def _svg(height: float, parts: Iterable[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, *, end: str = "start", colour: str = LIGHT.muted) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{end}" fill="{colour}" font-size="13">{escape(text)}</text>'
    )


def _steps(top: float) -> list[float]:
    """Up to five round levels from 0 on."""
    power = 10.0 ** (len(str(int(top))) - 1) if top >= 1 else 0.1
    step = next((power * f for f in (0.25, 0.5, 1, 2, 2.5, 5) if top / (power * f) <= 4), power * 5)
    return [step * place for place in range(int(top / step) + 1)]


def days(
    now: Sequence[float], before: Sequence[float], labels: Sequence[str], write: Write, title: str
) -> str:
    """Bars of one range with the earlier one dashed over them, the nth day over the nth."""
    most = max([*now, *before, 1e-9])
    package = (WIDTH - LEFT) / max(len(now), len(before), 1)
    floor = HEIGHT - FOOT

    def level(value: float) -> float:
        return floor - (floor - TOP) * max(value, 0) / most

    parts = []
    for step in _steps(most):
        y = level(step)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LIGHT.line}"/>')
        parts.append(_text(LEFT - 8, y + 4, write(step), end="end"))
    for place, value in enumerate(now):
        x, y = LEFT + place * package, level(value)
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(package * 0.74, 0.6):.1f}" '
            f'height="{floor - y:.1f}" fill="{LIGHT.area}"/>'
        )
    points = " ".join(
        f"{LEFT + (place + 0.37) * package:.1f},{level(value):.1f}" for place, value in enumerate(before)
    )
    parts.append(
        f'<polyline points="{points}" fill="none" stroke="{LIGHT.muted}" stroke-width="1.6" '
        'stroke-dasharray="6 4"/>'
    )
    every = max(1, -(-len(labels) // 8))
    for place in range(0, len(labels), every):
        parts.append(_text(LEFT + (place + 0.37) * package, HEIGHT - 10, labels[place], end="middle"))
    return _svg(HEIGHT, parts, title)


def waterfall(bars: Sequence[Bar], title: str, *, up: str, down: str) -> str:
    """Steps from one level to another, each beginning where the one before it ended."""
    ends, level = [], 0.0
    for bar in bars:
        start = 0.0 if bar.is_total else level
        level = bar.value if bar.is_total else level + bar.value
        ends.append((start, level))
    low = min(0.0, *(min(pair) for pair in ends)) if ends else 0.0
    high = max(1e-9, *(max(pair) for pair in ends)) if ends else 1.0
    package = WIDTH - LABEL - FIGURE

    def across(value: float) -> float:
        return LABEL + package * (value - low) / (high - low)

    parts = [
        f'<line x1="{across(0):.1f}" x2="{across(0):.1f}" y1="0" y2="{len(bars) * ROW}" '
        f'stroke="{LIGHT.line}"/>'
    ]
    for place, (bar, (start, end)) in enumerate(zip(bars, ends, strict=True)):
        colour = LIGHT.primary if bar.is_total else up if bar.value >= 0 else down
        x, y = across(min(start, end)), place * ROW + 6
        wide = max(abs(across(end) - across(start)), 1.0)
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{ROW - 12}" rx="3" fill="{colour}"/>'
        )
        parts.append(_text(LABEL - 10, y + 16, bar.label, end="end", colour=LIGHT.ink))
        parts.append(_text(WIDTH, y + 16, bar.figure, end="end", colour=LIGHT.ink))
    return _svg(len(bars) * ROW, parts, title)
