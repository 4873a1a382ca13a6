"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """The path to write to for the block; it gets the target's name at its end, so that a full disk costs nothing.

    What is no plain file (a device, a pipe) is written to as it is. Raises OSError.
    """
    if target.exists() and not target.is_file():
        yield target
        return
    partial = target.with_name(f".{secrets.token_hex(4)}.partial{target.suffix[:20]}")
    try:
        yield partial
        os.replace(partial, target)
    except OSError as problem:
        if problem.filename == str(partial):
            problem.filename = str(target)
        raise
    finally:
        partial.unlink(missing_ok=True)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all. Raises OSError."""
    with replacing(target) as path:
        path.write_bytes(content)
