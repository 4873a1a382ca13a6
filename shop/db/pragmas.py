"""What each connection to SQLite is set to."""

from __future__ import annotations

import time
from typing import Any

BUSY_SECONDS = 30
CACHE_KIB = 32 * 1024
PAGE_BYTES = 8192
BETWEEN_TRIES = 0.01  # seconds


def prepare(connection: Any, _record: Any) -> None:
    """Set up a new connection; raises the driver's OperationalError where others lock the file for BUSY_SECONDS."""
    connection.isolation_level = None  # transactions begin at our own BEGIN
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a new file only
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _write_ahead(connection)
    for pragma in (
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KIB}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Let readers read while one writes.

    A file gets that mode once. Of several programs that open it at that moment SQLite refuses all but one, and
    busy_timeout does not apply, as each has a lock that the others need.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except Exception as problem:
            if "locked" not in str(problem) or time.monotonic() > until:
                raise
        time.sleep(BETWEEN_TRIES)
