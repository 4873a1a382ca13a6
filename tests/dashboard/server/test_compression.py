"""Static files travel compressed; nothing else does."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from dashboard.server.compression import StaticCompression

FILES = Path(streamlit.__file__).parent / "static" / "static"


@pytest.fixture
def client() -> TestClient:
    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("secret " * 1_000)

    routes = [Mount("/static", StaticFiles(directory=FILES)), Route("/media/x", page)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(StaticCompression)]))


def test_scripts_take_less_than_half_of_their_bytes(client: TestClient) -> None:
    largest = max((FILES / "js").glob("*.js"), key=lambda file: file.stat().st_size)
    accepts = {"Accept-Encoding": "gzip"}
    with client.stream("GET", f"/static/js/{largest.name}", headers=accepts) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and gzip.decompress(sent) == largest.read_bytes()
    assert len(sent) < largest.stat().st_size / 2


def test_other_answers_and_old_browsers_get_plain_bytes(client: TestClient) -> None:
    assert "content-encoding" not in client.get("/media/x", headers={"Accept-Encoding": "gzip"}).headers
    small = min((FILES / "js").glob("index*.js"))
    plain = client.get(f"/static/js/{small.name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == small.read_bytes()


def test_a_file_is_compressed_once_and_parts_of_it_are_not_taken_for_it() -> None:
    read: list[str] = []
    files = StaticFiles(directory=FILES)

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        read.append(scope["path"])
        await files(scope, receive, send)

    client = TestClient(StaticCompression(Starlette(routes=[Mount("/static", counting)])))
    file = min((FILES / "js").glob("index.*.js"))
    path = f"/static/js/{file.name}"
    part = client.get(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert part.status_code == 206
    missing = "/static/js/index.AAAAAAAA.js"
    for _ in range(2):
        assert client.get(path, headers={"Accept-Encoding": "gzip"}).content == file.read_bytes()
        assert client.get(missing, headers={"Accept-Encoding": "gzip"}).status_code == 404
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert plain.content == file.read_bytes() and "content-encoding" not in plain.headers
    assert read.count(path) == 3 and read.count(missing) == 2
