"""Sharing in the studio's network: a second listener on this machine's network addresses, next to that on loopback.

It is started by `kilnboard open --share` or the switch on the People page, and only while an account exists.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from dashboard.server.hosts import HOSTS, network_addresses, share_hosts
from shop.access.accounts import have_accounts
from shop.connect import connect
from shop.core.errors import LostShop, ShopError
from shop.db.database import default_url

SHARE, CERTIFICATE, CERTIFICATE_KEY = "KILNBOARD_SHARE", "KILNBOARD_CERTIFICATE", "KILNBOARD_CERTIFICATE_KEY"
STARTS_WITHIN_SECONDS = 120


class NoAccountYet(ShopError):
    """The dashboard was to be shared without an account."""

    message = "Create an account first: without one nobody could be told from anybody else."


class NoNetwork(ShopError):
    """This machine has no address that other devices reach, or the port is taken there."""

    message = "This computer has no network address that other devices could reach on port {port}."


class NotServed(ShopError):
    """The page runs outside of `kilnboard open`."""

    message = "Sharing works only where the dashboard was opened with `kilnboard open`."


class _Server(uvicorn.Server):
    """A server whose signals are handled by the first one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class _Sharing:
    """The state of the one second listener of this process."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.app: Any = None
        self.port = 0
        self.server: _Server | None = None
        self.task: asyncio.Task[None] | None = None
        self.sockets: list[socket.socket] = []

    async def start(self) -> None:
        """Listen on the network addresses; nothing where it already does. Raises NoNetwork."""
        if self.server is not None:
            return
        addresses = network_addresses()
        self.sockets = [bound for address in addresses if (bound := _bound(address, self.port))]
        if not self.sockets:
            raise NoNetwork(port=self.port)
        share_hosts({bound.getsockname()[0] for bound in self.sockets})
        config = uvicorn.Config(
            self.app,
            lifespan="off",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            ssl_certfile=os.environ.get(CERTIFICATE) or None,
            ssl_keyfile=os.environ.get(CERTIFICATE_KEY) or None,
        )
        self.server = _Server(config)
        self.task = asyncio.create_task(self.server.serve(self.sockets))

    async def stop(self) -> None:
        """Close the listener and its connections."""
        share_hosts(set())
        server, self.server = self.server, None
        if server is not None and self.task is not None:
            server.should_exit = server.force_exit = True
            await self.task
        for bound in self.sockets:
            bound.close()
        self.sockets = []


_sharing = _Sharing()


def _bound(address: str, port: int) -> socket.socket | None:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        return None
    bound.setblocking(False)
    return bound


@asynccontextmanager
async def sharing(app: Any) -> AsyncIterator[None]:
    """The lifespan of the application: shared from the start where KILNBOARD_SHARE is set."""
    from streamlit import config

    _sharing.loop, _sharing.app = asyncio.get_running_loop(), app
    _sharing.port = int(config.get_option("server.port"))
    if os.environ.get(SHARE) and _is_allowed():
        await _sharing.start()
    try:
        yield
    finally:
        await _sharing.stop()
        _sharing.loop = None


def _is_allowed() -> bool:
    try:
        db = connect(default_url())
    except LostShop:
        return False
    try:
        return have_accounts(db)
    finally:
        db.close()


def set_shared(is_shared: bool) -> None:
    """Start or stop sharing, from any thread; raises NoAccountYet, NoNetwork or NotServed."""
    if _sharing.loop is None:
        raise NotServed()
    if is_shared and not _is_allowed():
        raise NoAccountYet()
    step = _sharing.start() if is_shared else _sharing.stop()
    asyncio.run_coroutine_threadsafe(step, _sharing.loop).result(STARTS_WITHIN_SECONDS)


def shared_addresses() -> list[str]:
    """The addresses that other devices open, the likeliest first; none while nothing is shared."""
    if _sharing.server is None:
        return []
    return urls([bound.getsockname()[0] for bound in _sharing.sockets], _sharing.port)


def urls(addresses: list[str], port: int) -> list[str]:
    """The web addresses of hosts: those that KILNBOARD_HOSTS names first, for a certificate is for a name."""
    scheme = "https" if os.environ.get(CERTIFICATE) else "http"
    named = os.environ.get(HOSTS, "").replace(",", " ").split() if scheme == "https" else []
    return [f"{scheme}://{host}:{port}" for host in [*named, *addresses]]
