"""The key with which a database recognises its buyers: a file next to it, mode 0600, written whole or not at all.

The database has the key's fingerprint. Where the key is not there or is another one's, nothing is hashed: known
buyers would become new ones. A key under another name in the same folder is known by its fingerprint. While a backup is
restored the new key waits under the name `.next` until the database is the one it belongs to.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from shop.core.errors import DamagedKey, MissingKey, OtherKey
from shop.db.partial import give_name, partial_name

FINGERPRINT = "buyer_key"  # its name in the table meta
KEY_BYTES = 32
OTHER_NAMES = ("*.key", "backups/*.key")  # where else the key of a database may lie


def key_of(path: Path) -> Path:
    """The file of the key of the database at this path."""
    return path.with_suffix(path.suffix + ".key")


def next_key_of(path: Path) -> Path:
    """Where a restored key waits for its database."""
    return path.with_suffix(path.suffix + ".key.next")


def take_next_key(path: Path) -> None:
    """Give a restored key its name; another process may have done so, as its database is in place."""
    with suppress(FileNotFoundError):
        os.replace(next_key_of(path), key_of(path))


def read_key(place: Path) -> bytes | None:
    """The key in a file; None where there is none. Raises DamagedKey."""
    try:
        key = bytes.fromhex(place.read_text("ascii"))
    except FileNotFoundError:
        return None
    except ValueError as problem:
        raise DamagedKey(path=str(place)) from problem
    if not key:
        raise DamagedKey(path=str(place))
    return key


def fingerprint(key: bytes) -> str:
    """What a database stores of its key: enough to recognise it, useless to rebuild it."""
    return hashlib.sha256(b"kilnboard buyer key" + key).hexdigest()[:16]


def create_key(place: Path) -> None:
    """Write a new key, unless another process was first."""
    write_key(place, secrets.token_bytes(KEY_BYTES), replace=False)


def write_key(place: Path, key: bytes, *, replace: bool) -> None:
    """Write a key to the disk under another name, then give it its own in one step."""
    partial = partial_name(place)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(partial, place)
        else:
            give_name(partial, place)
    finally:
        partial.unlink(missing_ok=True)


class Store(Protocol):
    """What a key needs of its database."""

    @property
    def path(self) -> Path:
        """Next to which path the key is."""

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that reads."""

    def write(self, *, quiet: bool = ...) -> AbstractContextManager[Connection]:
        """A transaction that writes; a quiet one changes no figure."""


class BuyerKey:
    """The key that the buyers of a database are hashed with."""

    def __init__(self, db: Store) -> None:
        self.db = db
        self.place = key_of(db.path)

    def secret(self) -> bytes:
        """The key, created for a database that never had one; raises MissingKey, OtherKey or DamagedKey."""
        self._take_restored()
        key, stored = read_key(self.place), self._stored()
        if key is None:
            if stored is None:
                create_key(self.place)
            elif (same := self._same_key(stored)) is not None:
                write_key(self.place, same, replace=False)
            else:
                raise MissingKey(path=str(self.place))
            key = read_key(self.place)
            assert key is not None
        if (stored or self._bind_first(key)) != fingerprint(key):
            raise OtherKey(path=str(self.place))
        return key

    def own(self) -> bytes | None:
        """The key for a copy of the database; None where it is lost. A database that never had one gets one."""
        self._take_restored()
        return (read_key(self.place) or self.secret()) if self.is_own() else None

    def _same_key(self, wanted: str) -> bytes | None:
        """The key under another name: the database was renamed or has another address, or a backup has it."""
        for file in (file for names in OTHER_NAMES for file in sorted(self.place.parent.glob(names))):
            with suppress(OSError, DamagedKey):
                key = read_key(file)
                if key is not None and fingerprint(key) == wanted:
                    return key
        return None

    def is_own(self) -> bool:
        """Whether the key next to the database is not known to be lost or another one's; none is created."""
        stored = self._stored()
        try:
            key = read_key(self.place)
        except DamagedKey:
            return False
        if stored is None:
            return True
        return self._same_key(stored) is not None if key is None else fingerprint(key) == stored

    def bind(self, key: bytes) -> None:
        """Write down which key the buyers of this database are hashed with."""
        self._write(key, "DO UPDATE SET value = excluded.value")

    def accept(self) -> None:
        """Go on with the key that is there, or a new one where there is none: buyers known so far become others."""
        try:
            key = read_key(self.place)
        except DamagedKey:
            key = None
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            write_key(self.place, key, replace=True)
        self.bind(key)

    def _bind_first(self, key: bytes) -> str | None:
        """Bind a key unless another machine was first; the fingerprint of the key that is bound."""
        self._write(key, "DO NOTHING")
        return self._stored()

    def _write(self, key: bytes, where_stored: str) -> None:
        with self.db.write(quiet=True) as connection:
            connection.execute(
                text(
                    f"INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) {where_stored}"
                ),
                {"name": FINGERPRINT, "value": fingerprint(key)},
            )

    def _stored(self) -> str | None:
        with self.db.read() as connection:
            stored: str | None = connection.execute(
                text("SELECT value FROM meta WHERE name = :name"), {"name": FINGERPRINT}
            ).scalar()
        return stored

    def _take_restored(self) -> None:
        """Give a restored key its name where the restored database is in place; else it is left over."""
        restored = next_key_of(self.db.path)
        if not restored.exists():
            return
        key = read_key(restored)
        if key is not None and fingerprint(key) == self._stored():
            take_next_key(self.db.path)
