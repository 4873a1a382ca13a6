"""CPU time, waiting and memory of a process with all that descend from it, as Linux counts them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def processes(root: int) -> list[int]:
    """A process and all that descend from it."""
    found: list[int] = []
    with suppress(FileNotFoundError):  # of one that has ended meanwhile
        for task in Path(f"/proc/{root}/task").iterdir():
            with suppress(FileNotFoundError):
                found += map(int, (task / "children").read_text().split())
    return [root, *(item for child in found for item in processes(child))]


def cpu_seconds(root: int) -> float:
    """User and system time of a process and its descendants so far, those that have ended included."""
    ticks = 0
    for process in processes(root):
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def waited_seconds(root: int) -> float:
    """How long the threads of a process and its descendants were ready and had no core."""
    seconds = 0.0
    for process in processes(root):
        with suppress(FileNotFoundError):
            for task in Path(f"/proc/{process}/task").iterdir():
                with suppress(FileNotFoundError):
                    seconds += int(task.joinpath("schedstat").read_text().split()[1]) / 1e9
    return seconds


def memory(root: int) -> int:
    """Resident bytes of a process and its descendants."""
    pages = 0
    for process in processes(root):
        with suppress(FileNotFoundError):
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
