"""Hashes of rows that are the same on every machine: versions of records, and keys where none are given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Values = np.ndarray


def payload_hash(columns: Iterable[Values], rank: Values | int = 0) -> Values:
    """63 bits over the columns of each row, the leading 24 being its rank (0 to 16,777,215).

    The same content gives the same hash on every machine and in every version.
    """
    low = (content_hash(columns) >> np.uint64(25)).astype(np.int64)
    return (np.asarray(rank, np.int64) << 39) | low


def content_hash(columns: Iterable[Values]) -> np.ndarray:
    """64 bits over the columns of each row, to distinguish records without an id."""
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
    value: Values = codes[np.asarray(pc.fill_null(dictionary.indices, len(codes) - 1))]
    return value


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
    value: Values = values ^ (values >> np.uint64(31))
    return value


def content_key(*values: Any) -> str:
    """A short text key of a record without an id: 80 bits over its identifying content."""
    joined = "\x1f".join("" if v is None else str(v) for v in values)
    return hashlib.blake2b(joined.encode(), digest_size=10).hexdigest()
