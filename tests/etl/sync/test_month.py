"""`sync --every` for weeks in simulated time, with every fault that a studio meets: each order once, as undisturbed."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from etl.http.errors import NotAuthorised
from etl.http.rate_limit import Clock
from etl.sync.engine import sync
from etl.sync.options import Options, RunReport
from etl.sync.repeat import repeated
from sample_data.mock_platforms import Faults, MockPlatforms, Shop
from shop.core.errors import DatabaseBusy, DiskFull, ShopError
from shop.db import database
from shop.db.database import Database
from tests.oracles.mock_platforms import expected_store
from tests.support.fresh import new_database
from tests.support.pulls import MEASURES, REFUNDS, at_mock, figures, log_in, truth_of

HOUR, DAY = 3_600, 86_400
MOST_PAGES = 4_294_967_294  # of a database of SQLite
GROWING = Shop(orders=400, until=date(2025, 10, 31), days=60, kuaishou_lines=400, tiktok_lines=400)
KINDS = ("orders", "refunds")


class Stopped(BaseException):
    """The process is ended, as by SIGTERM or by closing the terminal."""


class Weeks:
    """A shop that is synced again and again, disturbed by chance."""

    def __init__(self, mock: MockPlatforms, platform: str, db: Database, seed: int) -> None:
        self.mock, self.platform, self.db, self.rng = mock, platform, db, random.Random(seed)
        self.skew, self.stops = 0.0, False
        self.after: Callable[[], None] = lambda: None
        self.ending: Callable[[], None] | None = (
            None  # of a fault that stops every round: an hour after it began
        )
        self.happened: list[str] = []
        self.troubles: list[str] = []
        self.most_pages = MOST_PAGES
        if db.is_file:
            event.listen(db.engine, "checkout", self._limit_size)
        self.reports: list[RunReport] = []

    def clock(self) -> Clock:
        clock = self.mock.clock
        return Clock(lambda: clock.now() + self.skew, clock.stopwatch, clock.sleep)

    def round_once(self) -> list[RunReport]:
        def progress(_doing: object) -> None:
            if self.stops:
                self.stops = False
                raise Stopped

        options = Options(clock=self.clock(), progress=progress)
        return sync(self.db, self.platform, kinds=KINDS, options=options)

    def on_trouble(self, problem: Exception) -> None:
        assert isinstance(problem, ShopError) and str(problem)
        self.troubles.append(problem.code)
        if self.ending is not None:
            self.ending()

    def run(self, until: float, every: int, faults: int) -> None:
        rounds = int((until - self.mock.clock.now()) / every)
        disturbed = set(self.rng.sample(range(1, rounds - 2), faults))
        number = 0
        while self.mock.clock.now() < until:
            with suppress(Stopped):
                for reports in repeated(self.round_once, every, self.on_trouble, self.clock()):
                    self.reports += reports
                    if any(isinstance(report.error, NotAuthorised) for report in reports):
                        self.sign_in_again()
                    self.after()
                    self.after = lambda: None
                    number += 1
                    if number in disturbed:
                        self.disturb()
                    if self.mock.clock.now() >= until:
                        break

    def sign_in_again(self) -> None:
        """What the program asks for where the answer with the new token was lost and the old one is of no use."""
        assert self.platform == "kuaishou_shop", "the other platforms give the same token again"
        log_in(self.mock, self.platform)

    def disturb(self) -> None:
        """One fault, over before the next but one round."""
        fault = self.rng.choice(
            (
                *(self.no_network, self.html, self.changed_field, self.full_disk, self.locked, self.stop),
                *(self.sleep, self.expired_token, self.wrong_clock, self.busy_platform),
            )
        )
        if fault == self.sleep and self.happened.count("sleep") == 2:
            fault = self.no_network  # a month has room for so many
        self.happened.append(fault.__name__)
        fault()

    def _faults(self, faults: Faults) -> None:
        self.mock.set_faults(faults)
        self.after = lambda: self.mock.set_faults(Faults())

    def no_network(self) -> None:
        self._faults(Faults(drop=1.0))

    def html(self) -> None:
        self._faults(Faults(html=1.0))

    def busy_platform(self) -> None:
        self._faults(Faults(rate_429=0.4, rate_5xx=0.3, truncate=0.1))

    def changed_field(self) -> None:
        names = (b"shop_order_list", b"orderList", b'"orders"', b'"items"', b"refundOrderInfoList")
        renamed = self.rng.choice(names)
        self._faults(Faults(tamper=lambda _number, body: body.replace(renamed, b'"other"')))

    def expired_token(self) -> None:
        self._faults(Faults(expire_tokens_every=2))

    def wrong_clock(self) -> None:
        self.skew = self.rng.choice((HOUR, -HOUR, DAY, -DAY, 30 * DAY, -30 * DAY))

        def set_right() -> None:
            self.skew = 0.0

        self.after = set_right

    def sleep(self) -> None:
        self.mock.advance(days=3)

    def stop(self) -> None:
        self.stops = True

    def full_disk(self) -> None:
        if not self.db.is_file:  # a server's disk is not this program's
            self.locked()
            return
        with self.db.read() as connection:
            self.most_pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
        self.repair_in_a_while(self._make_room)

    def _make_room(self) -> None:
        self.most_pages = MOST_PAGES

    def _limit_size(self, connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.most_pages}")

    def locked(self) -> None:
        other = self.db.engine.connect().execution_options(kilnboard_write=True)
        other.begin()
        self.repair_in_a_while(other.close)

    def repair_in_a_while(self, repair: Callable[[], None]) -> None:
        """The fault ends by itself after an hour, whether or not a round came through meanwhile."""
        began = self.mock.clock.now()

        def end() -> None:
            self.ending = None
            repair()

        def end_in_time() -> None:
            if self.mock.clock.now() - began >= HOUR:
                end()

        self.after, self.ending = end, end_in_time


def undisturbed_weeks(
    platform: str, folder: Path, patch: pytest.MonkeyPatch, *, days: int, every: int, faults: int, seed: int
) -> Weeks:
    """Run the weeks; the store at their end equals the platform's truth."""
    patch.setattr(database, "BUSY_SECONDS", 0)
    with at_mock(platform, folder, patch, shop=GROWING, rate=100_000) as mock:
        db = new_database(folder / "shop.db")
        weeks = Weeks(mock, platform, db, seed)
        weeks.run(mock.clock.now() + days * DAY, every, faults)
        weeks.after()
        mock.set_faults(Faults())
        weeks.skew, weeks.stops = 0.0, False
        mock.advance(seconds=every)
        assert [item.error for item in weeks.round_once() if item.error is not None] == []
        with db.read() as connection:
            stored = set(connection.exec_driver_sql("SELECT DISTINCT order_id FROM order_line").scalars())
            runs = connection.exec_driver_sql("SELECT outcome, error FROM sync_run").all()
        expected = set(expected_store(mock, platform)["orders"])
        assert expected - stored == set() and stored <= expected, weeks.happened
        for names in (MEASURES, REFUNDS):
            assert figures(db, "day", names, GROWING) == truth_of(mock, platform, "day", names)
        assert {outcome for outcome, _ in runs} <= {"done", "failed", "stopped"}
        assert all(error for outcome, error in runs if outcome == "failed")
        db.close()
    return weeks


def test_a_week_with_every_kind_of_fault_is_as_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = undisturbed_weeks("douyin_shop", tmp_path, monkeypatch, days=8, every=6 * HOUR, faults=14, seed=3)
    assert len(set(weeks.happened)) > 4 and set(weeks.troubles) <= {DatabaseBusy.__name__, DiskFull.__name__}


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("platform", ["douyin_shop", "kuaishou_shop", "tiktok_shop"])
def test_a_month_with_two_hundred_faults_is_as_an_undisturbed_one(
    platform: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = undisturbed_weeks(platform, tmp_path, monkeypatch, days=31, every=HOUR, faults=290, seed=seed)
    assert len(weeks.happened) >= 200  # some of the chosen rounds fall into a sleep


def test_the_first_round_raises_and_later_ones_go_on(db: Database) -> None:
    slept: list[float] = []
    clock = Clock(lambda: 0.0, lambda: 0.0, slept.append)
    outcomes = iter([1, DiskFull(path="p"), DatabaseBusy(), 2])
    seen: list[Exception] = []

    def round_once() -> int:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    rounds = repeated(round_once, 60, seen.append, clock)
    assert [next(rounds), next(rounds)] == [1, 2]
    assert [type(problem) for problem in seen] == [DiskFull, DatabaseBusy] and slept == [60, 60, 60]
    outcomes = iter([DiskFull(path="p")])
    with pytest.raises(DiskFull):
        next(repeated(round_once, 60, seen.append, clock))
