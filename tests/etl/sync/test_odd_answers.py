"""Odd answers of platforms: each run ends with a named outcome, what is sound is stored, the next run is whole."""

from __future__ import annotations

import json
import random
import shutil
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl import platforms
from etl.platforms.base import DAY
from etl.sync.engine import sync
from etl.sync.options import Options, RunReport
from sample_data.mock_platforms import Faults, ManualClock, MockPlatforms, Shop
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.maintenance import figures_are_true
from tests.oracles.mock_platforms import expected_store
from tests.support.fresh import new_database
from tests.support.pulls import SHOPS, UNTIL, at_mock, log_in, pull

TINY = Shop(orders=24, until=UNTIL, days=12, kuaishou_lines=24, tiktok_lines=24)
SINCE = 15 * DAY  # before now: all that the shop has
VALUES: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    -1,
    10**12,
    10**30,
    1.5,
    float("nan"),
    True,
    [],
    {},
    [None],
    [["a"]],
    {"a": {"b": []}},
    "9" * 300,
    "1e400",
    "\ud800 half a character",
    "<b>bold</b>",
    "=1+1",
    "2025-13-45",
    "13800138000",
)
WHOLE = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"x"',
    b"<html>login</html>",
    b"[" * 30_000,
    b"\xff\xfe\0",
    b"{}" * 9,
)


class Tamper:
    """Changes the bytes of one or some of so many answers: places in them, keys, records, or all of it."""

    def __init__(self, seed: int, answers: int) -> None:
        self.rng = random.Random(seed)
        self.at = self.rng.randrange(answers)
        self.often = self.rng.random() < 0.3
        self.count = 0
        self.what: list[str] = []

    def __call__(self, _number: int, body: bytes) -> bytes:
        self.count += 1
        if self.count - 1 != self.at and not (self.often and self.rng.random() < 0.3):
            return body
        how = self.rng.random()
        if how < 0.1:
            self.what.append("all of it")
            return self.rng.choice(WHOLE)
        content = json.loads(body)
        for _ in range(self.rng.choice((1, 1, 1, 2, 5))):
            places = list(_places(content, ()))
            path, _ = self.rng.choice(places)
            self._change(content, path)
        return json.dumps(content).encode()

    def _change(self, content: Any, path: tuple[Any, ...]) -> None:
        for step in path[:-1]:
            content = content[step]
        last = path[-1]
        how = self.rng.choice(("value", "value", "value", "lost", "wrapped", "twice"))
        self.what.append(f"{'.'.join(map(str, path))} {how}")
        if how == "lost":
            del content[last]
        elif how == "wrapped":
            content[last] = [content[last]]
        elif how == "twice" and isinstance(content, list):
            content.append(content[last])
        else:
            content[last] = self.rng.choice(VALUES)


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from _places(item, (*path, key))


class Bench:
    """One mock platform and a shop that has read it once; each case works on a copy."""

    def __init__(self, mock: MockPlatforms, platform: str, folder: Path) -> None:
        self.mock, self.platform, self.folder = mock, platform, folder
        self.kinds = [item.kind for item in platforms.connector(platform).RESOURCES]
        db = new_database(folder / "base.db")
        db.secret()
        pull(db, self.mock, platform, kinds=("orders",))
        db.close()
        self.mock.advance(days=2)
        log_in(self.mock, platform)
        self.moment = self.mock.clock.now()
        self.answers = {kind: self.answers_of(kind) for kind in self.kinds}

    def answers_of(self, kind: str) -> int:
        """How many answers a run without any odd one reads."""
        count = 0

        def counted(_number: int, body: bytes) -> bytes:
            nonlocal count
            count += 1
            return body

        db = self.copy(-1)
        self.mock.set_faults(replace(Faults(), tamper=counted))
        self.sync(db, kind)
        self.mock.set_faults(Faults())
        db.close()
        return count

    def sync(self, db: Database, kind: str, budget: int = 0) -> list[RunReport]:
        since = int(self.moment - SINCE)
        return sync(
            db,
            self.platform,
            kinds=(kind,),
            since=since,
            options=Options(clock=self.mock.clock, budget=budget),
        )

    def copy(self, number: int) -> Database:
        path = self.folder / f"{number}.db"
        for ending in ("", ".key"):
            shutil.copy(str(self.folder / f"base.db{ending}"), f"{path}{ending}")
        return connect(str(path))

    def check(self, number: int) -> str | None:
        """What is wrong after a run with this odd answer and one without; None for nothing."""
        kind = "orders" if number % 2 else self.kinds[number // 2 % len(self.kinds)]
        tamper, db = Tamper(number, self.answers[kind]), self.copy(number)
        assert isinstance(self.mock.clock, ManualClock)
        self.mock.clock.set(self.moment)
        expires = number % 10 == 3
        try:
            if expires:
                self.mock.expire_tokens(self.platform)
            self.mock.set_faults(replace(Faults(), tamper=tamper))
            for report in self.sync(db, kind, budget=400):
                assert report.error is None or isinstance(report.error, ShopError)
                assert report.read == report.stored + report.unchanged + report.rejected
                assert report.requests < 400, "a list without an end"
            assert tamper.what, "no answer was odd"
            with db.read() as connection:
                running = connection.exec_driver_sql(
                    "SELECT COUNT(*) FROM sync_run WHERE outcome = 'running'"
                ).scalar()
            assert running == 0, "a run is left open"
            self.mock.set_faults(Faults())
            if expires:  # the new token may be lost with an odd answer
                log_in(self.mock, self.platform)
            assert [item.error for item in self.sync(db, kind) if item.error is not None] == []
            if kind == "orders":
                with db.read() as connection:
                    found = set(connection.exec_driver_sql("SELECT order_id FROM order_line").scalars())
                assert set(expected_store(self.mock, self.platform)["orders"]) <= found
            if number % 10 == 0:
                assert figures_are_true(db)
        except Exception as problem:
            place = traceback.extract_tb(problem.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            what = f"{type(problem).__name__} {str(problem)[:200]} at {where}"
            return f"{self.platform} {number} {kind}: {what}; {tamper.what[:3]}"
        finally:
            self.mock.set_faults(Faults())
            db.close()
            for path in self.folder.glob(f"{number}.db*"):
                path.unlink()
        return None


def failed(platform: str, folder: Path, patch: pytest.MonkeyPatch, numbers: range) -> list[str]:
    with at_mock(platform, folder, patch, shop=TINY, rate=100_000) as mock:
        bench = Bench(mock, platform, folder)
        return [problem for number in numbers if (problem := bench.check(number))]


@pytest.mark.parametrize("platform", SHOPS)
def test_odd_answers_end_in_a_named_outcome(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert failed(platform, tmp_path, monkeypatch, range(10)) == []


@pytest.mark.proof
@pytest.mark.parametrize("thousand", range(7))
@pytest.mark.parametrize("platform", SHOPS)
def test_seven_thousand_odd_answers_of_each_platform(
    platform: str, thousand: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(thousand * 1_000, (thousand + 1) * 1_000)
    assert failed(platform, tmp_path, monkeypatch, numbers) == []
