"""Tables and figures as text on a terminal; Chinese characters take two columns."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dashboard.i18n import format
from dashboard.i18n.messages import t
from shop.core.text import SHOWN_AS, visible


def figure(value: Any, unit: str) -> str:
    """A figure in full, as a table shows it: every 分 of an amount."""
    if unit == "cents":
        return format.exact(value)
    if unit in ("count", "days") and value is not None:
        return f"{value:,}"
    return format.by_unit(unit)(value)


def print_json(content: Any) -> None:
    """Print one JSON document: the contract for scripts."""
    written = json.dumps(content, ensure_ascii=False, indent=2)
    click.echo(INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", written))


INVISIBLE = re.compile(f"[{''.join(map(chr, SHOWN_AS))}]")  # JSON writes those below 0x20 as escapes itself


class VisibleStream:
    """A text stream to which control characters are written as characters that are seen: no stored text is obeyed."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text as it is seen."""
        return int(self.stream.write(visible(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def visible_output() -> Iterator[None]:
    """Show whatever is printed inside the block; see `VisibleStream`."""
    with redirect_stdout(VisibleStream(sys.stdout)), redirect_stderr(VisibleStream(sys.stderr)):
        yield


def terminal(stream: Any) -> Any:
    """The stream behind `VisibleStream`, for a line that is written over: what it shows is not stored text."""
    return stream.stream if isinstance(stream, VisibleStream) else stream


def write_over(text: str) -> None:
    """Write over the line that is there on the terminal, with a line that is written over next."""
    stream = terminal(sys.stderr)
    stream.write(f"\r\x1b[2K{visible(text)}")
    stream.flush()


def warn_of_old_sqlite() -> None:
    """Warn once per command where Python's own SQLite has the bug that the newer one fixes."""
    from shop.db.database import WAL_RESET_FIXED, sqlite_driver, sqlite_is_sound

    if not sqlite_is_sound():
        wanted = ".".join(map(str, WAL_RESET_FIXED))
        result = sqlite_driver().sqlite_version
        click.echo(t("doctor.sqlite.ill", found=result, wanted=wanted), err=True)


def iso(moment: int | None) -> str | None:
    """Seconds UTC as ISO text."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def platform_name(name: str) -> str:
    """A platform in words."""
    return t(f"connectors.{name}")


def resource_name(kind: str) -> str:
    """A kind of record that a platform offers, in words."""
    return t(f"resources.{kind}")


def refuse_existing(path: Path, force: bool) -> None:
    """Raise TargetExists where a file to be written is there and --force was not given."""
    from shop.db.backup import TargetExists

    if path.exists() and not force:
        raise TargetExists(path=str(path))
