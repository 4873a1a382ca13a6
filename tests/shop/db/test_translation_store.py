"""Translations are kept in a file from one process to the next, and nothing depends on it."""

from pathlib import Path

import pytest

from shop.db.database import sqlite_driver
from shop.db.postgresql import translation_store
from shop.db.postgresql.translation import TranslatedSql, translate

TEXTS = (
    "SELECT n / 2 AS half FROM t WHERE s LIKE :like",
    "INSERT OR REPLACE INTO order_line (shop_id, platform, order_id, line_id, status) VALUES (?, 'own', ?, ?, ?)",
    "UPDATE t SET n = ?2 WHERE k = ?1",
    "DELETE FROM t WHERE k = ? AND s <> '日%'",
)


def never() -> str:
    raise AssertionError("translated again")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(translation_store, "place", lambda: tmp_path / "kilnboard" / "statements.db")
    translate.cache_clear()
    return tmp_path


def test_a_translation_is_read_back_as_it_was_made() -> None:
    made = [translate(text) for text in TEXTS]
    translate.cache_clear()  # as another process has it
    found = [TranslatedSql.of_text(translation_store.translation_of(text, never)) for text in TEXTS]
    assert found == made and [translate(text) for text in TEXTS] == made


def test_what_another_version_wrote_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert translation_store.translation_of("SELECT 1", lambda: "old") == "old"
    monkeypatch.setattr(translation_store, "_version", lambda: "another")
    assert translation_store.translation_of("SELECT 1", lambda: "new") == "new"
    assert translation_store.translation_of("SELECT 1", never) == "new"


def test_a_file_that_is_damaged_or_locked_or_of_no_folder_stops_nothing(home: Path) -> None:
    file = translation_store.place()
    translation_store.translation_of("SELECT 1", lambda: "one")
    writer = sqlite_driver().connect(file, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    assert translation_store.translation_of("SELECT 1", lambda: "again") == "again"
    writer.close()
    file.write_bytes(b"no database" * 1000)
    assert translation_store.translation_of("SELECT 1", lambda: "again") == "again"
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("a file")
    assert translation_store.translation_of("SELECT 1", lambda: "again") == "again"


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation_store, "MOST", 3)
    for number in range(9):
        translation_store.translation_of(f"SELECT {number}", lambda number=number: str(number))  # type: ignore[misc]
    assert translation_store.translation_of("SELECT 8", never) == "8"
    assert translation_store.translation_of("SELECT 0", lambda: "again") == "again"
