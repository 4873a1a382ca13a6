"""A browser that a test needs (missing: skipped with the reason, a failure when CI=true), and a page that is drawn."""

import os

import pytest
from playwright.sync_api import Frame, Page


def needed(path: str | None, missing: str) -> str:
    """The path of the browser; skips or fails the test where there is none."""
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


STILL = """() => {
  const all = (what) => [...document.querySelectorAll(what)], now = performance.now();
  const shape = [all('*').length, ...all('body, [data-testid=stMain]').map((element) => element.scrollHeight)];
  if (String(shape) !== window.shapeBefore) [window.shapeBefore, window.stillSince] = [String(shape), now];
  return all('[data-testid=stApp][data-test-script-state=notRunning]').length > 0
    && all('[data-testid=stStatusWidget], [data-testid=stSkeleton]').length === 0
    && all('.js-plotly-plot').every((plot) => plot.querySelector('.main-svg'))
    && now - window.stillSince >= 300;
}"""


def settled(page: Page) -> None:
    """Wait until a page of the dashboard has been drawn to its end: nothing runs, and its shape has stood still."""
    page.wait_for_function(STILL, polling=100, timeout=60_000)


def visit(page: Page, view: str) -> None:
    """Go to another page of the dashboard by the link in its frame, which loads no script again, and wait for it.

    The first page is the view without a name. The link may be out of sight, as on a phone.
    """
    if view:
        page.locator(f"[data-testid=stSidebarNav] a[href$='/{view}']").evaluate("link => link.click()")
        page.wait_for_url(f"**/{view}*")
        page.locator("h1.kb-sentence, [data-testid='stException']").first.wait_for()
    settled(page)


def socket_opens(where: Page | Frame, address: str) -> bool:
    """Whether the dashboard lets a script of this page open its web socket."""
    return bool(
        where.evaluate(
            """url => new Promise(done => { const s = new WebSocket(url, ["streamlit"]);
            s.onopen = () => done(true); s.onerror = () => done(false); })""",
            address.replace("http:", "ws:") + "/_stcore/stream",
        )
    )
