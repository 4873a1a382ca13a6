"""A process that runs one command again and again on fresh copies of a shop, and is ended at another moment each time.

It reads a JSON request on stdin and prints one JSON line per run. Every run is a fork of this process,
which has imported what the command needs. Half of the runs end at a step: a statement that the database runs, some
hundred instructions inside of one, or a file that is opened for writing, renamed or removed. The other half end after a
share of the processor time that the command takes, wherever it is then, inside SQLite and the kernel too.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
import random
import re
import resource
import secrets
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.engines.redirect import VARIABLE

KILLED = 137
INSTRUCTIONS = 500  # of SQLite between two steps inside a statement
FEWEST_SECONDS = 0.0005
TRIALS = 4
OWN_NAME = re.compile(r"\.\d+-[0-9a-f]{16}(?=\.partial$)")  # of the process that wrote it
LATER = 60  # seconds after the kill, until it is run again
UNCOMPARED = {"sqlite_stat1"}
WATCHED = ("file", "key", "figures", "costs", "stock")


class Steps:
    """Counts steps from the first connection on, and ends the process at one of them or after some seconds."""

    def __init__(self) -> None:
        self.last, self.seconds, self.passed, self.began, self.counts = 0, 0.0, 0, 0.0, True

    def connected(self, driver: Any, _record: Any) -> None:
        driver.set_trace_callback(self.step)
        driver.set_progress_handler(self.step, INSTRUCTIONS)
        if not self.began:
            self.began = processor_seconds()
            if self.seconds:
                signal.signal(signal.SIGPROF, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_PROF, self.seconds)

    def step(self, *_given: Any) -> None:
        if self.counts:
            self.passed += 1
            if self.passed == self.last:
                os._exit(KILLED)

    def audit(self, event: str, given: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.remove", "os.link") or (
            event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        ):
            self.step()


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(line: list[str], moment: float, steps: Steps) -> int:
    """Run a command line, or a sync of a platform's kinds, in this process; its exit code."""
    import time_machine
    from sqlalchemy import Engine, event

    names = random.Random(1)
    secrets.token_hex = lambda size=32: names.randbytes(size).hex()  # of a movement: each run gives the same
    event.listen(Engine, "connect", steps.connected)
    sys.addaudithook(steps.audit)
    work = _sync if line[0] == "sync" else _command
    with open(os.devnull, "w") as silence:
        sys.stdout = sys.stderr = silence
        with time_machine.travel(datetime.fromtimestamp(moment, UTC), tick=False):
            try:
                return work(line)
            finally:
                steps.counts = False
                signal.setitimer(signal.ITIMER_PROF, 0)


def _command(line: list[str]) -> int:
    from dashboard.cli import root_command

    try:
        root_command()(args=line, prog_name="kilnboard", standalone_mode=True)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _sync(line: list[str]) -> int:
    from etl.http.rate_limit import Clock
    from etl.sync.engine import sync
    from etl.sync.options import Options
    from shop.connect import connect

    moment, slept = time.time(), [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds

    clock = Clock(lambda: moment, lambda: slept[0], sleep)
    reports = sync(connect(), line[1], kinds=tuple(line[2:]), options=Options(clock=clock))
    return max([report.error.exit_code for report in reports if report.error is not None], default=0)


def forked(work: Callable[[], Any]) -> Any:
    """What `work` returns in a fork of this process (JSON); the exit code or signal where it ended early."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            result = json.dumps(work()).encode()
        except BaseException:
            result = json.dumps({"failed": traceback.format_exc()[-1500:]}).encode()
        while result:
            result = result[os.write(write, result) :]
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(content) if content else os.waitstatus_to_exitcode(status)


def digest(path: Path, without: set[str]) -> dict[str, str]:
    """Every table's rows of a database file and its key, as hashes; damaged pages are an entry of their own."""
    from shop.db.database import sqlite_driver
    from tests.support.pulls import dump

    connection = sqlite_driver().connect(path)
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    connection.close()
    rows = dump(path, without=without)
    key = path.with_name(path.name + ".key")
    rows["key"] = [key.read_text()] if key.exists() else []
    rows["pages"] = [verdict]
    return {
        name: hashlib.sha256("\n".join(content).encode()).hexdigest()[:12] for name, content in rows.items()
    }


class Bench:
    """One command on one shop: what it leaves when it is not disturbed, and what a kill leaves."""

    def __init__(self, request: dict[str, Any], work: Path) -> None:
        self.base, self.work, self.moment = Path(request["base"]), work, float(request["moment"])
        self.line: list[str] = request["line"]
        self.without = UNCOMPARED | set(request["without"])
        self.known: dict[str, dict[str, Any]] = {}

    def fresh(self) -> None:
        """A copy of the shop and of what lies beside it, as the folder to work in."""
        if VARIABLE in os.environ:
            from tests.support.engines.on_server import forget

            forget(self.work)
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.base, self.work)
        os.environ["KILNBOARD_DB"] = str(self.work / "shop.db")
        os.environ["KILNBOARD_CONFIG"] = str(self.work / "config")
        os.chdir(self.work)

    def whole(self) -> dict[str, Any]:
        """Run it undisturbed; its states, steps and seconds of the processor."""

        def undisturbed() -> list[Any]:
            steps = Steps()
            code = run(self.line, self.moment, steps)
            return [code, steps.passed, processor_seconds() - steps.began, sorted(sys.modules)]

        self.fresh()
        first = forked(undisturbed)
        if isinstance(first, dict):
            raise SystemExit(first["failed"])
        for name in first[-1]:
            with suppress(Exception):
                importlib.import_module(name)
        gc.collect()
        gc.freeze()
        self.fresh()
        self.before = forked(self.state)
        code, self.steps, self.seconds, _ = forked(undisturbed)
        self.after = forked(self.state)
        return {"code": code, "steps": self.steps, "changed": self.before != self.after}

    def state(self) -> dict[str, str]:
        """The shop's rows; a restored key that waits for its name is taken first, as each opening does."""
        if (self.work / "shop.db.key.next").exists():
            from shop.connect import connect

            db = connect()
            db.secret()
            db.close()
        return digest(self.work / "shop.db", self.without)

    def kill(self, steps: Steps) -> dict[str, Any]:
        """End it once; what is left, what is wrong with that, and what running it again makes of it."""
        self.fresh()

        def disturbed() -> list[Any]:
            return [run(self.line, self.moment, steps)]

        ended = forked(disturbed)
        killed = ended in (KILLED, -signal.SIGPROF)
        return {"killed": killed, "ended": "" if killed else str(ended), **self.judged()}

    def judged(self) -> dict[str, Any]:
        """The judgement of what lies there; the same rows and file names are judged once."""
        found = forked(lambda: [self.state(), self.copies(), self.names()])
        if not isinstance(found, list):
            return {"state": f"unreadable: {found}", "wrong": [], "again": ""}
        state, wrong, _ = found
        sight = json.dumps(found)
        if sight not in self.known:
            name = "before" if state == self.before else "after" if state == self.after else "between"
            again = ""
            target = self.line[1] if self.line[0] == "backup" else ""
            if name != "after" and not (target and (self.work / target).exists()):
                moment = self.moment + (LATER if self.line[0] == "restore" else 0)  # the copies have its name
                code = forked(lambda: run(self.line, moment, Steps()))
                differs = self.differing(forked(self.state))
                again = "whole" if (code, differs) == (0, []) else f"{code} {differs}"
            wrong += forked(self.problems)
            self.known[sight] = {"state": name, "wrong": wrong, "again": again}
        return self.known[sight]

    def differing(self, state: Any) -> list[str]:
        if not isinstance(state, dict):
            return [str(state)]
        return [name for name in self.after if state.get(name) != self.after[name]]

    def names(self) -> list[str]:
        """The files beside the shop, journals of SQLite left out."""
        found = (path.relative_to(self.work).as_posix() for path in self.work.rglob("*") if path.is_file())
        return sorted(OWN_NAME.sub("", name) for name in found if not name.endswith(("-wal", "-shm")))

    def copies(self) -> list[str]:
        """Databases under a final name that are no whole copy of a state that the shop had."""
        from shop.core.errors import ShopError
        from shop.db.backup import examine_copy

        wrong = []
        known = [self.before, self.after]
        for path in self.work.rglob("*.db"):
            if path.name == "shop.db" or (self.base / path.relative_to(self.work)).exists():
                continue
            try:
                examine_copy(path)
                if not any(self.same_rows(digest(path, self.without), state) for state in known):
                    wrong.append(f"{path.name} is another state")
            except ShopError as problem:
                wrong.append(f"{path.name}: {problem}")
        return wrong

    @staticmethod
    def same_rows(one: dict[str, str], other: dict[str, str]) -> bool:
        return {**one, "meta": "", "pages": ""} == {**other, "meta": "", "pages": ""}

    @staticmethod
    def problems() -> list[str]:
        """What `doctor` finds wrong."""
        from shop.connect import connect
        from shop.maintenance import examine

        db = connect()
        result = [check.name for check in examine(db) if not check.ok and check.name in WATCHED]
        db.close()
        return result


def main() -> None:
    """Read the request, print one JSON line per command and one per kill."""
    import dashboard.cli
    import tests.support.pulls  # noqa: F401

    assert dashboard.cli
    request = json.loads(sys.stdin.read())
    rng = random.Random(request["seed"])
    for family in request["families"]:
        bench = Bench(family, Path(request["work"]))
        whole = bench.whole()
        print(json.dumps({"family": family["name"], "whole": whole}), flush=True)
        count = 0 if whole["code"] else family["count"]
        for number in range(count):
            for trial in range(TRIALS):  # a moment that came too late is drawn again, at last as a step
                steps = Steps()
                if number % 2 and trial < TRIALS - 1:
                    steps.seconds = max(bench.seconds * rng.random(), FEWEST_SECONDS)
                elif trial:
                    steps.last = rng.randint(1, bench.steps)
                else:  # spread over all, the first and the last among them
                    steps.last = 1 + round(number * (bench.steps - 1) / max((count - 1) // 2 * 2, 1))
                how = f"{steps.seconds:.4f} s" if steps.seconds else f"step {steps.last} of {bench.steps}"
                kill = bench.kill(steps)
                print(json.dumps({"family": family["name"], "at": how, **kill}), flush=True)
                if kill["killed"]:
                    break
