"""The guard in front of the dashboard, by requests to the whole application without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.server import documents
from dashboard.server.guard import REFRESH_SECONDS, Guard
from dashboard.server.routes import OwnRoutes, local_path
from dashboard.views import pages
from shop.access.accounts import add_account, new_setup_code
from shop.access.roles import OWNER
from shop.access.sessions import COOKIE
from shop.core.errors import MissingDatabase
from shop.db.database import Database

PASSWORD = "celadon cups in spring"
HERE = "http://127.0.0.1:8501"


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("open")
    await websocket.close()


def application(db: Database) -> Starlette:
    """Our guard and routes, with an echo where Streamlit's endpoints are."""
    behind = [
        Route("/_stcore/health", echo),
        Route("/_stcore/metrics", echo),
        Route("/_stcore/upload_file/{session}/{file}", echo, methods=["PUT"]),
        Route("/media/{name}", echo),
        Route("/static/{name:path}", echo),
        WebSocketRoute("/_stcore/stream", socket),
    ]
    own = OwnRoutes(lambda: db, list(pages())).routes()
    guard = Middleware(Guard, database=lambda: db, largest_upload=1_000)
    return Starlette(routes=[*own, *behind], middleware=[guard])


@pytest.fixture
def client(db: Database) -> Iterator[TestClient]:
    with TestClient(
        application(db), base_url=HERE, client=("127.0.0.1", 50_000), follow_redirects=False
    ) as result:
        yield result


@pytest.fixture
def owner(db: Database, client: TestClient) -> TestClient:
    """A shop with an account; the client is not signed in."""
    add_account(db, "Mei", "owner", PASSWORD, actor=OWNER)
    return client


def sign_in(client: TestClient, password: str = PASSWORD, back: str = "/") -> object:
    data = {"user": "Mei", "password": password, "next": back}
    return client.post("/sign-in", data=data, headers={"origin": HERE})


ROUTES = [
    "/",
    *(f"/{name}" for name in pages()),
    "/media/abc.png",
    "/static/js/index.js",
    "/_stcore/host-config",
]


def open_socket(client: TestClient, **headers: str) -> str:
    with client.websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers=headers) as opened:
        return opened.receive_text()


def rejected(client: TestClient, **headers: str) -> bool:
    try:
        open_socket(client, **headers)
    except WebSocketDisconnect:
        return True
    return False


@pytest.mark.parametrize("path", ROUTES)
def test_every_route_needs_a_session_once_there_is_an_account(owner: TestClient, path: str) -> None:
    assert owner.get(path).status_code == 401
    page = owner.get(path, headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, f"/sign-in?next={path}")


def test_a_socket_needs_a_session(owner: TestClient) -> None:
    assert rejected(owner, origin=HERE)
    assert rejected(owner, origin=HERE, cookie=f"{COOKIE}={'A' * 43}")
    sign_in(owner)
    assert open_socket(owner, origin=HERE) == "open"


def test_signing_in_sets_a_cookie_that_no_script_reads(owner: TestClient) -> None:
    answer = sign_in(owner, back="/stock?sku=A1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/stock?sku=A1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert owner.get("/stock").status_code == 200


def test_a_wrong_password_is_rejected_and_the_sixth_waits(owner: TestClient) -> None:
    assert [sign_in(owner, "wrong").status_code for _ in range(7)] == [403] * 5 + [429] * 2
    assert "set-cookie" not in sign_in(owner, "wrong").headers


def test_the_set_up_page_creates_the_owner_with_the_code(db: Database, client: TestClient) -> None:
    code = new_setup_code(db)
    data = {"user": "Mei", "password": PASSWORD, "again": PASSWORD}
    wrong = client.post("/set-up", data={**data, "code": "AAAAA-AAAAA"}, headers={"origin": HERE})
    assert wrong.status_code == 403
    differs = client.post("/set-up", data={**data, "code": code, "again": "x"}, headers={"origin": HERE})
    assert differs.status_code == 400
    done = client.post("/set-up", data={**data, "code": code}, headers={"origin": HERE})
    assert done.status_code == 303 and COOKIE in done.headers["set-cookie"]
    assert client.get("/").status_code == 200
    assert client.get("/set-up").headers["location"] == "/sign-in"


@pytest.mark.parametrize(("address", "first"), [("/set-up?lang=en", "/?lang=en"), ("/set-up", "/")])
def test_the_first_page_opens_in_the_language_of_the_set_up_page(
    db: Database, client: TestClient, address: str, first: str
) -> None:
    data = {"user": "Mei", "password": PASSWORD, "again": PASSWORD, "code": new_setup_code(db)}
    assert client.post(address, data=data, headers={"origin": HERE}).headers["location"] == first


def test_without_accounts_only_this_machine_is_answered(db: Database) -> None:
    with TestClient(application(db), base_url=HERE, client=("192.168.1.7", 5)) as far:
        assert far.get("/").status_code == 403
        assert far.get("/_stcore/health").status_code == 403
        assert rejected(far, origin=HERE)
    with TestClient(application(db), base_url=HERE, client=("127.0.0.1", 5)) as near:
        assert near.get("/").status_code == 200


FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:8501",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil",
    "",
    "localhost/x",
)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_rejected_everywhere(client: TestClient, host: str) -> None:
    for path in (*ROUTES, "/sign-in", "/_stcore/health"):
        assert client.get(path, headers={"host": host}).status_code == 421
    assert rejected(client, host=host, origin=f"http://{host}")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:8501", "http://127.0.0.1:1", None]
)
def test_a_foreign_or_missing_origin_is_rejected(owner: TestClient, origin: str | None) -> None:
    sign_in(owner)
    headers = {"origin": origin} if origin else {}
    assert rejected(owner, **headers)
    assert owner.put("/_stcore/upload_file/a/b", content=b"x", headers=headers).status_code == 403
    assert owner.post("/sign-in", data={"user": "Mei"}, headers=headers).status_code == 403


def test_framing_is_rejected(owner: TestClient) -> None:
    frame = {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"}
    assert owner.get("/sign-in", headers=frame).status_code == 403
    policy = owner.get("/sign-in").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy and "script-src 'none'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/app/static/x",
        "/component/x/y",
        "/oauth2callback",
        "/docs",
        "/.git/config",
        "/media/../shop.db",
    ],
)
def test_every_other_path_is_closed(owner: TestClient, path: str) -> None:
    sign_in(owner)
    assert owner.get(path).status_code == 404


def test_uploads_are_counted_on_the_server(owner: TestClient) -> None:
    sign_in(owner)
    headers, path = {"origin": HERE}, "/_stcore/upload_file/a/b"
    assert owner.put(path, content=b"x" * 1_000, headers=headers).text == "1000"
    assert owner.put(path, content=b"x" * 1_001, headers=headers).status_code == 413
    unstated = (b"x" * 400 for _ in range(4))
    assert owner.put(path, content=unstated, headers=headers).status_code == 413
    assert owner.post("/sign-in", content=b"x" * 20_000, headers=headers).status_code == 413


def test_every_answer_has_the_security_headers(owner: TestClient) -> None:
    for answer in (owner.get("/sign-in"), owner.get("/"), owner.get("/nothing/here"), sign_in(owner)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""]
)
def test_signing_in_leads_to_no_other_server(path: str) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_with_markup_are_shown_as_text(owner: TestClient, language: str) -> None:
    data = {"user": '"><script>alert(1)</script>', "password": "x", "next": '"><b>'}
    page = owner.post(f"/sign-in?lang={language}", data=data, headers={"origin": HERE})
    assert "<script" not in page.text and "<b>" not in page.text.split("</header>")[1]
    assert re.search(r'<html lang="(zh-CN|en)">', page.text)


def test_the_page_is_installable_and_in_the_language_of_the_link(client: TestClient) -> None:
    page = client.get("/?lang=zh").text
    assert '<html lang="zh-CN">' in page and 'rel="manifest"' in page
    scripts = documents.element_scripts()
    assert len(scripts) == len(documents.ELEMENTS) and all(script in page for script in scripts)
    manifest = client.get("/manifest.webmanifest?lang=en").json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).headers["content-type"] == icon["type"]


def test_the_paths_let_through_are_those_of_the_server(tmp_path: Path) -> None:
    """Every page's path passes the guard's list; so a new page with an odd name shows here."""
    from dashboard.server.guard import ROUTES as ALLOWED

    assert [name for name in pages() if not ALLOWED.fullmatch(f"/{name}")] == []


@pytest.mark.parametrize("path", ["/costing", "/growth/old", "/no-such"])
def test_an_address_that_leads_nowhere_leads_to_the_first_page(client: TestClient, path: str) -> None:
    for language, words in (("en", "There is no such page"), ("zh", "没有这个页面")):
        answer = client.get(f"{path}?lang={language}", headers={"accept": "text/html"})
        assert (
            answer.status_code == 404 and words in answer.text and f'href="/?lang={language}"' in answer.text
        )
    assert "<h1>" not in client.get("/growth/old").text


def test_a_database_that_is_gone_is_named_in_the_language_of_the_page_until_it_is_back(db: Database) -> None:
    def gone() -> Database:
        raise MissingDatabase(path="窑 <b>.db")

    async def unreachable(_scope: object, _receive: object, _send: object) -> None:
        raise AssertionError("passed")

    client = TestClient(Guard(unreachable, gone, 1_000), base_url=HERE, client=("127.0.0.1", 50_000))  # type: ignore[arg-type]
    for language, words in (("en", "is not there any more"), ("zh", "已不在原处")):
        answer = client.get(f"/growth?lang={language}", headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["refresh"]) == (503, REFRESH_SECONDS.decode())
        assert words in answer.text and "<b>.db" not in answer.text and "<h" in answer.text
    assert client.get("/_stcore/host-config").text.startswith("数据库 窑 <b>.db")
