"""`pytest --engine postgresql`: every shop that a test opens at a path is a database of a PostgreSQL server instead.

The path becomes the name of a database; a file of SQLite that lies there is carried over when it is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import shop.connect
from shop.db.database import Database, as_path
from shop.db.moving import carry
from shop.db.opening import open_shop
from shop.db.urls import is_server
from tests.support.engines.postgres import new_database, server

OPTION = "--engine"


class OnServer:
    """What opens shops while the option is given; `stop` ends the server."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.url = self._stack.enter_context(server())
        self._urls: dict[Path, str] = {}
        self._template = ""

    def open(
        self,
        url: str | None,
        after_upgrade: Callable[[Any], None],
        before_upgrade: Callable[[Database], None],
        views: Mapping[str, str],
    ) -> Database:
        """Open the database that stands for a path."""

        def opened(place: str | None) -> Database:
            return open_shop(place, after_upgrade, before_upgrade, views)

        if url is None or is_server(url) or url.endswith(".partial"):
            return opened(url)
        path = as_path(url)
        if path in self._urls:
            return opened(self._urls[path])
        if not self._template:
            self._template = new_database(self.url, "shop_template")
            opened(self._template).close()
        name = f"shop_{hashlib.sha256(str(path).encode()).hexdigest()[:24]}"
        self._urls[path] = new_database(self.url, name, template="shop_template")
        result = opened(self._urls[path])
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        elif path.stat().st_size:
            file = opened(url)
            carry(file, result)
            file.close()
        return result

    def stop(self) -> None:
        """End the server."""
        self._stack.close()


def configure(config: pytest.Config) -> None:
    """Let all shops be opened on a server where the option asks for it."""
    if config.getoption(OPTION) == "postgresql":
        engine = OnServer()
        shop.connect.open_shop = engine.open  # type: ignore[attr-defined]
        config.add_cleanup(engine.stop)
