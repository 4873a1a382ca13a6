"""Moments as exports write them, read a column at a time: 2026-01-31 12:00:00 on a local clock."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shop.loads import MISSING

LENGTH = 19
DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
MARKS = ((4, b"-"), (7, b"-"), (13, b":"), (16, b":"))
MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def iso_seconds(cells: pa.StringArray) -> np.ndarray:
    """Seconds on the local clock of cells like 2026-01-31 12:00:00, MISSING for any other.

    Strict: a day that its month does not have is MISSING, so are years before 1990 and after 2100.
    """
    local = np.full(len(cells), MISSING)
    fits = np.asarray(pc.fill_null(pc.equal(pc.binary_length(cells), LENGTH), False))
    if not fits.any():
        return local
    chosen = cells if fits.all() else cells.filter(pa.array(fits))
    start = np.frombuffer(chosen.buffers()[1], np.int32)[chosen.offset]
    letters = np.frombuffer(chosen.buffers()[2], np.uint8)
    letters = letters[start : start + LENGTH * len(chosen)].reshape(len(chosen), LENGTH)
    local[fits] = _seconds_of_letters(letters)
    return local


def _seconds_of_letters(letters: np.ndarray) -> np.ndarray:
    digits = letters[:, DIGITS] - ord("0")
    good = (digits <= 9).all(axis=1)
    for place, mark in MARKS:
        good &= letters[:, place] == mark[0]
    good &= (letters[:, 10] == ord(" ")) | (letters[:, 10] == ord("T"))
    d = digits.astype(np.int64)
    year = d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3]
    month, day = d[:, 4] * 10 + d[:, 5], d[:, 6] * 10 + d[:, 7]
    hour, minute, second = (
        d[:, 8] * 10 + d[:, 9],
        d[:, 10] * 10 + d[:, 11],
        d[:, 12] * 10 + d[:, 13],
    )
    good &= (year >= 1990) & (year <= 2100) & (month >= 1) & (month <= 12)
    good &= (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    month = np.where(good, month, 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= day <= MONTH_DAYS[month] + (leap & (month == 2))
    days = _days_since_1970(year, month, day)
    return np.where(good, ((days * 24 + hour) * 60 + minute) * 60 + second, MISSING)


def _days_since_1970(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days of the Gregorian calendar (Hinnant, chrono-compatible low-level date algorithms, 2013)."""
    year = year - (month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    told: np.ndarray = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return told
