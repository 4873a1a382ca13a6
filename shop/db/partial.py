"""Files and folders that get their name when they are whole, written by several programs at once or not.

Each writer has a temporary name of its own next to the target. What a killed writer left is removed before the next
one writes: the name contains the machine and the process, and on the same machine it is known whether that still runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".partial"
NAME = re.compile(rf"\.(?P<process>\d+)-(?P<machine>[0-9a-f]{{8}})[0-9a-f]{{8}}\{PARTIAL}$")
LEFT_AFTER = 3_600  # seconds without a change, where it cannot be known whether the writer still runs


def partial_name(target: Path) -> Path:
    """A temporary name next to `target` that no other writer uses."""
    return target.with_name(f"{target.name}.{os.getpid()}-{_machine()}{secrets.token_hex(4)}{PARTIAL}")


@contextmanager
def fresh_copy(target: Path) -> Iterator[Path]:
    """The temporary path next to `target` for what the block writes and then renames.

    What a block leaves that fails goes at once: a full disk needs its room.
    """
    for left in target.parent.glob(f"*{PARTIAL}"):
        with suppress(OSError):
            if _is_left(left, target):
                _remove(left)
    partial = partial_name(target)
    try:
        yield partial
    except BaseException:
        with suppress(OSError):
            _remove(partial)
        raise


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A folder that only this user can read, in the system's temporary folder, for the time of a block.

    What a killed program left there goes before the next one makes its own: exports name buyers.
    """
    with fresh_copy(Path(tempfile.gettempdir()) / f"kilnboard-{purpose}") as folder:
        folder.mkdir(mode=0o700)
        yield folder
        with suppress(OSError):  # a browser that ends may still write: the next one removes it
            _remove(folder)


def journals(path: Path) -> tuple[Path, Path]:
    """The log and the index of the log of an open database."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def give_name(partial: Path, place: Path) -> bool:
    """Give a file its name in one step unless a file has that name; whether it got it. `partial` may stay."""
    try:
        os.link(partial, place)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if place.exists():
            return False
        os.replace(partial, place)
    return True


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _is_left(partial: Path, target: Path) -> bool:
    """Whether nobody writes to this temporary file any more: any of ours, or that of an earlier version's copy."""
    name = NAME.search(partial.name)
    if name is None and partial.name != target.name + PARTIAL:
        return False
    can_check = os.name == "posix"  # on Windows a signal would end the process
    if can_check and name is not None and name["machine"] == _machine():
        return not _is_running(int(name["process"]))
    return abs(time.time() - partial.stat().st_mtime) > LEFT_AFTER


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def _remove(copy: Path) -> None:
    if copy.is_dir():
        shutil.rmtree(copy)
        return
    for left in (copy, *journals(copy)):
        left.unlink(missing_ok=True)
