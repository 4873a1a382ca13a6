"""When a file was exported, where its name or the rows above its header say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from etl.files.base import Recognised

EPOCH = re.compile(r"(?<!\d)(1[4-9]\d{8})(?:\d{3})?(?!\d)")  # seconds, or milliseconds
DAY = r"(20\d\d)[-_./年]?(0[1-9]|1[0-2])[-_./月]?(0[1-9]|[12]\d|3[01])日?"
CLOCK = r"([01]\d|2[0-3])[-_:.时点]?([0-5]\d)(?:[-_:.分]?([0-5]\d))?"
MOMENT = re.compile(rf"(?<!\d){DAY}[-_ T]{{0,3}}{CLOCK}(?!\d)")
ONE_DAY = re.compile(rf"(?<!\d){DAY}(?!\d)")
EXPORTED_MARKS = re.compile(r"(?i)导出|下载时间|生成时间|export|download|generated|created on")


def export_moment(recognised: Recognised, time_zone: str) -> int | None:
    """The moment (seconds UTC) in which the file was exported, on the shop's clock; None where it is unknown.

    Two days in a name are the period that the file covers.
    """
    for text in _notes(recognised):
        if (moment := _moment(text, time_zone)) is not None:
            return moment
    return _moment(recognised.table.name, time_zone)


def _notes(recognised: Recognised) -> Iterator[str]:
    for row in recognised.table.head[: recognised.header]:
        for number, cell in enumerate(row):
            if cell and EXPORTED_MARKS.search(cell):
                yield " ".join(part for part in row[number : number + 2] if part)


def _moment(text: str, time_zone: str) -> int | None:
    if match := EPOCH.search(text):
        return int(match[1])
    if moments := MOMENT.findall(text):
        parts = [int(part or 0) for part in moments[-1]]
    else:
        days = ONE_DAY.findall(text)
        if len(days) != 1:
            return None
        parts = [int(part) for part in days[0]]
    try:
        local = datetime(*parts, tzinfo=ZoneInfo(time_zone))  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return int(local.astimezone(UTC).timestamp())
