"""The look: colours (`palette.py`), the frame's style and marks, and the settings that the server starts with."""

from __future__ import annotations

import tomllib
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any


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
