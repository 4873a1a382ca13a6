"""A dashboard on the spring set, served for the tests, and the system's Chromium."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dashboard import theme
from tests.support.browsers import needed
from tests.support.servers import serving

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
Serve = Callable[..., AbstractContextManager[str]]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=90_000)  # a busy machine is slow, not wrong


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
    with served(APP, KILNBOARD_DB=str(spring_path)) as address:
        yield address


def served(script: Path, **environment: str) -> AbstractContextManager[str]:
    """The address of a Streamlit script, for as long as the block lasts."""
    return serving(script, theme.flags(), **environment)


@pytest.fixture(scope="session")
def serve() -> Serve:
    """What serves the dashboard on a database of the test's own."""

    def serve(path: Path, **environment: str) -> AbstractContextManager[str]:
        return served(APP, KILNBOARD_DB=str(path), **environment)

    return serve
