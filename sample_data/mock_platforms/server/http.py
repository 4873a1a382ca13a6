"""The HTTP server of the mock platforms: one loopback port per platform, faults on the wire, counters."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sample_data.mock_platforms.server.faults import Fault, RequestFaults
from sample_data.mock_platforms.server.platform import Platform, Reply, Request

BANNER = "Kilnboard practice mock platforms: made-up data for tests and demos, loopback only"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>登录</title></head><body><form action='/login'>"
    "<input name='user'><input name='password' type='password'></form></body></html>"
).encode()
HTML = "text/html; charset=utf-8"
LARGEST_BODY = 2**20


class NotLoopback(ValueError):
    """The host is not a loopback address."""


def check_loopback(host: str) -> None:
    """Raise NotLoopback for any address but this machine's own."""
    if host not in LOOPBACK:
        raise NotLoopback(f"the mock platforms listen on loopback only, not on {host!r}")


class PlatformServer(ThreadingHTTPServer):
    """One platform on one port."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, platform: Platform, lock: threading.RLock) -> None:
        check_loopback(host)
        self.platform, self.lock = platform, lock
        self.numbers = iter(range(1, 2**62))
        self._open: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        """The base address of this platform."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Track each connection, so that `stop` can end those still open."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Stop tracking a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing about clients that disconnect."""

    def stop(self) -> None:
        """Stop listening and end open connections."""
        self.shutdown()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection to one platform."""

    server: PlatformServer
    protocol_version = "HTTP/1.1"
    server_version = "KilnboardMockPlatform/1"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer a request."""
        started = time.thread_time()
        platform, lock = self.server.platform, self.server.lock
        parts = urlsplit(self.path)
        if not self._is_local():
            self._send(Reply(BANNER.encode(), status=403, content_type="text/plain"))
            return
        if parts.path == "/":
            self._send(Reply(BANNER.encode(), content_type="text/plain; charset=utf-8"))
            return
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
        with lock:
            number = next(self.server.numbers)
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                body,
                platform.faults.of_request(number),
            )
            reply, fault = respond(platform, request)
            platform.log.total += 1
            platform.log.by_resource[platform.resource(request)] += 1
            platform.log.by_outcome[fault.name.lower() if fault else reply.outcome] += 1
            platform.log.cpu += time.thread_time() - started
        started = time.thread_time()
        self._deliver(reply, fault, request.request_faults)
        platform.log.cpu += time.thread_time() - started

    do_POST = do_PUT = do_DELETE = do_GET

    def _is_local(self) -> bool:
        host = self.headers.get("Host", "").rsplit(":", 1)[0].strip("[]")
        return self.client_address[0] in LOOPBACK and host in LOOPBACK

    def _deliver(self, reply: Reply, fault: Fault | None, request_faults: RequestFaults) -> None:
        if fault is Fault.DROP:
            self._drop(reply, request_faults)
        elif fault is Fault.TRUNCATE:
            self._truncate(reply, request_faults)
        elif fault is Fault.DRIP:
            self._drip(reply)
        else:
            self._send(reply)

    def _head(self, reply: Reply, length: int | None = None) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        self._head(reply, len(reply.body))
        self.wfile.write(reply.body)

    def _drop(self, reply: Reply, request_faults: RequestFaults) -> None:
        """Reset the connection, before the answer or within it."""
        if request_faults.draw > 0.5:
            self._head(reply, len(reply.body))
            self.wfile.write(reply.body[: int(len(reply.body) * (request_faults.draw - 0.5))])
            self.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def _truncate(self, reply: Reply, request_faults: RequestFaults) -> None:
        """Send less than announced, a chunked answer without its end, or JSON that breaks off."""
        cut = reply.body[: 1 + int((len(reply.body) - 1) * request_faults.draw * 0.99)]
        way = request_faults.choice % 3
        if way == 0:
            self._head(reply, len(reply.body))
            self.wfile.write(cut)
        elif way == 1:
            self._head(reply)
            self.wfile.write(f"{len(reply.body):x}\r\n".encode() + cut)
        else:
            self._send(Reply(cut, status=reply.status, content_type=reply.content_type))
            return
        self.close_connection = True

    def _drip(self, reply: Reply) -> None:
        """Send the answer in small pieces with pauses between them."""
        self._head(reply, len(reply.body))
        for piece in _pieces(reply.body):
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(0.002)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the platform's time for the Date header."""
        return formatdate(self.server.platform.now if timestamp is None else timestamp, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: request addresses contain tokens."""


def _pieces(body: bytes) -> Iterator[bytes]:
    size = max(1, ceil(len(body) / 40))
    return (body[first : first + size] for first in range(0, len(body), size))


def respond(platform: Platform, request: Request) -> tuple[Reply, Fault | None]:
    """Return the reply to a request, and the fault that is to befall it on the wire."""
    pace, now, request_faults = platform.pace, platform.clock.stopwatch(), request.request_faults
    breach = pace.breach(now, request_faults.number)
    if breach:
        platform.log.violations.append(breach)
        return _too_many(platform, max(0.05, breach.allowed_at - now), request_faults), None
    if request_faults.fault is Fault.TOO_MANY:
        return _too_many(platform, request_faults.wait, request_faults), request_faults.fault
    if request_faults.fault is Fault.SERVER_ERROR:
        if request_faults.choice % 2:
            platform.answer(request)  # it was done, but the answer got lost
        return _server_error(platform, request_faults), request_faults.fault
    if request_faults.fault is Fault.BUSY:
        return platform.busy(), request_faults.fault
    reply = platform.answer(request)
    if request_faults.fault is Fault.HTML:
        return Reply(LOGIN_PAGE, content_type=HTML), request_faults.fault
    if platform.faults.tamper is not None:
        reply = replace(reply, body=platform.faults.tamper(request_faults.number, reply.body))
    return reply, request_faults.fault


def _too_many(platform: Platform, wait: float, request_faults: RequestFaults) -> Reply:
    """Return a 429 whose Retry-After is in seconds or, now and then, a date."""
    stopwatch = platform.clock.stopwatch()
    ahead = platform.clock.now() + platform.faults.clock_skew
    if wait >= 1 and request_faults.choice % 5 == 0:
        until = ceil(ahead + wait)
        text, wait = formatdate(until, usegmt=True), until - ahead
    elif wait >= 1:
        wait = float(ceil(wait))
        text = str(int(wait))
    else:
        text = f"{wait:.3f}"
        wait = float(text)
    platform.pace.set_retry_after(stopwatch, wait)
    reply = platform.too_many()
    return Reply(reply.body, reply.outcome, 429, reply.content_type, {"Retry-After": text})


def _server_error(platform: Platform, request_faults: RequestFaults) -> Reply:
    status = (500, 502, 503, 504)[request_faults.choice // 2 % 4]
    headers = {}
    if status == 503 and request_faults.choice % 3 == 0:
        wait = (
            float(f"{request_faults.wait:.3f}")
            if request_faults.wait < 1
            else float(ceil(request_faults.wait))
        )
        platform.pace.set_retry_after(platform.clock.stopwatch(), wait)
        headers["Retry-After"] = f"{wait:g}"
    page = f"<html><head><title>{status}</title></head><body>upstream</body></html>"
    return Reply(page.encode(), str(status), status, HTML, headers)
