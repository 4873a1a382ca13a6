"""What the sums of an unknown table of orders mean, as far as its arithmetic shows it.

    list value = seller's discount + platform's discount + paid - shipping - tax (+ what was refunded)

is true for one reading of the columns and not for the others: that reading is written down. Where several are true,
or none, it becomes a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow.compute as pc

from etl.files.fields import Values
from etl.profiles.draft import Draft
from etl.profiles.patterns import key
from etl.tables.amounts import amount, currency_in
from etl.tables.order_amounts import codes_of, fill_ids, only_on_first, repeats

SHAREABLE = (
    "list_total",
    "paid",
    "paid_after_refund",
    "shipping",
    "shipping_discount",
    "tax",
    "refund",
    "seller_discount",
    "platform_discount",
)
ENOUGH = 0.9  # of the orders must obey a reading

HUNDREDTHS = 100  # a whole number of a column in hundredths


@dataclass(frozen=True)
class SumsReading:
    """One way to read a column of paid sums."""

    base: str
    paid: str
    includes: tuple[str, ...]
    refunds: str
    discounts: tuple[str, ...]
    shipping_is_less: bool  # by the shipping discount, which is a column of its own


class Sums:
    """The amount columns of a draft in hundredths, per row and per order."""

    def __init__(self, draft: Draft, decimal: str) -> None:
        self.draft, self.decimal = draft, decimal
        ids = draft.whole.columns[draft.columns["order_id"]]
        self.blank_ids = _filled_below_blank(draft, ids)
        self.codes = codes_of(fill_ids(ids) if self.blank_ids else ids)
        self.unique = len(np.unique(self.codes)) == len(self.codes)
        self.weights = self._lines()
        self.per: dict[str, str | None] = {}
        self.open_grains: list[str] = []  # amounts whose cells do not show the grain: line or order

    def cents(self, header: str) -> Values:
        """A column in hundredths, 0 where empty or no amount."""
        encoded = self.draft.whole.columns[header].dictionary_encode()
        values = [_hundredths(word, self.decimal) for word in encoded.dictionary.to_pylist()]
        places = np.asarray(pc.fill_null(encoded.indices, len(values)))
        cents: Values = np.abs(np.array([*values, 0], np.int64))[places]
        return cents

    def _lines(self) -> Values:
        columns = self.draft.columns
        if "unit_price" in columns:
            pieces = self.pieces()
            listed: Values = self.cents(columns["unit_price"]) * pieces
            return listed
        if "list_total" in columns:
            return self.cents(columns["list_total"])
        return self.pieces()

    def pieces(self) -> Values:
        """The pieces of each row, 1 where no column states it."""
        header = self.draft.columns.get("quantity")
        pieces: Values = self.cents(header) // HUNDREDTHS if header else np.ones(len(self.codes), np.int64)
        return pieces

    def grain(self, name: str, header: str) -> str | None:
        """line or order; None where the file leaves it open."""
        if self.unique:
            return "line"
        filled = np.asarray(self.draft.whole.columns[header].is_valid())
        if only_on_first(filled, self.codes):
            return "order"
        values = self.cents(header)
        weights = self.weights
        if name == "list_total":
            if "unit_price" not in self.draft.columns:
                weights = self.pieces()
            elif np.mean(values == weights) >= ENOUGH:
                return "line"
        repeated = repeats(values, self.codes, weights)
        if repeated is not None:
            return "order" if repeated else "line"
        if key(header).startswith(("order", "订单")) and name not in ("list_total", "paid"):
            return "order"
        return None if self._shown_together(values) else "line"

    def judge(self, name: str, header: str) -> None:
        """Note whether an amount is of the line or the order, or that the cells leave it open."""
        self.per[name] = self.per[header] = self.grain(name, header)
        self.open_grains = [other for other in self.open_grains if other != name]
        if self.per[name] is None:
            self.open_grains.append(name)

    def _shown_together(self, values: Values) -> bool:
        """Whether an order of several rows has this amount at all."""
        _, places, counts = np.unique(self.codes, return_inverse=True, return_counts=True)
        return bool((values[counts[places] > 1] > 0).any())

    def of_orders(self, header: str, grain: str | None) -> Values:
        """The sum of each order."""
        values = self.cents(header)
        size = int(self.codes.max(initial=-1)) + 1
        if grain == "order":
            result = np.zeros(size, np.int64)
            np.maximum.at(result, self.codes, values)
            return result
        return np.bincount(self.codes, values, size).astype(np.int64)

    def proved(self, choices: Sequence[str], parts: dict[str, str], refund: str | None) -> list[SumsReading]:
        """The readings of all paid columns; grains that the cells left open are those that make a reading true."""
        undecided = [name for name in self.open_grains if name in self.draft.columns]
        proofs = []
        for grains in product(("line", "order"), repeat=len(undecided)):
            self._set_grains(dict(zip(undecided, grains, strict=True)))
            if readings := [r for paid in choices for r in self.readings(paid, parts, refund)]:
                proofs.append((grains, readings))
        self._set_grains(dict.fromkeys(undecided))
        decided = {
            name: grains[0]
            for name, grains in zip(
                undecided, zip(*(grains for grains, _ in proofs), strict=True), strict=False
            )
            if len(set(grains)) == 1
        }
        self._set_grains(decided)
        self.open_grains = [name for name in self.open_grains if name not in decided]
        return proofs[0][1] if proofs else []

    def _set_grains(self, grains: Mapping[str, str | None]) -> None:
        for name, grain in grains.items():
            self.per[name] = self.per[self.draft.columns[name]] = grain

    def readings(self, paid: str, parts: dict[str, str], refund: str | None) -> list[SumsReading]:
        """The readings of a column of paid sums that nearly all orders with a paid sum obey."""
        columns = self.draft.columns
        size = int(self.codes.max(initial=-1)) + 1
        bases = {}
        if "unit_price" in columns:
            bases["unit_price"] = np.bincount(self.codes, self.weights, size).astype(np.int64)
        if "list_total" in columns:
            bases["list_total"] = self.of_orders(columns["list_total"], self.per.get("list_total"))
        return [
            r for base, listed in bases.items() for r in self._readings(base, listed, paid, parts, refund)
        ]

    def _readings(
        self, base: str, listed: Values, paid: str, parts: dict[str, str], refund: str | None
    ) -> list[SumsReading]:
        columns, size = self.draft.columns, len(listed)
        column = self.of_orders(paid, self.per.get(paid, self.grain("paid", paid)))
        discounts = [name for name in ("seller_discount", "platform_discount") if name in columns]
        result = []
        summands = [tuple(discounts), *((name,) for name in discounts if len(discounts) > 1), ()]
        reduced = columns.get("shipping_discount")
        reduced = reduced if reduced and "shipping" in parts and self.has_any(reduced) else None
        choices = product(
            dict.fromkeys(summands),
            _subsets(tuple(parts)),
            ("gross", "net") if refund else ("gross",),
            (True, False) if reduced else (False,),
        )
        for chosen, includes, refunds, is_less in choices:
            goods = column - sum(
                (self.of_orders(parts[part], self.per.get(part)) for part in includes),
                np.zeros(size, np.int64),
            )
            if reduced and is_less and "shipping" in includes:
                goods = goods + self.of_orders(reduced, self.per.get("shipping_discount"))
            if refund and refunds == "net":
                goods = goods + self.of_orders(refund, self.per.get("refund"))
            given = sum(
                (self.of_orders(columns[name], self.per.get(name)) for name in chosen),
                np.zeros(size, np.int64),
            )
            counted = (column > 0) & (listed > 0)
            good = np.abs(listed - given - goods) <= 1
            if counted.any() and good[counted].mean() >= ENOUGH:
                result.append(SumsReading(base, paid, includes, refunds, chosen, is_less))
        return result

    def has_negative(self, header: str) -> bool:
        """Whether a column has amounts below zero."""
        signs = pc.match_substring_regex(self.draft.cells(header), r"^\D{0,4}-\D{0,4}\d|^\(|\d-$")
        return bool(pc.any(signs).as_py())

    def has_any(self, header: str) -> bool:
        """Whether a column has any amount but zero."""
        return bool(self.cents(header).any())


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [
        tuple(n for n, on in zip(names, flags, strict=True) if on)
        for flags in product((False, True), repeat=len(names))
    ]


def _hundredths(word: str, decimal: str) -> int:
    try:
        return amount(word, currency_in(word) or "CNY", decimal, rounded=True)
    except ValueError:
        return 0


def _filled_below_blank(draft: Draft, ids: object) -> bool:
    """Whether order ids stand on first rows only: rows without one that state what was sold."""
    blank = np.asarray(ids.is_null())  # type: ignore[attr-defined]
    if not blank.any() or blank[0]:
        return False
    named = [
        draft.columns[name] for name in ("sku", "title", "quantity", "unit_price") if name in draft.columns
    ]
    sold = np.ones(len(blank), bool) if named else np.zeros(len(blank), bool)
    for header in named[:2]:
        sold &= np.asarray(draft.whole.columns[header].is_valid())
    return bool((blank & sold).sum() >= max(1, (blank & ~sold).sum()))
