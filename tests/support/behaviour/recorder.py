"""Records what a user sees, to compare two states of the code.

    python -m tests.support.behaviour make SHOPS          # the demo shop and the spring set, once
    python -m tests.support.behaviour record SHOPS OUT    # every command, export and page, as text files
    python -m tests.support.behaviour compare OLD NEW     # one line for each file that differs
    python -m tests.support.behaviour compare OLD NEW --diff 'pages/growth'     # and the lines, for some

Run it in the root of the worktree to be recorded: the programs come from there. A worktree without this
file borrows it: PYTHONPATH=<a worktree that has it> before the same commands. `record` takes
`--only TEXT` for the artefacts whose name contains the text.

Only the outside of the program is used: `dashboard.cli.main`, `dashboard/app.py` and the page files. The
clock stands still at MOMENT, and the shops are copied before they are opened, so that two recordings of
the same code are equal. Help texts are recorded separately, under `help`.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import time_machine

SHOP_CREATED = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MOMENT = datetime(2026, 11, 28, 12, 5, tzinfo=UTC)
SHOPS = ("spring", "demo")
LANGUAGES = ("zh", "en")
SURROUNDINGS = {
    "KILNBOARD_USER": "recorder",
    "KILNBOARD_ROLE": "owner",
    "KILNBOARD_LANG": "en",
    "COLUMNS": "120",
    "TZ": "UTC",
}


class Recording:
    """A folder of text files, one for each artefact.

    `work` is the temporary folder of the copies: its path is left out of the recording.
    """

    def __init__(self, place: Path, work: Path, only: str = "") -> None:
        self.place, self.work, self.only = place, work, only
        self.count = 0

    def wants(self, name: str) -> bool:
        """Whether the artefact of this name is requested."""
        return self.only in name

    def write(self, name: str, text: str) -> None:
        """Write one artefact, without temporary paths and random identifiers."""
        if not self.wants(name):
            return
        file = self.place / (re.sub(r'[<>:"|?*\s]+', "_", name) + ".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.normalised(text), "utf-8")
        self.count += 1

    def normalised(self, text: str) -> str:
        """The text without what differs from run to run."""
        text = text.replace(str(self.work), "WORK")
        text = re.sub(r"/\S*?/((?:shop|etl|dashboard|sample_data)/)", r"ROOT/\1", text)
        text = re.sub(r"\b\d+ MB\b|\d+(?= MB)|(?<=free_bytes\": )\d+", "SIZE", text)
        text = re.sub(r"(?<=/)[0-9a-f]{16}\b", "KEY", text)
        return re.sub(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "UUID", text)


def copied(shops: Path, shop: str, work: Path) -> Path:
    """A fresh copy of a shop's database with its key."""
    work.mkdir(parents=True, exist_ok=True)
    target = work / f"{shop}.db"
    for old in work.glob(f"{shop}.db*"):
        old.unlink()
    for source in sorted((shops / shop).glob("shop.db*")):
        shutil.copyfile(source, work / source.name.replace("shop.db", f"{shop}.db"))
    return target


@contextmanager
def fixed_surroundings(work: Path) -> Iterator[None]:
    """The clock at MOMENT and an environment of its own; the working folder is `work`."""
    before, folder = dict(os.environ), Path.cwd()
    for name in [name for name in os.environ if name.startswith("KILNBOARD_")]:
        del os.environ[name]
    os.environ |= SURROUNDINGS | {"KILNBOARD_CONFIG": str(work / "config")}
    try:
        os.chdir(work)
        with time_machine.travel(MOMENT, tick=False):
            yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)


def make(shops: Path) -> None:
    """Make both shops with the code of this worktree, each in a folder of its name."""
    from dashboard import cli

    os.environ |= SURROUNDINGS
    for shop in SHOPS:
        extra = ["--spring"] if shop == "spring" else []
        with time_machine.travel(SHOP_CREATED, tick=True):
            sys.argv = ["kilnboard", "demo", "--no-open", "--keep", str(shops / shop), *extra]
            try:
                cli.main()
            except SystemExit as end:
                if end.code:
                    raise


def record(shops: Path, place: Path, only: str = "", names: tuple[str, ...] = SHOPS) -> int:
    """Record everything into `place`; returns the number of artefacts."""
    from tests.support.behaviour import commands, pages

    shops, place = shops.resolve(), place.resolve()
    with tempfile.TemporaryDirectory(prefix="behaviour-") as folder:
        work = Path(folder)
        recording = Recording(place, work, only)
        with fixed_surroundings(work):
            commands.record_help(recording)
            for shop in names:
                commands.record_reading(recording, shop, copied(shops, shop, work))
                commands.record_writing(recording, shop, copied(shops, shop, work / "written"))
            for shop in names:
                pages.record_pages(recording, shop, copied(shops, shop, work / "paged"))
    return recording.count


def compare(old: Path, new: Path, shown: str = "") -> int:
    """Print one line for each artefact that differs; returns how many do."""
    names = sorted({file.relative_to(item).as_posix() for item in (old, new) for file in item.rglob("*.txt")})
    differing = 0
    for name in names:
        before, after = (
            (item / name).read_text("utf-8").splitlines() if (item / name).exists() else None
            for item in (old, new)
        )
        if before == after:
            continue
        differing += 1
        lines = list(difflib.unified_diff(before or [], after or [], "old", "new", lineterm="", n=1))[2:]
        gone, come = (sum(line.startswith(sign) for line in lines) for sign in "-+")
        state = "only old" if after is None else "only new" if before is None else f"-{gone} +{come}"
        print(f"{state:>12}  {name}")
        if shown and (shown in name or fnmatch.fnmatch(name, shown)):
            print("\n".join(line[:1000] for line in lines))
    print(f"{len(names)} artefacts, {differing} differ")
    return differing


def main() -> int:
    """Run one of the three sub-commands; 1 where a comparison finds a difference."""
    parser = argparse.ArgumentParser(prog="behaviour", description="Record and compare what a user sees.")
    actions = parser.add_subparsers(dest="action", required=True)
    item = actions.add_parser("make")
    item.add_argument("shops", type=Path)
    item = actions.add_parser("record")
    item.add_argument("shops", type=Path)
    item.add_argument("out", type=Path)
    item.add_argument("--only", default="", help="a part of the artefacts' names, as pages/growth")
    item = actions.add_parser("compare")
    item.add_argument("old", type=Path)
    item.add_argument("new", type=Path)
    item.add_argument("--diff", default="", help="print the lines of the artefacts whose names contain this")
    request = parser.parse_args()
    if request.action == "make":
        make(request.shops.resolve())
        return 0
    if request.action == "record":
        print(f"{record(request.shops, request.out, request.only)} artefacts")
        return 0
    return int(bool(compare(request.old, request.new, request.diff)))
