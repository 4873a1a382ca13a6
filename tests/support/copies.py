"""Processes that tests start: each is a copy of one that has imported the program, which takes long.

Where the system cannot copy a process, or one test alone has its shops on a server of PostgreSQL, each is a new one.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import IO, Any, Self

from tests.support.engines.redirect import VARIABLE
from tests.support.shared import ROOT, python_path

# Answers each line of its input, a list of a verb and what it is about, with one line.
ORIGINAL = """
import gc, json, os, signal, sys, traceback
exec(sys.argv[1])
gc.collect()
gc.freeze()  # no copy looks through what was imported
running = set()
def start(code, arguments, environment, streams):
    if child := os.fork():
        running.add(child)
        return child
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(streams):
        stream = os.open(path, os.O_WRONLY if number else os.O_RDONLY)
        os.dup2(stream, number)
        os.close(stream)
    os.dup2(1, 2)
    sys.argv, ended = ["-c", *arguments], 1
    try:
        exec(code, {"__name__": "__main__"})
        ended = 0
    except SystemExit as problem:
        ended = int(problem.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(ended)
def code_of(child, waits):
    number, status = os.waitpid(child, 0 if waits else os.WNOHANG)
    running.discard(number)
    return os.waitstatus_to_exitcode(status) if number else None
for line in sys.stdin:
    verb, *what = json.loads(line)
    print(json.dumps(start(*what) if verb == "start" else code_of(*what)), flush=True)
for child in running:  # the tests were ended before their processes
    os.kill(child, signal.SIGTERM)
"""
SERVED = os.environ.get(VARIABLE)
PROGRAM = """
import dashboard.cli, etl.platforms.douyin_shop.connector, etl.sync.engine, shop.backups.files, shop.connect
import shop.open_data.views, tests.support.pulls
"""


class _Original:
    """A process that has done some imports, to be copied."""

    def __init__(self, imports: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, "-c", ORIGINAL, imports],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": python_path()},
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        atexit.register(self._process.communicate)

    def ask(self, *request: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


_original = cache(_Original)


class Copy:
    """A process that runs some code in a copy; as much of a `Popen` as its tests need.

    Its output is read here, errors too; with `is_silent` it has neither output nor input.
    """

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None

    def __init__(
        self,
        code: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        imports: str,
        is_silent: bool,
    ) -> None:
        self.returncode: int | None = None
        self._original = _original(imports)
        start = ("start", code, arguments, dict(environment))
        if is_silent:
            self.pid = self._original.ask(*start, [os.devnull, os.devnull])
            return
        with tempfile.TemporaryDirectory() as folder:
            paths = [f"{folder}/{name}" for name in ("input", "output")]
            for path in paths:
                os.mkfifo(path)
            self.pid = self._original.ask(*start, paths)
            self.stdin = os.fdopen(os.open(paths[0], os.O_WRONLY), "wb", 0)
            self.stdout = os.fdopen(os.open(paths[1], os.O_RDONLY), "rb")

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._original.ask("code_of", self.pid, False)
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = self._original.ask("code_of", self.pid, True)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)

    def communicate(self, given: bytes = b"", timeout: float | None = None) -> tuple[bytes, None]:
        assert self.stdin is not None and self.stdout is not None
        with self.stdin:
            self.stdin.write(given)
        output = self.stdout.read()
        self.wait()
        return output, None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in filter(None, (self.stdin, self.stdout)):
            stream.close()
        self.wait()


Process = Copy | subprocess.Popen[bytes]


def start(
    code: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    imports: str = PROGRAM,
    is_silent: bool = False,
) -> Process:
    """A process that runs this code with these arguments and, besides this process's, these variables."""
    environment = {**os.environ, "PYTHONPATH": python_path(), **(environment or {})}
    if hasattr(os, "fork") and environment.get(VARIABLE) == SERVED:
        return Copy(code, arguments, environment, imports, is_silent)
    stream = subprocess.DEVNULL if is_silent else subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=stream,
        stdout=stream,
        stderr=subprocess.STDOUT,
    )
