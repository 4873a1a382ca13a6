"""Arrays of numbers turned into the text columns that an export file shows."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sample_data.generator.clock import beijing

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
EMPTY = "-"


def money(cents: Ints) -> pa.Array:
    """Return whole cents as decimal amounts with two places (yuan or dollars)."""
    words = np.empty((len(cents), 2), dtype="<i8")
    words[:, 0] = cents
    words[:, 1] = np.where(cents < 0, -1, 0)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(words)])


def ids(numbers: Ints, *, before: str = "\t", after: str = "") -> pa.Array:
    """Return ids as text with the mark that platforms add so that spreadsheets do not round them."""
    return joined(before, pa.array(numbers).cast(pa.string()), after)


def stamps(seconds: Ints, *, empty: str | None = EMPTY) -> pa.Array:
    """Return wall-clock seconds as Beijing time, `yyyy-MM-dd HH:mm:ss`; 0 means not yet and shows as `empty`."""
    at = pa.array(beijing(seconds), mask=seconds == 0).cast(pa.timestamp("s"))
    return at if empty is None else at.cast(pa.string()).fill_null(empty)


def day_first_stamps(seconds: Ints) -> pa.Array:
    """Return wall-clock seconds as `dd/MM/yyyy HH:mm:ss`; 0 shows as an empty cell."""
    at = pa.array(seconds, mask=seconds == 0).cast(pa.timestamp("s")).cast(pa.string())
    text = pc.replace_substring_regex(at, r"^(\d{4})-(\d{2})-(\d{2}) ", r"\3/\2/\1 ")
    return text.fill_null("")


def pick(words: Sequence[str], codes: Ints | Mask) -> pa.Array:
    """Return the word behind each code."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words))


def same(word: str, rows: int) -> pa.Array:
    """Return one word in every row."""
    return pa.repeat(word, rows)


def blank(rows: int) -> pa.Array:
    """Return a column of empty cells."""
    return pa.nulls(rows, pa.string())


def joined(*parts: str | pa.Array) -> pa.Array:
    """Return text columns and words put together cell by cell."""
    plain = [part.cast(pa.string()) if isinstance(part, pa.Array) else part for part in parts]
    return pc.binary_join_element_wise(*plain, "")


def padded(numbers: Ints, width: int) -> pa.Array:
    """Return numbers as text with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def where(mask: Mask, yes: str | pa.Array, no: str | pa.Array) -> pa.Array:
    """Return cells from `yes` where the mask is true and from `no` elsewhere."""
    return pc.if_else(pa.array(mask), yes, no)
