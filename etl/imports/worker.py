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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from etl.files.base import Kind, Recognised
from etl.files.fields import Context, Reject
from etl.files.gifts import mark_gifts
from etl.files.rows import Rows
from etl.imports import registry
from etl.tables.base import BadRow, Chunk, Reread
from etl.tables.csv_table import CsvTable
from etl.tables.open import open_table
from shop.core.errors import ShopError
from shop.orders.batch import Batch

WORKER_FROM_BYTES = 16 << 20
CODE = "from etl.imports.worker import main; main()"


@dataclass(frozen=True)
class ParsedChunk:
    """One chunk of a file, ready to be stored: `read` rows, of which `rejects` are rejected.

    `rounded` amounts were finer than the minor unit; rounding changed their sum by `rounded_by`.
    """

    read: int
    batches: Sequence[Batch]
    rejects: Sequence[Reject]
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)


def parse_chunk(kind: Kind, context: Context, chunk: Chunk) -> ParsedChunk:
    """One chunk parsed; second headers and totals rows are no records and are not counted."""
    parsed = kind.parse(Rows(chunk, kind.FIELDS), context)
    rows = parsed.rows
    skipped = len({int(rows.numbers[place]) for place in rows.skipped})
    bad = [_reject_of(row) for row in chunk.bad]
    read = len(chunk) - skipped + len(bad)
    batches = [mark_gifts(batch, rows) for batch in parsed.batches]
    rejects = [*bad, *rows.rejects(context)]
    return ParsedChunk(read, batches, rejects, rows.rounded, rows.rounded_by)


def _whole_orders(kind: Kind, chunks: Iterator[Chunk], context: Context) -> Iterator[Chunk]:
    """The chunks with the cells of whole orders carried down and shared, where the kind has any."""
    rewrite = getattr(kind, "whole_orders", None)
    return rewrite(chunks, context) if rewrite is not None else chunks


def _reject_of(row: BadRow) -> Reject:
    """A record that does not even fit the header: its cells are unknown, so its text is not stored."""
    return Reject(row.row, None, row.code, dict(row.details), {})


@dataclass(frozen=True)
class Reading:
    """What the second process needs to read a file as this one would."""

    path: Path
    name: str
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
    large = isinstance(table, CsvTable) and table.path.stat().st_size >= WORKER_FROM_BYTES
    if not large or (os.cpu_count() or 1) < 2:
        chunks = table.chunks(recognised.header, recognised.places, careful=careful)
        whole = _whole_orders(recognised.kind, chunks, context)
        yield (parse_chunk(recognised.kind, context, chunk) for chunk in whole)
        return
    profile = getattr(recognised.kind, "profile_text", None)
    process = _start(
        Reading(
            table.path.resolve(),
            table.name,
            recognised.kind.NAME,
            profile,
            recognised.header,
            recognised.places,
            context,
            careful,
        )
    )
    try:
        yield _chunks_of(process)
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


def _chunks_of(process: subprocess.Popen[bytes]) -> Iterator[ParsedChunk]:
    assert process.stdout is not None
    while True:
        try:
            message = pickle.load(process.stdout)
        except EOFError as problem:
            status = process.wait()
            raise RuntimeError(f"the reading process ended early ({status})") from problem
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
        tables = open_table(
            reading.path, name=reading.name, thorough=reading.careful, **getattr(kind, "csv_settings", {})
        )
        chunks = tables[0].chunks(reading.header, reading.places, careful=reading.careful)
        for chunk in _whole_orders(kind, chunks, reading.context):
            send(parse_chunk(kind, reading.context, chunk))
        send(None)
    except (Reread, ShopError) as problem:
        send(problem)
    except BrokenPipeError:
        pass  # the storing process gave up; it knows why
