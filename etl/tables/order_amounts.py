"""Order-level cells in a table of order lines: carried down, counted once, shared among the lines.

Exports write what belongs to a whole order in two ways: on the first row of the order only (Shopify, merged
cells), or again on every row (WeChat, WooCommerce, Etsy). The primitives, for `etl.files` and `etl.profiles`:

    carry_down      cells that stand only on the first row of an order fill its other rows
    fill_ids        order ids that stand only on the first row of an order (merged cells)
    repeats         whether an amount is the order's, repeated on each row; judged over the whole file
    only_on_first   whether a column is filled on the first row of each order only; over the whole file
    OrderColumns    which columns of a kind belong to the order, and `rewritten`, which applies all of it

A kind of file that has order-level columns offers `whole_orders(chunks, context)`, which the importer calls
between reading and parsing; `OrderColumns.rewritten` is its usual body. The cells are rewritten as text, so
that a rejected row, which is stored and read again alone, retains its share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.tables.amounts import amount, worded_amount
from etl.tables.base import Chunk, Reread, Table, joined, without_last
from etl.tables.cells import FINER
from etl.tables.half_up import half_up
from etl.tables.row_shape import words_of_bad
from shop.core.money import minor_digits, minor_per_unit, split

Values = np.ndarray
POSTAGE = ("shipping", "postage", "shipping_discount")  # whichever line has it, the order's is right
ONE_NUMBER = re.compile(r"\D{0,8}\d[\d.,'\s]*\D{0,8}")
CLEAR = 50  # one order in fifty may be otherwise (a hand-edited row) before a column is the line's


def codes_of(orders: pa.StringArray) -> Values:
    """A number for each row's order, in order of appearance; a row without an order id is its own."""
    encoded = orders.dictionary_encode()
    codes = np.asarray(pc.fill_null(encoded.indices, -1)).astype(np.int64)
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(encoded.dictionary) + np.arange(len(alone))
    return codes


def _rows_of_orders(codes: Values, torn: Values | None = None) -> list[Values]:
    """The row places of each order that has more than one row, or had in the file, each in file order."""
    by_order = np.argsort(codes, kind="stable")
    every = np.split(by_order, np.flatnonzero(np.diff(codes[by_order])) + 1)
    return [places for places in every if len(places) > 1 or (torn is not None and torn[places].any())]


def carry_down(cells: pa.StringArray, codes: Values) -> pa.StringArray:
    """Empty cells take the first filled cell of their order."""
    empty = np.asarray(cells.is_null())
    if not empty.any():
        return cells
    source = np.arange(len(cells))
    for places in _rows_of_orders(codes):
        filled = places[~empty[places]]
        if len(filled):
            source[places[empty[places]]] = filled[0]
    return cells.take(pa.array(source))


def fill_ids(orders: pa.StringArray) -> pa.StringArray:
    """Empty order ids take the id of the row above: merged cells."""
    return pc.fill_null_forward(orders)


def repeats(amounts: Values, codes: Values, weights: Values) -> bool | None:
    """Whether an amount is the order's and repeated on each of its rows; None where nothing shows it.

    Judged over whole files. Evidence for: an order whose lines differ in `weights` (their list value) has the
    same amount on all rows, or lines of equal value have their sum on each row. Evidence against: rows of one
    order that differ. Orders without the amount show nothing.
    """
    same = differs = 0
    for places in _rows_of_orders(codes):
        here, lines = amounts[places], weights[places]
        if not here.any():
            continue
        if (here != here[0]).any():
            differs += 1
        elif (lines != lines[0]).any() or (lines.sum() == here[0] and lines[0] != here[0]):
            same += 1
    if not same and not differs:
        return None
    return same > CLEAR * differs


def only_on_first(filled: Values, codes: Values) -> bool:
    """Whether a column is filled on the first row of orders and on no later one; at least one shows it."""
    shown = otherwise = 0
    for places in _rows_of_orders(codes):
        if filled[places[1:]].any():
            otherwise += 1
        elif filled[places[0]]:
            shown += 1
    return shown > CLEAR * otherwise


@dataclass(frozen=True)
class Composition:
    """What an order-level sum consists of besides the goods that are shared by the weights.

    `contains` are columns whose amounts are in the sum (shipping, tax), `lacks` those taken off it (a refund):
    each line bears its own of them. `discounts` are columns that lessen the weight of each line.
    """

    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    discounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderColumns:
    """Which columns of a table belong to the order and not to the line, by our field names.

    `carried` are texts and moments that fill the order's other rows; `shared` are amounts counted once
    and shared; the weights are the product of the numbers in `weights` (unit price and quantity, a line
    total), equal shares where there are none. `fill_ids`: the order id itself stands on first rows only.
    `scattered`: rows of one order may be scattered, so that the file is taken as a whole. `composed`: what a
    shared sum consists of, by its name; without it all of the sum is shared by the weights.
    """

    carried: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    order: str = "order_id"
    fill_ids: bool = False
    scattered: bool = False
    composed: Mapping[str, Composition] = field(default_factory=dict)

    def noticed(
        self,
        table: Table,
        header: int,
        places: Mapping[str, int],
        *,
        carried: Iterable[str] = (),
        amounts: Iterable[str] = (),
        decimal: str = ".",
    ) -> OrderColumns:
        """These columns and those among `carried` and `amounts` that the whole file shows to be the order's."""
        wanted = [self.order, *self.carried, *self.shared, *self.weights, *carried, *amounts]
        chunk = read_columns(table, header, {name: places[name] for name in wanted if name in places})
        if self.order not in chunk.columns or not len(chunk):
            return self
        ids = chunk.columns[self.order]
        codes = codes_of(fill_ids(ids) if self.fill_ids else ids)
        weights = self.weights_of(chunk, decimal)
        here = chunk.columns
        down = [name for name in carried if name in here and _stands_first(here[name], codes)]
        once = [
            name
            for name in amounts
            if name in here
            and (_stands_first(here[name], codes) or repeats(_numbers(here[name], decimal), codes, weights))
        ]
        return replace(
            self,
            carried=tuple(dict.fromkeys((*self.carried, *down))),
            shared=tuple(dict.fromkeys((*self.shared, *once))),
            scattered=any((np.diff(rows) > 1).any() for rows in _rows_of_orders(codes)),
        )

    def weights_of(self, chunk: Chunk, decimal: str = ".") -> Values:
        """The weight of each line in hundredths; 1 where the table has no column to weigh by."""
        result = np.ones(len(chunk), np.int64)
        for name in self.weights:
            if name in chunk.columns:
                numbers = np.abs(_numbers(chunk.columns[name], decimal))
                with np.errstate(over="ignore"):
                    result = np.minimum(result * np.minimum(numbers, 10**9), 10**15)
        return result

    def rewritten(
        self, chunks: Iterable[Chunk], *, currency: str | None = None, decimal: str = "."
    ) -> Iterator[Chunk]:
        """Chunks of whole orders, their order-level cells carried down and shared.

        Amounts are of the row's `currency` column where the chunk has one, else of `currency`. A cell that
        is no amount stays as it is; an order whose rows state different amounts, or of which a line cannot be
        weighed, gets a cell that is no amount, so that the parser rejects its rows by name.
        """
        for chunk in self._whole(chunks):
            yield self._rewrite(chunk, currency, decimal) if len(chunk) else chunk

    def _rewrite(self, chunk: Chunk, currency: str | None, decimal: str) -> Chunk:
        columns = dict(chunk.columns)
        codes = codes_of(columns[self.order])
        for name in self.carried:
            if name in columns:
                columns[name] = carry_down(columns[name], codes)
        torn = np.asarray(pc.is_in(columns[self.order], pa.array(words_of_bad(chunk.bad), pa.string())))
        orders = _rows_of_orders(codes, torn if chunk.bad else None)
        if orders and self.shared:
            weights, lost = self.weights_of(chunk, decimal), self._unweighed(chunk) | torn
            named = columns["currency"].to_pylist() if "currency" in columns else None
            reader = _Reader(currency, named, decimal)
            for name in sorted(self.shared, key=self.composed.__contains__):  # the parts of a sum first
                if name in columns:
                    spoilt = np.zeros(len(chunk), bool) if name in POSTAGE else lost
                    shared = _SharedColumn(columns[name].to_pylist(), reader, self._parts(name, columns))
                    columns[name] = pa.array(shared.by(orders, weights, spoilt), pa.string())
        return Chunk(columns, chunk.rows, chunk.bad)

    def _unweighed(self, chunk: Chunk) -> Values:
        """Rows whose weight cannot be read: what their order's other lines have of its sums is unknown."""
        result = np.zeros(len(chunk), bool)
        for name in self.weights:
            if name in chunk.columns:
                words = chunk.columns[name].unique().drop_null().to_pylist()
                known = pa.array([word for word in words if _is_readable(name, word)], pa.string())
                result |= ~np.asarray(pc.is_in(chunk.columns[name], known))
        return result

    def _parts(self, name: str, columns: Mapping[str, pa.StringArray]) -> _Parts:
        """The cells of what a sum consists of, and how many weights one unit of money is."""
        composed = self.composed.get(name, Composition())

        def cells(names: Iterable[str]) -> list[Cells]:
            return [columns[part].to_pylist() for part in names if part in columns]

        return _Parts(
            cells(composed.contains),
            cells(composed.lacks),
            cells(composed.discounts),
            unit=100 ** sum(part in columns for part in self.weights),
        )

    def _whole(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Chunks in which no order is cut: its last rows wait for the next chunk."""
        pending: Chunk | None = None
        for chunk in chunks:
            pending = joined([pending, chunk]) if pending is not None else chunk
            if self.order not in pending.columns:
                yield pending
                pending = None
                continue
            if self.fill_ids:
                filled = fill_ids(pending.columns[self.order])
                pending = Chunk({**pending.columns, self.order: filled}, pending.rows, pending.bad)
            if self.scattered or not len(pending):
                continue
            before, last = without_last(pending, self.order)
            if len(before):
                yield before
                pending = last
        if pending is not None:
            yield pending


def read_columns(table: Table, header: int, places: Mapping[str, int]) -> Chunk:
    """A few columns of the whole file, by whichever reader can read it."""
    try:
        chunks = list(table.chunks(header, places))
    except Reread:
        chunks = list(table.chunks(header, places, careful=True))
    nothing = Chunk({name: pa.array([], pa.string()) for name in places}, np.array([], np.int64))
    return joined(chunks) if chunks else nothing


def _stands_first(cells: pa.StringArray, codes: Values) -> bool:
    return only_on_first(np.asarray(cells.is_valid()), codes)


def _numbers(cells: pa.StringArray, decimal: str) -> Values:
    """The cells as hundredths, 0 where empty or no number."""
    encoded = cells.dictionary_encode()
    values = [_hundredths(word, decimal) for word in encoded.dictionary.to_pylist()]
    places = np.asarray(pc.fill_null(encoded.indices, len(values)))
    result: Values = np.array([*values, 0], np.int64)[places]
    return result


def _is_readable(name: str, word: str) -> bool:
    if ONE_NUMBER.fullmatch(word):  # a date is none; so many pieces that the row is rejected are none either
        return name != "quantity" or not re.search(r"\d{8}", word)
    return name != "quantity" and worded_amount(name, word, 0) is not None


def _hundredths(word: str, decimal: str) -> int:
    number = re.search(r"-?\d[\d.,]*", word)
    if not number:
        return 0
    text = number[0].replace("." if decimal == "," else ",", "").replace(",", ".")
    try:
        return int(min(Decimal(text), Decimal(10**12)).scaleb(2))
    except ArithmeticError:
        return 0


Cells = list[str | None]


@dataclass(frozen=True)
class _Parts:
    """The cells of what a sum contains, lacks, and lessens the weights by; `unit`: the weight of 1 of a currency."""

    contained: list[Cells]
    lacking: list[Cells]
    discounts: list[Cells]
    unit: int


@dataclass(frozen=True)
class _Reader:
    """How the amounts of a chunk are read: the currency of each row, else of all, and the decimal mark."""

    currency: str | None
    named: Cells | None
    decimal: str

    def currency_at(self, place: int) -> str:
        return ((self.named[place] if self.named else None) or self.currency or "").upper()

    def sums(self, columns: list[Cells], places: list[int], code: str) -> list[int]:
        """The sum of some columns in each of these rows, in minor units without signs."""
        return [sum(self._minor(cells[place], code) for cells in columns) for place in places]

    def _minor(self, cell: str | None, code: str) -> int:
        try:
            return abs(amount(cell, code, self.decimal, rounded=True)) if cell is not None else 0
        except ValueError:
            return 0


class _SharedColumn:
    """One order-level amount column: its cells, how they are read, and what each amount consists of."""

    def __init__(self, cells: Cells, reader: _Reader, parts: _Parts) -> None:
        self.cells, self.reader, self.parts = cells, reader, parts

    def by(self, orders: list[Values], weights: Values, spoilt: Values) -> Cells:
        """The cells, those of each order shared by the weights of its rows; no amounts where a row is spoilt."""
        for places in orders:
            filled = [int(place) for place in places if self.cells[place] is not None]
            if filled and spoilt[places].any():
                text = f"{self.cells[filled[0]]} / ?"
                for place in places:
                    self.cells[place] = text
            elif filled:
                self._share(places.tolist(), filled, weights[places].tolist())
        return self.cells

    def _share(self, places: list[int], filled: list[int], weights: list[int]) -> None:
        code, totals = self.reader.currency_at(filled[0]), dict[int, str]()
        decimal = self.reader.decimal
        unread: set[int] = set()  # the cells that are no amount: their rows alone are rejected for it
        for place in filled:
            cell = self.cells[place] or ""
            try:
                totals.setdefault(amount(cell, code, decimal, FINER, rounded=True), cell)
            except ValueError:
                unread.add(place)
        if not totals:
            return
        if len(totals) > 1:  # a zero and an amount: the amount is on the other row
            totals.pop(0, None)
        if len(totals) > 1:
            text = " ≠ ".join(totals.values())
            for place in places:
                self.cells[place] = text
            return
        whole, difference = half_up(np.array(list(totals)), 10**FINER)
        parts = self._of_lines(int(whole[0]), places, weights, code)
        largest = max(range(len(parts)), key=lambda number: abs(parts[number]))
        for number, (place, part) in enumerate(zip(places, parts, strict=True)):
            if place in unread:
                continue
            exact = Decimal(part) - (Decimal(int(difference[0])).scaleb(-FINER) if number == largest else 0)
            text = f"{Decimal(part).scaleb(-minor_digits(code)):.{minor_digits(code)}f}"
            if exact != part:
                text = f"{exact.scaleb(-minor_digits(code)):f}"
            self.cells[place] = text.replace(".", decimal)

    def _of_lines(self, total: int, places: list[int], weights: list[int], code: str) -> list[int]:
        """The part of each line: its goods by weight, and what of the rest is its own.

        The goods of a line are at most its list value where those of the order are at most the order's.
        """
        lacking = self.reader.sums(self.parts.lacking, places, code)
        if total < 0 or not any((total, *lacking)):  # a return, or nothing was paid at all
            return split(total, weights)
        contained = self.reader.sums(self.parts.contained, places, code)
        rest = [more - less for more, less in zip(contained, lacking, strict=True)]
        goods, per_minor = total - sum(rest), Fraction(self.parts.unit, minor_per_unit(code))
        discounts = self.reader.sums(self.parts.discounts, places, code)
        left = [
            max(int(weight - less * per_minor), 0) for weight, less in zip(weights, discounts, strict=True)
        ]
        shares = split(goods, left if sum(left) >= goods * per_minor else weights)
        return [share + own for share, own in zip(shares, rest, strict=True)]
