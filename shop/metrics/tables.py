"""Answers as plain rows: the facts are joined, missing days filled, rates divided.

Plain lists, for the tables are small and many: a data frame is built at the very end, where a page
wants one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from shop.metrics.definitions import Measure, Ratio, metric

TIME = ("day", "week", "month", "year")
Key = tuple[Any, ...]
Number = int | float | None


@dataclass(frozen=True)
class FactRows:
    """The rows of one fact: the dimensions that it has, its measures, and their values by dimension."""

    by: tuple[str, ...]
    names: tuple[str, ...]
    rows: Mapping[Key, Sequence[Any]]

    def plus(self, other: FactRows) -> FactRows:
        """The same rows with the values of other rows, of some of the measures, added to them."""
        if not other.rows:
            return self
        rows = dict(self.rows)
        for key, values in other.rows.items():
            more = dict(zip(other.names, values, strict=True))
            known = rows.get(key, (None,) * len(self.names))
            pairs = zip(self.names, known, strict=True)
            rows[key] = [(value or 0) + more[name] if more.get(name) else value for name, value in pairs]
        return FactRows(self.by, self.names, rows)


@dataclass(frozen=True)
class FigureTable:
    """The dimensions of each row in order, and each figure as a column; None where it is not known."""

    by: tuple[str, ...]
    keys: Sequence[Key]
    columns: dict[str, list[Number]]

    def fill(self, name: str, but: Sequence[bool] | None = None) -> None:
        """Count nothing as 0, but not in the rows that `but` marks: there it is unknown."""
        unknown = but or [False] * len(self.keys)
        self.columns[name] = [
            0 if value is None and not is_unknown else value
            for value, is_unknown in zip(self.columns[name], unknown, strict=True)
        ]

    def forget(self, name: str, rows: Sequence[bool]) -> None:
        """Make a figure unknown in the rows marked."""
        marked = zip(self.columns[name], rows, strict=True)
        self.columns[name] = [None if is_unknown else value for value, is_unknown in marked]

    def values(self, name: str) -> list[Number]:
        """A metric of each row; a ratio may rest on another one, and on sums of its own."""
        if name in self.columns:
            return self.columns[name]
        ratio = metric(name)
        assert isinstance(ratio, Ratio)
        pair = (f"{ratio.over}/{ratio.under}", f"{ratio.under}\\{ratio.over}")
        over, under = (
            self.columns[known] if known in self.columns else self.values(part)
            for known, part in zip(pair, (ratio.over, ratio.under), strict=True)
        )
        return [divided(ratio, column, base) for column, base in zip(over, under, strict=True)]

    def frame(self, names: Iterable[str]) -> pd.DataFrame:
        """The cuts as text and these metrics: Int64 for counts and cents, Float64 for rates."""
        cuts = {
            name: pd.Series([key[place] for key in self.keys], dtype=object)
            for place, name in enumerate(self.by)
        }
        return pd.DataFrame(cuts | {name: typed(name, self.values(name)) for name in names})


def divided(ratio: Ratio, over: Number, base: Number) -> Number:
    """One ratio; money rounded half up in integers, nothing where there is no positive base."""
    if over is None or base is None or base <= 0:
        return None
    if ratio.unit == "cents":
        return int((2 * over * ratio.scale + base) // (2 * base))
    return over * ratio.scale / base


def typed(name: str, values: Sequence[Number]) -> Any:
    """A column of a data frame, missing where a value is not known."""
    definition = metric(name)
    whole = isinstance(definition, Measure) or definition.unit == "cents"
    missing = np.array([value is None for value in values], dtype=bool)
    filled = [0 if value is None else value for value in values]
    if whole:
        return pd.arrays.IntegerArray(np.array(filled, dtype=np.int64), missing)
    return pd.arrays.FloatingArray(np.array(filled, dtype=np.float64), missing)


# --- data frames as rows ---------------------------------------------------------------------------


def cells(column: pd.Series) -> list[Any]:
    """The values of one column in order, None where one is missing.

    A text column has NaN where a value is missing, and NaN is true: whoever tests, words or writes
    a cell reads it through here or through `records`.
    """
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by its column names, None where a value is missing."""
    names = [str(name) for name in table.columns]
    columns = [cells(table.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


# --- joining facts -------------------------------------------------------------------------------


def joined(by: tuple[str, ...], times: Sequence[Key] | None, parts: Sequence[FactRows]) -> FigureTable:
    """The facts in one table: every group of time of the range, times the other groups that occur.

    `times` are the groups of time of the range; None where the query has none.
    """
    keys = _keys(by, times, parts)
    columns: dict[str, list[Number]] = {}
    for part in parts:
        places = [by.index(name) for name in part.by]
        nothing = (None,) * len(part.names)
        rows = [part.rows.get(key, nothing) for key in _shared(keys, places, len(by))]
        columns |= {name: [row[place] for row in rows] for place, name in enumerate(part.names)}
    return FigureTable(by, keys, columns)


def merged(parts: Sequence[FactRows]) -> FactRows:
    """Rows of the same dimensions as one."""
    keys = dict.fromkeys(key for part in parts for key in part.rows)
    nothing = [(None,) * len(part.names) for part in parts]
    rows = {
        key: [value for part, none in zip(parts, nothing, strict=True) for value in part.rows.get(key, none)]
        for key in keys
    }
    return FactRows(parts[0].by, tuple(name for part in parts for name in part.names), rows)


def _shared(keys: Sequence[Key], places: list[int], cuts: int) -> Iterable[Key]:
    """The keys as a part knows them that has not all the cuts."""
    if len(places) == cuts:
        return keys
    return (tuple(key[place] for place in places) for key in keys)


def _keys(by: tuple[str, ...], times: Sequence[Key] | None, parts: Sequence[FactRows]) -> list[Key]:
    """The cuts of every row, in order."""
    if not by:
        return [()]
    whole = [part for part in parts if part.by == by]
    if times is None:
        return _in_order({key for part in whole for key in part.rows})
    when = [place for place, name in enumerate(by) if name in TIME]
    if len(when) == len(by):
        return _in_order(set(times))
    others = {
        tuple(value for place, value in enumerate(key) if place not in when)
        for part in whole
        for key in part.rows
    }
    if len(by) == 2:  # each in order, and so are their pairs
        axes = [[key[0] for key in _in_order(axis)] for axis in (set(times), others)]
        return list(product(*(axes if when == [0] else reversed(axes))))
    order = [*when, *(place for place in range(len(by)) if place not in when)]
    back = [order.index(place) for place in range(len(by))]
    pairs = ((*time, *other) for time in set(times) for other in others)
    return _in_order({tuple(pair[place] for place in back) for pair in pairs})


def _in_order(keys: Iterable[Key]) -> list[Key]:
    """Sorted, what is not known last."""
    try:
        return sorted(keys)
    except TypeError:
        return sorted(keys, key=lambda key: tuple((part is None, part or "") for part in key))
