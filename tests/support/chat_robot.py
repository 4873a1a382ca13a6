"""A chat robot on loopback, for tests of outgoing notifications."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Robot:
    """A chat robot on loopback that checks the signature of posts, as the services' guides describe."""

    secret: str = ""
    answer: bytes = b'{"errcode":0,"code":0}'
    status: int = 200
    drop: bool = False
    posts: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def takes(self, path: str, body: bytes) -> bytes:
        value, query = json.loads(body), parse_qs(urlsplit(path).query)
        self.posts.append(value)
        if self.secret and "hook" in path:
            key = f"{value['timestamp']}\n{self.secret}".encode()
            signed = value["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
            return self.answer if signed else b'{"code":19021,"msg":"sign match fail"}'
        if self.secret:
            text = f"{query['timestamp'][0]}\n{self.secret}".encode()
            good = base64.b64encode(hmac.new(self.secret.encode(), text, hashlib.sha256).digest())
            return self.answer if query["sign"] == [good.decode()] else b'{"errcode":310000}'
        return self.answer


@contextmanager
def running() -> Iterator[Robot]:
    """A robot that answers on a port of its own."""
    result = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            output = result.takes(self.path, body)
            if result.drop:
                self.connection.close()
                return
            self.send_response(result.status)
            self.send_header("Content-Length", str(len(output)))
            self.end_headers()
            self.wfile.write(output)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    result.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield result
    server.shutdown()
    server.server_close()
    thread.join()
