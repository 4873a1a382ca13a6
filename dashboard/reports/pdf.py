"""A page as PDF, printed by a browser of this computer, where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from shop.core.errors import ShopError
from shop.db.partial import temporary_folder

SECONDS = 90
NAMES = (
    "chromium",
    "chromium-headless-shell",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "{ProgramFiles}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
    "{LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
)


class NoBrowser(ShopError):
    """A PDF needs a browser that prints it."""

    message = (
        "A PDF is printed by Chrome, Edge or Chromium, and none is on this computer. Write the report "
        "with --html and print it from your own browser."
    )


class NotPrinted(ShopError):
    """The browser that was to print gave no PDF."""

    message = "{browser} printed no PDF. Write the report with --html and print it from a browser."


def browser() -> str | None:
    """The browser that can print: KILNBOARD_BROWSER, else the first one installed."""
    return next(_candidates(), None)


def _candidates() -> Iterator[str]:
    if own := os.environ.get("KILNBOARD_BROWSER"):
        yield own
    yield from (path for name in NAMES if (path := shutil.which(name)))
    for place in PLACES:
        try:
            path = place.format_map(os.environ)
        except KeyError:
            continue
        if Path(path).exists():
            yield path


def pdf(html: str) -> bytes:
    """The page as PDF; raises NoBrowser or NotPrinted."""
    result = browser()
    if result is None:
        raise NoBrowser()
    with temporary_folder("pdf") as folder:
        worksheet, paper = folder / "sheet.html", folder / "sheet.pdf"
        worksheet.write_text(html, "utf-8")
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # its sandbox refuses root
        command = [
            result,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--no-pdf-header-footer",
            "--disable-extensions",
            "--disable-background-networking",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={paper}",
            *(["--no-sandbox"] if is_root else []),
            worksheet.as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            raise NotPrinted(browser=result) from None
        if not paper.exists():
            raise NotPrinted(browser=result)
        return paper.read_bytes()
