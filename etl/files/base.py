"""What a kind of export file is, and how one is recognised by the headers of a table.

A kind is a module in `etl/files` with NAME, PLATFORM, VERSION, PRIORITY, FIELDS and
`parse(rows, context) -> Parsed`; it is discovered automatically. It may also have

    FORBIDDEN         a pattern: a header (as `headers.normal` gives it) that it matches speaks against the kind
    ASKS_PLATFORM     true where several platforms write such files; PLATFORM is then not used
    IN_SHOP_CURRENCY  true where amounts are in the shop's currency unless the file names another
    prepare(recognised, context)        reads ahead what only the whole file shows
    places(headers, table, header)      finds its columns by more than their names
    whole_orders(chunks, context)       carries down and shares the cells of whole orders before they are
                                        parsed (`etl.tables.order_amounts`)

A table is of a kind when all required headers are there and nothing speaks against it, other platforms'
names in its headers included.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from etl.files.fields import Context, FileField
from etl.files.headers import normal, numbered, plain, split_unit
from etl.files.platform_names import platforms_named
from etl.files.rows import Rows
from etl.tables.base import Table
from shop.orders.batch import IngestBatch


class FileKind(Protocol):
    """The shape of a module in `etl/files` that reads one kind of export."""

    NAME: str
    PLATFORM: str
    VERSION: int  # raised when the parser changes: a file read by an older one is read again
    FIELDS: tuple[FileField, ...]

    def parse(self, rows: Rows, context: Context) -> Parsed:
        """The rows of one chunk as batches of values, with the rows that are rejected."""
        ...


@dataclass(frozen=True)
class Parsed:
    """The result of one chunk: batches to store, and its rows (skipped and rejected ones are marked)."""

    rows: Rows
    batches: Sequence[IngestBatch]


@dataclass(frozen=True)
class Recognised:
    """A table, its kind, the 0-based row of its header and the 0-based column of each field.

    `unread` are the names of a workbook's worksheets that have rows and are not read.
    """

    table: Table
    kind: FileKind
    header: int
    places: dict[str, int]
    unread: tuple[str, ...] = ()


def places_of(fields: Sequence[FileField], headers: Sequence[str]) -> dict[str, int]:
    """The column of each field in this header row; a field's first spelling that is there counts."""
    places = _places_by_spelling(tuple(headers))
    result = {}
    for name, spellings in _spellings(tuple(fields)):
        place = next((places[spelling] for spelling in spellings if spelling in places), None)
        if place is not None:
            result[name] = place
    return result


class KindIndex:
    """Kinds by the spellings of the columns that they require."""

    def __init__(self, kinds: Sequence[FileKind]) -> None:
        self._kinds = kinds
        self._of_any: set[int] = set()  # know their columns otherwise, or require none
        self._of_spelling: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for number, kind in enumerate(kinds):
            required = _required_spellings(tuple(kind.FIELDS))
            if hasattr(kind, "places") or not required:
                self._of_any.add(number)
            for spelling in required:
                self._of_spelling[spelling].append(number)

    def near(self, headers: Sequence[str]) -> list[FileKind]:
        """The kinds that a header row may be of: it has one of the columns that they require."""
        numbers = self._of_any.union(
            *(self._of_spelling.get(spelling, ()) for spelling in _places_by_spelling(tuple(headers)))
        )
        return [self._kinds[number] for number in sorted(numbers)]


@lru_cache(maxsize=256)
def _required_spellings(fields: tuple[FileField, ...]) -> frozenset[tuple[int, str]]:
    names = {name for item in fields if item.required for name in (item.name, *item.instead)}
    required = tuple(item for item in fields if item.name in names)
    return frozenset(spelling for _, spellings in _spellings(required) for spelling in spellings)


FORMS = (plain, normal, numbered)  # the spellings of a header, tried in this order


@lru_cache(maxsize=256)
def _places_by_spelling(headers: tuple[str, ...]) -> dict[tuple[int, str], int]:
    """The first column of each header, by the number of the form in FORMS and the header in it."""
    places: dict[tuple[int, str], int] = {}
    for place, header in enumerate(headers):
        if header:
            for number, form in enumerate(FORMS):
                places.setdefault((number, form(header)), place)
    return places


@lru_cache(maxsize=256)
def _spellings(fields: tuple[FileField, ...]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The spellings of each field, in the closest form first."""
    return [
        (item.name, [(number, form(h)) for number, form in enumerate(FORMS) for h in item.headers])
        for item in fields
    ]


def units_of(places: Mapping[str, int], headers: Sequence[str]) -> dict[str, str]:
    """The units with which the cells of fields have to be read, where their headers name one."""
    named = {name: split_unit(headers[place])[1] for name, place in places.items() if place < len(headers)}
    return {name: unit for name, unit in named.items() if unit}


def missing(kind: FileKind, places: Mapping[str, int], headers: Sequence[str]) -> list[FileField]:
    """The required fields whose columns are not there, nor what is taken instead."""
    taken = set(places.values())
    unknown = [normal(header) for place, header in enumerate(headers) if header and place not in taken]
    return [
        item
        for item in kind.FIELDS
        if item.required
        and item.name not in places
        and (
            not places.keys() & set(item.instead)
            or (item.like is not None and any(map(item.like.search, unknown)))
        )
    ]


def contrary(kind: FileKind, headers: Sequence[str]) -> str | None:
    """A header that speaks against a kind: one that it forbids, or one that names another platform."""
    forbidden: re.Pattern[str] | None = getattr(kind, "FORBIDDEN", None)
    is_named_by_user = getattr(kind, "ASKS_PLATFORM", False)
    for header in headers:
        if forbidden and forbidden.search(normal(header)):
            return header
        if not is_named_by_user and platforms_named(header) - {kind.PLATFORM}:
            return header
    return None
