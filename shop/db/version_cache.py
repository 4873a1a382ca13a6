"""Results that follow from stored rows alone and are read often: computed once per data version.

The results of the newest version are stored in memory, by database. Inside a write transaction nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from shop.db.database import read_version

T = TypeVar("T")


@dataclass
class _Results:
    version: int
    by_key: dict[Hashable, Any] = field(default_factory=dict)


_of_engine: WeakKeyDictionary[Engine, _Results] = WeakKeyDictionary()
_lock = Lock()


def per_version(connection: Connection, key: Hashable, compute: Callable[[], T]) -> T:
    """The result of `compute`, stored under `key` until the data change; nobody may change it."""
    if connection.get_execution_options().get("kilnboard_write"):
        return compute()
    version = read_version(connection)
    with _lock:
        results = _of_engine.get(connection.engine)
        if results is not None and results.version == version and key in results.by_key:
            stored: T = results.by_key[key]
            return stored
    result = compute()
    with _lock:
        results = _of_engine.get(connection.engine)
        if results is None or results.version < version:
            results = _of_engine[connection.engine] = _Results(version)
        if results.version == version:
            results.by_key[key] = result
    return result
