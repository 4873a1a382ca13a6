"""A picture card for a group chat: one finding, its figures and its days, 1080 pixels wide (PNG).

What stands on it comes as finished words; this file only draws.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from dashboard.reports.fonts import font
from dashboard.theme.palette import LIGHT

LINES = 5
WIDTH, MARGIN, FINER = 1080, 72, 2  # drawn twice as fine, then scaled down: smooth edges
CHART_HEIGHT, TILE_HEIGHT = 300, 164


@dataclass(frozen=True)
class CardTile:
    """One small figure of a card."""

    label: str
    figure: str
    change: str = ""


@dataclass(frozen=True)
class Card:
    """All that stands on one card, as finished words; days are values that only their shape matters of.

    `direction` is up, down or flat (grey: unknown, or inside the noise); `up_is_red` as in China.
    """

    shop: str
    title: str
    label: str
    figure: str
    change: str
    direction: str
    sentence: str
    tiles: Sequence[CardTile]
    days: Sequence[float]
    before: Sequence[float]
    chart: str
    footer: str
    up_is_red: bool = True


class _Pen:
    """Draws downwards, wrapping text, at FINER times the size."""

    def __init__(self, height: int) -> None:
        self.image = Image.new("RGB", (WIDTH * FINER, height * FINER), LIGHT.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.y = float(MARGIN)

    def text(
        self,
        text: str,
        size: int,
        colour: str,
        *,
        bold: bool = False,
        x: float = MARGIN,
        y: float | None = None,
        right: bool = False,
    ) -> float:
        """Write one line; its width."""
        face = font(size * FINER, bold=bold)
        wide = face.getlength(text)
        place = (x * FINER - (wide if right else 0), (self.y if y is None else y) * FINER)
        self.draw.text(place, text, colour, font=face)
        return wide / FINER

    def paragraph(self, text: str, size: int, colour: str, lines: int) -> None:
        """Write a text over several lines, and move down past it."""
        for line in wrapped(text, size, WIDTH - 2 * MARGIN)[:lines]:
            self.text(line, size, colour)
            self.y += size * 1.55

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A filled rectangle."""
        self.draw.rectangle([left * FINER, top * FINER, right * FINER, bottom * FINER], fill=colour)

    def panel(self, left: float, top: float, right: float, bottom: float) -> None:
        """A surface with soft corners."""
        place = [left * FINER, top * FINER, right * FINER, bottom * FINER]
        self.draw.rounded_rectangle(place, 18 * FINER, LIGHT.surface, LIGHT.line, FINER)

    def png(self) -> bytes:
        """The finished picture."""
        file = io.BytesIO()
        size = (WIDTH, self.image.height // FINER)
        self.image.resize(size, Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
        return file.getvalue()


def wrapped(text: str, size: int, width: float) -> list[str]:
    """Lines that fit: Chinese breaks anywhere but before a closing mark, other words stay whole."""
    face, lines, line = font(size), [], ""
    for word in _words(text):
        if line and face.getlength(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()] if line else lines


CLOSING, OPENING = "，。；：、！？）》”’％%", "¥$€£（《“‘+−"


def _words(text: str) -> list[str]:
    words: list[str] = []
    for message in text:
        joins = words and (
            message in CLOSING
            or words[-1][-1] in OPENING
            or (
                message.isascii()
                and not message.isspace()
                and words[-1][-1].isascii()
                and not words[-1][-1].isspace()
            )
        )
        if joins or (words and message.isspace()):
            words[-1] += message
        else:
            words.append(message)
    return words


def draw(card: Card) -> bytes:
    """The card as a PNG; raises NoChineseFont where no font of the system writes Chinese."""
    message = wrapped(card.sentence, 34, WIDTH - 2 * MARGIN)
    chart = CHART_HEIGHT + 60 if card.days else 0
    tiles = TILE_HEIGHT if card.tiles else 0
    pen = _Pen(MARGIN + 384 + len(message[:LINES]) * 53 + chart + tiles + 96)
    pen.text(card.shop, 30, LIGHT.primary, bold=True)
    pen.y += 54
    pen.text(card.title, 46, LIGHT.ink, bold=True)
    pen.y += 98
    pen.text(card.label, 30, LIGHT.muted)
    pen.y += 44
    _headline(pen, card)
    pen.y += 152
    pen.paragraph(card.sentence, 34, LIGHT.ink, LINES)
    pen.y += 24
    if card.days:
        _chart(pen, card)
    if card.tiles:
        _tiles(pen, card.tiles)
    pen.text(card.footer, 24, LIGHT.muted, y=pen.image.height / FINER - 62)
    return pen.png()


def _colour(card: Card) -> str:
    if card.direction == "flat":
        return LIGHT.muted
    return LIGHT.red if (card.direction == "up") == card.up_is_red else LIGHT.green


def _headline(pen: _Pen, card: Card) -> None:
    wide = pen.text(card.figure, 104, LIGHT.ink, bold=True)
    if card.change:
        pen.text(card.change, 52, _colour(card), bold=True, x=MARGIN + wide + 32, y=pen.y + 48)


def _chart(pen: _Pen, card: Card) -> None:
    """Bars of the days, the earlier range as a dashed line over them."""
    top, bottom = pen.y + 56, pen.y + 56 + CHART_HEIGHT - 40
    pen.text(card.chart, 26, LIGHT.muted)
    most = max([*card.days, *card.before, 1e-9])
    package = (WIDTH - 2 * MARGIN) / max(len(card.days), len(card.before))
    for place, value in enumerate(card.days):
        left = MARGIN + place * package
        height = (bottom - top) * max(value, 0) / most
        pen.box(left, bottom - height, left + max(package * 0.72, 1), bottom, LIGHT.area)
    points = [
        (MARGIN + (place + 0.36) * package, bottom - (bottom - top) * max(value, 0) / most)
        for place, value in enumerate(card.before)
    ]
    _dashed(pen, points)
    pen.box(MARGIN, bottom, WIDTH - MARGIN, bottom + 2, LIGHT.line)
    pen.y = bottom + 44


def _dashed(pen: _Pen, points: Sequence[tuple[float, float]]) -> None:
    """A line with gaps of equal length along its whole way."""
    dash, gap, along = 12.0, 9.0, 0.0
    for (x1, y1), (x2, y2) in pairwise(points):
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
        done = 0.0
        while done < length:
            phase = along % (dash + gap)
            step = min((dash - phase) if phase < dash else (dash + gap - phase), length - done)
            if phase < dash:
                ends = [
                    (x1 + (x2 - x1) * part / length, y1 + (y2 - y1) * part / length)
                    for part in (done, done + step)
                ]
                pen.draw.line([(x * FINER, y * FINER) for x, y in ends], LIGHT.muted, width=3 * FINER)
            done, along = done + step, along + step


def _tiles(pen: _Pen, tiles: Sequence[CardTile]) -> None:
    gap = 20
    wide = (WIDTH - 2 * MARGIN - gap * (len(tiles) - 1)) / len(tiles)
    for place, tile in enumerate(tiles):
        left = MARGIN + place * (wide + gap)
        pen.panel(left, pen.y, left + wide, pen.y + TILE_HEIGHT)
        pen.text(tile.label, 25, LIGHT.muted, x=left + 24, y=pen.y + 20)
        pen.text(tile.figure, 42, LIGHT.ink, bold=True, x=left + 24, y=pen.y + 56)
        pen.text(tile.change, 24, LIGHT.muted, x=left + 24, y=pen.y + 110)
    pen.y += TILE_HEIGHT
