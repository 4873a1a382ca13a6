"""A file that asks for more memory or time than any export: a reason that says so, and a program that goes on."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from etl.errors import OutOfMemory, OutOfTime, TooBig, TooManyColumns
from etl.imports import worker
from etl.imports.importer import import_file
from etl.tables import zip_guard
from etl.tables.open import open_table
from etl.tables.workbooks import reading_process
from shop.db.database import Database
from tests.support.files_by_kind import SAMPLES


def workbook_of(path: Path, *cells: str) -> Path:
    """An XLSX with a word in each of these cells."""
    book = openpyxl.Workbook()
    for cell in cells:
        book.active[cell] = "甲"
    book.save(path)
    return path


def test_a_cell_far_away_is_read_within_the_memory_of_another_process(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemory, match="1024 MB"):
        open_table(workbook_of(tmp_path / "far.xlsx", "A1", "XFD1048576"))


def test_a_workbook_is_read_alike_in_this_process_and_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook_of(tmp_path / "near.xlsx", "A1", "B2", "C30")
    here = [table.head for table in open_table(path)]
    monkeypatch.setattr(zip_guard, "MOST_SMALL_CELLS", 0)
    assert [table.head for table in open_table(path)] == here != []


def test_a_reader_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_process, "CODE", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(OutOfTime, match="120 seconds"):
        open_table(workbook_of(tmp_path / "far.xlsx", "A1", "XFD1048576"))


def test_rows_that_take_too_long_end_the_import_and_store_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "seconds_for", lambda path: 0)
    sample = SAMPLES[0]
    with pytest.raises(OutOfTime):
        import_file(db, sample.path, kind=sample.kind, settings=dict(sample.settings))
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM source_file").scalar() == 0


def test_an_archive_that_lies_about_its_size_is_counted_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_guard, "MAX_WORKBOOK_MB", 1)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"\0" * (3 << 20))
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(content.getvalue())
    with pytest.raises(TooBig):
        open_table(path)


def test_records_with_names_of_their_own_are_too_wide_before_they_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text("[" + ",".join(f'{{"k{number}": 1}}' for number in range(2_000)) + "]")
    with pytest.raises(TooManyColumns, match="2000 columns"):
        open_table(path)


def test_one_line_without_an_end_is_read_in_parts(db: Database, tmp_path: Path) -> None:
    sample = next(item for item in SAMPLES if not item.own_profile and item.encoding != "utf-16")
    whole = import_file(db, sample.path, kind=sample.kind, settings=dict(sample.settings), dry_run=True)
    path = tmp_path / sample.path.name
    path.write_bytes(sample.path.read_bytes() + b"x" * (9 << 20))
    result = import_file(db, path, kind=sample.kind, settings=dict(sample.settings))
    assert result.stored == whole.stored and result.rejected > whole.rejected
