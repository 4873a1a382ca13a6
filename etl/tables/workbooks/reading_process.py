"""Readers of whole files into memory, in a process of their own with a budget of memory and time.

A workbook of a few kilobytes can ask for any amount of either: a cell in its last column and row, a lock with
billions of rounds. Windows limits the time alone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from threading import Timer
from typing import Any

from etl.errors import OutOfMemory, OutOfTime, UnreadableFile
from shop.core.errors import ShopError

MEMORY_MB = 1_024
PROCESSOR_SECONDS = 120
LONGEST_SECONDS = 900  # by the clock, for a disk that does not answer
ROWS_AT_ONCE = 10_000
CODE = "from etl.tables.workbooks.reading_process import main; main()"

Worksheet = tuple[str, Sequence[Sequence[Any]]]
Reader = Callable[..., Iterator[Worksheet]]


def read_in_process(reader: Reader, name: str, *given: Any) -> list[Worksheet]:
    """The worksheets that `reader(*given)` yields, read by another process.

    Raises what the reader raises, OutOfMemory and OutOfTime. `name` is the file's.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdin is not None and process.stdout is not None
    clock = Timer(LONGEST_SECONDS, process.kill)
    clock.start()
    try:
        with suppress(BrokenPipeError), process.stdin:
            pickle.dump((reader, name, given), process.stdin, pickle.HIGHEST_PROTOCOL)
        return _received(process, name)
    finally:
        clock.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def _received(process: subprocess.Popen[bytes], name: str) -> list[Worksheet]:
    assert process.stdout is not None
    worksheets: list[tuple[str, list[Sequence[Any]]]] = []
    while True:
        try:
            message = pickle.load(process.stdout)
        except (EOFError, pickle.UnpicklingError) as problem:
            raise _ended_early(process.wait(), name) from problem
        if message is None:
            return [*worksheets]
        if isinstance(message, ShopError):
            raise message
        if isinstance(message, str):
            worksheets.append((message, []))
        else:
            worksheets[-1][1].extend(message)


def _ended_early(status: int, name: str) -> ShopError:
    """Why the process ended: SIGXCPU and SIGKILL are the limits of time, SIGABRT and SIGSEGV those of memory."""
    if status in (-24, -9):
        return OutOfTime(file=name, limit=PROCESSOR_SECONDS)
    return OutOfMemory(file=name, limit=MEMORY_MB)


def main() -> None:
    """Run as the reading process: the request from stdin, worksheets to stdout."""
    out = sys.stdout.buffer
    reader, name, given = pickle.load(sys.stdin.buffer)
    _set_limits()

    def send(message: Any) -> None:
        pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)

    try:
        for worksheet, rows in reader(*given):
            send(str(worksheet))
            remaining = iter(rows)
            while some := list(islice(remaining, ROWS_AT_ONCE)):
                send(some)
        send(None)
    except ShopError as problem:
        send(problem)
    except MemoryError:
        send(OutOfMemory(file=name, limit=MEMORY_MB))
    except Exception as problem:
        send(UnreadableFile(file=name, place="", found=f"{type(problem).__name__}: {problem}"[:200]))
    out.flush()


def _set_limits() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 5))
