"""Servers of the dashboard: each is a copy of one process that has imported the program, which takes long.

Where the system cannot copy a process, each is a new one.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.commands.open_ import arguments
from tests.support.shared import ROOT, python_path

STARTS_WITHIN_SECONDS = 180
# Answers each line of its input, a list of a verb and what it is about, with one line.
FIRST = """
import json, os, pkgutil, signal, sys
from importlib import import_module
import plotly.graph_objects, streamlit.web.cli
import dashboard.views
for module in pkgutil.walk_packages(dashboard.views.__path__, "dashboard.views."):
    if not module.name.endswith(".page"):  # the scripts of the pages
        import_module(module.name)
import dashboard.server.main
running = set()
def start(arguments, environment):
    if child := os.fork():
        running.add(child)
        return child
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    sys.argv = ["streamlit", *arguments]
    try:
        streamlit.web.cli.main()
    finally:
        os._exit(1)
def code_of(child, wait):
    number, status = os.waitpid(child, 0 if wait else os.WNOHANG)
    running.discard(number)
    return os.waitstatus_to_exitcode(status) if number else None
for line in sys.stdin:
    verb, *what = json.loads(line)
    print(json.dumps(start(*what) if verb == "start" else code_of(*what)), flush=True)
for child in running:  # the tests were ended before their servers
    os.kill(child, signal.SIGTERM)
"""


@cache
def _first() -> subprocess.Popen[str]:
    """The process that the servers are copies of."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": python_path()},
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def _ask(*request: Any) -> Any:
    first = _first()
    assert first.stdin is not None and first.stdout is not None
    print(json.dumps(request), file=first.stdin, flush=True)
    return json.loads(first.stdout.readline())


class _Copy:
    """A running server, as much of a `Popen` as its tests need."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._number = _ask("start", arguments, dict(environment))
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._code = _ask("code_of", self._number, False)
        return self._code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self._number, signal.SIGTERM)

    def wait(self) -> None:
        if self.poll() is None:
            self._code = _ask("code_of", self._number, True)


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
        environment = {**os.environ, "PYTHONPATH": python_path(), **environment}
        process: _Copy | subprocess.Popen[bytes]
        if hasattr(os, "fork"):
            process = _Copy(arguments, environment)
        else:
            nothing, line = subprocess.DEVNULL, [sys.executable, "-m", "streamlit", *arguments]
            process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=nothing, stderr=nothing)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: _Copy | subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the dashboard did not start")
