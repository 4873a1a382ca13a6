"""Firing curves as kiln controllers and loggers export them: a time column and a temperature column.

Columns are known by their headers in several spellings, below any lines that a controller writes first. Times are
elapsed (minutes, hours, seconds, 1:30, 01:30:00), moments with a date, or clock times that pass midnight; temperatures
are °C or °F, of one thermocouple or the mean of several. Where no unit is written, a file that rises above 1450 is °F:
no clay is fired as hot as that in °C."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal

from etl.errors import FileRejected
from etl.tables.base import clean
from etl.tables.open import open_table
from shop.core.money import half_up
from shop.kiln.curves import FiringCurve

Unit = Literal["C", "F"]
HEADER_ROWS, MOST_ROWS = 40, 200_000
DAY = 86_400
TOO_HOT_FOR_CELSIUS = 1450
COLDEST, HOTTEST = -30, 1500  # °C
SET = re.compile(
    r"set|target|\bsp\b|\bsv\b|goal|soll|ambient|board|junction|设定|设置|目标|冷端|环境|室温", re.I
)
HEAT = re.compile(
    r"temp|actual|\bpv\b|measured|thermocouple|\btc ?\d|zone ?\d|[°º] ?[cf]\b|[℃℉]|istwert|温|实测|测量值",
    re.I,
)
TIME = re.compile(
    r"time|elapsed|\bmin(ute)?s?\b|\bhours?\b|\bhrs?\b|\bsec(ond)?s?\b|zeit|时间|时刻|分钟|小时|用时|秒", re.I
)
DATE = re.compile(r"^\s*(date|day|datum|日期)\s*$", re.I)
FAHRENHEIT, CELSIUS = (
    re.compile(r"[°º] ?f\b|℉|fahrenheit|\(f\)|华氏", re.I),
    re.compile(r"[°º] ?c\b|℃|celsius|centigrade|\(c\)|摄氏", re.I),
)
SECONDS_OF = (
    (re.compile(r"\bms\b|milli|毫秒", re.I), Fraction(1, 1000)),
    (re.compile(r"\bh\b|\bhours?\b|\bhrs?\b|小时", re.I), Fraction(3600)),
    (re.compile(r"\bmin(ute)?s?\b|分", re.I), Fraction(60)),
    (re.compile(r"\bs\b|\bsec(ond)?s?\b|秒", re.I), Fraction(1)),
)
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:[.,]\d+)?)?\s*(am|pm)?", re.I)
MOMENTS = ("%Y-%m-%d", "%m-%d-%Y", "%d.%m.%Y", "%Y.%m.%d")
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


class NoCurve(FileRejected):
    """A file without a column of times and a column of temperatures, or with fewer than two readings."""

    message = (
        "{file} has no firing curve: it needs a column of times and a column of temperatures with at least two "
        "readings (found: {found})."
    )


@dataclass(frozen=True)
class CurveFile:
    """A curve as a file gave it: in which unit it was written, whether that was inferred, and how many rows were left
    out because a cell cannot be read (`bad`: row, column and cell of the first of them).
    """

    curve: FiringCurve
    unit: Unit
    is_inferred: bool
    left_out: int
    bad: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class _Columns:
    """Where a file's columns are: the row below the header, time, date and temperatures."""

    first: int
    time: int
    heats: tuple[int, ...]
    date: int | None = None
    header: str = ""


def read_curve(path: Path, *, name: str | None = None, unit: Unit | None = None) -> CurveFile:
    """Read a firing curve; `unit` decides where the file does not. Raises NoCurve and what `open_table` raises."""
    name = name or path.name
    rows = [
        [clean(cell or "") for cell in row]
        for _, row in zip(range(MOST_ROWS), open_table(path, name=name)[0].raw_rows(), strict=False)
    ]
    columns = _columns(rows)
    if columns is None:
        raise NoCurve(file=name, found=", ".join(filter(None, rows[0]))[:80] if rows else "–")
    readings, bad = _readings(rows, columns)
    if len(readings) < 2:
        raise NoCurve(file=name, found=len(readings))
    written = unit or _written_unit(rows[: columns.first], rows[columns.first], columns)
    hottest = max(heat for _, heat in readings)
    chosen: Unit = written or ("F" if hottest > TOO_HOT_FOR_CELSIUS else "C")
    points = {}
    for seconds, heat in readings:
        celsius = heat if chosen == "C" else (heat - 32) * 5 / 9
        if COLDEST <= celsius <= HOTTEST:
            points[half_up(seconds - readings[0][0])] = half_up(celsius * 10)
        else:
            bad.append((0, "", str(float(heat))))
    if len(points) < 2:
        raise NoCurve(file=name, found=len(points))
    curve = FiringCurve(tuple(sorted(points.items())))
    return CurveFile(curve, chosen, written is None, len(bad), tuple(bad[:3]))


def _columns(rows: Sequence[Sequence[str]]) -> _Columns | None:
    """The columns by the first row that names both; without a header, two columns of numbers."""
    for place, row in enumerate(rows[:HEADER_ROWS]):
        heats = tuple(at for at, cell in enumerate(row) if HEAT.search(cell) and not SET.search(cell))
        times = [at for at, cell in enumerate(row) if TIME.search(cell) and at not in heats]
        if heats and times and not any(NUMBER.fullmatch(row[at]) for at in (*heats, times[0])):
            date = next((at for at, cell in enumerate(row) if DATE.match(cell)), None)
            main = (
                tuple(at for at in heats if not re.search(r"[2-9]\s*$", row[at])) if len(heats) > 1 else heats
            )
            zones = heats if all(re.search(r"\d", row[at]) for at in heats) else main
            return _Columns(place + 1, times[0], zones or heats, date, row[times[0]])
    if rows and len(rows[0]) >= 2 and NUMBER.fullmatch(rows[0][1]) and (_is_time(rows[0][0])):
        return _Columns(0, 0, (1,))
    return None


def _is_time(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or CLOCK.fullmatch(cell))


def _written_unit(above: Sequence[Sequence[str]], first: Sequence[str], columns: _Columns) -> Unit | None:
    """The unit that the header, a cell, or a line above the table writes."""
    header = above[-1] if above else ()
    heat = columns.heats[0]
    named = " ".join((header[heat] if heat < len(header) else "", first[heat] if heat < len(first) else ""))
    if match := re.search(r"[^a-z]([cf])\W*$", header[heat] if heat < len(header) else "", re.I):
        return "F" if match[1] in "fF" else "C"
    texts = (named, " ".join(cell for row in above for cell in row), " ".join(first))
    for text in texts:
        if FAHRENHEIT.search(text) or re.search(r"\bunits?\W+f\b", text, re.I):
            return "F"
        if CELSIUS.search(text) or re.search(r"\bunits?\W+c\b", text, re.I):
            return "C"
    return None


def _readings(
    rows: Sequence[Sequence[str]], columns: _Columns
) -> tuple[list[tuple[Fraction, Fraction]], list[tuple[int, str, str]]]:
    """Seconds from the first moment of the file, and degrees as written; and the cells that cannot be read."""
    seconds_of = _reader(rows, columns)
    readings: list[tuple[Fraction, Fraction]] = []
    bad: list[tuple[int, str, str]] = []
    shift = Fraction()
    for place, row in enumerate(rows[columns.first :], columns.first + 1):
        if not any(row):
            continue
        cell = row[columns.time] if columns.time < len(row) else ""
        date = row[columns.date] if columns.date is not None and columns.date < len(row) else ""
        moment = seconds_of(f"{date} {cell}".strip())
        heats = [_number(row[at]) for at in columns.heats if at < len(row) and row[at]]
        known = [heat for heat in heats if heat is not None]
        if moment is None or not known:
            bad.append((place, "time" if moment is None else "temperature", cell))
            continue
        if readings and moment + shift < readings[-1][0]:
            if readings[-1][0] - moment - shift < DAY / 2:
                bad.append((place, "time", cell))
                continue
            shift += DAY  # a clock that passed midnight
        readings.append((moment + shift, sum(known, Fraction()) / len(known)))
    return readings, bad


def _number(cell: str) -> Fraction | None:
    """A number with a point or a comma, with or without a unit behind it."""
    match = NUMBER.match(cell.replace(" ", ""))
    return Fraction(match[0].replace(",", ".")) if match else None


def _reader(rows: Sequence[Sequence[str]], columns: _Columns) -> Callable[[str], Fraction | None]:
    """How a file writes its moments: as a function from a cell (with its date) to seconds."""
    unit = next((seconds for word, seconds in SECONDS_OF if word.search(columns.header)), None)
    numbers = [
        number
        for row in rows[columns.first :]
        if columns.time < len(row) and NUMBER.fullmatch(row[columns.time])
        for number in (_number(row[columns.time]),)
        if number is not None
    ]
    scale = unit or _scale(numbers)

    def seconds_of(text: str) -> Fraction | None:
        if NUMBER.fullmatch(text):
            number = _number(text)
            return None if number is None else number * scale
        if match := CLOCK.fullmatch(text):
            hours = int(match[1])
            if match[4]:
                hours = hours % 12 + (12 if match[4].lower() == "pm" else 0)
            return Fraction(hours * 3600 + int(match[2]) * 60 + int(match[3] or 0))
        return _moment(text)

    return seconds_of


def _scale(numbers: Sequence[Fraction]) -> Fraction:
    """Seconds per unit of times without one: epochs by their size, else hours, minutes or seconds by their length."""
    last = max(numbers, default=Fraction())
    if last > 10**11:
        return Fraction(1, 1000)
    if last > 10**9 or last > 72 * 60:
        return Fraction(1)
    is_hours = last <= 72 and any(number.denominator > 1 for number in numbers)
    return Fraction(3600) if is_hours else Fraction(60)


def _moment(text: str) -> Fraction | None:
    """Seconds of a moment with a date."""
    text = re.sub(r"[/年月]", "-", text.replace("日", " ").replace("T", " ").rstrip("Z"))
    text = re.sub(r"\.\d+$|[+]\d\d:?\d\d$", "", " ".join(text.split())).strip()
    for day in MOMENTS:
        for clock in CLOCKS:
            try:
                moment = datetime.strptime(text.upper(), f"{day} {clock}")
            except ValueError:
                continue
            return Fraction(int((moment - datetime(1970, 1, 1)).total_seconds()))
    return None
