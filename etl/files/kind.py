"""What every kind of export file is made of: its fields, and how cells become values.

A kind is a module with NAME, PLATFORM, VERSION, FIELDS and `parse(rows, context) -> Parsed`.
`Rows` reads whole columns at once; a cell that cannot be understood sets its row aside with the
column and what was expected, and the other rows go on.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.keys import Seen, line_keys
from etl.files.moments import iso_seconds
from etl.files.tables import Chunk
from shop.loads import MISSING as MISSING
from shop.loads import Batch

Values = np.ndarray


@dataclass(frozen=True)
class Field:
    """One column that a kind reads: our name, the header names it goes by, and how it is treated.

    A required field must be in the header; `personal` cells are used for the keyed hash at most and
    are in no stored row, not even in one that is set aside.
    """

    name: str
    headers: tuple[str, ...]
    required: bool = False
    personal: bool = False


class Kind(Protocol):
    """The shape of a module in `etl/files` that reads one kind of export."""

    NAME: str
    PLATFORM: str
    VERSION: int
    FIELDS: tuple[Field, ...]

    def parse(self, rows: Rows, context: Context) -> Parsed:
        """The rows of one chunk as batches of values, with what had to be set aside."""
        ...


@dataclass(frozen=True)
class Parsed:
    """What one chunk came to: batches to store, the rows as read (skipped and refused ones marked)."""

    rows: Rows
    batches: Sequence[Batch]


@dataclass
class Context:
    """What a parse may know beside the cells: the shop's day and currency, the key, the user's words.

    `seen` numbers equal records of a file without ids; `settings` holds what the kind's `prepare`
    found out or what the user said (such as the date order or the period of a sheet).
    """

    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    secret: bytes = b""
    file: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)

    def person(self, identity: str) -> int | None:
        """The buyer's or author's key: 63 bits of HMAC-SHA256 of the identity with the local key."""
        return self.people([identity])[0]

    def people(self, identities: Sequence[str]) -> list[int | None]:
        """The keys of many; None where nothing but separators names somebody."""
        digest, secret, number = hmac.digest, self.secret, int.from_bytes
        return [
            number(digest(secret, identity.encode(), "sha256")[:8], "big") >> 1
            if identity.strip("|") else None
            for identity in identities
        ]  # fmt: skip


@dataclass(frozen=True)
class Reject:
    """One row set aside: its number, the column, a code with details, its cells minus personal ones."""

    row: int
    column: str | None
    code: str
    details: Mapping[str, Any]
    raw: Mapping[str, str | None]


class Rows:
    """The rows of one chunk by our field names, and which of them had to be set aside.

    Readers return one value per row (numpy); a missing number or instant is MISSING, a missing text
    None. A row that is set aside keeps a harmless value, so that whole columns can be computed;
    `kept(...)` leaves it out in the end. What a row that is set aside must keep beside its cells to be
    read again (its key, the file's date order) goes into `extra`.
    """

    def __init__(self, chunk: Chunk, fields: Sequence[Field]) -> None:
        self.chunk = chunk
        self.fields = {item.name: item for item in fields}
        self.problems: dict[int, tuple[str | None, str, Mapping[str, Any]]] = {}
        self.skipped: set[int] = set()
        self.extra: dict[str, Values] = {}
        self._codes: dict[int, tuple[Values, Values]] = {}

    def __len__(self) -> int:
        return len(self.chunk)

    @property
    def numbers(self) -> Any:
        """The row numbers as a spreadsheet shows them."""
        return self.chunk.rows

    def has(self, name: str) -> bool:
        """Whether the file has this column."""
        return name in self.chunk.columns

    def cells(self, name: str) -> pa.StringArray:
        """The trimmed text of a column, null where empty or where the file lacks the column."""
        if name in self.chunk.columns:
            return self.chunk.columns[name]
        return pa.nulls(len(self), pa.string())

    def replace(self, name: str, cells: pa.StringArray) -> None:
        """Read a column otherwise than the file has it (two columns joined, say)."""
        columns = {**self.chunk.columns, name: cells}
        self.chunk = Chunk(columns, self.chunk.rows, self.chunk.bad)

    def refuse(self, places: Iterable[Any], name: str | None, code: str, **details: Any) -> None:
        """Set rows aside (by place in the chunk); the first reason found for a row stays."""
        header = self._header(name)
        for place in places:
            self.problems.setdefault(int(place), (header, code, details))

    def refuse_where(self, mask: Values, name: str | None, code: str, **details: Any) -> None:
        """Set aside the rows in which the mask is true."""
        if mask.any():
            self.refuse(np.flatnonzero(mask), name, code, **details)

    def skip_where(self, mask: Values) -> None:
        """Leave out rows that are no records: a second header row, a totals row."""
        for place in np.flatnonzero(mask):
            self.skipped.add(int(place))

    def _header(self, name: str | None) -> str | None:
        return self.fields[name].headers[0] if name in self.fields else name

    # --- readers of one column -------------------------------------------------------------------

    def text(self, name: str, *, required: bool = False) -> Values:
        """Text; equal texts share one object."""
        return self._mapped(name, _same, "Missing", required=required)

    def identifier(self, name: str, *, required: bool = True) -> Values:
        """A platform's id as text. One that a spreadsheet rounded (6.9E+18) is refused."""
        cells = self.cells(name)
        if required:
            self.refuse_where(np.asarray(cells.is_null()), name, "Missing")
        ruined = pc.fill_null(pc.match_substring_regex(cells, RUINED), False)
        if pc.any(ruined).as_py():
            self._refuse_cells(name, cells, np.asarray(ruined), "RuinedId")
        self._refuse_rounded(name, cells)
        return np.asarray(cells.to_numpy(zero_copy_only=False))

    def _refuse_rounded(self, name: str, cells: pa.StringArray) -> None:
        """Long ids that end in zeros, far more often than chance, went through a spreadsheet."""
        rounded = pc.fill_null(pc.match_substring_regex(cells, r"^[1-9]\d{14}0{3,}$"), False)
        count = pc.sum(rounded).as_py() or 0
        if count >= 3 and count * 5 > len(cells):
            self._refuse_cells(name, cells, np.asarray(rounded), "RuinedId")

    def cents(self, name: str, *, required: bool = False, missing: int = 0) -> Values:
        """Money in minor units, exact; more than two decimals are refused."""
        return self._numbers(name, to_cents, "BadMoney", required=required, missing=missing)

    def whole(self, name: str, *, required: bool = False) -> Values:
        """A count; 1.2万 and 3,400 are understood, 2.5 pieces are not."""
        return self._numbers(name, to_count, "BadCount", required=required, missing=MISSING)

    def seconds(self, name: str) -> Values:
        """A length of time in whole seconds: 3720, 18秒, 2小时, 1小时2分, 01:02:00."""
        return self._numbers(name, to_seconds, "BadDuration", required=False, missing=MISSING)

    def ratio(self, name: str) -> Values:
        """A share as a float between 0 and 1 (12.5% and 0.125 alike); None where missing."""
        return self._mapped(name, to_ratio, "BadRatio", required=False)

    def number(self, name: str) -> Values:
        """A plain decimal number that is no money (9.53, 18秒); None where missing."""
        return self._mapped(name, to_number, "BadNumber", required=False)

    def choice(
        self, name: str, words: Mapping[str, Any], *, required: bool = True, missing: Any = None
    ) -> Values:
        """One of the words that the platform uses, as ours; an unknown word sets its row aside."""
        known = "、".join(dict.fromkeys(words))

        def convert(cell: str) -> Any:
            if cell not in words:
                raise ValueError
            return words[cell]

        return self._mapped(
            name, convert, "UnknownWord", required=required, missing=missing, known=known
        )

    def translated(self, name: str, convert: Callable[[str], Any], missing: Any = None) -> Values:
        """What a function makes of each word of a column; it is asked once for equal words."""
        return self._mapped(name, convert, "UnknownWord", required=False, missing=missing)

    def instant(
        self, name: str, zone: str, *, required: bool = False, formats: Sequence[str] = ()
    ) -> Values:
        """A moment in seconds UTC, written in the local time of `zone`."""
        cells = self.cells(name)
        local = local_seconds(cells, formats) if formats else iso_seconds(cells)
        unread = (local == MISSING) & ~np.asarray(cells.is_null())
        if unread.any():
            self._read_unusual(name, cells, local, unread, tuple(formats))
        if required:
            self.refuse_where(np.asarray(cells.is_null()), name, "Missing")
        return to_utc(local, zone)

    def _read_unusual(
        self,
        name: str,
        cells: pa.StringArray,
        local: Values,
        unread: Values,
        formats: tuple[str, ...],
    ) -> None:
        for place in np.flatnonzero(unread):
            text = cells[int(place)].as_py()
            found = to_local_seconds(text, formats)
            if found is None:
                self.refuse([place], name, "BadTime", found=text)
            else:
                local[place] = found

    def _numbers(
        self, name: str, convert: Callable[[str], int], code: str, *, required: bool, missing: Any
    ) -> Values:
        cells = self.cells(name)
        encoded = cells.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        values = np.full(len(words) + 1, missing, np.int64)
        wrong = np.zeros(len(words) + 1, bool)
        for place, word in enumerate(words):
            try:
                values[place] = convert(word)
            except (ValueError, OverflowError):
                wrong[place] = True
        wrong[-1] = False
        places = np.asarray(pc.fill_null(encoded.indices, len(words)))
        if wrong.any():
            self._refuse_cells(name, cells, wrong[places], code)
        if required:
            self.refuse_where(places == len(words), name, "Missing")
        told: Values = values[places]
        return told

    def _mapped(
        self, name: str, convert: Callable[[str], Any], code: str, *, required: bool,
        missing: Any = None, **details: Any,
    ) -> Values:  # fmt: skip
        cells = self.cells(name)
        encoded = cells.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        values = np.empty(len(words) + 1, object)
        values[-1] = missing
        wrong = np.zeros(len(words) + 1, bool)
        for place, word in enumerate(words):
            try:
                values[place] = convert(word)
            except ValueError:
                values[place], wrong[place] = missing, True
        places = np.asarray(pc.fill_null(encoded.indices, len(words)))
        if wrong.any():
            self._refuse_cells(name, cells, wrong[places], code, **details)
        if required:
            self.refuse_where(places == len(words), name, "Missing")
        column = values[places]
        self._codes[id(column)] = (column, text_codes(values)[places])
        told: Values = column
        return told

    def _refuse_cells(
        self, name: str, cells: pa.StringArray, mask: Values, code: str, **details: Any
    ) -> None:
        for place in np.flatnonzero(mask):
            found = (cells[int(place)].as_py() or "")[:80]
            self.refuse([place], name, code, found=found, **details)

    def integers(
        self, name: str, convert: Callable[[str], int], code: str, *, required: bool = False,
        missing: int = 0,
    ) -> Values:  # fmt: skip
        """Whole numbers by a reader of one cell that raises ValueError for what it cannot read."""
        return self._numbers(name, convert, code, required=required, missing=missing)

    # --- people, days, versions ------------------------------------------------------------------

    def setting(self, context: Context, name: str, default: Any = None) -> Any:
        """What the user said or `prepare` found for the whole file; a row set aside remembers it."""
        remembered = self.cells(f"setting:{name}").drop_null()
        value = context.settings.get(name)
        if value is None:
            value = remembered[0].as_py() if len(remembered) else default
        if value is not None:
            self.extra[f"setting:{name}"] = np.full(len(self), str(value), object)
        return value

    def keys(self, context: Context, *identity: Values) -> Values:
        """A key for each record of a file without ids: its identifying content and its occurrence."""
        hashes = content_hash(identity)
        keys = line_keys(hashes, context.seen.occurrences(hashes))
        if self.has("record_key"):  # tried again: the occurrence in the file is known
            known = self.cells("record_key").to_pylist()
            keys = np.array([k or key for k, key in zip(known, keys, strict=True)], object)
        self.extra["record_key"] = keys
        return keys

    def people(self, context: Context, *names: str) -> Values:
        """The keyed hash of who these personal cells name together; None where all are empty."""
        if self.has("person_key"):  # a row that was set aside keeps the hash, never the cells
            return np.array([int(v) if v else None for v in self.cells("person_key").to_pylist()])
        columns = [pc.fill_null(self.cells(name), "") for name in names]
        joined = pc.binary_join_element_wise(*columns, "|") if len(columns) > 1 else columns[0]
        encoded = joined.dictionary_encode()
        found = context.people(encoded.dictionary.to_pylist())
        places = np.asarray(encoded.indices)
        people = np.array([*found, None], object)[places]
        codes = np.array([person or 0 for person in found] + [0], np.uint64)
        self._codes[id(people)] = (people, codes[places])
        told: Values = people
        return told

    def version(self, columns: Iterable[Values], rank: Values | int = 0) -> Values:
        """`payload_hash` of these columns; those that were read here are hashed word by word."""
        known = (self._codes.get(id(values), (None, values))[1] for values in columns)
        return payload_hash(known, rank)

    def kept(self) -> Values:
        """Which places of the chunk are not set aside."""
        keep = np.ones(len(self), bool)
        if gone := [*self.problems, *self.skipped]:
            keep[gone] = False
        return keep

    def rejects(self, context: Context) -> list[Reject]:
        """The rows set aside, raw cells minus personal ones."""
        places = sorted(set(self.problems) - self.skipped)
        if not places:
            return []
        hidden = [item.name for item in self.fields.values() if item.personal]
        shown = [name for name in self.chunk.columns if name not in hidden]
        if "person_key" not in self.extra:
            self.extra["person_key"] = (
                self.people(context, *hidden) if hidden else np.full(len(self), None)
            )
        found = []
        for place in places:
            column, code, details = self.problems[place]
            raw = {name: self.chunk.columns[name][place].as_py() for name in shown}
            for name, values in self.extra.items():
                if values[place] is not None:
                    raw[name] = str(values[place])
            found.append(Reject(int(self.numbers[place]), column, code, details, raw))
        return found

    def batch(
        self, table: str, platform: str, columns: Mapping[str, Any], places: Values | None = None
    ) -> Batch:
        """A batch of the kept rows (of those at `places`, where given)."""
        keep = self.kept() if places is None else places
        if places is None and keep.all():
            return Batch(table, platform, dict(columns), self.numbers)
        kept = {name: values[keep] for name, values in columns.items()}
        return Batch(table, platform, kept, self.numbers[keep])


RUINED = r"^\d+(\.\d+)?[eE]\+?\d+$|^\d+\.\d+$|^#+$"


# --- one cell ------------------------------------------------------------------------------------


def _same(cell: str) -> str:
    return cell


CURRENCY_MARKS = re.compile(
    r"^(?:[A-Z]{2,3}\s?|[A-Z]{0,2}[¥￥$€£₫฿₱]\s?)|\s?(?:元|[¥￥$€£]|[A-Z]{3})$"
)
THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")


@lru_cache(maxsize=200_000)
def to_cents(cell: str) -> int:
    """'¥1,234.50' as 123450; raises ValueError for what is no amount of whole cents."""
    return scaled(cell, 2)


def scaled(cell: str, decimals: int) -> int:
    """A decimal number times 10**decimals, exact; ValueError where digits would be lost."""
    text = CURRENCY_MARKS.sub("", cell.strip()).strip().replace("，", ",")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if "," in text:
        if not THOUSANDS.match(text):
            raise ValueError(cell)
        text = text.replace(",", "")
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) > 10**13:
            raise ValueError(cell)
        whole = value.scaleb(decimals)
        if whole != whole.to_integral_value():
            raise ValueError(cell)
        return int(whole)
    except InvalidOperation as problem:
        raise ValueError(cell) from problem


UNITS = {"万": 10_000, "w": 10_000, "W": 10_000, "k": 1_000, "K": 1_000, "亿": 100_000_000,
         "m": 1_000_000, "M": 1_000_000}  # fmt: skip


def to_count(cell: str) -> int:
    """'1.2万' as 12000, '3,400' as 3400; ValueError for halves."""
    text = cell.strip().rstrip("+").removesuffix("次").removesuffix("人").removesuffix("件").strip()
    factor = UNITS.get(text[-1:], 1)
    number = Decimal(scaled(text[:-1] if factor > 1 else text, 6)) / 10**6 * factor
    if number != number.to_integral_value():
        raise ValueError(cell)
    return int(number)


LENGTH = re.compile(
    r"^(?:(\d+)\s*(?:小时|时|h|hours?)\s*)?(?:(\d+)\s*(?:分钟|分|m|min)\s*)?(?:([\d.]+)\s*(?:秒|s|sec)?)?$"
)


def to_seconds(cell: str) -> int:
    """A length of time in seconds, half up."""
    if ":" in cell:
        total = 0
        for part in cell.split(":"):
            total = total * 60 + int(part)
        return total
    found = LENGTH.match(cell.strip())
    if not found or not any(found.groups()):
        raise ValueError(cell)
    hours, minutes, rest = found.groups()
    try:
        exact = Decimal(int(hours or 0) * 3600 + int(minutes or 0) * 60) + Decimal(rest or 0)
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation as problem:
        raise ValueError(cell) from problem


def to_ratio(cell: str) -> float:
    """'12.5%' and '0.125' as 0.125."""
    percent = cell.endswith(("%", "％"))
    value = float(cell[:-1].replace(",", "")) / 100 if percent else float(cell)
    if not 0 <= value <= 100:  # a rate may pass 1 (more clicks than viewers), but not without end
        raise ValueError(cell)
    return value


def to_number(cell: str) -> float:
    """'18秒' as 18.0, '9.53' as 9.53."""
    found = re.match(r"^-?[\d,]+(?:\.\d+)?", cell)
    if not found:
        raise ValueError(cell)
    return float(found[0].replace(",", ""))


# --- moments and days ----------------------------------------------------------------------------


ISO = "%Y-%m-%d %H:%M:%S"
EARLIEST, LATEST = 631_152_000, 4_133_980_800  # 1990 to 2100


def local_seconds(cells: pa.StringArray, formats: Sequence[str]) -> Values:
    """Seconds on the local clock of cells in one of these formats, MISSING where none fits.

    A day that its month does not have (30 February), which Arrow reads as one of the next month, is
    left to the strict reader.
    """
    local = np.full(len(cells), MISSING)
    left = np.flatnonzero(np.asarray(cells.is_valid()))
    for pattern in formats:
        if not len(left):
            break
        unread = cells if len(left) == len(cells) else cells.take(pa.array(left))
        seconds = _strict_seconds(unread, pattern)
        local[left] = seconds
        left = left[seconds == MISSING]
    return local


def _strict_seconds(cells: pa.StringArray, pattern: str) -> Values:
    parsed = pc.strptime(cells, pattern, "s", error_is_null=True)
    seconds = np.asarray(pc.fill_null(parsed.cast(pa.int64()), int(MISSING)))
    good = (seconds >= EARLIEST) & (seconds < LATEST)
    early = good & np.asarray(pc.fill_null(pc.less_equal(pc.day(parsed), 3), False))
    if early.any():
        places = np.flatnonzero(early)
        late_day = pc.match_substring_regex(cells.take(pa.array(places)), "29|3[01]")
        good[places[np.asarray(late_day)]] = False
    return np.where(good, seconds, MISSING)


UNUSUAL = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d",
    "%Y%m%d%H%M%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日",
    "%Y.%m.%d %H:%M:%S", "%Y.%m.%d",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def to_local_seconds(text: str, formats: tuple[str, ...] = ()) -> int | None:
    """Seconds since 1970 on the local clock, None where no format fits; years 1990 to 2100."""
    text = text.strip()
    for pattern in formats or UNUSUAL:
        try:
            moment = datetime.strptime(text, pattern)
        except ValueError:
            continue
        return _plausible(moment)
    if formats:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None  # a moment with its own zone needs a format that says so
    return _plausible(moment)


def _plausible(moment: datetime) -> int | None:
    if not 1990 <= moment.year <= 2100:
        return None
    return int(moment.replace(tzinfo=UTC).timestamp())


def to_utc(local: Values, zone: str) -> Values:
    """Seconds UTC of seconds on the local clock of a zone; MISSING stays."""
    told: Values = local - _offsets(local, zone, from_local=True)
    return told


def to_local(moments: Values, zone: str) -> Values:
    """Seconds on the local clock of a zone of seconds UTC; MISSING stays."""
    told: Values = moments + _offsets(moments, zone, from_local=False)
    return told


def _offsets(seconds: Values, zone: str, *, from_local: bool) -> Values:
    hours, places = np.unique(seconds // 3600, return_inverse=True)
    offsets = [_offset(int(hour), zone, from_local) for hour in hours]
    return np.where(seconds == MISSING, 0, np.array(offsets, np.int64)[places])


@lru_cache(maxsize=50_000)
def _offset(hour: int, zone: str, from_local: bool) -> int:
    if abs(hour) > 2**40:
        return 0
    moment = datetime.fromtimestamp(hour * 3600, UTC)
    place = ZoneInfo(zone)
    local = moment.replace(tzinfo=place) if from_local else moment.astimezone(place)
    offset = local.utcoffset()
    return int(offset.total_seconds()) if offset else 0


def days_of(moments: Values, zone: str) -> Values:
    """The shop day (ISO text) of each moment in seconds UTC, None where missing."""
    numbers, places = np.unique(to_local(moments, zone) // 86400, return_inverse=True)
    names = np.array([_day_name(int(number)) for number in numbers], object)
    return names[places] if len(names) else np.empty(0, object)


@lru_cache(maxsize=20_000)
def _day_name(number: int) -> str | None:
    return None if number < 0 else date.fromordinal(719163 + number).isoformat()


def latest(*moments: Values) -> Values:
    """The latest known moment of each row: the version of a row whose source tells no update time."""
    told: Values = np.maximum(np.maximum.reduce(moments), 0)
    return told


# --- hashes --------------------------------------------------------------------------------------


def payload_hash(columns: Iterable[Values], rank: Values | int = 0) -> Values:
    """63 bits over the columns of each row, the leading 24 being its rank (0 to 16,777,215).

    The same content gives the same hash on every machine and in every version.
    """
    low = (content_hash(columns) >> np.uint64(25)).astype(np.int64)
    return (np.asarray(rank, np.int64) << 39) | low


def content_hash(columns: Iterable[Values]) -> np.ndarray:
    """64 bits over the columns of each row, to tell records without an id apart."""
    mixed: np.ndarray | None = None
    for number, values in enumerate(columns):
        coded = _coded(values)
        salt = np.uint64((0x9E3779B97F4A7C15 * (number + 1)) % 2**64)
        mixed = _mix(coded ^ salt) if mixed is None else _mix(mixed ^ _mix(coded ^ salt))
    assert mixed is not None
    return mixed


def _coded(values: Values) -> np.ndarray:
    if values.dtype == np.uint64:
        return values
    if values.dtype != object:
        return values.astype(np.int64).view(np.uint64)
    try:
        encoded = pa.array(values, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers among them
        encoded = pa.array([None if v is None else str(v) for v in values], pa.string())
    dictionary = encoded.dictionary_encode()
    codes = text_codes(np.array([*dictionary.dictionary.to_pylist(), None], object))
    told: Values = codes[np.asarray(pc.fill_null(dictionary.indices, len(codes) - 1))]
    return told


def text_codes(values: Values) -> np.ndarray:
    """64 bits for each value by its text, 0 for a missing one."""
    return np.array([0 if v is None else _text_code(str(v)) for v in values], np.uint64)


@lru_cache(maxsize=100_000)
def _text_code(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit depends on every bit."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    told: Values = values ^ (values >> np.uint64(31))
    return told


def content_key(*values: Any) -> str:
    """A short text key of a record without an id: 80 bits over its identifying content."""
    joined = "\x1f".join("" if v is None else str(v) for v in values)
    return hashlib.blake2b(joined.encode(), digest_size=10).hexdigest()
