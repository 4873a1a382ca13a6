"""Servers of the dashboard."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from dashboard.commands.open_ import arguments
from tests.support.copies import Process, start

STARTS_WITHIN_SECONDS = 180
IMPORTS = """
import pkgutil
from importlib import import_module
import plotly.graph_objects, streamlit.web.cli
import dashboard.views
for module in pkgutil.walk_packages(dashboard.views.__path__, "dashboard.views."):
    if not module.name.endswith(".page"):  # the scripts of the pages
        import_module(module.name)
import dashboard.server.main
from dashboard.i18n import language, messages
for name in language.LANGUAGES:
    messages.words(name)
"""
SERVE = "import streamlit.web.cli; streamlit.web.cli.main()"


def opened(path: Path, **environment: str) -> AbstractContextManager[str]:
    """The address of a dashboard on the database of a path, which need not exist yet, as `open` serves it.

    What it does by itself in the background is off unless KILNBOARD_BACKGROUND is given.
    """
    script, *flags, _ = arguments(0)
    return serving(
        Path(script), flags, **{"KILNBOARD_DB": str(path), "KILNBOARD_BACKGROUND": "off", **environment}
    )


_ended: list[int] = []  # the ports of servers that have ended


@contextmanager
def free_port() -> Iterator[int]:
    """A port for as long as the block lasts: the last one given back, as a browser knows the scripts that it served."""
    port = _ended.pop() if _ended else 0
    try:
        server = socket.create_server(("127.0.0.1", port))
    except OSError:  # another program has taken it
        server = socket.create_server(("127.0.0.1", 0))
    with server:
        port = server.getsockname()[1]
    yield port
    _ended.append(port)


@contextmanager
def serving(script: Path, flags: Sequence[str], **environment: str) -> Iterator[str]:
    """The address at which Streamlit serves a script with these flags and variables, for as long as the block lasts."""
    with free_port() as port:
        arguments = ["run", str(script), *flags, f"--server.port={port}"]
        process = start(SERVE, *arguments, environment=environment, imports=IMPORTS, is_silent=True)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: Process) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the dashboard did not start")
