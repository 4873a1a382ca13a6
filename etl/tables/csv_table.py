"""CSV tables with any of four separators: a fast reader (Arrow), and a careful one for damaged files."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    Chunk,
    Reread,
    Table,
    chunks_of_rows,
    clean,
    trimmed,
    without_blank_rows,
)
from etl.tables.row_shape import BROKEN_OFF, MAX_COLUMNS, OPEN_QUOTE
from etl.tables.text.csv_records import file_records, records
from etl.tables.text.delimiter import detect_delimiter
from etl.tables.text.encoding import HEAD_BYTES, detect_encoding, needs_care

BLOCK_BYTES = 512 << 10  # what is read ahead is many blocks: small ones need little memory


ROWS_TOGETHER = 8_000


@dataclass(frozen=True)
class CsvTable(Table):
    """A table of delimited text; `offsets` are the bytes at which the row after each head row begins."""

    encoding: str
    delimiter: str
    offsets: Sequence[int]
    needs_care: bool = False

    def chunks(self, header: int, wanted: Mapping[str, int], *, careful: bool = False) -> Iterator[Chunk]:
        """The rows below the header, by the fast reader or by the careful one."""
        if careful or self.needs_care:
            below = islice(self._records(), header + 1, None)
            return chunks_of_rows(below, header, self.head, wanted)
        return _fast_chunks(self, header, len(self.head[header]), wanted)

    def _records(self) -> Iterator[list[str]]:
        return file_records(self.path, self.encoding, self.delimiter)

    def raw_rows(self) -> Iterator[Sequence[str | None]]:
        """All rows, every cell as it was written."""
        for record in self._records():
            yield record[1:] if record[:1] in ([OPEN_QUOTE], [BROKEN_OFF]) else record

    def share_read(self, rows: int) -> float:
        """About which share of the file these rows are, by the length of its first rows."""
        per_row = self.offsets[-1] / max(len(self.head), 1)
        return min(rows * per_row / max(self.path.stat().st_size, 1), 1.0)


def open_csv(path: Path, name: str, head: bytes, delimiter: str | None, encoding: str | None) -> CsvTable:
    """Open delimited text whose first bytes are `head`; separator and encoding are detected unless given."""
    encoding, start = detect_encoding(path, name, head, encoding)
    text = codecs.getincrementaldecoder(encoding)(_errors(encoding)).decode(head[start:])
    if len(head) == HEAD_BYTES:  # the last line may be cut: leave it out of the head
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        raise EmptyFile(file=name)
    delimiter = delimiter or detect_delimiter(text)
    rows, offsets = _head_rows(text, delimiter, encoding, start)
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise TooManyColumns(file=name, found=width, limit=MAX_COLUMNS)
    return CsvTable(path, name, rows, encoding, delimiter, offsets, needs_care(path, encoding))


def _head_rows(text: str, delimiter: str, encoding: str, start: int) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the byte at which the next one begins."""
    lines = _Counted(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    offsets: list[int] = []
    for row in islice(records(lines, delimiter), HEAD_ROWS):
        rows.append([clean(cell.encode("utf-8", "replace").decode()) for cell in row])
        consumed = text[: lines.characters]
        offsets.append(start + len(consumed.encode(encoding, _errors(encoding))))
    return rows, offsets


class _Counted:
    """Lines, and how many characters of them were read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.characters = iter(lines), 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.characters += len(line)
        return line


def _errors(encoding: str) -> str:
    """The error handler that preserves broken bytes of the first rows, so that bytes up to a row are countable."""
    return "surrogateescape" if encoding in ("utf-8", "gb18030") else "replace"


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
            start = header + 2
            for batch in _joined(reader):
                if bad:
                    raise Reread("rows of another width than the header")
                rows = np.arange(start, start + batch.num_rows, dtype=np.int64)
                start += batch.num_rows
                yield _chunk_of_batch(batch, wanted, rows)
            if bad:
                raise Reread("rows of another width than the header")
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


def _chunk_of_batch(batch: Any, wanted: Mapping[str, int], rows: np.ndarray) -> Chunk:
    columns = {name: trimmed(batch.column(str(place))) for name, place in wanted.items()}
    return without_blank_rows(Chunk(columns, rows))
