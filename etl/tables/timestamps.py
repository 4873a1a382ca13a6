"""Moments as exports write them, a column at a time: from the local clock to UTC and to shop days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.tables.cells import LONGEST
from etl.tables.moments import read_moment, with_year
from shop.orders.batch import MISSING

Values = np.ndarray

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
    characters = np.frombuffer(chosen.buffers()[2], np.uint8)
    characters = characters[start : start + LENGTH * len(chosen)].reshape(len(chosen), LENGTH)
    local[fits] = _seconds_of_characters(characters)
    return local


def _seconds_of_characters(characters: np.ndarray) -> np.ndarray:
    digits = characters[:, DIGITS] - ord("0")
    good = (digits <= 9).all(axis=1)
    for place, mark in MARKS:
        good &= characters[:, place] == mark[0]
    good &= (characters[:, 10] == ord(" ")) | (characters[:, 10] == ord("T"))
    d = digits.astype(np.int64)
    year = d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3]
    month, day = d[:, 4] * 10 + d[:, 5], d[:, 6] * 10 + d[:, 7]
    hour, minute, second = (d[:, 8] * 10 + d[:, 9], d[:, 10] * 10 + d[:, 11], d[:, 12] * 10 + d[:, 13])
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
    value: np.ndarray = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return value


ISO = "%Y-%m-%d %H:%M:%S"
EARLIEST, LATEST = 631_152_000, 4_133_980_800  # 1990 to 2100


YEAR_FIRST = (
    ISO,
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日",
)
CLOCKS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "")
FAST = {
    "ymd": YEAR_FIRST,
    "dmy": (*(f"%d{mark}%m{mark}%Y{clock}" for mark in "/.-" for clock in CLOCKS), *YEAR_FIRST),
    "mdy": (*(f"%m{mark}%d{mark}%Y{clock}" for mark in "/.-" for clock in CLOCKS), *YEAR_FIRST),
}


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


SLOW = re.compile("%[zZsyf]")  # left to the reader of single cells: offsets, counted seconds, short years


def read_moments(
    cells: pa.StringArray,
    zone: str,
    order: str = "ymd",
    formats: tuple[str, ...] = (),
    year: int | None = None,
) -> tuple[Values, Values]:
    """Seconds UTC of the cells of one column (MISSING where empty or unreadable), and which are unreadable.

    A cell with its own offset, and one that counts seconds since 1970, wins over `zone`; any other is on
    the clock of `zone`; `year` is that of days written without one. Raises nothing; see `etl.tables.moments`
    for what is read.
    """
    local = iso_seconds(cells) if not formats else np.full(len(cells), MISSING)
    result = to_utc(local, zone)
    left = np.flatnonzero((local == MISSING) & np.asarray(cells.is_valid()))
    if not len(left):
        return result, np.zeros(len(cells), bool)
    encoded = (cells if len(left) == len(cells) else cells.take(pa.array(left))).dictionary_encode()
    fast = local_seconds(encoded.dictionary, [p for p in formats or FAST[order] if not SLOW.search(p)])
    moments = to_utc(fast, zone)
    wrong = np.zeros(len(moments), bool)
    for place in np.flatnonzero(fast == MISSING):
        cell = encoded.dictionary[int(place)].as_py()
        if year is not None:
            cell = with_year(cell, year, order)
        moment = read_moment(cell, order, formats) if len(cell) <= LONGEST else None
        if moment is None:
            wrong[place] = True
        elif moment.is_utc:
            moments[place] = moment.seconds
        else:
            moments[place] = to_utc(np.array([moment.seconds]), zone)[0]
    places = np.asarray(encoded.indices)
    result[left] = moments[places]
    unread = np.zeros(len(cells), bool)
    unread[left] = wrong[places]
    return result, unread


def to_utc(local: Values, zone: str) -> Values:
    """Seconds UTC of seconds on the local clock of a zone; MISSING stays.

    A time that the clock shows twice (end of daylight saving) is its first occurrence; one that it never
    shows (begin of daylight saving) is as long after the change as it lies after the last shown time: both
    as PEP 495 defines for fold=0.
    """
    at, offsets = _transitions(zone)
    changes = at + np.maximum(offsets[1:], offsets[:-1])
    return np.where(local == MISSING, local, local - offsets[np.searchsorted(changes, local, "right")])


def to_local(moments: Values, zone: str) -> Values:
    """Seconds on the local clock of a zone of seconds UTC; MISSING stays."""
    at, offsets = _transitions(zone)
    return np.where(moments == MISSING, moments, moments + offsets[np.searchsorted(at, moments, "right")])


STEP = 6 * 86400  # no zone has changed its offset twice within six days since 1990


@lru_cache(maxsize=50)
def _transitions(zone: str) -> tuple[Values, Values]:
    """When the offset of a zone changes (seconds UTC), and the offsets before, between and after, 1990 to 2100."""
    place = ZoneInfo(zone)

    def offset_at(seconds: int) -> int:
        offset = datetime.fromtimestamp(seconds, UTC).astimezone(place).utcoffset()
        return int(offset.total_seconds()) if offset else 0

    at: list[int] = []
    offsets = [offset_at(EARLIEST - STEP)]
    for end in range(EARLIEST, LATEST + STEP, STEP):
        if offset_at(end) == offsets[-1]:
            continue
        before, after = end - STEP, end
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset_at(middle) == offsets[-1] else (before, middle)
        at.append(after)
        offsets.append(offset_at(after))
    return np.array(at, np.int64), np.array(offsets, np.int64)


def days_of(moments: Values, zone: str) -> Values:
    """The shop day (ISO text) of each moment in seconds UTC, None where missing."""
    numbers, places = np.unique(to_local(moments, zone) // 86400, return_inverse=True)
    names = np.array([_day_name(int(number)) for number in numbers], object)
    return names[places] if len(names) else np.empty(0, object)


@lru_cache(maxsize=20_000)
def _day_name(number: int) -> str | None:
    return None if number < 0 else date.fromordinal(719163 + number).isoformat()


def latest(*moments: Values) -> Values:
    """The latest known moment of each row: the version of a row whose source has no update time."""
    value: Values = np.maximum(np.maximum.reduce(moments), 0)
    return value
