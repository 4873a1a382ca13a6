"""A dashboard on the spring set, served for the tests, and the system's Chromium.

To load the scripts of the dashboard anew costs more than all that a test does with them. The tests therefore share two
contexts, a desktop and a phone, each of whose pages are drawn by one process.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dashboard import theme
from dashboard.server.hosts import network_addresses
from tests.support.browsers import needed
from tests.support.servers import serving

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
Serve = Callable[..., AbstractContextManager[str]]
NAMES = (
    "chromium-headless-shell",  # the same engine without what a window needs: a fifth less processor time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Foreign names that lead the browser to the dashboard, as a name can be bound to any address.
BOUND = {host: f"evil{place}.example" for place, host in enumerate(["127.0.0.1", *network_addresses()[:1]])}
SHARED = [
    "--process-per-site",
    "--in-process-gpu",
    # No test runs a script often enough to make up for its optimization, or long enough to need its memory back soon.
    "--js-flags=--no-turbofan,--no-maglev,--min-semi-space-size=64",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    f"--host-resolver-rules={','.join(f'MAP {name} {host}' for host, name in BOUND.items())}",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
expect.set_options(timeout=90_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def executable() -> str | None:
    """The system's Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file (MJPEG) that the browser's camera films."""
    return tmp_path_factory.mktemp("camera") / "film.mjpeg"


@pytest.fixture(scope="session")
def browser(film: Path) -> Iterator[Browser]:
    path = needed(executable(), f"no Chromium on this machine ({', '.join(NAMES)})")
    switches = [*SWITCHES, *SHARED, f"--use-file-for-fake-video-capture={film}"]
    with sync_playwright() as playwright:
        result = playwright.chromium.launch(executable_path=path, args=switches)
        yield result
        result.close()


@contextmanager
def kept_context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A context with a page that stays open, so that the process of all its pages keeps what it has compiled."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.route("http://127.0.0.1/", lambda route: route.fulfill(body=""))
    page.goto("http://127.0.0.1/")
    yield context
    context.close()


@contextmanager
def new_page(context: BrowserContext) -> Iterator[Page]:
    """A page that nobody has signed in to."""
    page = context.new_page()
    yield page
    page.close()
    context.clear_cookies()


@pytest.fixture(scope="session")
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    """A desktop that speaks English."""
    with kept_context(browser, viewport={"width": 1280, "height": 900}, locale="en-US") as context:
        yield context


@pytest.fixture(scope="session")
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """A phone with fingers."""
    with kept_context(browser, **PHONE) as context:
        yield context


@pytest.fixture
def page(desktop: BrowserContext) -> Iterator[Page]:
    with new_page(desktop) as result:
        yield result


@pytest.fixture
def phone(pocket: BrowserContext) -> Iterator[Page]:
    with new_page(pocket) as result:
        yield result


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
