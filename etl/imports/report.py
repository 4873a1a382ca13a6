"""What came of a file: its counts, the days that it covers, why rows were rejected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shop.core.errors import ShopError
from shop.metrics.settings import ShopSettings
from shop.orders.batch import IngestBatch

REASONS_SHOWN = 1_000
Progress = Callable[[float, int], None]  # the share of a file that is done, and the rows read so far


@dataclass(frozen=True)
class RejectReason:
    """Why one row was rejected: its number, the column, and a code with details for the words."""

    row: int
    column: str | None
    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Unread:
    """Cells of a column that could not be read and that no record needs: they were left empty."""

    column: str
    code: str
    cells: int
    sample: str


@dataclass(frozen=True)
class FileReport:
    """What came of one file; read = stored + unchanged + rejected, counted in rows of the file.

    `rounded` amounts were finer than the minor unit, and rounding them changed their sum by `rounded_by`.
    `shop` are the settings that the shop got with this file, its first; None where it got none.
    `worksheets_left` are the names of worksheets (or of files in an archive) with rows that were not read,
    `unread` the cells that were left empty. `parts` are the reports of the files in an archive, `rejected_files`
    those of them that were rejected. `lacks_session`: remarks of which neither the file nor the user names the
    live session. `by_order_day`: orders without their moment of payment, which count on the day they were placed.
    """

    file: str
    kind: str
    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: tuple[RejectReason, ...] = ()
    first_on: str | None = None
    last_on: str | None = None
    seen_before: bool = False
    shop: ShopSettings | None = None
    worksheets_left: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    parts: tuple[FileReport, ...] = ()
    rejected_files: tuple[tuple[str, ShopError], ...] = ()
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)
    lacks_session: bool = False
    by_order_day: bool = False


@dataclass
class ImportTally:
    """The running count of one file, and the days that its records cover."""

    read: int = 0
    stored: int = 0
    rejected: int = 0
    reasons: list[RejectReason] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    platform: str | None = None  # of the order lines in the file
    has_refunds: bool = False
    unread: dict[tuple[str, str], list[str]] = field(default_factory=dict)
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


def days_of_batch(batch: IngestBatch) -> set[str]:
    """The shop days that these records are of; of a table of totals its first and last day."""
    result = (batch.columns[column] for column in DAY_COLUMNS if column in batch.columns)
    return {day for column in result for day in column if day is not None}


def report_of_archive(
    file: str,
    parts: Sequence[FileReport],
    rejected_files: Sequence[tuple[str, ShopError]],
    left: Sequence[str],
) -> FileReport:
    """The report of an archive: the sums over its files."""
    kinds = dict.fromkeys(part.kind for part in parts)
    return FileReport(
        file,
        " + ".join(kinds),
        read=sum(part.read for part in parts),
        stored=sum(part.stored for part in parts),
        unchanged=sum(part.unchanged for part in parts),
        rejected=sum(part.rejected for part in parts),
        reasons=tuple(reason for part in parts for reason in part.reasons)[:REASONS_SHOWN],
        first_on=min((part.first_on for part in parts if part.first_on), default=None),
        last_on=max((part.last_on for part in parts if part.last_on), default=None),
        seen_before=all(part.seen_before for part in parts),
        worksheets_left=tuple(left),
        parts=tuple(parts),
        rejected_files=tuple(rejected_files),
    )


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
