"""Open any exported table, CSV or workbook, and read it in chunks of text cells.

CSV in UTF-8 (with or without BOM), UTF-16 or GB18030 and with any of four separators; XLSX and XLS,
also locked ones; HTML, XML 2003 and web archives, however they are named.
Cells come as trimmed text; rows have the number that a spreadsheet shows for them. Memory is bounded
by the chunk for CSV; workbooks are checked before they are unpacked.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from etl.errors import EmptyFile, FileMissing, IsAFolder, NotATable, OutOfMemory, TooBig, UnreadableFile
from etl.tables.base import Reread, Table
from etl.tables.csv_table import open_csv
from etl.tables.markup import is_markup, read_markup
from etl.tables.records import is_records, read_records
from etl.tables.text.encoding import HEAD_BYTES
from etl.tables.workbook import open_workbook, tables_of_worksheets
from etl.tables.workbooks.reading_process import MEMORY_MB, Reader, read_in_process
from shop.core.errors import ShopError

MAX_FILE_MB = 8_192
SMALL_BYTES = 256 << 10  # read in this process: even a cell that spans a thousand others takes little then


def open_table(
    path: Path,
    *,
    name: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    password: str | None = None,
) -> list[Table]:
    """Open a file: one table, or one per worksheet of a workbook that has rows.

    `password` opens a locked workbook. Raises the FileRejected that explains what the file is instead.
    """
    name = name or path.name or str(path)
    with guard(name):
        return _open(path, name, delimiter, encoding, password)


@contextmanager
def guard(name: str, place: str = "") -> Iterator[None]:
    """Turn any failure of a reading library into a reason with the file and the place in it."""
    try:
        yield
    except (ShopError, Reread, GeneratorExit, SQLAlchemyError):
        raise
    except MemoryError as problem:
        raise OutOfMemory(file=name, limit=MEMORY_MB) from problem
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"[:200]
        raise UnreadableFile(file=name, place=place, found=reason) from problem


def _open(
    path: Path, name: str, delimiter: str | None, encoding: str | None, password: str | None
) -> list[Table]:
    if not path.is_file():
        if path.is_dir():
            raise IsAFolder(file=name)
        raise FileMissing(file=name)
    size = path.stat().st_size
    if size > MAX_FILE_MB << 20:
        raise TooBig(file=name, size=size >> 20, limit=MAX_FILE_MB)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0\r\n\t ,;"):
        raise EmptyFile(file=name)
    if head.startswith((b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0")):
        return [*open_workbook(path, name, head, password)]
    is_small = size <= SMALL_BYTES
    for is_such, reader in READERS:
        if is_such(head):
            given = (path, name, head)
            worksheets = [*reader(*given)] if is_small else read_in_process(reader, name, *given)
            if worksheets:
                return [*tables_of_worksheets(path, name, worksheets)]
    _refuse_other_formats(name, head)
    return [open_csv(path, name, head, delimiter, encoding)]


READERS: tuple[tuple[Callable[[bytes], bool], Reader], ...] = (
    (is_records, read_records),
    (is_markup, read_markup),
)
"""The readers of whole files into memory, by whether a file begins as one for them."""

MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"SQLite format 3": "a database",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}


def _refuse_other_formats(name: str, head: bytes) -> None:
    for magic, result in MAGIC.items():
        if head.startswith(magic):
            raise NotATable(file=name, found=result)
    start = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"{", b"[{")):
        raise NotATable(file=name, found="a JSON document")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _is_binary(head):
        raise NotATable(file=name, found="binary data")


def _is_binary(head: bytes) -> bool:
    """Whether zero bytes are more than a stray one within text."""
    return head.count(b"\0") > max(len(head) // 1_000, 3)
