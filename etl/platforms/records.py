"""Raw records of an API as rows: values read by their path, rows as columns, refusals by record.

A platform's parser turns one record into rows; what cannot be understood raises Unreadable
and rejects that record with its id, the field and a reason, and the other records go on.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from etl.tables.amounts import amount
from shop.core.money import split
from shop.orders.batch import LONGEST_KEY, IngestBatch

Record = Mapping[str, Any]
Row = tuple[str, dict[str, Any]]  # the table, and its columns
RANK = "_rank"  # of a row: how far its state has come, 0 to 2**24-1; leads its hash
LARGEST = 10**16  # of any number that a platform gives: beyond it lies no amount and no moment
EARLIEST, LATEST = 631_152_000, 4_133_980_800  # 1990 to 2100, seconds UTC


class Unreadable(ValueError):
    """One field of one record that cannot be understood."""

    def __init__(self, column: str | None, code: str, **details: Any) -> None:
        super().__init__(code)
        self.column, self.code, self.details = column, code, details


@dataclass(frozen=True)
class ParseContext:
    """What a parser may know besides the record: whose day it is, and when the page was fetched."""

    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    fetched_at: int = 0

    def day(self, moment: int | None) -> str | None:
        """The shop's day (ISO text) of a moment in seconds UTC."""
        return None if moment is None else _day(moment // 900, self.time_zone)


@lru_cache(maxsize=100_000)
def _day(quarter: int, zone: str) -> str:
    return datetime.fromtimestamp(quarter * 900, ZoneInfo(zone)).date().isoformat()


@dataclass(frozen=True)
class UnreadableRecord:
    """One rejected record: its id, the field, a code with details; never its content."""

    record_id: str
    row: int
    column: str | None
    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class ParseResult:
    """What the records of some pages came to; row numbers count the records from 0."""

    read: int
    batches: Sequence[IngestBatch] = ()
    refusals: Sequence[UnreadableRecord] = ()
    ids: Sequence[str] = ()


@dataclass
class _Table:
    columns: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    rows: list[int] = field(default_factory=list)


def read_records(
    records: Sequence[Record],
    platform: str,
    rows_of: Callable[[Record], Iterable[Row]],
    id_of: Callable[[Record], str],
) -> ParseResult:
    """All records as batches, one per table, with the records that are rejected."""
    tables: dict[str, _Table] = defaultdict(_Table)
    refusals: list[UnreadableRecord] = []
    ids: list[str] = []
    for number, record in enumerate(records):
        ids.append(_id_or_hash(record, id_of))
        try:
            rows = _versioned(list(rows_of(record)))
            _refuse_long(rows)
        except Unreadable as problem:
            result = (problem.column, problem.code, problem.details)
            refusals.append(UnreadableRecord(ids[-1], number, *result))
            continue
        except Exception as problem:  # whatever a platform may put there
            details = {"found": type(problem).__name__}
            refusals.append(UnreadableRecord(ids[-1], number, None, "BadShape", details))
            continue
        for name, row in rows:
            table = tables[name]
            table.rows.append(number)
            for column, value in row.items():
                table.columns[column].append(value)
    batches = [IngestBatch(name, platform, dict(t.columns), t.rows) for name, t in tables.items()]
    return ParseResult(len(records), batches, refusals, ids)


def _id_or_hash(record: Record, id_of: Callable[[Record], str]) -> str:
    try:
        return str(id_of(record))[:64]
    except Exception:
        return hashlib.blake2b(repr(record).encode(), digest_size=8).hexdigest()


def _refuse_long(rows: list[Row]) -> None:
    for _, row in rows:
        for column, value in row.items():
            is_key = column == "sku" or column.endswith("_id")
            if is_key and len(key := str(value)) > LONGEST_KEY:
                raise Unreadable(column, "LongKey", found=key[:80], expected=LONGEST_KEY)


def _versioned(rows: list[Row]) -> list[Row]:
    """Rows with their hash: 63 bits, led by the rank; the lines of an order cover all of them."""
    contents = [_digest(name, row) for name, row in rows]
    whole = b"".join(record for record, (name, _) in zip(contents, rows, strict=True) if name == "order_line")
    for content, (name, row) in zip(contents, rows, strict=True):
        rank = row.pop(RANK, 0)
        mixed = content + whole if name == "order_line" else content
        low = int.from_bytes(hashlib.blake2b(mixed, digest_size=8).digest(), "big") >> 25
        row["payload_hash"] = min(rank, 2**24 - 1) << 39 | low
    return rows


UNVERSIONED = ("updated_at", "sealed_contact")  # differ at every reading of equal content


def _digest(name: str, row: Mapping[str, Any]) -> bytes:
    content = [(key, value) for key, value in sorted(row.items()) if key not in UNVERSIONED]
    return hashlib.blake2b(repr((name, content)).encode(), digest_size=16).digest()


# --- one value ------------------------------------------------------------------------------------


def at(record: Record, path: str) -> Any:
    """What stands at a dotted path; None where any step of it is missing."""
    if "." not in path:
        return record.get(path)
    value: Any = record
    for step in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def identifier(record: Record, *paths: str) -> str | None:
    """The first id that is there, as text; "", "0" and 0 are none. A float lost digits: rejected."""
    for path in paths:
        value = at(record, path)
        if isinstance(value, float):
            raise Unreadable(path, "RuinedId", found=str(value))
        if value not in (None, "", "0", 0):
            return str(value)
    return None


def needed(record: Record, *paths: str) -> str:
    """An id that must be there."""
    result = identifier(record, *paths)
    if result is None:
        raise Unreadable(paths[0], "Missing")
    return result


def text(record: Record, *paths: str) -> str | None:
    """The first text that is there and not empty."""
    for path in paths:
        value = at(record, path)
        if value is not None and str(value).strip():
            return str(value).strip()
    return None


def whole(record: Record, *paths: str) -> int | None:
    """A whole number, which may come as text; None where it is missing."""
    for path in paths:
        value = at(record, path)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise Unreadable(path, "BadCount", found=str(value))
        try:
            result = int(value)
        except ValueError:
            raise Unreadable(path, "BadCount", found=str(value)[:40]) from None
        if abs(result) > LARGEST:
            raise Unreadable(path, "TooMuch", found=str(result)[:40])
        return result
    return None


def code_of(record: Record, path: str) -> int:
    """An answer's code as a number: 0 where there is none, -1 where it is no number."""
    try:
        return whole(record, path) or 0
    except Unreadable:
        return -1


def quantity_of(record: Record, path: str) -> int:
    """How many pieces: at least one."""
    result = whole(record, path)
    if result is None:
        raise Unreadable(path, "Missing")
    if result <= 0:
        raise Unreadable(path, "NotPositive", found=str(result))
    return result


def share(record: Record, path: str) -> float | None:
    """A ratio as raw decimal text, between 0 and 1; None where it is missing."""
    value = at(record, path)
    if value in (None, ""):
        return None
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise Unreadable(path, "BadRatio", found=str(value)[:40]) from None
    if not 0 <= result <= 1:
        raise Unreadable(path, "BadRatio", found=str(value)[:40])
    return result


def fen(record: Record, path: str, missing: int = 0) -> int:
    """Money that the platform gives in minor units."""
    result = whole(record, path)
    return missing if result is None else result


def money(record: Record, path: str, currency: str, missing: int = 0) -> int:
    """Money that the platform gives as a decimal text of a currency, in minor units."""
    value = at(record, path)
    if value is None or value == "":
        return missing
    try:
        return amount(str(value), currency)
    except ValueError:
        raise Unreadable(path, "BadMoney", found=str(value)[:40]) from None


def moment(record: Record, *paths: str, unit: int = 1) -> int | None:
    """A moment in seconds UTC of a number in `unit`ths of a second; 0 and missing are not yet."""
    for path in paths:
        result = whole(record, path)
        if result:
            seconds = result // unit
            if not EARLIEST <= seconds < LATEST:
                raise Unreadable(path, "BadTime", found=str(result))
            return seconds
    return None


def latest(*moments: int | None) -> int:
    """The latest of the moments that are known."""
    return max((moment for moment in moments if moment is not None), default=0)


def word(value: Any, words: Mapping[Any, str], column: str) -> str:
    """The platform's word or number as ours; an unknown one rejects the record."""
    result = words.get(value) or words.get(str(value))
    if result is None:
        raise Unreadable(column, "UnknownWord", found=str(value)[:40])
    return result


def shares(total: int, parts: Sequence[int | None], weights: Sequence[int]) -> list[int]:
    """The parts as given; where any of them is missing, the total split by weight."""
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) else split(total, weights)


def utc(day: str, zone: str) -> int:
    """The moment (seconds UTC) in which a day of the zone begins."""
    return int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).timestamp())


def iso_moment(value: Any, zone: str) -> int | None:
    """A moment written as ISO text (on the zone's clock unless it states otherwise) or as a number."""
    if value in (None, "", 0, "0"):
        return None
    written = str(value)
    if written.isdigit():
        return int(written)
    at = datetime.fromisoformat(written)
    return int((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).timestamp())


# --- personal data --------------------------------------------------------------------------------


def names(words: str) -> frozenset[str]:
    """Field names out of a text."""
    return frozenset(words.split())


def only_allowed(value: Any, allowed: frozenset[str]) -> Any:
    """The value with only the allowed field names, at every depth: what is not known does not land."""
    if isinstance(value, dict):
        return {
            name: only_allowed(part, allowed) if isinstance(part, dict | list) else part
            for name, part in value.items()
            if name in allowed
        }
    if isinstance(value, list):
        return [only_allowed(part, allowed) for part in value]
    return value
