"""How long the questions of the Growth page and of Today take, and how little that grows with the data.

    python -m tests.benchmarks.growth_page [LINES] [--times 10] [`--keep FOLDER`]

Imports a practice shop of LINES order lines (two years of days; orders, refunds, payouts, sessions,
comments) and one of `--times` as many. The pages themselves are opened, and their questions are recorded
and answered again straight from the shop, without the page's cache: the measure is of their own questions.
The last day still runs (six in the afternoon). Prints the median of the CPU time and of the clock for
each question of each page and part; what an import leaves to be computed by the first question (hours,
buyers) is computed before.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from dashboard.ui import cache, filters
from dashboard.views.growth.parts import PARTS
from etl.imports.importer import import_file
from sample_data.generator.practice import write_shop
from shop.connect import connect
from shop.db.database import Database
from shop.growth.alerts.candidates import candidates
from shop.growth.comparison.segments import CUTS
from shop.metrics.deferred_rollups import up_to_date
from tests.support.pages import no_error, open_page

LAST = date(2026, 10, 31)
NOW = datetime(2026, 10, 31, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
REPEATS = 9
DEFAULT = "growth"  # the page as it opens

Question = Callable[[Database], Any]


def pages() -> dict[str, tuple[str, dict[str, str]]]:
    """The pages with their links: Growth as it opens, each further part of it, and Today."""
    parts = {f"growth, {name}": {"part": name} for name in list(PARTS)[1:] if name != "split"}
    splits = {f"growth, by {name}": {"part": "split", "cut": name} for name in CUTS}
    year = {"growth, a year": {"period": "year", "against": "year"}}
    links = {DEFAULT: {}, **parts, **splits, **year}
    return {name: ("growth", link) for name, link in links.items()} | {"today": ("today", {})}


@dataclass(frozen=True)
class Took:
    """The medians of one question, in milliseconds."""

    cpu: float
    wall: float


class Clock(datetime):
    """The moment at which the pages are opened."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        """The last day of the practice shop, before its evening session."""
        return NOW.astimezone(tz)


@contextmanager
def noted(path: Path) -> Iterator[dict[str, Question]]:
    """The questions that pages put meanwhile to the database at a path, by name."""
    result: dict[str, Question] = {}
    stored = cache._stored

    def note(*, _reader: Callable[..., Any], _db: Database, _given: Any, key: Any) -> Any:
        name = f"{_reader.__module__}.{_reader.__qualname__}"
        result.setdefault(_named(name, _given), _recording(_reader, _given))
        return stored(_reader=_reader, _db=_db, _given=_given, key=key)

    with (
        mock.patch.dict(os.environ, KILNBOARD_DB=str(path)),
        mock.patch.object(cache, "_stored", note),
        mock.patch.object(filters, "datetime", Clock),
    ):
        yield result


def _recording(reader: Callable[..., Any], given: Any) -> Question:
    arguments, named = given
    return lambda db: reader(db, *arguments, **dict(named))


def _named(name: str, given: Any) -> str:
    """The reader's name; a second question of the same reader gets a number, the same one none."""
    short = name.removeprefix("shop.").removeprefix("dashboard.")
    key = f"{short} {given!r}"
    place = KNOWN.setdefault(short, {}).setdefault(key, len(KNOWN.get(short, {})) + 1)
    return short if place == 1 else f"{short} ({place})"


KNOWN: dict[str, dict[str, int]] = {}


def questions(path: Path, only: str) -> dict[str, dict[str, Question]]:
    """The questions of each page, by page; those of a part without the ones of every Growth page."""
    request: dict[str, dict[str, Question]] = {}
    for page, (view, link) in pages().items():
        if page != DEFAULT and not page.startswith(only):
            continue
        with noted(path) as result:
            shown = open_page("today", lang="en")
            result.clear()
            KNOWN.clear()
            shown.switch_page(f"views/{view}/page.py")
            for name, value in ({"lang": "en"} | link).items():
                shown.query_params[name] = value
            assert no_error(shown.run())
        request[page] = dict(result)
    for page, result in request.items():
        if page.startswith("growth, ") and "year" not in page:
            request[page] = {
                name: question for name, question in result.items() if name not in request[DEFAULT]
            }
    if "today" in request:
        request["today"]["alarming.worth_saying"] = lambda db: candidates(db, LAST, 1)
    return request


def median(db: Database, question: Question) -> Took:
    """How long a question takes, the first time left out."""
    question(db)
    taken = []
    for _ in range(REPEATS):
        cpu, wall = time.process_time(), time.perf_counter()
        question(db)
        taken.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)))
    return Took(*(statistics.median(item) for item in zip(*taken, strict=True)))


def medians(path: Path, only: str) -> dict[str, dict[str, Took]]:
    """The medians of every question of every page."""
    db = connect(str(path))
    up_to_date(db)
    result = {
        page: {name: median(db, question) for name, question in request.items()}
        for page, request in questions(path, only).items()
    }
    db.close()
    return result


def shop_of(folder: Path, lines: int) -> Path:
    """A database with a practice shop of this many order lines; the stored one, if there is one."""
    path = folder / f"{lines}.db"
    if path.exists():
        return path
    files = folder / f"files{lines}"
    write_shop(files, orders=lines, until=LAST, days=730, platforms=("douyin",), now=NOW)
    db = connect(str(path))
    for kind in ("orders", "aftersale", "settlement", "sessions", "works", "comments"):
        for file in sorted(files.glob(f"douyin_{kind}*.csv")):
            import_file(db, file)
            file.unlink()
    db.close()
    return path


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("lines", nargs="?", type=int, default=100_000)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--keep", type=Path, help="keep the databases here, for another run")
    arguments.add_argument("--only", default="", help="only pages whose names begin with this, and Growth")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sizes = [given.lines, given.lines * given.times] if given.times > 1 else [given.lines]
        result = [medians(shop_of(folder, lines), given.only) for lines in sizes]
    if given.json:
        print(
            json.dumps(
                [{p: {n: (t.cpu, t.wall) for n, t in q.items()} for p, q in item.items()} for item in result]
            )
        )
        return
    for page in result[0]:
        _print(page, sizes, [item[page] for item in result])


def _print(page: str, sizes: list[int], ranges: list[dict[str, Took]]) -> None:
    print(f"\n{page:44}" + "".join(f"{f'{lines:,} lines':>22}" for lines in sizes))
    for name in ranges[0]:
        _row(name, [item[name] for item in ranges])
    _row(
        "together",
        [
            Took(sum(item.cpu for item in item.values()), sum(item.wall for item in item.values()))
            for item in ranges
        ],
    )


def _row(name: str, ranges: list[Took]) -> None:
    cells = "".join(f"{took.cpu:9.1f} cpu {took.wall:6.1f} ms" for took in ranges)
    growth = f"{ranges[-1].cpu / ranges[0].cpu:8.2f}x" if len(ranges) > 1 and ranges[0].cpu else ""
    print(f"  {name:42}{cells}{growth}")


if __name__ == "__main__":
    main()
