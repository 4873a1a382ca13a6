"""What a kind of export file is, and how one is recognised by the headers of a table.

A kind is a module in `etl/files` with NAME, PLATFORM, VERSION, PRIORITY, FIELDS and
`parse(rows, context) -> Parsed`; it is discovered automatically. It may also have `prepare(recognised, context)`,
which reads ahead what only the whole file shows, `places(headers, table, header)`, which finds its columns
by more than their names, and `whole_orders(chunks, context)`, which carries down and shares the cells of whole
orders before they are parsed (`etl.tables.order_amounts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from etl.files.fields import Context, Field
from etl.files.rows import Rows
from etl.tables.base import Table
from shop.orders.batch import Batch


class Kind(Protocol):
    """The shape of a module in `etl/files` that reads one kind of export."""

    NAME: str
    PLATFORM: str
    VERSION: int  # raised when the parser changes: a file read by an older one is read again
    FIELDS: tuple[Field, ...]

    def parse(self, rows: Rows, context: Context) -> Parsed:
        """The rows of one chunk as batches of values, with the rows that are rejected."""
        ...


@dataclass(frozen=True)
class Parsed:
    """The result of one chunk: batches to store, and its rows (skipped and rejected ones are marked)."""

    rows: Rows
    batches: Sequence[Batch]


LONG = 200  # characters: no header, not worth caching


@dataclass(frozen=True)
class Recognised:
    """A table, its kind, the 0-based row of its header and the 0-based column of each field."""

    table: Table
    kind: Kind
    header: int
    places: dict[str, int]


def normal(header: str) -> str:
    """A header as it is compared: half-width brackets, no blanks, lower case."""
    return _normal(header) if len(header) < LONG else _normal.__wrapped__(header)


@lru_cache(maxsize=10_000)
def _normal(header: str) -> str:
    """The same, cached: the headers of each file are compared with every kind's spellings."""
    return "".join(header.split()).replace("（", "(").replace("）", ")").lower()


def places_of(fields: Sequence[Field], headers: Sequence[str]) -> dict[str, int]:
    """The column of each field in this header row; a field's first spelling that is there counts."""
    known: dict[str, int] = {}
    for place, header in enumerate(headers):
        known.setdefault(normal(header), place)
    result = {}
    for item in fields:
        for header in item.headers:
            if normal(header) in known:
                result[item.name] = known[normal(header)]
                break
    return result


def missing(kind: Kind, places: dict[str, int]) -> list[str]:
    """The headers of required fields that are not there."""
    return [item.headers[0] for item in kind.FIELDS if item.required and item.name not in places]
