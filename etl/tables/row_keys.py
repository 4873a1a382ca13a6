"""Keys for records that have no id: how often the same content was met in one file; and ids that are none any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.tables.hashes import content_hash
from shop.orders.batch import LONGEST_KEY

Values = NDArray[Any]
RUINED_ID = r"^\d+(\.\d+)?[eE]\+?\d+$|^\d+\.\d+$|^#+$"  # as a spreadsheet rounds or hides a long id
ROUNDED_ID = r"^[1-9]\d{14}0{3,}$"  # a long id that went through a spreadsheet


class Seen:
    """Content hashes met so far in one file, sorted so that a million of them stay small.

    Two equal records are two purchases: the first has occurrence 1, the second 2, in file order.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Values, Values]] = []

    def occurrences(self, hashes: Values) -> Values:
        """For each record of a chunk, which occurrence of its content it is, counting from 1."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        first = np.ones(len(hashes), bool)
        first[1:] = ordered[1:] != ordered[:-1]
        starts = np.flatnonzero(first)
        lengths = np.diff(np.append(starts, len(hashes)))
        within = np.arange(len(hashes)) - np.repeat(starts, lengths)
        distinct = ordered[starts]
        before = np.zeros(len(distinct), np.int64)
        for known, counts in self._runs:
            before += _looked_up(distinct, known, counts)
        self._add(distinct, lengths.astype(np.int64))
        result = np.empty(len(hashes), np.int64)
        result[order] = within + np.repeat(before, lengths) + 1
        return result

    def numbers_in_order(self, orders: Values, lasting: Sequence[Values]) -> Values:
        """#1, #2 … for the records of each order (by its hash), sorted by what lasts, then by their place."""
        before = self._met_before(orders)
        place = np.lexsort((np.arange(len(orders)), *map(_sortable, reversed(lasting)), orders))
        ordered = orders[place]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else place
        lengths = np.diff(np.append(starts, len(ordered)))
        numbers = np.empty(len(orders), np.int64)
        numbers[place] = np.arange(len(orders)) - np.repeat(starts, lengths) + 1
        return np.array([f"#{number}" for number in (numbers + before).tolist()] or [], object)

    def _met_before(self, hashes: Values) -> Values:
        """For each record of a chunk, how often its hash was met in the chunks before; this chunk is added."""
        distinct, places, lengths = np.unique(hashes, return_inverse=True, return_counts=True)
        before = np.zeros(len(distinct), np.int64)
        for known, counts in self._runs:
            before += _looked_up(distinct, known, counts)
        self._add(distinct, lengths.astype(np.int64))
        result: Values = before[places]
        return result

    def _add(self, hashes: Values, counts: Values) -> None:
        """Runs are merged when they are of like size: each hash is copied only some twenty times."""
        if not len(hashes):
            return
        while self._runs and len(self._runs[-1][0]) <= 2 * len(hashes):
            older, older_counts = self._runs.pop()
            both, places = np.unique(np.concatenate((older, hashes)), return_inverse=True)
            counts = np.bincount(places, np.concatenate((older_counts, counts))).astype(np.int64)
            hashes = both
        self._runs.append((hashes, counts))


def _sortable(values: Values) -> Values:
    """A column as numbers that are alike where its values are alike."""
    return content_hash((values,)) if values.dtype == object else values


def _looked_up(wanted: Values, known: Values, counts: Values) -> Values:
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    result: Values = np.where(known[places] == wanted, counts[places], 0)
    return result


def line_keys(hashes: Values, occurrences: Values) -> Values:
    """The text key of each record: its content's hash and its occurrence."""
    pairs = zip(hashes.tolist(), occurrences.tolist(), strict=True)
    return np.array([f"{code:016x}-{number}" for code, number in pairs] or [], object)


def ruined_ids(cells: pa.StringArray) -> pa.BooleanArray:
    """Which ids a spreadsheet rounded or hid."""
    ruined = pc.fill_null(pc.match_substring_regex(cells, RUINED_ID), False)
    rounded = pc.fill_null(pc.match_substring_regex(cells, ROUNDED_ID), False)
    count = pc.sum(rounded).as_py() or 0
    if count >= 3 and count * 5 > len(cells):  # far more often than chance
        ruined = pc.or_(ruined, rounded)
    return ruined


def long_keys(keys: pa.StringArray) -> pa.BooleanArray:
    """Which ids and codes have more than LONGEST_KEY characters."""
    return pc.fill_null(pc.greater(pc.utf8_length(keys), LONGEST_KEY), False)
