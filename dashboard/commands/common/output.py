"""Tables and figures as text on a terminal; Chinese letters take two columns."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from dashboard.i18n import format


def width(text: str) -> int:
    """How many terminal columns a text takes."""
    return sum(1 + (unicodedata.east_asian_width(message) in "WF") for message in text)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Aligned columns: the first `left` to the left, the others to the right."""
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(headers))]
    return "\n".join(_line(line, widths, left) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = []
    for place, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (wide - width(cell))
        padded.append(cell + gap if place < left else gap + cell)
    return "  ".join(padded).rstrip()


def figure(value: Any, unit: str) -> str:
    """A figure in full, as a table shows it: every 分 of an amount."""
    if unit == "cents":
        return format.exact(value)
    if unit in ("count", "days") and value is not None:
        return f"{value:,}"
    return format.by_unit(unit)(value)


def print_json(content: Any) -> None:
    """Print one JSON document: the contract for scripts."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def warn_of_old_sqlite() -> None:
    """Say once per command where Python's own SQLite has the bug that the newer one mends."""
    from dashboard.i18n.messages import t
    from shop.db.database import WAL_RESET_FIXED, sqlite_driver, sqlite_is_sound

    if not sqlite_is_sound():
        wanted = ".".join(map(str, WAL_RESET_FIXED))
        result = sqlite_driver().sqlite_version
        click.echo(t("doctor.sqlite.ill", found=result, wanted=wanted), err=True)
