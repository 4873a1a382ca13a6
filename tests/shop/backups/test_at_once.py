"""Several programs that copy one shop at the same moment: none stands in another's way, each copy is whole."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import time_machine

from shop.access.roles import OWNER
from shop.backups.automatic import back_up
from shop.backups.files import backups_of
from shop.backups.second_folder import choose_second_folder
from shop.connect import connect
from shop.db.backup import examine_copy
from shop.db.database import sqlite_driver
from shop.db.partial import LEFT_AFTER, fresh_copy, partial_name
from shop.db.pragmas import prepare
from shop.migrations import HEAD
from shop.open_data.parquet import write_parquet
from tests.support.kills.shops import shop_at

PROGRAMS = 4
NOW = datetime.now(UTC)
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks"),
    pytest.mark.sqlite_file("opens files of earlier versions"),
]


def at_once(*works: Callable[[int], None]) -> None:
    """Do the same in several processes, each work at once, all within the same second of their clocks."""
    several = multiprocessing.get_context("fork")
    barrier = several.Barrier(PROGRAMS)

    def program(number: int) -> None:
        with time_machine.travel(NOW, tick=False):
            try:
                for work in works:
                    barrier.wait()
                    work(number)
            except BaseException:
                barrier.abort()  # the others wait no longer
                raise

    processes = [several.Process(target=program, args=(number,)) for number in range(PROGRAMS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROGRAMS


def stamp_of(path: Path) -> str:
    with sqlite_driver().connect(path) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_programs_that_open_a_file_at_once_for_the_first_time_all_open_it(tmp_path: Path) -> None:
    driver = sqlite_driver()
    paths = [tmp_path / f"{number}.db" for number in range(200)]
    for path in paths:
        with closing(driver.connect(path)) as connection:
            connection.execute("CREATE TABLE meta (name TEXT)")

    def open_it(path: Path, _number: int) -> None:
        with closing(driver.connect(path)) as connection:
            prepare(connection, None)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    at_once(*(partial(open_it, path) for path in paths))


def test_an_older_shop_that_is_opened_at_once_has_one_backup_of_before(tmp_path: Path) -> None:
    path = shop_at(tmp_path / "shop", "0030") / "shop.db"
    before = stamp_of(path)
    at_once(lambda _number: connect(str(path)).close())
    (copy,) = backups_of(path)
    assert examine_copy(copy.path) and (stamp_of(copy.path), stamp_of(path)) == (before, HEAD)
    assert not list(path.parent.rglob("*.partial*"))


def test_backups_and_copies_of_them_taken_at_once_are_whole(tmp_path: Path) -> None:
    path, second = shop_at(tmp_path / "shop", "0010") / "shop.db", tmp_path / "second"
    second.mkdir()
    db = connect(str(path))
    choose_second_folder(db, str(second), actor=OWNER)
    db.close()

    def work(number: int) -> None:
        db = connect(str(path))
        back_up(db, "manual")
        write_parquet(db, tmp_path / "parquet" / str(number))
        db.close()

    at_once(work)
    for copies in (backups_of(path), backups_of(path, second)):
        assert sorted(item.reason for item in copies) == ["manual", "migration"]
        assert all(examine_copy(item.path) for item in copies)
    assert not list(tmp_path.rglob("*.partial*"))


def test_what_a_killed_program_left_goes_and_what_another_writes_stays(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    mine = partial_name(target)
    left = mine.with_name(mine.name.replace(f".{os.getpid()}-", f".{ended.stdout.strip()}-"))
    elsewhere, machine = partial_name(target), mine.name.split("-")[-1][:8]
    elsewhere = elsewhere.with_name(elsewhere.name.replace(machine, "0" * 8))
    forgotten = elsewhere.with_name(elsewhere.name.replace("copy.db", "other.db"))
    earlier, foreign = tmp_path / "copy.db.partial", tmp_path / "film.mkv.partial"
    for path in (mine, left, elsewhere, forgotten, earlier, foreign):
        path.touch()
    for path in (forgotten, earlier, foreign):
        os.utime(path, (time.time() - 2 * LEFT_AFTER,) * 2)
    with pytest.raises(KeyboardInterrupt), fresh_copy(target) as partial:
        partial.touch()
        raise KeyboardInterrupt
    assert {*tmp_path.iterdir()} == {mine, elsewhere, foreign}
