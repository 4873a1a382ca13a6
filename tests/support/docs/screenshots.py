"""The README's pictures, taken from the demo: python -m tests.support.docs.screenshots ADDRESS LANGUAGE SESSION.

ADDRESS is a running `kilnboard demo` in that language, SESSION the one that is shown (platform/id, as
`kilnboard live list` prints it). Each page is taken light and dark, made small, and the version of the program is
written beside them.
"""

from __future__ import annotations

import io
import sys
import tomllib
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import SWITCHES, executable

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}
COLOURS = 128
PAGES = {"today": "", "growth": "growth", "live": "live", "comments": "comments", "kiln": "kiln"}
BUSY = '[data-testid="stStatusWidget"], [data-testid="stSkeleton"], .stSpinner'
WRITTEN = "document.querySelector('[data-testid=stMain]')?.innerText.length > 200"
QUIET_SECONDS = 5


def take(address: str, language: str, session: str) -> None:
    """Take all pages in one language; a session stands for the page Live & video."""
    folder = PICTURES / language
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=SWITCHES)
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport=SIZE, color_scheme=scheme, device_scale_factor=1, bypass_csp=True
            )  # type: ignore[arg-type]
            for name, path in PAGES.items():
                rest = f"&live=session&session={session}" if name == "live" else ""
                link = f"{address}/{path}?lang={language}{rest}"
                page.goto(link)
                _settle(page)
                if (close := page.locator(".st-key-tour-close button")).count():
                    close.click()
                    _settle(page)
                    page.goto(link)
                    _settle(page)
                _store(page.screenshot(), folder / f"{name}_{scheme}.png")
        browser.close()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (PICTURES / "version.txt").write_text(project["version"] + "\n")


def _settle(page: Page) -> None:
    """Wait until the page has stood still for some seconds: no running mark, no skeleton."""
    page.wait_for_function(WRITTEN, timeout=120_000)
    quiet = 0
    while quiet < QUIET_SECONDS:
        page.wait_for_timeout(1_000)
        quiet = 0 if page.locator(BUSY).count() else quiet + 1


def _store(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    take(*sys.argv[1:4])
