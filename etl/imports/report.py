"""What came of a file: its counts, the days that it covers, why rows were rejected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shop.metrics.settings import ShopSettings
from shop.orders.batch import Batch

REASONS_SHOWN = 1_000


@dataclass(frozen=True)
class Reason:
    """Why one row was rejected: its number, the column, and a code with details for the words."""

    row: int
    column: str | None
    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class FileReport:
    """What came of one file; read = stored + unchanged + rejected, counted in rows of the file.

    `rounded` amounts were finer than the minor unit, and rounding them changed their sum by `rounded_by`.
    `shop` are the settings that the shop got with this file, its first; None where it got none.
    """

    file: str
    kind: str
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: tuple[Reason, ...] = ()
    first_on: str | None = None
    last_on: str | None = None
    seen_before: bool = False
    shop: ShopSettings | None = None
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)


@dataclass
class Tally:
    """The running count of one file, and the days that its records cover."""

    read: int = 0
    stored: int = 0
    rejected: int = 0
    reasons: list[Reason] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)


DAY_COLUMNS = (
    "paid_on",
    "refunded_on",
    "settled_on",
    "started_on",
    "published_on",
    "written_on",
    "first_on",
    "last_on",
)


def days_of_batch(batch: Batch) -> set[str]:
    """The shop days that these records are of; of a sheet of totals its first and last day."""
    result = (batch.columns[column] for column in DAY_COLUMNS if column in batch.columns)
    return {day for column in result for day in column if day is not None}


QUIET_DAYS = timedelta(days=4)  # a month's file may begin and end with a few days without a sale


def covered_days(name: str, days: set[str]) -> tuple[str | None, str | None]:
    """The days that a file covers: those of its records, widened to what its name covers.

    Two days in the name count where all records lie between them; a month counts where the records
    come close to its ends, for the file may have been exported before the month was over.
    """
    if not days:
        return None, None
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    if result := re.search(r"(20\d\d-\d\d-\d\d)\D{1,3}(20\d\d-\d\d-\d\d)", name):
        if result[1] <= min(days) and max(days) <= result[2]:
            return result[1], result[2]
    elif result := re.search(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?![-\d])", name):
        start = date(int(result[1]), int(result[2]), 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if start <= first <= start + QUIET_DAYS and end - QUIET_DAYS <= last <= end:
            first, last = start, end
    return first.isoformat(), last.isoformat()
