"""Opening a shop's database by its path or URL: a file of SQLite, or a database of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from sqlalchemy import Connection

from shop.core.errors import MissingExtra
from shop.db.database import Database, default_url, open_database
from shop.db.urls import is_server

Views = Mapping[str, str]


def open_shop(
    url: str | None,
    after_upgrade: Callable[[Connection], None],
    before_upgrade: Callable[[Database], None],
    views: Views,
) -> Database:
    """Open the database of a path or URL, else the shop's own: see open_database and open_server.

    Raises MissingExtra where what PostgreSQL needs is not installed.
    """
    place = url or default_url()
    if not is_server(place):
        return open_database(place, after_upgrade, before_upgrade, views)
    if find_spec("psycopg") is None or find_spec("sqlglot") is None:
        raise MissingExtra(extra="postgres")
    from shop.db.postgresql.database import open_server

    return open_server(place, after_upgrade, before_upgrade, views)
