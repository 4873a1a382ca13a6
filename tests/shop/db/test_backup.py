"""Backups and restores that are killed at any line, and files that are no backup."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shop.connect import connect
from shop.core.errors import NewerDatabase, NotADatabase, ShopError
from shop.db import backup as copies
from shop.db.backup import (
    DamagedBackup,
    EmptyBackup,
    OlderBackup,
    backup,
    examine_copy,
    restore,
    suspect_copies,
)
from shop.db.database import sqlite_driver
from tests.support.fresh import empty_shop_file, new_database

KILLED = 137
# For each line of its input, runs a function of shop/db/backup.py in a copy of the process, which is ended at the n-th
# line executed in that file or partial.py (0: never) or, given seconds, so long after its begin; prints the exit code.
DRIVER = """
import os, sys, time
from pathlib import Path
from shop.connect import connect
from shop.db import backup, partial
def run(verb, one, other, last, begun):
    passed = 0
    def trace(frame, event, arg):
        nonlocal passed
        if frame.f_code.co_filename not in (backup.__file__, partial.__file__):
            return None
        if event == "line":
            passed += 1
            if passed == last:
                os._exit(137)
        return trace
    db = connect(one) if verb == "backup" else None
    os.write(begun, b"x")
    sys.settrace(trace)
    backup.backup(db, Path(other)) if db else backup.restore(Path(one), Path(other), connect, anyway=True)
connect(sys.argv[1]).close()  # the copies need not import what opening does
for line in sys.stdin:
    verb, one, other, last, seconds = line.split("\\t")
    reading, writing = os.pipe()
    if not (child := os.fork()):
        code = 1
        try:
            run(verb, one, other, int(last), writing)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    if float(seconds):
        time.sleep(float(seconds))
        os.kill(child, 9)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
Run = Callable[..., int]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """What runs a function of shop/db/backup.py and gives its exit code."""
    if not hasattr(os, "fork"):
        pytest.skip("needs a system that forks")
    pipe, shop = subprocess.PIPE, empty_shop_file(tmp_path_factory.mktemp("first") / "shop.db")
    line = [sys.executable, "-c", DRIVER, str(shop)]
    with subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None and process.stdout is not None

        def run(action: str, item: Path, other: Path, last: int, seconds: float = 0) -> int:
            print(action, item, other, last, seconds, sep="\t", file=process.stdin, flush=True)
            return int(process.stdout.readline())

        yield run


def shop_of(path: Path, name: str, changes: int = 1, rows: int = 0) -> Path:
    path.parent.mkdir(exist_ok=True)
    db = new_database(path)
    for change in range(changes):
        with db.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO meta (name, value) VALUES ('name', ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (f"{name}-{change}",),
            )
            for row in range(rows):
                connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", (f"{row}", "x" * 2_000))
    db.secret()
    db.close()
    return path


def name_of(path: Path) -> str:
    assert examine_copy(path).data_version
    with sqlite_driver().connect(path) as connection:
        return str(connection.execute("SELECT value FROM meta WHERE name = 'name'").fetchone()[0])


def test_a_backup_killed_at_any_line_leaves_nothing_or_the_whole(run: Run, tmp_path: Path) -> None:
    shop, target = shop_of(tmp_path / "shop.db", "now"), tmp_path / "copies" / "copy.db"
    last = 1
    while run("backup", shop, target, last) == KILLED:
        if target.exists():
            assert name_of(target) == "now-0"
            target.unlink()
        last += 7
    assert name_of(target) == "now-0" and last > 30
    assert copies.key_of(target).read_bytes() == copies.key_of(shop).read_bytes()
    assert not list(target.parent.glob("*.partial"))


@pytest.mark.sqlite_file("copies a file as it is")
def test_a_restore_killed_at_any_line_leaves_the_old_database_or_the_new(run: Run, tmp_path: Path) -> None:
    source, last, seen = shop_of(tmp_path / "source.db", "new"), 1, set[str]()
    old = shop_of(tmp_path / "old.db", "old", changes=3)
    before = source.read_bytes()
    while True:
        folder = tmp_path / str(last)
        folder.mkdir()
        place = folder / "shop.db"
        shutil.copyfile(old, place)
        code = run("restore", source, place, last)
        seen.add(name_of(place))
        for stored in folder.glob("backups/shop-*-restore.db"):
            assert name_of(stored) == "old-2"
        if code != KILLED:
            break
        last += 11
    assert code == 0 and seen == {"old-2", "new-0"} and last > 50
    assert source.read_bytes() == before


def test_a_backup_killed_at_random_moments_is_never_taken_for_a_backup(run: Run, tmp_path: Path) -> None:
    shop, chance = shop_of(tmp_path / "shop.db", "now", rows=2_000), random.Random(9)
    for number in range(6):
        target = tmp_path / f"copy{number}.db"
        run("backup", shop, target, 0, chance.random() * 0.05)
        if target.exists():
            assert name_of(target) == "now-0"
        elif list(tmp_path.glob("*.partial")):
            connect(str(shop)).close()
            assert (
                run("backup", shop, target, 0) == 0
            )  # it is not in the way of the next run, which removes it
            assert not list(tmp_path.glob("*.partial"))


def killed_vacuum(path: Path, shop: Path) -> Path:
    """What a killed backup of older versions left: all tables, no row, sound."""
    with sqlite_driver().connect(shop) as result, sqlite_driver().connect(path) as copy:
        for (sql,) in result.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'"):
            if "sqlite_sequence" not in sql:
                copy.execute(sql)
    return path


def never_written(path: Path) -> Path:
    """A database of this version to which nothing was ever written."""
    shop_of(path, "new")
    with sqlite_driver().connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'data_version'")
    return path


def no_database(path: Path) -> Path:
    path.write_bytes(b"not a database" * 1_000)
    return path


def damaged(path: Path) -> Path:
    shop_of(path, "bad", changes=9, rows=0)
    content = bytearray(path.read_bytes())
    content[3 * 8192 : 40 * 8192] = b"\x5a" * (37 * 8192)
    path.write_bytes(content)
    return path


def newer(path: Path) -> Path:
    with sqlite_driver().connect(shop_of(path, "late", changes=9)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    return path


@pytest.mark.sqlite_file("damages a file")
def test_what_is_no_backup_or_older_is_rejected_and_changes_nothing(tmp_path: Path) -> None:
    place = shop_of(tmp_path / "place" / "shop.db", "now", changes=3)
    cases: list[tuple[Path, type[ShopError]]] = [
        (killed_vacuum(tmp_path / "empty.db", place), EmptyBackup),
        (never_written(tmp_path / "new.db"), EmptyBackup),
        (no_database(tmp_path / "text.db"), NotADatabase),
        (damaged(tmp_path / "damaged.db"), DamagedBackup),
        (newer(tmp_path / "newer.db"), NewerDatabase),
        (shop_of(tmp_path / "older.db", "older"), OlderBackup),
    ]
    for source, refusal in cases:
        with pytest.raises(refusal):
            restore(source, place, connect)
        assert name_of(place) == "now-2" and not list(place.parent.glob("backups/*"))
    for source, refusal in cases:
        if refusal in (NotADatabase, NewerDatabase):
            with pytest.raises(refusal):
                restore(source, place, connect, anyway=True)
    stored = restore(tmp_path / "older.db", place, connect, anyway=True)
    assert stored is not None and name_of(stored) == "now-2" and name_of(place) == "older-0"


@pytest.mark.sqlite_file("damages a file")
def test_a_damaged_database_is_replaced_by_a_sound_backup(tmp_path: Path) -> None:
    source = shop_of(tmp_path / "source.db", "good")
    (tmp_path / "place").mkdir()
    place = no_database(tmp_path / "place" / "窑[1].db")
    stored = restore(source, place, connect)
    assert name_of(place) == "good-0"
    killed, anothers = (place.with_name(f"{name}.db.partial") for name in ("窑[1]", "窑[1]2"))
    killed.touch()
    anothers.touch()
    assert stored is not None and stored.read_bytes().startswith(b"not a database")
    assert list(suspect_copies(place)) == [killed, stored]


def test_the_newest_changes_of_an_open_shop_are_in_its_backup(tmp_path: Path) -> None:
    shop = shop_of(tmp_path / "shop.db", "now")
    db = connect(str(shop))
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = 'later' WHERE name = 'name'")
    backup(db, tmp_path / "copy.db")
    db.close()
    assert name_of(tmp_path / "copy.db") == "later"
