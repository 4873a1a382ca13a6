"""A database that is full, read-only, damaged, locked, deleted, replaced or oddly named: words, and nothing lost."""

import os
import re
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from shop.access.audit import recent
from shop.access.roles import Actor, NotAllowed
from shop.connect import connect, shared
from shop.core.errors import (
    BadServerUrl,
    DamagedDatabase,
    DamagedKey,
    DatabaseBusy,
    DiskFull,
    MissingDatabase,
    MissingKey,
    NotADatabase,
    OldServer,
    OtherKey,
    ReadOnlyDatabase,
    ReadOnlyServer,
    ReplacedDatabase,
    ShopError,
    UnreachableDatabase,
)
from shop.db.backup import backup, restore
from shop.db.buyer_key import BuyerKey, key_of, next_key_of, read_key, write_key
from shop.db.database import Database, sqlite_driver
from shop.maintenance import accept_key, examine
from tests.support.fresh import empty_shop_file


def name_shop(db: Database, name: str) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO meta (name, value) VALUES ('name', ?)", (name,))


def name_of(db: Database) -> str:
    with db.read() as connection:
        return str(connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'name'").scalar())


@pytest.mark.sqlite_file("fills the pages of a file or its disk")
def test_a_full_disk_changes_nothing_and_is_named(db: Database) -> None:
    name_shop(db, "before")
    with pytest.raises(DiskFull), db.write() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        connection.exec_driver_sql("UPDATE meta SET value = 'after' WHERE name = 'name'")
        for number in range(100):
            connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", (f"{number}", "x" * 9_000))
    assert name_of(db) == "before"


@pytest.mark.sqlite_file("has a connection of SQLite that may only read")
def test_a_connection_that_may_only_read_is_named(db: Database) -> None:
    with pytest.raises(ReadOnlyDatabase), db.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            connection.exec_driver_sql("DELETE FROM meta")
        finally:
            connection.exec_driver_sql("PRAGMA query_only = OFF")


@pytest.mark.sqlite_file("locks a file, or looks at its locks")
def test_a_database_locked_by_another_program_is_named(db: Database) -> None:
    other = sqlite_driver().connect(str(db.path))  # two copies of SQLite in one process lose their locks
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy), db.write(wait=False):
        pass
    other.close()
    name_shop(db, "afterwards")


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_deleted_database_is_named_and_comes_back_by_itself(tmp_path: Path) -> None:
    path = empty_shop_file(tmp_path / "窑 100% shop.db")
    name_shop(shared(str(path)), "mine")
    away = path.with_name("away.db")
    shared(str(path)).close()
    path.rename(away)
    for use in (Database.read, Database.write):
        with pytest.raises(MissingDatabase), use(shared(str(path))):
            pass
    assert not path.exists()  # nothing is created in its place while the program runs
    away.rename(path)
    assert name_of(shared(str(path))) == "mine"


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_database_replaced_while_it_is_open_is_never_written_to_by_its_old_name(tmp_path: Path) -> None:
    path, other = empty_shop_file(tmp_path / "shop.db"), empty_shop_file(tmp_path / "other.db")
    long_running = shared(str(path))
    name_shop(long_running, "old")
    theirs = connect(str(other))
    name_shop(theirs, "new")
    theirs.close()
    os.replace(other, path)
    with pytest.raises(ReplacedDatabase):
        name_shop(long_running, "lost")
    assert name_of(shared(str(path))) == "new"


@pytest.mark.parametrize(
    "name", ["50%20 off", "窑%41#1", *(["why?mode=ro&uri=true"] if os.name == "posix" else [])]
)
def test_a_name_that_would_mean_something_in_a_url_is_a_name(name: str, tmp_path: Path) -> None:
    path, copy = tmp_path / name / f"{name}.db", tmp_path / f"{name}.copy.db"
    db = connect(str(path))
    name_shop(db, "mine")
    backup(db, copy)
    name_shop(db, "later")
    db.close()
    restore(copy, path, connect, anyway=True)
    assert name_of(connect(str(path))) == name_of(connect(f"sqlite:///{copy}")) == "mine"
    assert all(item.name.startswith(name) for item in tmp_path.iterdir())


@pytest.mark.sqlite_file("opens files of earlier versions")
def test_what_an_earlier_version_stored_under_the_decoded_name_is_there(tmp_path: Path) -> None:
    path, decoded = tmp_path / "my%20shop.db", tmp_path / "my shop.db"
    name_shop(connect(str(decoded)), "mine")
    path.touch()  # as those versions left it
    assert name_of(connect(str(path))) == "mine"
    name_shop(connect(str(path)), "later")
    assert (name_of(connect(str(path))), name_of(connect(str(decoded)))) == ("later", "mine")


@pytest.mark.sqlite_file("names paths that are no file")
@pytest.mark.parametrize("name", ["", "a folder", "empty.csv/x", "loop", "x" * 300, "text.csv", "half.db"])
def test_an_odd_path_is_a_refusal(name: str, tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "empty.csv").touch()
    (tmp_path / "text.csv").write_text("a,b\n1,2\n" * 99)
    (tmp_path / "half.db").write_bytes(b"SQLite format 3\0" + b"\0" * 4_000)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises((UnreachableDatabase, NotADatabase, DamagedDatabase)):
        connect(str(tmp_path / name))


@pytest.mark.sqlite_file("damages a file")
def test_doctor_names_the_damaged_tables_and_restore_brings_the_backup(tmp_path: Path) -> None:
    path = empty_shop_file(tmp_path / "shop.db")
    db = connect(str(path))
    with db.write() as connection:
        for number in range(2_000):
            connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", (f"{number}", "x" * 200))
        page = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'meta'").scalar()
    db.close()
    with sqlite_driver().connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    good = tmp_path / "good.db"
    shutil.copyfile(path, good)
    content = bytearray(path.read_bytes())
    content[(int(page) - 1) * 8192 + 100 : int(page) * 8192] = b"\xa5" * (8192 - 100)
    path.write_bytes(content)
    db = connect(str(path))
    checks = {check.name: check for check in examine(db)}
    db.close()
    assert not checks["file"].ok and checks["file"].details["tables"] == "meta"
    restore(good, path, connect, anyway=True)
    assert all(check.ok for check in examine(connect(str(path))) if check.name in ("file", "key"))


# --- the key of the buyers ------------------------------------------------------------------------


def key_checks(db: Database) -> list[tuple[bool, str]]:
    return [(check.ok, check.details["file"]) for check in examine(db) if check.name == "key"]


def test_a_shop_without_its_key_hashes_no_buyer_until_the_key_is_back(db: Database) -> None:
    first, place = db.secret(), key_of(db.path)
    assert key_checks(db) == [(True, str(place))]  # that of a server's shop is next to no database
    place.unlink()
    with pytest.raises(MissingKey, match=re.escape(str(place))):
        db.secret()
    assert key_checks(db) == [(False, str(place))] and not place.exists()
    write_key(place, bytes(32), replace=False)  # another shop's
    with pytest.raises(OtherKey, match=re.escape(str(place))):
        db.secret()
    assert key_checks(db) == [(False, str(place))]
    write_key(place, first, replace=True)
    assert db.secret() == first and key_checks(db) == [(True, str(place))]


@pytest.mark.parametrize("content", ["", "no key", "ab" * 7 + "g"])
def test_half_a_key_is_never_used(content: str, db: Database) -> None:
    key_of(db.path).write_text(content)
    with pytest.raises(DamagedKey):
        db.secret()


def test_a_shop_that_was_renamed_or_has_its_key_among_the_backups_knows_its_buyers(db: Database) -> None:
    first, place = db.secret(), key_of(db.path)
    for name in ("another_name.db.key", "backups/shop-20260101-010000-daily.db.key"):
        elsewhere = place.parent / name
        elsewhere.parent.mkdir(exist_ok=True)
        place.rename(elsewhere)
        (elsewhere.parent / "a.key").write_text("no key")
        write_key(elsewhere.parent / "b.key", bytes(32), replace=True)  # another shop's
        accept_key(db, actor=Actor("Lin"))  # needlessly
        assert key_checks(db) == [(True, str(place))] and not place.exists() and not recent(db)
        assert db.secret() == first == read_key(place)
        elsewhere.unlink()


@pytest.mark.parametrize("left", [None, "no key", "ab" * 32])
def test_the_owner_goes_on_where_a_key_is_lost(left: str | None, db: Database) -> None:
    first, place = db.secret(), key_of(db.path)
    place.unlink()
    if left is not None:
        place.write_text(left)
    with pytest.raises(NotAllowed):
        accept_key(db, actor=Actor("Wei", "assistant"))
    accept_key(db, actor=Actor("Lin"))
    later = db.secret()
    assert later != first and (left != "ab" * 32 or later == bytes.fromhex(left))
    assert key_checks(db) == [(True, str(place))]
    assert [(action.action, action.subject) for action in recent(db)] == [("key.accept", place.name)]


@dataclass
class OtherMachine:
    """The same shop, opened at the same moment by a slower machine that has a folder of its own for keys."""

    db: Database
    path: Path

    def read(self) -> AbstractContextManager[Connection]:
        return self.db.read()

    def write(self, *, quiet: bool = False) -> AbstractContextManager[Connection]:
        self.db.secret()  # the quicker one binds its key before
        return self.db.write(quiet=quiet)


def test_of_two_machines_that_open_a_new_shop_the_first_makes_its_key(tmp_path: Path, db: Database) -> None:
    slower = BuyerKey(OtherMachine(db, tmp_path / "theirs.db"))
    with pytest.raises(OtherKey, match=re.escape(str(slower.place))):
        slower.secret()
    assert BuyerKey(db).is_own() and not slower.is_own()


def test_a_shop_is_backed_up_without_a_key_rather_than_with_another_ones(
    tmp_path: Path, db: Database
) -> None:
    db.secret()
    for number, left in enumerate((None, "no key", "ab" * 32)):
        key_of(db.path).unlink(missing_ok=True)
        if left is not None:
            key_of(db.path).write_text(left)
        copy = tmp_path / "copies" / f"{number}.db"
        backup(db, copy)
        assert copy.exists() and not key_of(copy).exists()


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_restore_ended_between_database_and_key_takes_the_right_key(tmp_path: Path) -> None:
    source, place = empty_shop_file(tmp_path / "source.db"), empty_shop_file(tmp_path / "shop.db")
    theirs, ours = connect(str(source)).secret(), connect(str(place)).secret()
    assert theirs != ours
    write_key(next_key_of(place), theirs, replace=True)  # ended before the database was in place
    assert connect(str(place)).secret() == ours
    restore(source, place, connect)
    assert connect(str(place)).secret() == theirs and not next_key_of(place).exists()
    write_key(next_key_of(place), theirs, replace=True)  # ended just after it was
    write_key(key_of(place), ours, replace=True)
    assert connect(str(place)).secret() == theirs == read_key(key_of(place))


def test_every_refusal_is_a_sentence_in_both_languages() -> None:
    from dashboard.i18n.language import use_language
    from dashboard.text.errors import error

    problems: list[ShopError] = [
        DiskFull(path="p"),
        ReadOnlyDatabase(path="p"),
        MissingDatabase(path="p"),
        ReplacedDatabase(path="p"),
        UnreachableDatabase(path="p", found="f"),
        DamagedDatabase(path="p", found="f"),
        DamagedKey(path="p"),
        MissingKey(path="p"),
        OtherKey(path="p"),
        BadServerUrl(),
        OldServer(url="u", found="14", needed=15),
        ReadOnlyServer(url="u", found="f"),
    ]
    for language in ("en", "zh"):
        use_language(language)
        assert len({error(problem) for problem in problems}) == len(problems)
