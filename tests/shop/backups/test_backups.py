"""Backups by themselves: when, which stay, the second folder, encryption, and the drill that restores one."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import create_engine, text

from shop import migrations
from shop.access.roles import OWNER
from shop.backup_drill import NoBackup, drill
from shop.backups import files, retention
from shop.backups.automatic import back_up, is_due
from shop.backups.contents import opened, summary_of
from shop.backups.files import backups_of
from shop.backups.sealed import CHUNK, DamagedSealedBackup
from shop.backups.second_folder import UnreachableFolder, choose_second_folder, copy_to_second_folder
from shop.connect import connect
from shop.core.passphrase import WrongPassphrase
from shop.db.backup import MOMENT, restore
from shop.db.buyer_key import key_of
from shop.db.database import Database
from shop.orders import undo_import
from tests.support.shops.small_shop import line, store

NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)
OLD = Path(__file__).parents[1] / "migrations" / "data" / "unreleased_0010.db"
WORDS = "celadon cups in spring"


@pytest.fixture
def shop(db: Database) -> Database:
    store(
        db, lines=[line(f"A{number}", "2026-03-01 10:00:00", 9900, buyer_key=number) for number in range(3)]
    )
    return db


def names(db: Database, folder: Path | None = None) -> list[str]:
    return [item.path.name for item in backups_of(db.path, folder)]


@pytest.mark.parametrize("days", [30, 400])
def test_backups_of_a_clock_that_was_ahead_push_no_others_out(shop: Database, days: int):
    folder = files.folder_of(shop.path)
    folder.mkdir()
    right = [NOON + timedelta(days=day) for day in (*range(10), *range(15, 25))]
    ahead = [NOON + timedelta(days=days + day) for day in range(10, 15)]
    for now in (*right[:10], *ahead, *right[10:]):
        (folder / f"shop-{now:{MOMENT}}-daily.db").touch()
        retention.prune(shop.path, now=now)
    assert {*right[-14:], *ahead} <= {item.taken_at for item in backups_of(shop.path)}


def test_two_weeks_and_eight_weeks_stay(shop: Database):
    folder = files.folder_of(shop.path)
    folder.mkdir()
    for day in range(100):
        now = NOON + timedelta(days=day)
        assert is_due(shop, now)
        hours = range(7) if day == 60 else ()  # what happens besides is counted apart
        for hour, reason in ((0, "daily"), *((hour, "undo") for hour in hours)):
            file = folder / f"shop-{now + timedelta(hours=hour):{MOMENT}}-{reason}.db"
            file.touch()
            key_of(file).touch()
        retention.prune(shop.path, now=now)
        assert not is_due(shop, now + timedelta(hours=11))
    (folder / "my own copy.db").touch()
    taken = back_up(shop, "manual", last := NOON + timedelta(days=99, hours=1))
    days = [item.taken_at for item in backups_of(shop.path) if item.reason != "undo"]
    assert days[:14] == [last, *(NOON + timedelta(days=99 - day) for day in range(1, 14))]
    weeks = {moment.isocalendar()[:2] for moment in days}
    assert len(weeks) == 8 and len(days) == 14 + 8 - len({moment.isocalendar()[:2] for moment in days[:14]})
    assert len([item for item in backups_of(shop.path) if item.reason == "undo"]) == 5
    assert len(list(folder.glob("*.key"))) == len(backups_of(shop.path))
    assert (folder / "my own copy.db").exists() and summary_of(taken.path).orders == 3
    assert is_due(shop, NOON - timedelta(days=30))  # a clock that was ahead hides no day


def test_a_database_in_which_nothing_was_stored_opens_without_a_backup(tmp_path: Path):
    place = tmp_path / "shop.db"
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        migrations.upgrade(connection, "0002")
    engine.dispose()
    connect(str(place)).close()
    assert backups_of(place) == []


def test_a_migration_and_the_undo_of_an_import_come_after_a_backup(shop: Database, tmp_path: Path):
    with pytest.raises(undo_import.UnknownImport):
        undo_import.undo(shop, 4711, actor=OWNER)
    assert [item.reason for item in backups_of(shop.path)] == ["undo"]
    old = tmp_path / "old" / "shop.db"
    old.parent.mkdir()
    shutil.copy(OLD, old)
    connect(str(old)).close()
    (taken,) = backups_of(old)
    assert taken.reason == "migration" and summary_of(taken.path).orders == summary_of(OLD).orders > 0
    restore(
        taken.path, tmp_path / "again" / "shop.db", connect
    )  # restoring migrates a copy: no backup of that
    assert backups_of(tmp_path / "again" / "shop.db") == []


@pytest.mark.sqlite_file("damages a file")
def test_the_drill_restores_the_newest_and_finds_what_is_wrong(shop: Database):
    with pytest.raises(NoBackup):
        drill(shop.path)
    back_up(shop, "daily", NOON)
    report = drill(shop.path)
    assert report.is_well and report.summary.orders == 3 and report.summary.has_key
    assert [check.name for check in report.checks] == ["rows", "key", "photos", "figures"]
    newest = backups_of(shop.path)[0].path
    other = connect(str(newest))
    with other.write(quiet=True) as connection:
        connection.execute(text("UPDATE fact_day SET orders = orders + 1"))
    other.close()
    key_of(newest).unlink()
    ill = [check.name for check in drill(shop.path).checks if not check.ok]
    assert ill == ["key", "figures"]


def test_a_second_folder_gets_every_backup_encrypted_or_not(shop: Database, tmp_path: Path):
    usb = tmp_path / "usb"
    with pytest.raises(UnreachableFolder):
        choose_second_folder(shop, str(usb), actor=OWNER)
    usb.mkdir()
    back_up(shop, "daily", NOON)
    choose_second_folder(shop, str(usb), actor=OWNER)
    assert copy_to_second_folder(shop) == 1 and names(shop, usb) == names(shop)
    usb.rename(tmp_path / "away")
    with pytest.raises(UnreachableFolder):
        back_up(shop, "daily", NOON + timedelta(days=1))
    assert len(names(shop)) == 2
    (tmp_path / "away").rename(usb)
    choose_second_folder(shop, str(usb), WORDS, actor=OWNER)
    assert copy_to_second_folder(shop) == 1
    sealed = next(item for item in backups_of(shop.path, usb) if item.is_sealed)
    content = sealed.path.read_bytes()
    for secret in (b"SQLite format", b"order_line", key_of(shop.path).read_bytes(), WORDS.encode()):
        assert secret not in content and secret not in shop.path.read_bytes().replace(
            b"SQLite format", b""
        ).replace(b"order_line", b"")
    (tmp_path / "out").mkdir()
    file = opened(sealed.path, tmp_path / "out", WORDS)
    place = tmp_path / "other" / "shop.db"
    restore(file, place, connect)
    assert summary_of(place).orders == 3 and key_of(place).read_bytes() == key_of(shop.path).read_bytes()
    assert drill(shop.path, sealed.path, WORDS).is_well


def test_an_encrypted_backup_that_was_cut_or_changed_is_none(shop: Database, tmp_path: Path):
    (tmp_path / "usb").mkdir()
    choose_second_folder(shop, str(tmp_path / "usb"), WORDS, actor=OWNER)
    with time_machine.travel(NOON, tick=False):
        back_up(shop, "manual")
    (sealed,) = backups_of(shop.path, tmp_path / "usb")
    whole = sealed.path.read_bytes()
    start = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    with pytest.raises(WrongPassphrase):
        opened(sealed.path, tmp_path / "usb", "wrong words of spring")
    for number, bad in enumerate(
        (whole[: start + CHUNK + 17], whole[:-1], whole[:start], whole[:10], b"", whole[:-3] + b"abc")
    ):
        folder = tmp_path / f"out{number}"
        folder.mkdir()
        sealed.path.write_bytes(bad)
        with pytest.raises(DamagedSealedBackup):
            opened(sealed.path, folder, WORDS)
