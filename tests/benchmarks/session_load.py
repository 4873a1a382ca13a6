"""How the server answers many signed-in sessions that keep opening pages.

    python -m tests.benchmarks.session_load DATABASE [--clients 100] [--every 10] [--seconds 300] [--seed 1]

Serves a copy of the database as `kilnboard open` does. Each client is a web socket of its own with its own session
cookie; it opens a random page of the navigation every `--every` seconds (the next one at once where an answer took
longer), speaks the browser's protocol, its cache of messages included, and asks every other second for changes as an
open page does. Prints as JSON: percentiles of the time
from a request to its finished run, errors, reruns per second, CPU milliseconds of all server processes per rerun, the
share of the time that the server's threads waited for a core, and how much memory grew in the last 60 % of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shop.access.accounts import add_account, have_accounts
from shop.access.roles import OWNER
from shop.access.sessions import COOKIE, sign_in
from shop.connect import connect
from shop.db.database import sqlite_driver
from tests.benchmarks.proc import cpu_seconds, memory, processes, waited_seconds
from tests.support.servers import opened
from tests.support.web.web_session import web_session

FOLLOWS_SECONDS = 2  # as in dashboard/server/changes.js
SETTLES_SECONDS = 20  # in which the clients connect one after another
NAME, PASSWORD = "load", "a password of the benchmark 1"
LIMITS = {"p95": 1.0, "errors": 0, "growth": 0.05}


@dataclass
class Measured:
    """What the clients saw: seconds of each rerun with the page and the moment of its request, errors in words."""

    taken: list[tuple[float, str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def use(
    address: str, token: str, seed: int, given: argparse.Namespace, until: float, measured: Measured
) -> None:
    """Open random pages in one session until a moment of the monotonic clock."""
    chance = random.Random(seed)
    page = ""
    try:
        async with web_session(address, token) as tab:
            while (start := time.monotonic()) < until:
                problem = await tab.open(page)
                measured.taken.append((time.monotonic() - start, page or "first", start))
                if problem:
                    measured.errors.append(f"{page}: {problem}")
                page = chance.choice([name for name in tab.pages if name != page])
                await asyncio.sleep(max(0.0, start + given.every - time.monotonic()))
    except Exception as problem:  # whatever ends a session is an error of the run
        measured.errors.append(f"{type(problem).__name__}: {problem}")


async def follow(address: str, token: str, until: float, measured: Measured) -> None:
    """Request what a page that stays open requests, until a moment of the monotonic clock."""
    parts = urlsplit(address)
    request = f"GET /changes?since=0 HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {COOKIE}={token}\r\n\r\n"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    while time.monotonic() < until:
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split()[1] not in (b"200", b"204"):
            measured.errors.append(f"changes: {head[:40]!r}")
        await asyncio.sleep(FOLLOWS_SECONDS)
    writer.close()


async def load(address: str, tokens: list[str], given: argparse.Namespace, root: int) -> dict[str, Any]:
    """Run all clients and measure the server meanwhile, once all are connected."""
    measured = Measured()
    start = time.monotonic()
    until = start + SETTLES_SECONDS + given.seconds

    async def one(place: int, token: str) -> None:
        await asyncio.sleep(SETTLES_SECONDS * place / len(tokens))
        await asyncio.gather(
            use(address, token, given.seed * 1000 + place, given, until, measured),
            follow(address, token, until, measured),
        )

    running = asyncio.gather(*(one(*item) for item in enumerate(tokens)))
    await asyncio.sleep(SETTLES_SECONDS)
    cpu, waited, began = cpu_seconds(root), waited_seconds(root), time.monotonic()
    sizes = []
    while time.monotonic() < until:
        sizes.append((time.monotonic() - began, memory(root)))
        await asyncio.sleep(min(5.0, max(0.1, until - time.monotonic())))
    cpu, waited, seconds = cpu_seconds(root) - cpu, waited_seconds(root) - waited, time.monotonic() - began
    await asyncio.wait_for(running, timeout=600)
    return _summary(measured, began, seconds, cpu, waited, sizes)


def _summary(
    measured: Measured,
    began: float,
    seconds: float,
    cpu: float,
    waited: float,
    sizes: list[tuple[float, int]],
) -> dict[str, Any]:
    counted = [item for item in measured.taken if item[2] >= began]
    taken = sorted(item[0] for item in counted)
    finished = [item for item in measured.taken if began <= item[0] + item[2] <= began + seconds]
    later = [size for moment, size in sizes if moment >= 0.4 * seconds]
    by_page = {
        name: round(statistics.median(item[0] for item in counted if item[1] == name), 3)
        for name in sorted({item[1] for item in counted})
    }
    return {
        "reruns": len(finished),
        "per_second": round(len(finished) / seconds, 2),
        "p50": round(taken[len(taken) // 2], 3),
        "p95": round(taken[int(0.95 * len(taken))], 3),
        "longest": round(taken[-1], 3),
        "cpu_ms_per_rerun": round(1000 * cpu / len(finished), 1),
        "cores_used": round(cpu / seconds, 2),
        "waited_for_a_core_ms_per_rerun": round(1000 * waited / len(finished), 1),
        "memory_mb": round(later[-1] / 2**20),
        "growth": round(later[-1] / later[0] - 1, 4),
        "errors": len(measured.errors),
        "first_errors": measured.errors[:3],
        "median_by_page": by_page,
        "limits": LIMITS,
    }


def prepared(source: Path, folder: Path, clients: int) -> tuple[Path, list[str]]:
    """A copy of a database with an account, and the tokens of this many sessions of its owner."""
    copy = folder / "shop.db"
    with closing(sqlite_driver().connect(source)) as before, closing(sqlite_driver().connect(copy)) as after:
        before.backup(after)
    db = connect(str(copy))
    assert not have_accounts(db)
    add_account(db, NAME, "owner", PASSWORD, actor=OWNER)
    tokens = [
        sign_in(db, NAME, PASSWORD, address=f"10.0.{place // 250}.{place % 250}") for place in range(clients)
    ]
    db.close()
    return copy, tokens


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("database", type=Path)
    arguments.add_argument("--clients", type=int, default=100)
    arguments.add_argument("--every", type=float, default=10)
    arguments.add_argument("--seconds", type=float, default=300)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        copy, tokens = prepared(given.database, Path(name), given.clients)
        before = set(processes(os.getpid()))
        with opened(copy, KILNBOARD_CONFIG=f"{name}/config", KILNBOARD_BACKGROUND="on") as address:
            (root,) = [item for item in processes(os.getpid()) if item not in before][:1]
            result = asyncio.run(load(address, tokens, given, root))
    print(json.dumps(result, ensure_ascii=False))
    sys.exit(result["p95"] > LIMITS["p95"] or result["errors"] > 0 or result["growth"] > LIMITS["growth"])


if __name__ == "__main__":
    main()
