"""Offer files: what product files have in common, and the three tables that they come to.

Every column of a product file that names no person is stored: what has a column of ours there, everything
else as `extras` (JSON) of the product, the variant or the listing that the row is about.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from etl.files.base import Recognised
from etl.files.fields import Context, FileField, Values
from etl.files.rows import Rows
from etl.tables.hashes import payload_hash
from shop.core.personal import is_personal_header
from shop.orders.batch import LONGEST_KEY, IngestBatch, plain_values

EXTRA = "extra:"  # the name of a column that no field of ours takes begins so
TAGS = re.compile(r"<[^>]*>")
COMMA_PRICE = re.compile(r"\d,\d{1,2}$")
POINT_PRICE = re.compile(r"\d\.\d{1,2}$")


def widen(result: Recognised) -> None:
    """Let every column of the file be read that names no person, also those that no field of ours takes."""
    taken = set(result.places.values())
    for place, header in enumerate(result.table.head[result.header]):
        if place not in taken and not is_personal_header(header):
            name = f"{EXTRA}{header or f'({place + 1})'}"
            while name in result.places:
                name += "'"
            result.places[name] = place


def note_saved_at(result: Recognised, context: Context) -> None:
    """When the file was saved: an offer file has no date of its own."""
    context.settings.setdefault("saved_at", int(result.table.path.stat().st_mtime))


def extras_at(rows: Rows, place: int, skipped: frozenset[str] = frozenset()) -> dict[str, str]:
    """The cells of a row in the columns that no field of ours takes, by their own headers."""
    result = {}
    for name, cells in rows.chunk.columns.items():
        header = name.removeprefix(EXTRA)
        if name.startswith(EXTRA) and header not in skipped:
            text = cells[place].as_py()
            if text is not None:
                result[header] = text.replace("\r\n", "\n")
    return result


def has_long_key(rows: Rows, place: int, name: str, *keys: str) -> bool:
    """Whether one of a row's codes has more than LONGEST_KEY characters; then the row is rejected."""
    longest = max(keys, key=len)
    if len(longest) > LONGEST_KEY:
        rows.refuse([place], name, "LongKey", found=longest[:80], expected=LONGEST_KEY)
    return len(longest) > LONGEST_KEY


def as_json(extras: Mapping[str, Any]) -> str | None:
    """Extras as they are stored; None where there are none."""
    accepted = {name: value for name, value in extras.items() if value not in (None, "", [], {})}
    return json.dumps(accepted, ensure_ascii=False) if accepted else None


def plain(text: str | None) -> str | None:
    """A description without markup: paragraphs and breaks become line ends."""
    if text is None:
        return None
    broken = re.sub(r"(?i)<\s*(br|/p|/div|/li|/h\d)\s*/?>", "\n", text)
    lines = (" ".join(line.split()) for line in html.unescape(TAGS.sub("", broken)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def decimal_of(prices: Sequence[str | None]) -> str:
    """Whether a file writes 12,50 or 12.50; a point where its prices do not show it."""
    value = [price.strip() for price in prices if price]
    comma = sum(bool(COMMA_PRICE.search(price)) for price in value)
    point = sum(bool(POINT_PRICE.search(price)) for price in value)
    return "," if comma > point else "."


class OfferRows:
    """The rows of three tables that an offer file is parsed to, as of when it was saved."""

    def __init__(self, platform: str, saved_at: int) -> None:
        self.platform, self.saved_at = platform, saved_at
        self.tables: dict[str, list[tuple[int, dict[str, Any]]]] = {
            "product": [],
            "variant": [],
            "listing": [],
        }

    def put(self, table: str, row: int, **values: Any) -> None:
        """One row of a table, from one row of the file; every row of a table has the same columns."""
        self.tables[table].append((row, values))

    def batches(self) -> list[IngestBatch]:
        """The batches to store."""
        return [self._batch(table, result) for table, result in self.tables.items() if result]

    def _batch(self, table: str, result: list[tuple[int, dict[str, Any]]]) -> IngestBatch:
        columns: dict[str, Values] = {}
        for name in result[0][1]:
            values = np.empty(len(result), object)
            values[:] = [record[name] for _, record in result]
            columns[name] = values
        columns["updated_at"] = np.full(len(result), self.saved_at, np.int64)
        columns["payload_hash"] = payload_hash([v for _, v in sorted(columns.items())])
        plained = {name: plain_values(values) for name, values in columns.items()}
        return IngestBatch(table, self.platform, plained, [row for row, _ in result])


def fields_of(known: Mapping[str, tuple[str, ...]], required: Sequence[str]) -> tuple[FileField, ...]:
    """Fields by the headers they go by."""
    return tuple(FileField(name, headers, required=name in required) for name, headers in known.items())


class Once:
    """Keys that must stay distinct within one file: the second X is X#2; stored in the context."""

    def __init__(self, context: Context, name: str) -> None:
        self.seen: dict[str, int] = context.settings.setdefault(f"seen {name}", {})

    def __call__(self, key: str) -> str:
        """The key, with its number from the second time on."""
        self.seen[key] = self.seen.get(key, 0) + 1
        return key if self.seen[key] == 1 else f"{key}#{self.seen[key]}"

    def first(self, key: str) -> bool:
        """Whether this key is met for the first time."""
        self.seen[key] = self.seen.get(key, 0) + 1
        return self.seen[key] == 1
