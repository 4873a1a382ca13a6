"""The connections of this process to a server's database: all shops in it share one pool, however many they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine

_engines: dict[tuple[int, str], Engine] = {}  # by process, as a copy of one must not use its connections
_users: dict[tuple[int, str], set[int]] = {}
_changing = Lock()
_last = 0


@dataclass(frozen=True)
class PoolShare:
    """The share of one user in the pool of a database."""

    key: tuple[int, str]
    number: int

    @property
    def engine(self) -> Engine:
        """The engine whose pool it is."""
        return _engines[self.key]


def take(conninfo: str, create: Callable[[], Engine]) -> PoolShare:
    """A share in the pool of a database, which `create` makes for the first user."""
    global _last
    key = (os.getpid(), conninfo)
    with _changing:
        if key not in _engines:
            _engines[key] = create()
        _last += 1
        _users.setdefault(key, set()).add(_last)
        return PoolShare(key, _last)


def give_back(share: PoolShare) -> None:
    """End a share; with the last one the connections are closed."""
    with _changing:
        users = _users.get(share.key, set())
        users.discard(share.number)
        if not users and share.key in _engines:
            _users.pop(share.key, None)
            _engines.pop(share.key).dispose()
