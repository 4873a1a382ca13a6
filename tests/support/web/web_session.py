"""A browser tab without a browser: it speaks the protocol of the pages over its own web socket.

Much cheaper than a browser; for tests that need many sessions, or every message that a session gets.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from dashboard.ui.text import CLOSED_ICON
from shop.access.sessions import COOKIE


class WebSession:
    """One tab: its web socket, the pages that its navigation offers, the messages it has stored.

    `frames` are the bytes of the last run as they came.
    """

    def __init__(self, address: str, socket: ClientConnection, language: str) -> None:
        self.address, self.socket, self.language = address, socket, language
        self.pages: dict[str, str] = {}  # hashes by name
        self.stored: set[str] = set()
        self.frames: list[bytes] = []

    async def open(self, page: str = "", query: str = "") -> str | None:
        """Request a page of the navigation, the first without a name, and read to the end of its run.

        Any other page is requested by its name, as an address does. Returns what failed in words, None for nothing.
        """
        request = BackMsg()
        state = request.rerun_script
        state.page_script_hash = self.pages.get(page, "")
        state.page_name = "" if page in self.pages else page
        state.query_string = f"lang={self.language}{query and '&'}{query}"
        state.cached_message_hashes.extend(self.stored)
        state.context_info.url = self.address
        state.context_info.timezone = "Asia/Shanghai"
        await self.socket.send(request.SerializeToString())
        self.frames = []
        problem = None
        while True:
            frame = await self.socket.recv()
            assert isinstance(frame, bytes)
            self.frames.append(frame)
            message = ForwardMsg.FromString(frame)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable and message.hash:
                self.stored.add(message.hash)
            if kind == "navigation":
                pages = message.navigation.app_pages
                self.pages = {
                    item.url_pathname: item.page_script_hash
                    for item in pages
                    if item.url_pathname and item.icon != CLOSED_ICON
                }
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                problem = message.delta.new_element.exception.message
            elif kind == "page_not_found":
                problem = "page not found"
            elif kind == "script_finished":
                ended = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
                return problem if ended == "FINISHED_SUCCESSFULLY" else ended


@asynccontextmanager
async def web_session(address: str, token: str, language: str = "zh") -> AsyncIterator[WebSession]:
    """A tab at an address, with the token of a session that is signed in; it has not opened a page yet."""
    async with websockets.connect(
        address.replace("http", "ws", 1) + "/_stcore/stream",
        origin=websockets.Origin(address),
        subprotocols=[websockets.Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        max_size=None,
        compression=None,
        open_timeout=60,
        ping_interval=None,
    ) as socket:
        yield WebSession(address, socket, language)
