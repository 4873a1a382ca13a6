"""The key with which a database recognises its buyers: a file next to it, mode 0600, written whole or not at all.

The database has the key's fingerprint, so that a key that is another one's is noticed. While a backup is
restored the new key waits under the name `.next` until the database is the one it belongs to.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from shop.core.errors import DamagedKey
from shop.db.partial import give_name, partial_name

FINGERPRINT = "buyer_key"  # its name in the table meta
KEY_BYTES = 32


def key_of(path: Path) -> Path:
    """The file of the key of the database at this path."""
    return path.with_suffix(path.suffix + ".key")


def next_key_of(path: Path) -> Path:
    """Where a restored key waits for its database."""
    return path.with_suffix(path.suffix + ".key.next")


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
