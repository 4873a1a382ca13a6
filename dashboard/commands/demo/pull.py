"""The pull from the mock platforms, in this process or beside it.

    python -m dashboard.commands.demo.pull

Its input is one line of JSON: `url` of the database, `language`, `credentials` by platform.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from dashboard.i18n.language import language, use_language

Credentials = Mapping[str, Mapping[str, str]]


def pull(url: str, credentials: Credentials) -> None:
    """Log in to each platform as an owner would, sync, and print what came."""
    from dashboard.commands.sync import print_report, progress
    from etl import platforms
    from etl.sync.engine import sync
    from etl.sync.login import connect as log_in
    from etl.sync.options import Options
    from shop.connect import connect

    db = connect(url)
    try:
        for name, given in credentials.items():
            log_in(db, name, _pasted(platforms.connector(name), given))
            for report in sync(db, name, options=Options(progress=progress())):
                print_report(report)
    finally:
        db.close()


def _pasted(connector: Any, given: Mapping[str, str]) -> dict[str, str]:
    """What an owner would paste: the app's keys and the consent code."""
    names = {item.name for item in connector.CREDENTIALS} - {"refresh_token"}
    return {name: value for name, value in given.items() if name in names}


@contextmanager
def pulling(url: str, credentials: Credentials) -> Iterator[None]:
    """Pull in another process while the block runs; afterwards what it printed is printed.

    Raises CalledProcessError if it failed; its error is on the terminal.
    """
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "dashboard.commands.demo.pull"]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
    assert process.stdin is not None and process.stdout is not None
    try:
        with process.stdin as stream:
            json.dump({"url": url, "language": language(), "credentials": credentials}, stream)
        yield
        printed = process.stdout.read()
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, command)
        click.echo(printed, nl=False)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Pull as the input says."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    given = json.load(sys.stdin)
    use_language(given["language"])
    pull(given["url"], given["credentials"])


if __name__ == "__main__":
    main()
