"""Opening a shop: `connect()` is the entry point for commands, pages and tests.

The database is created and migrated as needed; after an upgrade the roll-ups are computed from the rows
that the earlier version stored.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, text

from shop.core.errors import LostShop, MissingDatabase, ReplacedDatabase
from shop.db.database import Database, as_path, default_url
from shop.db.opening import open_shop
from shop.db.partial import PARTIAL
from shop.db.urls import is_server


def connect(url: str | None = None, *, is_new: bool = False) -> Database:
    """Open the database of a path or URL, else the shop's own.

    Raises LostShop where there is no file but a backup of one, and UnknownShop where a server has no shop of that name,
    unless it `is_new`; NotADatabase, NewerDatabase,
    UnreleasedDatabase, UnsupportedDatabase, MissingExtra, DatabaseBusy or what the file system, SQLite or the server
    refuses (see shop.db.refusals).
    """
    place = url or default_url()
    if not is_new and not is_server(place):
        _refuse_lost(as_path(place))
    return open_shop(
        url, after_upgrade=_compute_rollups, before_upgrade=_back_up, views=_views(), is_new=is_new
    )


def _refuse_lost(path: Path) -> None:
    if os.path.lexists(path):
        return
    from shop.backups.files import backups_of

    try:
        backups = backups_of(path)
    except OSError:  # a folder that cannot be read is named when the file is opened
        return
    if backups:
        raise LostShop(path=str(path), backup=str(backups[0].path))


@cache
def _views() -> dict[str, str]:
    from shop.open_data.views import VIEWS

    return {name: view.sql for name, view in VIEWS.items()}


def _back_up(db: Database) -> None:
    """Take a backup of what the earlier version stored; a copy that is being restored is one itself."""
    from shop.backups import automatic

    if not db.path.name.endswith(PARTIAL):
        automatic.before(db, "migration")


_shared: dict[str, Database] = {}
_opening: dict[str, Lock] = {}  # one for each, as a server that does not answer takes its time
_sharing = Lock()


def shared(url: str) -> Database:
    """The database of a path or URL, opened once per process for all its threads.

    Where another file has taken its name, that one is opened. Raises MissingDatabase while there is none, LostShop
    where there are backups.
    """
    db = _shared.get(url)
    if db is not None and _is_current(db):  # without a lock: all sessions come here
        return db
    with _sharing:
        opening = _opening.setdefault(url, Lock())
    with opening:
        db = _shared.get(url)
        if db is not None and not _is_current(db):
            with suppress(ReplacedDatabase), db.read():  # which lets go of the file that was there before
                pass
            db = None
        if db is None:
            db = _shared[url] = connect(url)
        return db


def _is_current(db: Database) -> bool:
    try:
        return db.is_current()
    except MissingDatabase:
        _refuse_lost(db.path)
        raise


def _compute_rollups(connection: Connection) -> None:
    from shop.metrics.rollups import rebuild

    for shop_id in connection.scalars(text("SELECT DISTINCT shop_id FROM fact_day")).all():
        rebuild(connection, shop_id)
