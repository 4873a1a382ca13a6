"""The look: colours from the craft for light and dark, and the settings that the server starts
with.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any


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


@cache
def style() -> str:
    """The one style block of the frame, for what the settings cannot reach."""
    return files(__name__).joinpath("frame.css").read_text("utf-8")


def mark(name: str) -> str:
    """The mark with the name next to it, as an SVG text."""
    return files(__name__).joinpath("mark.svg").read_text("utf-8").replace("NAME", escape(name))


def icon() -> str:
    """The mark alone, for the browser's tab: an own picture, so that none is fetched from
    elsewhere.
    """
    return files(__name__).joinpath("icon.svg").read_text("utf-8")


def options() -> dict[str, Any]:
    """The server's settings by dotted name (`theme.light.primaryColor`), from config.toml."""
    return _flat("", tomllib.loads(files(__name__).joinpath("config.toml").read_text("utf-8")))


def flags() -> list[str]:
    """The same settings as flags of `streamlit run`."""
    return [f"--{name}={_written(value)}" for name, value in options().items()]


def _flat(before: str, table: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for key, value in table.items():
        options |= _flat(f"{before}{key}.", value) if isinstance(value, dict) else {before + key: value}
    return options


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
