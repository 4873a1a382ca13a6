"""A dashboard on the spring set, served for the tests, and the system's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dashboard import theme
from tests.support.browsers import needed

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTS_WITHIN_SECONDS = 180
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def executable() -> str | None:
    """The system's Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = needed(executable(), f"no Chromium on this machine ({', '.join(NAMES)})")
    with sync_playwright() as playwright:
        result = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield result
        result.close()


@pytest.fixture(scope="session")
def site(spring_path: Path) -> Iterator[str]:
    """The address of a dashboard on the spring set."""
    with served(ROOT / "dashboard" / "app.py", KILNBOARD_DB=str(spring_path)) as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Callable[..., "served"]:
    """What serves the dashboard on a database of the test's own."""

    def serve(path: Path, **environment: str) -> served:
        app = ROOT / "dashboard" / "app.py"
        return served(app, KILNBOARD_DB=str(path), **environment)

    return serve


class served:
    """A Streamlit script served on loopback for as long as the block lasts."""

    def __init__(self, script: Path, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *theme.flags(), f"--server.port={port}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> str:
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with opener.open(f"{self.address}/_stcore/health", timeout=2):
                    return self.address
            except OSError:
                time.sleep(0.2)
        self.__exit__()
        raise RuntimeError("the dashboard did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
