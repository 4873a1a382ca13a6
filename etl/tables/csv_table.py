"""CSV tables with any of four separators: a fast reader (Arrow), and a careful one for damaged files."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from etl.errors import EmptyFile, TooManyColumns
from etl.tables.base import (
    HEAD_ROWS,
    MAX_COLUMNS,
    BadRow,
    Chunk,
    Reread,
    Table,
    chunks_of_rows,
    clean,
    trimmed,
    without_blank_rows,
)
from etl.tables.encoding import HEAD_BYTES, detect_encoding

BLOCK_BYTES = 512 << 10  # what is read ahead is many blocks: small ones need little memory


ROWS_TOGETHER = 8_000


MAX_RECORD_LINES = 200  # a quote that stays open longer is damage, not a cell with line breaks


DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class CsvTable(Table):
    """A table of delimited text; `offsets` are the bytes at which the row after each head row begins."""

    encoding: str
    delimiter: str
    offsets: Sequence[int]

    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below the header, by the fast reader or by the careful one."""
        width = len(self.head[header])
        if careful:
            return chunks_of_rows(_careful_records(self, self.offsets[header]), header, width, wanted)
        return _fast_chunks(self, header, width, wanted)

    def raw_rows(self) -> Iterator[Sequence[str | None]]:
        """All rows, every cell as it was written."""
        encoding = "utf-8-sig" if self.encoding.startswith("utf-8") else self.encoding
        with self.path.open(encoding=encoding, errors="replace", newline="") as file:
            yield from csv.reader(file, delimiter=self.delimiter)

    def share_read(self, rows: int) -> float:
        """About which share of the file these rows are, by the length of its first rows."""
        per_row = self.offsets[-1] / max(len(self.head), 1)
        return min(rows * per_row / max(self.path.stat().st_size, 1), 1.0)


def open_csv(
    path: Path, name: str, head: bytes, delimiter: str | None, encoding: str | None, *, thorough: bool
) -> CsvTable:
    """Open delimited text whose first bytes are `head`; separator and encoding are detected unless given."""
    encoding, start = detect_encoding(path, name, head, encoding, thorough=thorough)
    text = codecs.getincrementaldecoder(encoding)(_errors(encoding)).decode(head[start:])
    if len(head) == HEAD_BYTES:  # the last line may be cut: leave it out of the head
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        raise EmptyFile(file=name)
    delimiter = delimiter or _detect_delimiter(text)
    rows, offsets = _head_rows(text, delimiter, encoding, start)
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
    return CsvTable(path, name, rows, encoding, delimiter, offsets)


def _detect_delimiter(text: str) -> str:
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
    """The error handler that preserves broken bytes of the first rows, so that bytes up to a row are countable."""
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


def _fast_chunks(table: CsvTable, header: int, width: int, wanted: Mapping[str, int]) -> Iterator[Chunk]:
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
            with _no_unraisable_print():
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
            for batch in _joined(reader):
                rows, start = _number_rows(batch.num_rows, start, bad)
                yield _chunk_of_batch(batch, wanted, rows + header + 2, bad, header, width)
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
def _no_unraisable_print() -> Iterator[None]:
    """Arrow raises what is wrong with a row that it cannot decode, and prints it too: the print is dropped."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _joined(batches: Iterator[Any]) -> Iterator[Any]:
    """Small batches joined to chunks that are worth a round of parsing and storing."""
    small: list[Any] = []
    while True:
        with _no_unraisable_print():
            batch = next(batches, None)
        if batch is None:
            break
        small.append(batch)
        if sum(batch.num_rows for batch in small) >= ROWS_TOGETHER:
            yield pa.Table.from_batches(small).combine_chunks().to_batches()[0]
            small = []
    if sum(batch.num_rows for batch in small):
        yield pa.Table.from_batches(small).combine_chunks().to_batches()[0]


def _number_rows(good: int, start: int, bad: list[Any]) -> tuple[np.ndarray, int]:
    """The 0-based data row of each good row, given the rows that were skipped among them."""
    skipped = np.array([row.number - 1 for row in bad], np.int64)
    numbers = np.arange(start, start + good + len(bad), dtype=np.int64)
    return numbers[~np.isin(numbers, skipped)][:good], start + good + len(bad)


def _bad_rows(bad: list[Any], header: int, width: int) -> list[BadRow]:
    rows = []
    for row in bad:
        if "\n" in row.text:
            raise Reread("an open quote")
        details = {"found": row.actual_columns, "expected": width}
        rows.append(BadRow(row.number + header + 1, "WrongWidth", details, row.text))
    return rows


def _chunk_of_batch(
    batch: Any, wanted: Mapping[str, int], rows: np.ndarray, bad: list[Any], header: int, width: int
) -> Chunk:
    columns = {name: trimmed(batch.column(str(place))) for name, place in wanted.items()}
    return without_blank_rows(Chunk(columns, rows, _bad_rows(bad, header, width)))


def _careful_records(table: CsvTable, offset: int) -> Iterator[Sequence[Any]]:
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
    """After a quote that never closes: its line alone is lost, the lines after it are read again."""
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
