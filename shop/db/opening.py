"""Opening a shop's database by its path or URL: a file of SQLite, or a database of PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import Connection

from shop.core.errors import MissingExtra
from shop.db.database import Database, as_path, default_url, open_database, sqlite_driver
from shop.db.partial import fresh_copy
from shop.db.urls import is_server

Views = Mapping[str, str]


def open_shop(
    url: str | None,
    after_upgrade: Callable[[Connection], None],
    before_upgrade: Callable[[Database], None],
    views: Views,
    *,
    is_new: bool = False,
) -> Database:
    """Open the database of a path or URL, else the shop's own: see open_database and open_server.

    Raises MissingExtra where what PostgreSQL needs is not installed.
    """
    place = url or default_url()
    if not is_server(place):
        _take_decoded(as_path(place))
        return open_database(place, after_upgrade, before_upgrade, views)
    if find_spec("psycopg") is None or find_spec("sqlglot") is None:
        raise MissingExtra(extra="postgres")
    from shop.db.postgresql.database import open_server

    return open_server(place, after_upgrade, before_upgrade, views, is_new=is_new)


def _take_decoded(path: Path) -> None:
    """Copy what versions up to 0.2.0 stored under another name: they read %20 and ? in a path as a URL does."""
    decoded = Path(unquote(str(path).partition("?")[0]))
    with suppress(OSError, sqlite_driver().DatabaseError, UnicodeDecodeError):
        if decoded == path or path.stat().st_size or not decoded.stat().st_size:
            return
        with fresh_copy(path) as partial, closing(sqlite_driver().connect(str(decoded))) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),))
            os.replace(partial, path)
