"""A process that runs one command again and again on fresh copies of a shop, ended at its n-th step each time.

A step is a statement that the database runs, and a file that is opened for writing, renamed or removed. Each run
is a fork of this process, which has imported everything: run it as a script, with a JSON request on stdin.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KILLED = 137
MOMENT = datetime(2026, 1, 15, 4, tzinfo=UTC)
RUN_BY_RUN = {"meta", "sqlite_stat1", "background_job"}


class Steps:
    """Counts steps, and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.passed, self.counts = last, 0, True

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


def run_command(line: list[str], steps: Steps) -> int:
    """Run a command line in this process; its exit code."""
    import time_machine
    from sqlalchemy import Engine, event

    from dashboard.cli import root_command

    event.listen(Engine, "connect", lambda driver, _record: driver.set_trace_callback(steps.step))
    sys.addaudithook(steps.audit)
    with open(os.devnull, "w") as silence, time_machine.travel(MOMENT, tick=False):
        sys.stdout = sys.stderr = silence
        try:
            root_command()(args=line, prog_name="kilnboard", standalone_mode=True)
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            steps.counts = False
    return 0


def digest(folder: Path) -> dict[str, str]:
    """Every table's rows, as a hash; what differs from run to run without meaning is left out."""
    from tests.support.pulls import dump

    rows = dump(folder / "shop.db", without=RUN_BY_RUN)
    return {
        name: hashlib.sha256("\n".join(content).encode()).hexdigest()[:12] for name, content in rows.items()
    }


def forked(work: Any) -> Any:
    """What `work` returns in a fork of this process (JSON); its exit code where it ended early."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            result = json.dumps(work()).encode()
        except BaseException as problem:
            import traceback

            result = json.dumps({"failed": repr(problem), "trace": traceback.format_exc()[-1500:]}).encode()
        while result:
            result = result[os.write(write, result) :]
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(content) if content else os.waitstatus_to_exitcode(status)


def checks(folder: Path, others: list[str], *, by_doctor: bool) -> list[str]:
    """What is wrong with a shop after a kill: by `doctor`, and with the copies that were being written."""
    from shop.connect import connect
    from shop.core.errors import ShopError
    from shop.db.backup import examine_copy
    from shop.maintenance import examine

    wrong = []
    for name in others:
        if (folder / name).exists():
            try:
                examine_copy(folder / name)
            except ShopError as problem:
                wrong.append(f"{name}: {problem}")
    if not by_doctor:
        return wrong
    db = connect()
    wrong += [check.name for check in examine(db) if not check.ok and check.name in WATCHED]
    db.close()
    return wrong


WATCHED = ("file", "key", "figures", "costs", "stock")


def main() -> None:
    """Read the request, print one JSON line per kill."""
    request = json.loads(sys.stdin.read())
    base, work = Path(request["base"]), Path(request["work"])
    line, others = request["line"], request.get("copies", [])

    import dashboard.cli
    import tests.support.pulls  # noqa: F401
    from dashboard.commands import import_, maintenance  # noqa: F401

    assert dashboard.cli

    def fresh() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(base, work)
        os.environ["KILNBOARD_DB"] = str(work / "shop.db")
        os.chdir(work)

    def whole() -> list[Any]:
        steps = Steps(0)
        code = run_command(line, steps)
        return [code, steps.passed]

    fresh()
    before = forked(lambda: digest(work))
    code, total = forked(whole)
    after = forked(lambda: digest(work))
    print(json.dumps({"code": code, "steps": total, "changed": before != after}), flush=True)
    count = request["count"]
    points = sorted({1 + round(number * (total - 1) / max(count - 1, 1)) for number in range(count)})
    for last in points:
        fresh()
        ended = forked(lambda last=last: [run_command(line, Steps(last))])
        state = forked(lambda: digest(work))
        known = "before" if state == before else "after" if state == after else "torn"
        is_last, again = last == points[-1], ""
        wrong = forked(lambda is_last=is_last: checks(work, others, by_doctor=is_last))
        if known == "before" and before != after and is_last:  # before is before: once is enough
            forked(lambda: [run_command(line, Steps(0))])
            again = "whole" if forked(lambda: digest(work)) == after else "different"
        print(
            json.dumps(
                {"step": last, "killed": ended == KILLED, "state": known, "wrong": wrong, "again": again}
            )
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
