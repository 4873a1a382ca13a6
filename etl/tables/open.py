"""Opens any exported table, whatever its wrapping, and hands it on in chunks of text cells.

CSV in UTF-8 (with or without BOM), UTF-16 or GB18030 and with any of four separators; XLSX and XLS.
Cells come as trimmed text; rows keep the number that a spreadsheet shows for them. Memory is bounded
by the chunk for CSV; workbooks are checked before they are unpacked.
"""

from __future__ import annotations

import codecs
import csv
import io
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from etl.errors import (
    BadEncoding,
    DamagedFile,
    EmptyFile,
    FileMissing,
    LockedFile,
    NotATable,
    TooBig,
    TooManyColumns,
)

BLOCK_BYTES = 512 << 10  # what is read ahead is many blocks: small ones keep memory small
ROWS_TOGETHER = 8_000
ROWS_AT_ONCE = 10_000
HEAD_BYTES = 256 << 10
HEAD_ROWS = 40
MAX_COLUMNS = 1_000
MAX_FILE_MB = 8_192
MAX_WORKBOOK_MB = 1_024
MAX_RECORD_LINES = 200  # a quote that stays open longer is damage, not a cell with line breaks
DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class BadRow:
    """One record that does not fit the header: its row number, what it holds and what was expected."""

    row: int
    code: str
    details: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table: text columns by name (null for an empty cell) and their row numbers."""

    columns: Mapping[str, pa.StringArray]
    rows: np.ndarray
    bad: Sequence[BadRow] = ()

    def __len__(self) -> int:
        return len(self.rows)


class Reread(Exception):
    """The fast reader met something that only the careful one can read; start again with it."""


@dataclass(frozen=True)
class Table:
    """One opened table: its first rows, and its rest in chunks. `wrapping` is csv or workbook."""

    path: Path
    name: str
    wrapping: str
    head: Sequence[Sequence[str]]
    encoding: str = "utf-8"
    delimiter: str = ","
    offsets: Sequence[int] = ()
    sheet: Sequence[Sequence[Any]] = field(default=(), repr=False)
    sheet_name: str = ""

    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below row `header` (0-based), only the columns `wanted` (name: position).

        Raises Reread when the fast reader gives up, BadEncoding when no reader can go on.
        """
        width = len(self.head[header])
        if self.wrapping == "workbook":
            return _chunks_of_rows(iter(self.sheet[header + 1 :]), header, width, wanted)
        if careful:
            records = _careful_records(self, self.offsets[header])
            return _chunks_of_rows(records, header, width, wanted)
        return _fast_chunks(self, header, width, wanted)


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
    Raises the FileRefused that says what the file is instead.
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
        return _open_workbook(path, name, head)
    _refuse_other_formats(name, head)
    return [_open_csv(path, name, head, delimiter, encoding, thorough=thorough)]


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
    for magic, found in MAGIC.items():
        if head.startswith(magic):
            raise NotATable(file=name, found=found)
    start = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<script")) or b"<html" in start:
        raise NotATable(file=name, found="a web page (perhaps the login had expired)")
    if start.startswith((b"<?xml", b"<")):
        raise NotATable(file=name, found="an XML document")
    if start.startswith((b"{", b"[{")):
        raise NotATable(file=name, found="a JSON document")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" in head:
        raise NotATable(file=name, found="binary data")


# --- CSV -----------------------------------------------------------------------------------------


def _open_csv(
    path: Path, name: str, head: bytes, delimiter: str | None, encoding: str | None, *, thorough: bool
) -> Table:
    encoding, start = _sniff_encoding(path, name, head, encoding, thorough=thorough)
    text = codecs.getincrementaldecoder(encoding)(_errors(encoding)).decode(head[start:])
    if len(head) == HEAD_BYTES:  # the last line may be cut: leave it out of the head
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        raise EmptyFile(file=name)
    delimiter = delimiter or _sniff_delimiter(text)
    rows, offsets = _head_rows(text, delimiter, encoding, start)
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
    return Table(path, name, "csv", rows, encoding, delimiter, offsets)


def _sniff_encoding(
    path: Path, name: str, head: bytes, given: str | None, *, thorough: bool
) -> tuple[str, int]:
    """The encoding and the length of the byte order mark."""
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            return encoding, len(bom)
    if given:
        if not _decodes(path, given):
            raise BadEncoding(file=name, encoding=given)
        return given, 0
    if not thorough and _begins_as(head, "utf-8"):
        return "utf-8", 0  # should it turn out otherwise further down, the table is opened anew
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding, 0
    if _decodes_mostly(head, "utf-8"):
        return "utf-8", 0  # a few broken bytes: their rows are set aside, the rest is kept
    if _is_western(head):
        return "cp1252", 0
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise BadEncoding(file=name, encoding="UTF-8, UTF-16 or GB18030")
    return best.encoding, 0


def _begins_as(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in this encoding; GB18030 must also look like Chinese."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    chinese = other = 0
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                if block.isascii():
                    continue
                text = decoder.decode(block)
                if encoding == "gb18030" and chinese + other < 1 << 16:
                    chinese += sum(
                        "一" <= letter <= "鿿" or "　" <= letter <= "〿" or "！" <= letter <= "～"
                        for letter in text
                    )
                    other += sum(letter > "\x7f" for letter in text)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return encoding != "gb18030" or chinese >= 0.6 * other


WESTERN = frozenset("£€§°éèêëàâäáãåçñöôòóõøüûúùíìîïßÄÖÜÉÈÊÀÂÁÇÑÅØÓÚÍæÆœŒ’‘“”–—…«»¿¡ºª·×½¼¾®©™²³µ±´\xa0")


def _is_western(head: bytes) -> bool:
    """Whether the text is cp1252: nearly all its letters beyond ASCII are of western Europe."""
    beyond = [letter for letter in head.decode("cp1252", "replace") if letter > "\x7f"]
    return sum(letter in WESTERN for letter in beyond) >= 0.95 * len(beyond)


def _decodes_mostly(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, "replace")
    return text.count("�") * 200 < sum(letter > "\x7f" for letter in text)


def _sniff_delimiter(text: str) -> str:
    """The separator that cuts the first lines into the most cells, evenly."""

    def score(delimiter: str) -> tuple[int, int]:
        sample = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 12))
        widths = [len(row) for row in sample if row]
        widest = max(widths, default=0)
        return (widths.count(widest) > 1 or len(widths) < 2, widest)

    csv.field_size_limit(1 << 24)
    return max(DELIMITERS, key=score)


def _head_rows(text: str, delimiter: str, encoding: str, start: int) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the byte at which the next one begins."""
    lines = text.splitlines(keepends=True)
    lines = _join_lines(lines)
    reader = csv.reader(iter(lines), delimiter=delimiter)
    rows: list[list[str]] = []
    offsets: list[int] = []
    for row in islice(reader, HEAD_ROWS):
        rows.append([clean(cell.encode("utf-8", "replace").decode()) for cell in row])
        consumed = "".join(lines[: reader.line_num])
        offsets.append(start + len(consumed.encode(encoding, _errors(encoding))))
    return rows, offsets


def _errors(encoding: str) -> str:
    """How broken bytes of the first rows are kept, so that the bytes up to a row can be counted."""
    return "surrogateescape" if encoding in ("utf-8", "gb18030") else "replace"


def _join_lines(lines: list[str]) -> list[str]:
    """Lines as files have them: str.splitlines also cuts at letters that are no line ends."""
    joined: list[str] = []
    for line in lines:
        if joined and not joined[-1].endswith(("\n", "\r")):
            joined[-1] += line
        else:
            joined.append(line)
    return joined


def clean(cell: str) -> str:
    """A cell without what spreadsheets and exports wrap around it: blanks, tabs, ' and ="…"."""
    cell = cell.strip().strip("\ufeff\u200b")
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1].strip()
    return cell.removeprefix("'")


def _fast_chunks(table: Table, header: int, width: int, wanted: Mapping[str, int]) -> Iterator[Chunk]:
    names = [str(place) for place in range(width)]
    chosen = [str(place) for place in wanted.values()]
    bad: list[Any] = []

    def on_bad_row(row: Any) -> str:
        bad.append(row)
        return "skip"

    file = table.path.open("rb")
    with file:
        file.seek(table.offsets[header])
        if not file.read(1):
            return
        file.seek(table.offsets[header])
        try:
            with _broken_bytes_told_once():
                reader = arrow_csv.open_csv(
                    file,
                    read_options=arrow_csv.ReadOptions(
                        column_names=names, block_size=BLOCK_BYTES, use_threads=False, encoding=table.encoding
                    ),
                    parse_options=arrow_csv.ParseOptions(
                        delimiter=table.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=on_bad_row,
                    ),
                    convert_options=arrow_csv.ConvertOptions(
                        include_columns=list(dict.fromkeys(chosen)),
                        column_types=dict.fromkeys(chosen, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
            start = 0
            for piece in _together(reader):
                rows, start = _number_rows(piece.num_rows, start, bad)
                yield _chunk_of_batch(piece, wanted, rows + header + 2, bad, header, width)
                bad.clear()
            if bad:
                yield Chunk(
                    {name: pa.array([], pa.string()) for name in wanted},
                    np.array([], np.int64),
                    _bad_rows(bad, header, width),
                )
        except (pa.ArrowInvalid, UnicodeDecodeError) as problem:
            raise Reread(str(problem)) from problem


@contextmanager
def _broken_bytes_told_once() -> Iterator[None]:
    """Arrow raises what is wrong with a row that it cannot decode, and prints it too: once is enough."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _together(batches: Iterator[Any]) -> Iterator[Any]:
    """Small batches joined to chunks that are worth a round of parsing and storing."""
    waiting: list[Any] = []
    while True:
        with _broken_bytes_told_once():
            batch = next(batches, None)
        if batch is None:
            break
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= ROWS_TOGETHER:
            yield pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]
            waiting = []
    if sum(part.num_rows for part in waiting):
        yield pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]


def _number_rows(good: int, start: int, bad: list[Any]) -> tuple[np.ndarray, int]:
    """The 0-based data row of each good row, given the rows that were skipped among them."""
    skipped = np.array([row.number - 1 for row in bad], np.int64)
    numbers = np.arange(start, start + good + len(bad), dtype=np.int64)
    return numbers[~np.isin(numbers, skipped)][:good], start + good + len(bad)


def _bad_rows(bad: list[Any], header: int, width: int) -> list[BadRow]:
    found = []
    for row in bad:
        if "\n" in row.text:
            raise Reread("an open quote")
        details = {"found": row.actual_columns, "expected": width}
        found.append(BadRow(row.number + header + 1, "WrongWidth", details, row.text))
    return found


def _chunk_of_batch(
    batch: Any, wanted: Mapping[str, int], rows: np.ndarray, bad: list[Any], header: int, width: int
) -> Chunk:
    columns = {name: trimmed(batch.column(str(place))) for name, place in wanted.items()}
    return without_blank_rows(Chunk(columns, rows, _bad_rows(bad, header, width)))


def trimmed(cells: pa.StringArray) -> pa.StringArray:
    """Cells as `clean` leaves them, null where nothing is left."""
    cells = pc.utf8_trim(cells, " \t\r\n\u00a0\u3000\ufeff\u200b")
    if pc.any(pc.starts_with(cells, '="')).as_py():
        cells = pc.replace_substring_regex(cells, '^="(.*)"$', r"\1")
    if pc.any(pc.starts_with(cells, "'")).as_py():
        cells = pc.replace_substring_regex(cells, "^'", "")
    return pc.if_else(pc.is_in(cells, EMPTY), pa.scalar(None, pa.string()), cells)


EMPTY = pa.array(["", "-", "--", "—", "null", "NULL", "None", "N/A", "n/a"])


def without_blank_rows(chunk: Chunk) -> Chunk:
    """The chunk without rows in which every wanted cell is empty (they are no records)."""
    blank = np.ones(len(chunk), bool)
    for cells in chunk.columns.values():
        if not blank.any():
            return chunk
        blank &= np.asarray(cells.is_null())
    if not blank.any():
        return chunk
    keep = pa.array(~blank)
    columns = {name: cells.filter(keep) for name, cells in chunk.columns.items()}
    return Chunk(columns, chunk.rows[~blank], chunk.bad)


def _careful_records(table: Table, offset: int) -> Iterator[Sequence[Any]]:
    """Records read line by line; an open quote costs one line, broken bytes cost one record."""
    with table.path.open("rb") as raw:
        raw.seek(offset)
        text = io.TextIOWrapper(raw, table.encoding, errors="replace", newline="")
        pending: list[str] = []
        for line in text:
            pending.append(line)
            joined = "".join(pending)
            if joined.count('"') % 2 == 0:
                yield from csv.reader([joined], delimiter=table.delimiter)
                pending = []
            elif len(pending) > MAX_RECORD_LINES or len(joined) > 1 << 20:
                yield from _resume(pending, table.delimiter)
                pending = []
        if pending:
            yield from _resume(pending, table.delimiter)


def _resume(pending: list[str], delimiter: str) -> Iterator[Sequence[Any]]:
    """After a quote that never closes: its line alone is lost, the lines behind it are read again."""
    yield [pending[0].rstrip("\r\n"), *([""] * (MAX_COLUMNS + 1))]
    rest: list[str] = []
    for line in pending[1:]:
        rest.append(line)
        joined = "".join(rest)
        if joined.count('"') % 2 == 0:
            yield from csv.reader([joined], delimiter=delimiter)
            rest = []
    for line in rest:
        yield [line.rstrip("\r\n"), *([""] * (MAX_COLUMNS + 1))]


def _chunks_of_rows(
    records: Iterator[Sequence[Any]], header: int, width: int, wanted: Mapping[str, int]
) -> Iterator[Chunk]:
    number = header + 1
    while piece := list(islice(records, ROWS_AT_ONCE)):
        good: list[Sequence[Any]] = []
        rows: list[int] = []
        bad: list[BadRow] = []
        for record in piece:
            number += 1
            problem = _record_problem(record, width, number)
            if problem is not None:
                bad.append(problem)
            elif len(record):
                good.append(record)
                rows.append(number)
        columns = {
            name: trimmed(pa.array([cell_text(r[place]) for r in good], pa.string()))
            for name, place in wanted.items()
        }
        yield without_blank_rows(Chunk(columns, np.array(rows, np.int64), bad))


def _record_problem(record: Sequence[Any], width: int, number: int) -> BadRow | None:
    if len(record) > MAX_COLUMNS:
        return BadRow(number, "OpenQuote", {}, str(record[0]))
    if len(record) not in (0, width) and any(cell not in ("", None) for cell in record):
        details = {"found": len(record), "expected": width}
        return BadRow(number, "WrongWidth", details, "\t".join(map(str, record)))
    if len(record) != width:
        return (
            None
            if not len(record)
            else BadRow(number, "WrongWidth", {"found": len(record), "expected": width}, "")
        )
    if any(isinstance(cell, str) and "�" in cell for cell in record):
        return BadRow(number, "BrokenBytes", {}, "\t".join(map(str, record)))
    return None


# --- workbooks -----------------------------------------------------------------------------------


def _open_workbook(path: Path, name: str, head: bytes) -> list[Table]:
    if head.startswith(b"PK"):
        _check_zip(path, name)
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names]
    except PasswordError as problem:
        raise LockedFile(file=name) from problem
    except Exception as problem:  # the library's errors share no base below Exception
        raise DamagedFile(file=name, found=type(problem).__name__) from problem
    tables = []
    for sheet_name, sheet in zip(book.sheet_names, sheets, strict=True):
        head_rows = [[clean(cell_text(cell) or "") for cell in row] for row in sheet[:HEAD_ROWS]]
        if not any(any(row) for row in head_rows):
            continue
        width = len(head_rows[0])
        if width > MAX_COLUMNS:
            raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
        tables.append(Table(path, name, "workbook", head_rows, sheet=sheet, sheet_name=sheet_name))
    if not tables:
        raise EmptyFile(file=name)
    return tables


def _check_zip(path: Path, name: str) -> None:
    """Refuse archives that are no workbook, are damaged, or unpack to more than the limit."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > MAX_WORKBOOK_MB << 20:
                raise TooBig(file=name, size=size >> 20, limit=MAX_WORKBOOK_MB)
            if not any(member.filename.startswith(("xl/", "content.xml")) for member in members):
                raise NotATable(file=name, found="a ZIP archive (unpack it and import what is inside)")
            if any(member.flag_bits & 1 for member in members):
                raise LockedFile(file=name)
            for member in members:  # a declared size may lie: the check sum is over the real bytes
                with archive.open(member) as part:
                    while part.read(1 << 20):
                        pass
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as problem:
        raise DamagedFile(file=name, found="the archive does not unpack") from problem
    except Exception as problem:
        if type(problem).__module__ == "zlib":
            raise DamagedFile(file=name, found="the archive does not unpack") from problem
        raise


def cell_text(cell: Any) -> str | None:
    """A workbook cell as the text that its export would have held; an exact number keeps its digits.

    A number beyond 15 digits has lost some in the spreadsheet: it stays in the form 6.9E+18, which
    no id column accepts.
    """
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell).upper()
    return str(cell)
