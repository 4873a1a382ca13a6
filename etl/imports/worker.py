"""Reading and parsing a file piece by piece, for large files in a process beside the one that stores.

Parsing needs no database, and storing keeps one core busy: a large file is therefore read by a helper
process, which hands over each piece while the next one is on its way.
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
from pathlib import Path
from typing import Any

from etl.files.base import Kind, Recognised
from etl.files.fields import Context, Reject
from etl.files.rows import Rows
from etl.imports import registry
from etl.tables.base import BadRow, Chunk, Reread
from etl.tables.csv_table import CsvTable
from etl.tables.open import open_table
from shop.core.errors import ShopError
from shop.orders.batch import Batch

BESIDE_FROM_BYTES = 16 << 20
CODE = "from etl.imports.worker import main; main()"


@dataclass(frozen=True)
class Piece:
    """Some rows of a file as they are to be stored: `read` rows, of which `rejects` are set aside."""

    read: int
    batches: Sequence[Batch]
    rejects: Sequence[Reject]


def piece_of(kind: Kind, context: Context, chunk: Chunk) -> Piece:
    """One chunk parsed; second headers and totals rows are no records and are not counted."""
    parsed = kind.parse(Rows(chunk, kind.FIELDS), context)
    rows = parsed.rows
    skipped = len({int(rows.numbers[place]) for place in rows.skipped})
    bad = [_reject_of(row) for row in chunk.bad]
    read = len(chunk) - skipped + len(bad)
    return Piece(read, parsed.batches, [*bad, *rows.rejects(context)])


def _reject_of(row: BadRow) -> Reject:
    """A record that does not even fit the header: its cells are unknown, so its text is not kept."""
    return Reject(row.row, None, row.code, dict(row.details), {})


@dataclass(frozen=True)
class Reading:
    """What a process beside needs to know to read a file as this one would."""

    path: Path
    name: str
    kind: str
    profile: str | None
    header: int
    places: dict[str, int]
    context: Context
    careful: bool


@contextmanager
def open_pieces(found: Recognised, context: Context, *, careful: bool) -> Iterator[Iterator[Piece]]:
    """The pieces of a recognised file; going through them raises what reading the file raises.

    A large file's process is started at once, so that it is ready when the pieces are wanted.
    """
    table = found.table
    large = isinstance(table, CsvTable) and table.path.stat().st_size >= BESIDE_FROM_BYTES
    if not large or (os.cpu_count() or 1) < 2:
        chunks = table.chunks(found.header, found.places, careful=careful)
        yield (piece_of(found.kind, context, chunk) for chunk in chunks)
        return
    profile = getattr(found.kind, "profile_text", None)
    process = _start(
        Reading(
            table.path.resolve(),
            table.name,
            found.kind.NAME,
            profile,
            found.header,
            found.places,
            context,
            careful,
        )
    )
    try:
        yield _pieces_of(process)
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


def _pieces_of(process: subprocess.Popen[bytes]) -> Iterator[Piece]:
    assert process.stdout is not None
    while True:
        try:
            said = pickle.load(process.stdout)
        except EOFError as problem:
            status = process.wait()
            raise RuntimeError(f"the reading process ended early ({status})") from problem
        if said is None:
            return
        if isinstance(said, Exception):
            raise said
        yield said


def main() -> None:
    """Be the process beside: read the request from stdin, write the pieces to stdout."""
    gc.disable()
    reading: Reading = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer

    def say(something: Any) -> None:
        pickle.dump(something, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    try:
        kind = registry.kind_of_source(reading.kind, reading.profile)
        tables = open_table(
            reading.path, name=reading.name, thorough=reading.careful, **getattr(kind, "csv_settings", {})
        )
        chunks = tables[0].chunks(reading.header, reading.places, careful=reading.careful)
        for chunk in chunks:
            say(piece_of(kind, reading.context, chunk))
        say(None)
    except (Reread, ShopError) as problem:
        say(problem)
    except BrokenPipeError:
        pass  # the storing process gave up; it knows why
