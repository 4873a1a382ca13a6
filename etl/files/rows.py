"""One chunk of rows by our field names: whole columns read at once, and which rows are rejected and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.fields import Context, FileField, Values
from etl.files.headers import normal
from etl.tables.amounts import worded_amount
from etl.tables.base import Chunk, words_of
from etl.tables.cells import FINER, exact_cents, to_count, to_number, to_ratio, to_seconds
from etl.tables.half_up import Roundings, half_up
from etl.tables.hashes import content_hash, payload_hash, text_codes
from etl.tables.row_keys import line_keys, long_keys, ruined_ids
from etl.tables.timestamps import read_moments
from shop.core.money import NO_CURRENCY
from shop.core.personal import MASK
from shop.orders.batch import LONGEST_KEY, MISSING, IngestBatch

ALWAYS_NEEDED = frozenset(("BadMoney", "UnknownWord", "UnknownStatus", "BadCurrency"))
Convert = Callable[[str], Any]
NOTHING_TAUGHT: Mapping[str, str] = {}


class Rows:
    """The rows of one chunk by our field names, and which of them are rejected.

    Readers return one value per row (numpy); a missing number or instant is MISSING, a missing text None. A rejected
    row gets a harmless value; `accepted()` leaves it out in the end. What it needs besides its cells to be read again
    (its key, the file's date order) goes into `extra`. A cell that no record needs and that cannot be read is left
    empty, and `unread` has it by column and code.
    """

    def __init__(
        self,
        chunk: Chunk,
        fields: Sequence[FileField],
        *,
        taught: Mapping[str, str] = NOTHING_TAUGHT,
        decimal: str = ".",
    ) -> None:
        self.chunk, self.taught, self.decimal = chunk, taught, decimal
        self.unread: dict[tuple[str, str], list[str]] = {}
        self.fields = {item.name: item for item in fields}
        self.problems: dict[int, tuple[str | None, str, Mapping[str, Any]]] = {}
        self.skipped: set[int] = set()
        self.extra: dict[str, Values] = {}
        self.roundings = Roundings()
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
        """Read a column otherwise than the file has it (for example two columns joined)."""
        columns = {**self.chunk.columns, name: cells}
        self.chunk = Chunk(columns, self.chunk.rows, self.chunk.bad)

    def refuse(self, places: Iterable[Any], name: str | None, code: str, **details: Any) -> None:
        """Reject rows (by place in the chunk); the first reason of a row stays."""
        header = self._header(name)
        for place in places:
            self.problems.setdefault(int(place), (header, code, details))

    def refuse_where(self, mask: Values, name: str | None, code: str, **details: Any) -> None:
        """Reject the rows in which the mask is true."""
        if mask.any():
            self.refuse(np.flatnonzero(mask), name, code, **details)

    def skip_where(self, mask: Values) -> None:
        """Leave out rows that are no records: a second header row, a totals row."""
        for place in np.flatnonzero(mask):
            self.skipped.add(int(place))

    def rounding(self) -> tuple[int, Decimal]:
        """How many amounts of accepted rows were rounded, and by how much that changed their sum."""
        return self.roundings.of(self.accepted())

    def _header(self, name: str | None) -> str | None:
        return self.fields[name].headers[0] if name in self.fields else name

    # --- readers of one column -------------------------------------------------------------------

    def text(self, name: str, *, required: bool = False) -> Values:
        """Text; equal texts share one object."""
        words, places = words_of(self.cells(name))
        if required:
            self.refuse_where(places == len(words), name, "Missing")
        return self.coded(np.array([*words, None], object), places)

    def constant(self, value: str | None) -> Values:
        """The same text in every row."""
        return self.coded(np.array([value], object), np.zeros(len(self), np.int64))

    def identifier(self, name: str, *, required: bool = True) -> Values:
        """A platform's id as text; None for one that no record needs and that is too long or rounded (6.9E+18)."""
        if not required and not self.has(name):
            return self.constant(None)
        cells = self.cells(name)
        if required:
            self.refuse_where(np.asarray(cells.is_null()), name, "Missing")
        item = self.fields.get(name)
        if required or item is None or item.is_needed:
            self.refuse_long(cells, name)
            self._refuse_cells(name, cells, np.asarray(ruined_ids(cells)), "RuinedId")
        else:
            for code, wrong in (("LongKey", long_keys(cells)), ("RuinedId", ruined_ids(cells))):
                self.leave_empty(name, code, cells.filter(wrong).to_pylist())
                cells = pc.if_else(wrong, pa.scalar(None, pa.string()), cells)
        return np.asarray(cells.to_numpy(zero_copy_only=False))

    def refuse_long(self, keys: pa.StringArray, name: str) -> None:
        """Reject the rows whose id or code is longer than LONGEST_KEY."""
        self._refuse_cells(name, keys, np.asarray(long_keys(keys)), "LongKey", expected=LONGEST_KEY)

    def cents(self, name: str, *, required: bool = False, missing: int = 0) -> Values:
        """Money in cents, fractions of a cent rounded half up."""
        convert = partial(exact_cents, decimal=self.decimal)
        return self.rounded_amounts(name, convert, 2, required=required, missing=missing)

    def rounded_amounts(
        self,
        name: str,
        convert: Callable[[str], int],
        digits: int,
        *,
        required: bool = False,
        missing: int = 0,
    ) -> Values:
        """Money in minor units of so many digits, rounded half up; the difference is noted.

        `convert` gives the amount of a cell in 1/10**FINER of a minor unit; ValueError for what is none.
        """
        exact = self.integers(name, convert, "BadMoney", required=required, missing=int(MISSING))
        is_known = exact != MISSING
        amounts, difference = half_up(np.where(is_known, exact, 0), 10**FINER)
        self.roundings.note(name, difference, 10**FINER, digits)
        return np.where(is_known, amounts, missing)

    def currencies(self, default: str | None) -> Values:
        """The currency code of each row: its own cell, else the default; without one a row needs its cell."""
        cells = pc.utf8_upper(self.cells("currency"))
        wrong = pc.invert(pc.fill_null(pc.match_substring_regex(cells, "^[A-Z]{3}$"), True))
        self._refuse_cells("currency", cells, np.asarray(wrong), "BadCurrency")
        if default is None:
            self.refuse_where(np.asarray(cells.is_null()), "currency", "Missing")
        codes = pc.fill_null(pc.if_else(wrong, pa.scalar(None, pa.string()), cells), default or NO_CURRENCY)
        return np.asarray(codes.to_numpy(zero_copy_only=False))

    def amounts(
        self, name: str, currencies: Values, convert: Any, *, required: bool = False, missing: int = 0
    ) -> Values:
        """Money of each row's currency by `convert(cell, currency=...)`, ValueError for what is no amount."""
        values = np.full(len(self), missing, np.int64)
        for currency in dict.fromkeys(currencies.tolist()):
            own = currencies == currency
            cells = self.cells(name)
            if not own.all():
                cells = pc.if_else(pa.array(own), cells, pa.scalar(None, pa.string()))
            read = partial(convert, currency=currency)
            amounts = self.integers(name, read, "BadMoney", required=False, missing=missing, cells=cells)
            values = np.where(own, amounts, values)
        if required:
            self.refuse_where(np.asarray(self.cells(name).is_null()), name, "Missing")
        return values

    def whole(self, name: str, *, required: bool = False) -> Values:
        """A count; 1.2万 and 3,400 are understood, 2.5 pieces are not."""
        return self.integers(name, to_count, "BadCount", required=required, missing=MISSING)

    def seconds(self, name: str) -> Values:
        """A length of time in whole seconds: 3720, 18秒, 2小时, 1小时2分, 01:02:00."""
        return self.integers(name, to_seconds, "BadDuration", required=False, missing=MISSING)

    def ratio(self, name: str) -> Values:
        """A share as a float between 0 and 1 (12.5% and 0.125 alike); None where missing."""
        return self._mapped(name, to_ratio, "BadRatio", required=False)

    def number(self, name: str) -> Values:
        """A plain decimal number that is no money (9.53, 18秒); None where missing."""
        return self._mapped(name, to_number, "BadNumber", required=False)

    def choice(
        self, name: str, words: Mapping[str, Any], *, required: bool = True, missing: Any = None
    ) -> Values:
        """One of the words that the platform uses, as ours; an unknown word rejects its row.

        Upper and lower case, blanks and traditional characters make no other word. A status may also be one of the
        words that the user has given a meaning.
        """
        taught = self.taught if name == "status" else NOTHING_TAUGHT
        known = {normal(word): ours for word, ours in {**words, **taught}.items()}

        def convert(cell: str) -> Any:
            if cell in words:
                return words[cell]
            if (word := normal(cell)) in known:
                return known[word]
            raise ValueError

        code = "UnknownStatus" if name == "status" else "UnknownWord"
        shown = "、".join(dict.fromkeys(words.values() if name == "status" else words))
        return self._mapped(name, convert, code, required=required, missing=missing, known=shown)

    def translated(self, name: str, convert: Convert, missing: Any = None) -> Values:
        """What a function makes of each word of a column; it is called once for equal words."""
        return self._mapped(name, convert, "UnknownWord", required=False, missing=missing)

    def instant(
        self,
        name: str,
        zone: str,
        *,
        required: bool = False,
        order: str = "ymd",
        formats: Sequence[str] = (),
        year: int | None = None,
    ) -> Values:
        """A moment in seconds UTC: in the local time of `zone` unless the cell has its own offset.

        `order` of dates in numbers (dmy, mdy, ymd), `year` of those without; with `formats` only these are read.
        """
        cells = self.cells(name)
        moments, unread = read_moments(cells, zone, order, tuple(formats), year)
        if unread.any():
            self._unreadable(name, cells, unread, "BadTime")
        if required:
            self.refuse_where(np.asarray(cells.is_null()), name, "Missing")
        return moments

    def integers(
        self,
        name: str,
        convert: Convert,
        code: str,
        *,
        required: bool = False,
        missing: Any = 0,
        cells: Any = None,
    ) -> Values:
        """Whole numbers by a reader of one cell that raises ValueError for what it cannot read."""
        values, places = self._by_word(name, convert, code, np.int64, missing, cells, {})
        if required:
            self.refuse_where(places == len(values) - 1, name, "Missing")
        return np.asarray(values[places])

    def _mapped(
        self, name: str, convert: Convert, code: str, *, required: bool, missing: Any = None, **details: Any
    ) -> Values:
        values, places = self._by_word(name, convert, code, object, missing, None, details)
        if required:
            self.refuse_where(places == len(values) - 1, name, "Missing")
        return self.coded(values, places)

    def _by_word(
        self, name: str, convert: Convert, code: str, dtype: Any, missing: Any, cells: Any, details: Any
    ) -> tuple[Values, Values]:
        """The value of each different word of a column, `missing` at the end, and the place of each row's."""
        cells = self.cells(name) if cells is None else cells
        words, places = words_of(cells)
        values: Values = np.full(len(words) + 1, missing, dtype)
        wrong = np.zeros(len(words) + 1, bool)
        for place, word in enumerate(words):
            try:
                values[place] = convert(word)
            except (ValueError, OverflowError):
                amount = worded_amount(name, word, missing) if code == "BadMoney" else None
                wrong[place] = amount is None
                values[place] = missing if amount is None else amount
        if wrong.any():
            self._unreadable(name, cells, wrong[places], code, **details)
        return values, places

    def coded(self, words: Values, places: Values) -> Values:
        """A column by its different words and the word of each row: hashed word by word."""
        column: Values = words[places]
        self._codes[id(column)] = (column, text_codes(words)[places])
        return column

    def _unreadable(self, name: str, cells: pa.StringArray, mask: Values, code: str, **details: Any) -> None:
        """Reject the rows of cells that cannot be read, or note the cells where no record needs them."""
        item = self.fields.get(name)
        if item is None or item.is_needed or code in ALWAYS_NEEDED:
            self._refuse_cells(name, cells, mask, code, **details)
        else:
            places = [place for place in np.flatnonzero(mask).tolist() if place not in self.skipped]
            self.leave_empty(name, code, cells.take(pa.array(places, pa.int64())).to_pylist())

    def leave_empty(self, name: str, code: str, cells: Sequence[str | None]) -> None:
        """Note cells that were left empty because they cannot be read and no record needs them."""
        if not cells:
            return
        is_personal = name in self.fields and self.fields[name].personal
        shown = [MASK if is_personal else (cell or "")[:80] for cell in cells]
        self.unread.setdefault((self._header(name) or name, code), []).extend(shown)

    def _refuse_cells(
        self, name: str, cells: pa.StringArray, mask: Values, code: str, **details: Any
    ) -> None:
        for place in np.flatnonzero(mask):
            self.refuse([place], name, code, found=(cells[int(place)].as_py() or "")[:80], **details)

    def setting(self, context: Context, name: str, default: Any = None) -> Any:
        """What the user set or `prepare` detected for the whole file; a rejected row stores it."""
        saved = self.cells(f"setting:{name}").drop_null()
        value = context.settings.get(name)
        if value is None:
            value = saved[0].as_py() if len(saved) else default
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

    def line_numbers(self, context: Context, order_id: Values, *lasting: Values) -> Values:
        """Keys of lines without an id: #1, #2 … within their order, by what nobody edits, then by place.

        Titles, codes and notes are edited between two exports, and must not make a second line.
        """
        if self.has("record_key"):
            known = np.asarray(self.cells("record_key").to_numpy(zero_copy_only=False))
            self.extra["record_key"] = known
            return known
        words = context.seen.numbers_in_order(content_hash((order_id,)), lasting)
        self.extra["record_key"] = words
        return words

    def people(self, context: Context, *names: str) -> Values:
        """The keyed hash of who these personal cells name together; None where all are empty."""
        if self.has("person_key"):  # a row that was rejected stores the hash, never the cells
            return np.array([int(v) if v else None for v in self.cells("person_key").to_pylist()])
        columns = [pc.fill_null(self.cells(name), "") for name in names]
        joined = pc.binary_join_element_wise(*columns, "|") if len(columns) > 1 else columns[0]
        words, places = words_of(joined)
        result = context.people(words)
        people: Values = np.array([*result, None], object)[places]
        codes = np.array([person or 0 for person in result] + [0], np.uint64)
        self._codes[id(people)] = (people, codes[places])
        return people

    def taken(self, column: Values, places: Values) -> Values:
        """A column at these places alone; one that was read here is hashed word by word as before."""
        part: Values = column[places]
        if (known := self._codes.get(id(column))) is not None:
            self._codes[id(part)] = (part, known[1][places])
        return part

    def version(self, columns: Iterable[Values], rank: Values | int = 0) -> Values:
        """`payload_hash` of these columns; those that were read here are hashed word by word."""
        known = (self._codes.get(id(values), (None, values))[1] for values in columns)
        return payload_hash(known, rank)

    def accepted(self) -> Values:
        """Which places of the chunk are not rejected."""
        accepted = np.ones(len(self), bool)
        if gone := [*self.problems, *self.skipped]:
            accepted[gone] = False
        return accepted

    def batch(
        self, table: str, platform: str, columns: Mapping[str, Any], places: Values | None = None
    ) -> IngestBatch:
        """A batch of the accepted rows (of those at `places`, where given)."""
        selected = self.accepted() if places is None else places
        if places is None and selected.all():
            return IngestBatch(table, platform, dict(columns), self.numbers)
        accepted = {name: values[selected] for name, values in columns.items()}
        return IngestBatch(table, platform, accepted, self.numbers[selected])
