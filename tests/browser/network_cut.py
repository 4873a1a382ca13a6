"""A forwarder on loopback in front of a served page whose connections can be cut and restored, as Wi-Fi does."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

CHUNK = 65_536


class NetworkCut:
    """Forwards TCP connections at a port to the page at `address` as long as the block lasts; `address` is its own."""

    def __init__(self, address: str, port: int) -> None:
        place = urlsplit(address)
        self._target = (place.hostname or "127.0.0.1", place.port or 80)
        self._server = socket.create_server(("127.0.0.1", port))
        self.address = f"http://127.0.0.1:{port}"
        self._is_cut = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> NetworkCut:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # else it accepts connections until the next one
        self._server.close()

    def cut(self) -> None:
        """Drop every connection, and every new one, until `restore`."""
        self._is_cut.set()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        """Forward again."""
        self._is_cut.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if self._is_cut.is_set():
                near.close()
                continue
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                sink.sendall(data)
        for connection in (source, sink):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
            source.close()  # each is the source of one thread
