"""Contacts that people leave: in no place readable without the owner's passphrase, and all there with it."""

import csv
import random
from pathlib import Path

import pytest

from etl.imports.importer import import_file
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.comments import leads, vault
from shop.comments.vault import ContactKeyExists, NoContactKey
from shop.core.passphrase import PassphraseTooShort, WrongPassphrase
from shop.db.backup import backup
from shop.db.database import Database, sqlite_driver
from shop.export.tables import write_table
from shop.undo.catalog import undo
from tests.support.remarks.written_contacts import phone_of

PASSPHRASE = "four words in clay"
WAYS = ("微信同号 {n}", "V❤{n}", "加我 {n}", "电话：{n} 想批发", "{n}", "我想定做一套，vx {n}")


def comments_file(path: Path, phones: list[str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("评论ID", "上级评论ID", "用户ID", "昵称", "评论内容", "评论时间", "点赞数", "回复数"))
        for number, phone in enumerate(phones):
            words = WAYS[number % len(WAYS)].format(n=phone)
            rows.writerow(
                (f"7{number:018d}", "-", f"u{number}", "茶友", words, "2026-10-01 10:00:00", "0", "0")
            )
        rows.writerow(("7999", "-", "u", "茶友", f"时间坏了 {phones[0]}", "3天前", "0", "0"))
    return path


def leaks(folder: Path, phones: list[str]) -> list[tuple[str, str]]:
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("comments.csv", "again.csv", "later.csv")
    ]
    assert any(path.suffix == ".db" for path in files)
    return [(path.name, phone) for path in files for phone in phones if phone.encode() in path.read_bytes()]


def sealed_shop(db: Database, tmp_path: Path, count: int) -> list[str]:
    rng = random.Random(3)
    phones = [phone_of(rng) for _ in range(count)]
    vault.create_key(db, PASSPHRASE, actor=OWNER)
    report = import_file(
        db, comments_file(tmp_path / "comments.csv", phones), settings={"platform": "douyin"}
    )
    assert (report.stored, report.rejected) == (count, 1)
    return phones


def check(db: Database, tmp_path: Path, count: int) -> None:
    phones = sealed_shop(db, tmp_path, count)
    backup(db, tmp_path / "backup" / "copy.db")
    write_table(db, "comment", tmp_path / "out.csv")
    assert leaks(tmp_path, phones) == []
    opened = vault.open_contacts(db, PASSPHRASE, actor=OWNER)
    assert sorted(value for pairs in opened.values() for _, value in pairs) == sorted(phones)


def test_contacts_are_nowhere_readable_and_all_come_back(db: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    check(db, tmp_path, 60)


@pytest.mark.proof
def test_1000_contacts_are_nowhere_readable_and_all_come_back(db: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    check(db, tmp_path, 1_000)


def test_reading_the_file_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    sealed_shop(db, tmp_path, 12)
    before = (
        sqlite_driver().connect(db.path).execute("SELECT comment_id, sealed_contact FROM comment").fetchall()
    )
    other = tmp_path / "again.csv"
    other.write_bytes((tmp_path / "comments.csv").read_bytes() + b"\r\n")
    report = import_file(db, other, settings={"platform": "douyin"})
    assert (report.stored, report.unchanged) == (0, 12)
    assert (
        sqlite_driver().connect(db.path).execute("SELECT comment_id, sealed_contact FROM comment").fetchall()
        == before
    )


def test_without_a_key_contacts_are_blotted_out_for_good(db: Database, tmp_path: Path) -> None:
    phones = ["13812345678"]
    import_file(db, comments_file(tmp_path / "comments.csv", phones), settings={"platform": "douyin"})
    assert leaks(tmp_path, phones) == []
    with pytest.raises(NoContactKey):
        vault.open_contacts(db, PASSPHRASE, actor=OWNER)
    assert [item.has_contact for item in leads.leads(db)] == [False]


def test_only_the_owner_with_the_passphrase_opens_contacts(db: Database, tmp_path: Path) -> None:
    phones = sealed_shop(db, tmp_path, 3)
    with pytest.raises(WrongPassphrase):
        vault.open_contacts(db, "four words in mud", actor=OWNER)
    with pytest.raises(NotAllowed):
        vault.open_contacts(db, PASSPHRASE, actor=Actor("li", "assistant"))
    with pytest.raises(ContactKeyExists):
        vault.create_key(db, "another phrase", actor=OWNER)
    with pytest.raises(PassphraseTooShort):
        vault.change_passphrase(db, PASSPHRASE, "short", actor=OWNER)
    vault.change_passphrase(db, PASSPHRASE, "a new phrase of the owner", actor=OWNER)
    with pytest.raises(WrongPassphrase):
        vault.open_contacts(db, PASSPHRASE, actor=OWNER)
    opened = vault.open_contacts(db, "a new phrase of the owner", actor=OWNER)
    assert {value for pairs in opened.values() for _, value in pairs} == set(phones)


def test_an_erased_lead_stays_erased_when_its_file_is_read_again(db: Database, tmp_path: Path) -> None:
    sealed_shop(db, tmp_path, 3)
    key = leads.leads(db)[0].key
    number = leads.update_lead(db, key, {"note": "call her", "state": "contacted"}, actor=OWNER)
    undo(db, undo(db, number, actor=OWNER), actor=OWNER)
    leads.erase_lead(db, key, actor=OWNER)
    text = (tmp_path / "comments.csv").read_text("utf-8-sig").replace(",0,0", ",9,0")
    other = tmp_path / "later.csv"
    other.write_text(text, encoding="utf-8-sig")
    import_file(db, other, settings={"platform": "douyin"})
    item = next(item for item in leads.leads(db) if item.key == key)
    assert (item.has_contact, item.note, item.is_erased, item.state) == (False, "", True, "contacted")
    assert key not in vault.open_contacts(db, PASSPHRASE, actor=OWNER)
    audit = (
        sqlite_driver()
        .connect(db.path)
        .execute("SELECT undo FROM audit WHERE undo LIKE '%call her%'")
        .fetchall()
    )
    assert audit == []
