"""Pages loaded in Chromium in turns, each load in a fresh context, until an expected element is drawn."""

import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import NAMES, SWITCHES

WARMING = 2  # loads of each page before the first that counts


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


def median_seconds(browser: Browser, requests: Mapping[str, tuple[str, str]], loads: int) -> dict[str, float]:
    """The median seconds of each page (its address, and the element that has to be drawn), loaded in turns."""
    taken: dict[str, list[float]] = {name: [] for name in requests}
    for number in range(WARMING + loads):
        for name, (address, drawn) in requests.items():
            seconds = _seconds_until_drawn(browser, address, drawn)
            if number >= WARMING:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def _seconds_until_drawn(browser: Browser, address: str, drawn: str) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(drawn, state="visible", timeout=60_000)
    taken = time.perf_counter() - start
    context.close()
    return taken
