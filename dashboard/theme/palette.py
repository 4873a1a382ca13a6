"""The colours of charts, pages and reports, from the craft, for light and dark."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; `red` and `green` stand for up and down only, `area` fills areas
    only.
    """

    paper: str
    surface: str
    ink: str
    muted: str
    line: str
    primary: str
    area: str
    red: str
    green: str
    series: tuple[str, ...]


LIGHT = Palette(
    paper="#FAF8F4",
    surface="#FFFFFF",
    ink="#23262B",
    muted="#6B6F76",
    line="#E5E1D8",
    primary="#3E7C6B",
    area="#8FBFB0",
    red="#B5322E",
    green="#2E7D5B",
    series=("#3E7C6B", "#2F5D9E", "#A4502F", "#A87C22", "#7B4B73", "#5B7083"),
)
DARK = Palette(
    paper="#17191C",
    surface="#1F2327",
    ink="#E8E6E1",
    muted="#9AA0A6",
    line="#31363B",
    primary="#7FBFAE",
    area="#8FBFB0",
    red="#E0706B",
    green="#6FBF97",
    series=("#7FBFAE", "#7FA6E0", "#E08A66", "#D9B25F", "#C291BA", "#9FB2C4"),
)


def palette(theme: str | None) -> Palette:
    """The colours of a theme type: dark, or light for anything else."""
    return DARK if theme == "dark" else LIGHT
