"""The guard in front of every route: host, origin, path, session and size of what is sent.

Pure ASGI, so that web sockets pass through it too. Once an account exists, everything but the sign-in pages needs a
session; without accounts only this machine is answered.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from dashboard.i18n.language import LANGUAGES, language, use_language
from dashboard.server import documents
from dashboard.server.headers import security_headers
from dashboard.server.hosts import allowed_hosts, host_name, is_loopback
from dashboard.text.errors import error
from shop.access.accounts import have_accounts
from shop.access.sessions import COOKIE, visitor_of
from shop.core.errors import LostShop, ShopError
from shop.db.database import Database

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOST = documents.LOST
OWN_PAGES = ("/sign-in", "/set-up", LOST)
PUBLIC = frozenset({"/sign-in", "/set-up", "/manifest.webmanifest", "/app-icon.png", "/app-icon.svg"})
HEALTH = "/_stcore/health"
SOCKET = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/"
ROUTES = re.compile(
    r"/(_stcore/(health|stream|host-config|upload_file/[^/]+/[^/]+)|media/[\w.-]+|static/[\w./@-]+|"
    r"favicon\.png|manifest\.webmanifest|app-icon\.(png|svg)|sign-in|set-up|[a-z_]*)",
    re.ASCII,
)
"""Every path that is answered; the metrics endpoint, the agent API and everything else are closed."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
LARGEST_FORM = 16 * 1024
HTML = (b"content-type", b"text/html; charset=utf-8")
REFRESH_SECONDS = b"5"  # until a page that has no database is requested again


def use_language_of(request: HTTPConnection) -> None:
    """Use the language that a request's address or browser names, else Chinese."""
    wish = request.query_params.get("lang", "")
    spoken = request.headers.get("accept-language", "")
    use_language(wish if wish in LANGUAGES else "en" if spoken.lower().startswith("en") else LANGUAGES[0])


class Guard:
    """Refuses a request before anything else sees it; adds the security headers to what is answered."""

    def __init__(self, app: ASGIApp, database: Callable[[], Database], largest_upload: int) -> None:
        self.app, self.database, self.largest_upload = app, database, largest_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        send = _with_headers(scope, send)
        try:
            status = _refusal(scope) or await run_in_threadpool(self._without_session, HTTPConnection(scope))
        except ShopError as problem:
            use_language_of(HTTPConnection(scope))
            if isinstance(problem, LostShop) and _is_page(scope) and is_loopback(_client(scope)):
                await _send_to(scope, send, f"{LOST}?lang={language()}")
            else:
                await _refuse(scope, send, 503, error(problem))
            return
        if status is None:
            largest = self.largest_upload if scope["path"].startswith(UPLOAD) else LARGEST_FORM
            await self._pass(scope, receive, send, largest)
        else:
            await _refuse(scope, send, status)

    def _without_session(self, request: HTTPConnection) -> int | None:
        """The status that refuses a request without a session; None where it may pass."""
        path, client = request.url.path, _client(request.scope)
        if path == HEALTH and is_loopback(client):
            return None
        try:
            db = self.database()
        except LostShop:
            if path == LOST and is_loopback(client):
                return None
            raise
        if path in PUBLIC:
            return None
        if not have_accounts(db):
            return None if is_loopback(client) else 403
        return None if visitor_of(db, request.cookies.get(COOKIE)) else 401

    async def _pass(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        """Pass the request on and count its bytes: more than `largest` are rejected."""
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > largest:
            await _refuse(scope, send, 413)
            return
        counted, answered = 0, False

        async def counting() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > largest:
                raise _TooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, counting, noting)
        except _TooLarge:
            if not answered:
                await _refuse(scope, send, 413)


class _TooLarge(Exception):
    """More was sent than is allowed."""


def _refusal(scope: Scope) -> int | None:
    """The status that refuses a request by its host, path or origin; None where all are in order."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or host_name(hosts[0]) not in allowed_hosts():
        return 421
    if not ROUTES.fullmatch(scope["path"]):
        return 404
    is_socket = scope["type"] == "websocket"
    if is_socket and scope["path"] != SOCKET:
        return 404
    if headers.get("sec-fetch-dest") in FRAMES and headers.get("sec-fetch-site") != "same-origin":
        return 403
    if is_socket or scope["method"] not in SAFE:
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        if headers.getlist("origin") != [f"{scheme}://{hosts[0]}"]:
            return 403
    return None


def _with_headers(scope: Scope, send: Send) -> Send:
    hosts = Headers(scope=scope).getlist("host")
    host = hosts[0] if len(hosts) == 1 and host_name(hosts[0]) in allowed_hosts() else "invalid"
    added = security_headers(
        host, is_secure=scope["scheme"] in ("https", "wss"), is_own_page=scope["path"] in OWN_PAGES
    )
    names = {name for name, _ in added} | {b"server"}

    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            stays = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in names]
            message = {**message, "headers": [*stays, *added]}
        await send(message)

    return sending


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _is_page(scope: Scope) -> bool:
    is_read = scope["type"] == "http" and scope["method"] == "GET"
    return is_read and "text/html" in Headers(scope=scope).get("accept", "")


async def _send_to(scope: Scope, send: Send, location: str) -> None:
    headers = [(b"location", location.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, send: Send, status: int, words: str = "") -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4000 + status})  # before accept: answered with 403
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    is_page = _is_page(scope)
    if status == 401 and is_page:
        query = scope["query_string"].decode("ascii", "ignore")
        back = quote(scope["path"] + (f"?{query}" if query else ""), safe="/")
        status, headers = 303, [*headers, (b"location", f"/sign-in?next={back}".encode())]
    body = words or f"{status}"
    if status == 404 and is_page:
        use_language_of(HTTPConnection(scope))
        body, headers = documents.unknown_page(scope["path"]), [HTML, *headers[1:]]
    if words and is_page:
        body = documents.unavailable_page(words, scope["path"])
        headers = [HTML, *headers[1:], (b"refresh", REFRESH_SECONDS)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
