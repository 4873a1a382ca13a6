"""Pages of strangers against the dashboard: in Chromium, served as `open` serves it by itself and with `--share`."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from dashboard.server.hosts import network_addresses
from dashboard.server.listener import SHARE
from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.connect import connect
from tests.browser.conftest import BOUND
from tests.support.browsers import socket_opens
from tests.support.fresh import empty_shop_file
from tests.support.servers import opened

UPLOAD = "/_stcore/upload_file/a/b"
OURS = ("stApp", 'name="password"')  # what only a page of ours has


@pytest.fixture
def stranger() -> Iterator[str]:
    """A page of another origin on this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>another origin</h1>")

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def admitted(page: Page, address: str, stranger: str) -> list[str]:
    """The attacks that reached the dashboard at an address."""
    host, _, port = address.removeprefix("http://").partition(":")
    found: list[str] = []
    request = page.context.request
    own = page.goto(address, wait_until="commit")
    assert own is not None and own.ok and socket_opens(page, address) == ("/sign-in" not in page.url)

    page.goto(stranger)
    if socket_opens(page, address):
        found.append("foreign origin, socket")
    for sent in ("{}", "{method: 'PUT', body: 'x'}"):
        try:
            page.evaluate(f"url => fetch(url, {sent}).then(answer => answer.text())", address + UPLOAD)
            found.append(f"foreign origin, {sent}")
        except Error:
            pass

    for path in ("/", "/sign-in"):
        page.set_content(f'<iframe src="{address}{path}"></iframe>')
        page.wait_for_timeout(1_000)
        for frame in page.frames[1:]:
            if any(word in frame.content() for word in OURS):
                found.append(f"framing of {path}")

    page.set_content("<iframe sandbox='allow-scripts' srcdoc='<p>no origin</p>'></iframe>")  # Origin: null
    page.wait_for_timeout(200)
    if socket_opens(page.frames[1], address):
        found.append("no origin, socket")
    if request.put(address + UPLOAD, data="x").status != 403:
        found.append("missing origin, upload")
    for path in ("/", "/sign-in", UPLOAD):
        if request.get(address + path, headers={"host": "evil.example"}, max_redirects=0).status != 421:
            found.append(f"foreign host, {path}")
    return [*found, *rebound(page, f"http://{BOUND[host]}:{port}")]


def rebound(page: Page, address: str) -> list[str]:
    """The attacks that reached the dashboard by a foreign name that was bound to its host."""
    found = []
    answer = page.goto(address)
    if answer is None or answer.status != 421 or any(word in page.content() for word in OURS):
        found.append("rebinding, page")
    if socket_opens(page, address):
        found.append("rebinding, socket")
    return found


def test_strangers_get_nothing_of_an_open_dashboard(page: Page, stranger: str, tmp_path: Path) -> None:
    with opened(empty_shop_file(tmp_path / "shop.db")) as address:
        assert admitted(page, address, stranger) == []


def test_strangers_get_nothing_of_a_shared_dashboard(page: Page, stranger: str, tmp_path: Path) -> None:
    path = empty_shop_file(tmp_path / "shop.db")
    db = connect(str(path))
    add_account(db, "小林", "owner", "celadon cups in spring", actor=OWNER)
    db.close()
    with opened(path, **{SHARE: "1"}) as address:
        port = address.rpartition(":")[2]
        shared = [f"http://{item}:{port}" for item in network_addresses()[:1]]
        for place in (address, *shared):
            assert admitted(page, place, stranger) == [], place
