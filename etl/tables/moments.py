"""One cell as a moment: every way in which exports write dates, times, offsets and counted seconds.

Read are: 2026-01-31 12:00:00 with -, /, . or 年月日, of one or two digits; day and month first in the order
detected for the file; years of two digits (00 to 68 are 2000 to 2068, as POSIX strptime reads %y); names of months
in English, German, French, Italian and Spanish; AM, PM, 上午, 下午; seconds or milliseconds since 1970 (10 or
13 digits); day numbers of spreadsheets (1 is 1900-01-01); an offset of its own (Z, UTC, -0500, +08:00,
GMT+8), which wins over the file's time zone. A day that its month does not have is no moment; so are
years before 1990 and after 2100.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_MONTHS = (
    "jan january januar jänner janv janvier gen gennaio ene enero",
    "feb february februar févr fév février febbraio febrero",
    "mar march mär märz mrz mars marzo",
    "apr april avr avril aprile abr abril",
    "may mai mag maggio mayo",
    "jun june juni juin giu giugno junio",
    "jul july juli juil juillet lug luglio julio",
    "aug august août aou ago agosto",
    "sep sept september septembre set settembre septiembre",
    "oct october okt oktober octobre ott ottobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre dic dicembre diciembre",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
ZONES = {"est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # cst: two countries'

OFFSET = re.compile(
    r"(?:\s*\(?(?P<name>z|utc|gmt|est|edt|cdt|mst|mdt|pst|pdt)\)?)?"
    r"(?:\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?)?$"
)
CLOCK = re.compile(
    r"(?P<before>上午|下午|中午|凌晨|晚上|am|pm)?\s*"
    r"(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{2})分?(?:[:.]?(?P<second>\d{2})(?:[.,]\d+)?秒?)?"
    r"\s*(?P<after>[ap]\.?m\.?)?"
)
NUMBERS = re.compile(r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})[日号]?\.?")
YEARLESS = re.compile(r"^(\d{1,2})\s*([月/.-])\s*(\d{1,2})\s*[日号]?(?=$|\s|[上下中]午|凌晨|晚上)")
DAY_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º)?\.?[-\s/.]*(?:de\s+)?([^\W\d_]+)\.?[-\s/.,]*(?:de\s+)?(\d{4}|\d{2})"
)
MONTH_NAMED = re.compile(r"([^\W\d_]+)\.?[-\s/.]*(\d{1,2})(?:st|nd|rd|th)?[-\s/.,]+(\d{4}|\d{2})")
WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+|\s*(?:星期|周|礼拜)[一二三四五六日天]\s*"
)
YEAR_LAST = re.compile(r"^(\w+ \d{1,2}) (.*) (\d{4})$")  # Sat Jan 10 20:00:00 +0800 2026
COMPACT = ((8, "%Y%m%d"), (12, "%Y%m%d%H%M"), (14, "%Y%m%d%H%M%S"))
SERIAL = re.compile(r"^[3-7]\d{4}(?:[.,]\d+)?$")
SERIAL_ZERO = datetime(1899, 12, 30)
EPOCH_MOST = 2_000_000_000  # 2033; ten digits from there on look like 20YYMMDDHH
EARLIEST, LATEST = 1990, 2100


class Moment(NamedTuple):
    """Seconds since 1970: UTC where the cell states its offset itself, else on the local clock."""

    seconds: int
    is_utc: bool


@lru_cache(maxsize=200_000)
def read_moment(text: str, order: str = "ymd", formats: tuple[str, ...] = ()) -> Moment | None:
    """The moment that a cell writes, None for any other cell.

    `order` (dmy, mdy, ymd) is that of dates in numbers whose year stands last, or has two digits. With
    `formats` (strptime, and %s for seconds or milliseconds since 1970) nothing else is read.
    """
    text = text.strip()
    if formats:
        return next((moment for form in formats if (moment := _by_format(text, form))), None)
    if text.replace(".", "", 1).replace(",", "", 1).isdigit():
        return _number(text)
    rest = re.sub(r"^(\d{4}-\d{2}-\d{2})T", r"\1 ", text).lower()
    rest = WEEKDAY.sub(" ", rest).strip()
    if match := YEAR_LAST.match(rest):
        rest = f"{match[1]} {match[3]} {match[2]}"
    offset, rest = _without_offset(rest)
    clock, rest = _without_clock(rest)
    day = _day(rest.strip(" ,()"), order)
    if day is None or clock is None:
        return None
    return _moment(day + clock, offset)


def with_year(text: str, year: int, order: str = "ymd") -> str:
    """A cell that writes a day without its year (3月2日, 3/2 9:40) in a year; any other cell as it is.

    The month comes first, unless the order of the file is dmy and the cell has no 月.
    """
    match = YEARLESS.match(text.strip())
    if not match:
        return text
    month, day = match[1], match[3]
    if order == "dmy" and match[2] != "月":
        month, day = day, month
    return f"{year}-{month}-{day} {text.strip()[match.end() :].strip()}".strip()


def _moment(local: datetime, offset: timedelta | None) -> Moment | None:
    if not EARLIEST <= local.year <= LATEST:
        return None
    seconds = int(local.replace(tzinfo=UTC).timestamp())
    return Moment(seconds, False) if offset is None else Moment(seconds - int(offset.total_seconds()), True)


def _by_format(text: str, form: str) -> Moment | None:
    if form == "%s":
        seconds = _epoch(text)
        return Moment(seconds, True) if seconds is not None else None
    try:
        moment = datetime.strptime(text, form)
    except ValueError:
        return None
    return _moment(moment.replace(tzinfo=None), moment.utcoffset())


def _epoch(text: str) -> int | None:
    whole = text.partition(".")[0]
    if len(whole) == 13 and whole.isdigit():
        whole = whole[:10]
    if len(whole) not in (9, 10) or not whole.isdigit():
        return None
    seconds = int(whole)
    return seconds if 631_152_000 <= seconds < 4_133_980_800 else None


def _number(text: str) -> Moment | None:
    if SERIAL.match(text):
        days = float(text.replace(",", "."))
        return _moment(SERIAL_ZERO + timedelta(seconds=round(days * 86400)), None)
    for length, form in COMPACT:
        if len(text) == length and text.isdigit():
            return _by_format(text, form)
    seconds = _epoch(text)
    return Moment(seconds, True) if seconds is not None and seconds < EPOCH_MOST else None


def _without_offset(text: str) -> tuple[timedelta | None, str]:
    """The offset that ends a cell, and the rest; a date's last part (2026-01-10) is no offset."""
    match = OFFSET.search(text)
    if not match or not match[0]:
        return None, text
    rest = text[: match.start()]
    if not match["name"] and not re.search(
        r"\d[:时点]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?$", rest
    ):
        return None, text
    hours = timedelta(hours=ZONES.get(match["name"] or "", 0))
    if match["sign"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        hours += offset if match["sign"] == "+" else -offset
    return (hours, rest) if abs(hours) <= timedelta(hours=15) else (None, text)


def _without_clock(text: str) -> tuple[timedelta | None, str]:
    """The time of day (none is midnight, an impossible one None), and the rest of the cell."""
    match = CLOCK.search(text)
    if not match:
        return timedelta(), text
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["after"] or match["before"] or "").replace(".", "")
    if half in ("pm", "下午", "晚上", "中午") and 1 <= hour < 12 and not (half == "中午" and hour >= 11):
        hour += 12
    elif half in ("am", "上午", "凌晨") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None, text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return timedelta(hours=hour, minutes=minute, seconds=second), rest


def _day(text: str, order: str) -> datetime | None:
    if match := NUMBERS.fullmatch(text):
        first, second, third = match.groups()
        if len(first) == 4 or "年" in text:
            parts = (first, second, third)
        elif len(third) == 3 or len(first) == 3:
            return None
        elif order == "ymd":
            parts = (first, second, third) if len(third) <= 2 else ("", "", "")
        else:
            parts = (third, second, first) if order == "dmy" else (third, first, second)
    elif match := DAY_NAMED.fullmatch(text):
        parts = (match[3], str(MONTHS.get(match[2], "")), match[1])
    elif match := MONTH_NAMED.fullmatch(text):
        parts = (match[3], str(MONTHS.get(match[1], "")), match[2])
    else:
        return None
    year, month, day = parts
    if len(year) not in (2, 4) or not month or len(day) > 2:
        return None
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 69 else 1900)
    try:
        return datetime(full, int(month), int(day))
    except ValueError:
        return None
