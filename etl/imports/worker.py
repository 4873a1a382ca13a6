"""Reading and parsing a file in chunks; large files in a process of their own.

Parsing needs no database, and storing uses one core fully: a large file is therefore read by a second
process, which sends each chunk while it parses the next one.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from etl.errors import OutOfTime, ReaderEnded
from etl.files.base import FileKind, Recognised
from etl.files.fields import Context, Reject
from etl.files.gifts import mark_gifts
from etl.files.rows import Rows
from etl.imports import registry
from etl.imports.records import records_of
from etl.imports.rejects import rejects_of
from etl.tables.base import Chunk, Reread, unbroken
from etl.tables.csv_table import CsvTable
from etl.tables.open import guard
from etl.tables.row_keys import Seen
from etl.tables.row_shape import BadRow
from etl.tables.workbooks.reading_process import PROCESSOR_SECONDS
from shop.core.errors import ShopError
from shop.orders.batch import IngestBatch

WORKER_FROM_BYTES = 16 << 20
SECONDS_PER_MB = 5
CODE = "from etl.imports import no_pandas; from etl.imports.worker import main; main()"


@dataclass(frozen=True)
class ParsedChunk:
    """One chunk of a file, ready to be stored: `read` rows, of which `rejects` are rejected.

    `rounded` amounts were finer than the minor unit; rounding changed their sum by `rounded_by`.
    """

    read: int
    batches: Sequence[IngestBatch]
    rejects: Sequence[Reject]
    unread: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)


def parse_chunk(kind: FileKind, context: Context, chunk: Chunk) -> ParsedChunk:
    """One chunk parsed; rows that the kind skips are no records and are not counted."""
    given = Rows(chunk, kind.FIELDS, taught=context.taught)
    given.decimal = str(given.setting(context, "decimal", "."))
    parsed = kind.parse(given, context)
    rows = parsed.rows
    skipped = len({int(rows.numbers[place]) for place in rows.skipped})
    bad = [_reject_of(row) for row in chunk.bad]
    read = len(chunk) - skipped + len(bad)
    batches = [mark_gifts(batch, rows) for batch in parsed.batches]
    rejects = [*bad, *rejects_of(rows, context)]
    return ParsedChunk(read, batches, rejects, rows.unread, *rows.rounding())


def _parsed(recognised: Recognised, context: Context, *, careful: bool) -> Iterator[ParsedChunk]:
    """The chunks of a table, parsed; any failure of a reader becomes a reason with the file and the row."""
    table, kind = recognised.table, recognised.kind
    done, last = recognised.header + 1, time.thread_time() + seconds_for(table.path)
    for section in table.sections(recognised.header, recognised.places, careful=careful):
        context.seen = Seen()  # what two of them have is one record, as in two files
        with guard(table.name):
            whole = unbroken(_whole_orders(kind, records_of(recognised, section), context), "order_id")
        while True:
            with guard(table.name, f"below row {done} "):
                chunk = next(whole, None)
                if chunk is None:
                    break
                parsed = parse_chunk(kind, context, chunk)
            if time.thread_time() > last:
                raise OutOfTime(file=table.name, limit=seconds_for(table.path))
            done = int(chunk.rows[-1]) if len(chunk) else done
            yield parsed


def seconds_for(path: Path) -> int:
    """How many seconds of the processor a file of this size may take: many times what any export does."""
    return PROCESSOR_SECONDS + SECONDS_PER_MB * (path.stat().st_size >> 20)


def _whole_orders(kind: FileKind, chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the cells of whole orders carried down and shared, where the kind has any."""
    rewrite = getattr(kind, "whole_orders", None)
    return rewrite(chunks, context) if rewrite is not None else chunks


def _reject_of(row: BadRow) -> Reject:
    """A record that does not even fit the header: its cells are unknown, so its text is not stored."""
    return Reject(row.row, None, row.code, dict(row.details), {})


@dataclass(frozen=True)
class Reading:
    """What the second process needs to read a file as this one would."""

    table: CsvTable
    kind: str
    profile: str | None
    header: int
    places: dict[str, int]
    context: Context
    careful: bool


@contextmanager
def open_chunks(
    recognised: Recognised, context: Context, *, careful: bool
) -> Iterator[Iterator[ParsedChunk]]:
    """The chunks of a recognised file; iterating over them raises what reading the file raises.

    The process for a large file is started at once, so that it is ready when the first chunk is needed.
    """
    table = recognised.table
    is_large = table.path.stat().st_size >= WORKER_FROM_BYTES and (os.cpu_count() or 1) >= 2
    if not isinstance(table, CsvTable) or not is_large:
        yield _parsed(recognised, context, careful=careful)
        return
    profile = getattr(recognised.kind, "profile_text", None)
    process = _start(
        Reading(
            replace(table, path=table.path.resolve()),
            recognised.kind.NAME,
            profile,
            recognised.header,
            recognised.places,
            context,
            careful,
        )
    )
    try:
        yield _chunks_of(process, table.name)
    finally:
        if process.stdout is not None:
            process.stdout.close()
        process.kill()
        process.wait()


def _start(reading: Reading) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdin is not None
    with process.stdin:
        pickle.dump(reading, process.stdin, pickle.HIGHEST_PROTOCOL)
    return process


def _chunks_of(process: subprocess.Popen[bytes], name: str) -> Iterator[ParsedChunk]:
    assert process.stdout is not None
    while True:
        try:
            message = pickle.load(process.stdout)
        except (EOFError, pickle.UnpicklingError) as problem:
            raise ReaderEnded(file=name, status=process.wait()) from problem
        if message is None:
            return
        if isinstance(message, Exception):
            raise message
        yield message


def main() -> None:
    """Run as the second process: read the request from stdin, write the chunks to stdout."""
    gc.disable()
    reading: Reading = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer

    def send(message: Any) -> None:
        pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    try:
        kind = registry.kind_of_source(reading.kind, reading.profile)
        recognised = Recognised(reading.table, kind, reading.header, reading.places)
        for chunk in _parsed(recognised, reading.context, careful=reading.careful):
            send(chunk)
        send(None)
    except (Reread, ShopError) as problem:
        send(problem)
    except BrokenPipeError:
        pass  # the storing process gave up; it knows why
