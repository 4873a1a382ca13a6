"""What test processes share: files that one of them builds, and where the processes they start find the program."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

LONGEST_BUILD_SECONDS = 600
ROOT = Path(__file__).parents[2]
are_folders_shared = True  # by the processes of a run; not where each has its shops on a server of its own


def python_path() -> str:
    """The PYTHONPATH of a process that a test starts: this program, then what this process has there."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """The folder of this name, filled by the first process that needs it; the others wait for it.

    A SQLite transaction is the lock: it is portable and ends with its process.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ and are_folders_shared:
        base = base.parent  # each worker has a folder of its own in that of the run
    folder, lock = base / name, base / f"{name}.lock"
    with closing(sqlite3.connect(lock, timeout=LONGEST_BUILD_SECONDS, isolation_level=None)) as reserved:
        reserved.execute("BEGIN IMMEDIATE")
        if not folder.exists():
            unfinished = factory.mktemp(name)
            build(unfinished)
            unfinished.rename(folder)
    return folder
