"""Signing in, sockets without a session, and pages of other origins: in Chromium, served as `open` serves it."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, expect

from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.connect import connect
from tests.support.fresh import empty_shop_file
from tests.support.servers import opened

PASSWORD = "celadon cups in spring"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty shop with an owner, served as `kilnboard open` serves it."""
    path = empty_shop_file(tmp_path_factory.mktemp("sign-in") / "shop.db")
    db = connect(str(path))
    add_account(db, "小林", "owner", PASSWORD, actor=OWNER)
    db.close()
    with opened(path) as address:
        yield address


@pytest.fixture
def stranger() -> Iterator[str]:
    """A page of another origin on this machine."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>another origin</h1>")

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def socket_opens(page: object, address: str) -> bool:
    return bool(
        page.evaluate(  # type: ignore[attr-defined]
            """url => new Promise(done => { const s = new WebSocket(url, ["streamlit"]);
            s.onopen = () => done(true); s.onerror = () => done(false); })""",
            address.replace("http:", "ws:") + "/_stcore/stream",
        )
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_signs_in_on_a_phone_and_out_again(browser: Browser, server: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/people?lang={language}")
    assert "/sign-in?next=" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=user]", "小林")
    page.fill("[name=password]", "wrong")
    page.click("button")
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url("**/people?**")
    expect(page.locator("h1.kb-sentence")).to_contain_text("小林")
    (cookie,) = [item for item in context.cookies() if item["name"] == "kilnboard_session"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert "kilnboard_session" not in page.evaluate("document.cookie")
    context.clear_cookies()
    page.goto(server)
    assert "/sign-in" in page.url
    assert not socket_opens(page, server)
    context.close()


def test_pages_of_other_origins_get_nothing(browser: Browser, server: str, stranger: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(stranger)
    assert not socket_opens(page, server)
    with pytest.raises(Error):
        page.evaluate("url => fetch(url).then(answer => answer.text())", f"{server}/sign-in")
    page.set_content(f'<iframe src="{server}/sign-in"></iframe>')
    page.wait_for_timeout(1_000)
    assert all(
        "password" not in (frame.content() if frame.url != "about:blank" else "") for frame in page.frames[1:]
    )
    context.close()


def test_a_name_that_is_rebound_to_this_machine_gets_nothing(browser: Browser, server: str) -> None:
    """Chromium resolves the stranger's name to loopback, as after DNS rebinding."""
    import shutil

    from tests.browser.conftest import NAMES, SWITCHES

    path = next(filter(None, map(shutil.which, NAMES)), None)
    port = server.rpartition(":")[2]
    rebound = browser.browser_type.launch(
        executable_path=path, args=[*SWITCHES, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    )
    page = rebound.new_page()
    answer = page.goto(f"http://evil.example:{port}/sign-in")
    assert answer is not None and answer.status == 421
    assert not socket_opens(page, f"http://evil.example:{port}")
    rebound.close()
