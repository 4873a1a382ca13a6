"""Open any exported table, CSV or workbook, and read it in chunks of text cells.

CSV in UTF-8 (with or without BOM), UTF-16 or GB18030 and with any of four separators; XLSX and XLS.
Cells come as trimmed text; rows have the number that a spreadsheet shows for them. Memory is bounded
by the chunk for CSV; workbooks are checked before they are unpacked.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from etl.errors import EmptyFile, FileMissing, NotATable, TooBig
from etl.tables.base import Table
from etl.tables.csv_table import open_csv
from etl.tables.encoding import HEAD_BYTES
from etl.tables.records import read_records
from etl.tables.workbook import open_workbook, table_of_records

MAX_FILE_MB = 8_192


def open_table(
    path: Path,
    *,
    name: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    thorough: bool = False,
) -> list[Table]:
    """Open a file: one table, or one per sheet of a workbook that has rows.

    `thorough` judges the encoding by the whole file, not by its beginning.
    Raises the FileRejected that says what the file is instead.
    """
    name = name or path.name
    if not path.is_file():
        raise FileMissing(file=name)
    size = path.stat().st_size
    if size > MAX_FILE_MB << 20:
        raise TooBig(file=name, size=size >> 20, limit=MAX_FILE_MB)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0\r\n\t ,;"):
        raise EmptyFile(file=name)
    if head.startswith((b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0")):
        return [*open_workbook(path, name, head)]
    if (records := read_records(path, name, head)) is not None:
        return [table_of_records(path, name, records)]
    _refuse_other_formats(name, head)
    return [open_csv(path, name, head, delimiter, encoding, thorough=thorough)]


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
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<script")) or b"<html" in start:
        raise NotATable(file=name, found="a web page (perhaps the login had expired)")
    if start.startswith((b"<?xml", b"<")):
        raise NotATable(file=name, found="an XML document")
    if start.startswith((b"{", b"[{")):
        raise NotATable(file=name, found="a JSON document")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" in head:
        raise NotATable(file=name, found="binary data")
