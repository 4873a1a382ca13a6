"""The one way in: migrations, pragmas, the data version, the key, what is rejected."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shop.access.roles import OWNER
from shop.backup_drill import drill
from shop.connect import connect
from shop.core.errors import DatabaseBusy, NewerDatabase, NotADatabase, UnsupportedDatabase
from shop.db.backup import backup, examine_copy
from shop.db.database import Database, as_path, sqlite_driver
from shop.db.dialect import raw_cursor
from shop.maintenance import damaged_tables
from shop.migrations import HEAD
from shop.salvage import salvage


def test_opening_again_changes_nothing(db: Database) -> None:
    version = db.version()
    again = connect(str(db.path))
    assert again.version() == version
    again.close()


def test_only_a_change_bumps_the_data_version(db: Database) -> None:
    before = db.version()
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM order_line")
    assert db.version() == before
    with db.write() as connection:
        connection.exec_driver_sql("INSERT INTO shop VALUES (1, '窑', 'Asia/Shanghai', 'CNY')")
    assert db.version() == before + 1
    with pytest.raises(RuntimeError), db.write() as connection:
        connection.exec_driver_sql("DELETE FROM shop")
        raise RuntimeError
    assert db.version() == before + 1


@pytest.mark.sqlite_file("reads settings of SQLite")
def test_the_journal_is_a_write_ahead_log(db: Database) -> None:
    with db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.sqlite_file("reads settings of SQLite")
def test_the_connection_that_migrated_is_set_like_any_other(tmp_path: Path) -> None:
    new = connect(str(tmp_path / "new.db"))
    names = ("secure_delete", "foreign_keys", "legacy_alter_table", "synchronous", "writable_schema")
    settings = []
    for _ in range(2):
        with new.read() as connection:
            cursor = raw_cursor(connection)
            settings.append({name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names})
        new.close()  # the next one is a connection of its own
    assert settings[0] == settings[1]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_the_key_is_created_once_and_is_the_owners_alone(db: Database) -> None:
    assert db.secret() == db.secret()
    assert len(db.secret()) == 32
    place = db.path.with_suffix(".db.key")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_readers_are_not_blocked_by_a_writer(db: Database) -> None:
    with db.write() as writing:
        writing.exec_driver_sql("INSERT INTO shop VALUES (1, '窑', 'Asia/Shanghai', 'CNY')")
        with db.read() as reading:
            assert reading.exec_driver_sql("SELECT COUNT(*) FROM shop").scalar() == 0


def test_a_second_writer_is_advised_to_retry(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.db.database.BUSY_SECONDS", 0)
    other = connect(str(db.path))
    with db.write(), pytest.raises(DatabaseBusy) as error, other.write():
        pass
    assert error.value.exit_code == 75
    other.close()


def test_a_newer_database_is_not_touched(db: Database) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabase, match="9999"):
        connect(str(db.path))
    assert HEAD < "9999"


def test_other_files_and_other_servers_are_rejected(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite_driver().connect(str(other)) as connection:
        connection.execute("CREATE TABLE diary (day)")
    connection.close()
    with pytest.raises(NotADatabase):
        connect(str(other))
    with pytest.raises(UnsupportedDatabase) as error:
        connect("mysql://me:secret@host/shop")
    assert "secret" not in str(error.value)
    assert as_path("sqlite:///shop.db") == Path("shop.db").resolve()


TAKE_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
"""


def is_locked(path: Path) -> bool:
    """Whether a process that is not this one finds SQLite's shared lock (its SHARED_FIRST and SHARED_SIZE) taken."""
    taken = subprocess.run([sys.executable, "-c", TAKE_LOCK, str(path)], capture_output=True)
    return taken.returncode != 0


@pytest.mark.sqlite_file("locks a file, or looks at its locks")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks end when any handle of the file is closed")
def test_opening_backing_up_and_examining_a_shop_drop_none_of_its_locks(db: Database) -> None:
    db.secret()  # a connection stays open, and with it the lock that keeps the log
    name_it = "INSERT INTO shop VALUES (1, '窑', 'Asia/Shanghai', 'CNY')"
    with db.write() as connection:
        connection.exec_driver_sql(name_it)
    assert is_locked(db.path)
    connect(str(db.path)).close()
    assert is_locked(db.path)
    backup(db, db.path.with_name("copy.db"))
    assert examine_copy(db.path) and not damaged_tables(db)
    salvage(db.path, actor=OWNER)
    drill(db.path)
    assert is_locked(db.path)
