"""Which days the orders of a shop were imported for.

A file of orders covers the days of its records (see `etl.imports.report.covered_days`), a sync those
that it has read. Uncovered days count as a gap where they are more than a quiet stretch of the shop's own sales:
then nothing is known of them, and their figures are missing, not 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.db.version_cache import per_version
from shop.metrics.settings import shop_settings

QUIET_DAYS = 4  # a file may begin and end with a few days without a sale
FEW_REFUND_DAYS = 3  # likewise of days with a refund: then the months of these days count as covered
FEW_SELLING_DAYS = 10  # fewer do not show how long a quiet stretch is: then whole months without a file count
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Covered:
    """The days of one platform that its order files and syncs cover, and its longest quiet stretch in days.

    Where `quiet` is not known, a day is a gap if no day of its month is covered.
    """

    first: date
    last: date
    days: frozenset[date]
    quiet: int | None
    months: frozenset[tuple[int, int]]

    def is_gap(self, day: date) -> bool:
        """Whether nothing is known of a day: no file covers it, nor those around it."""
        if day in self.days:
            return False
        if self.quiet is None:
            return (day.year, day.month) not in self.months
        if day < self.first:
            return (self.first - day).days > self.quiet
        if day > self.last:
            return (day - self.last).days > self.quiet
        start = end = day
        while start - ONE_DAY not in self.days:
            start -= ONE_DAY
        while end + ONE_DAY not in self.days:
            end += ONE_DAY
        return (end - start).days + 1 > self.quiet


def gap_days(
    connection: Connection, shop: int, start: date, end: date, platforms: Collection[str] = ()
) -> frozenset[date]:
    """The days of a range for which no orders of these platforms (of any, without) were imported."""
    covered = _covered(connection, shop)
    if platforms:
        covered = {name: item for name, item in covered.items() if name in platforms}
    if not covered:
        return frozenset()
    days = ((start + timedelta(days=shift)) for shift in range((end - start).days + 1))
    return frozenset(day for day in days if all(item.is_gap(day) for item in covered.values()))


def _covered(connection: Connection, shop: int) -> dict[str, Covered]:
    return per_version(connection, ("covered", shop), lambda: _read_covered(connection, shop))


def _read_covered(connection: Connection, shop: int) -> dict[str, Covered]:
    spans: dict[str, list[tuple[date, date]]] = {}
    for platform, first, last in _spans(connection, shop):
        spans.setdefault(platform, []).append((first, last))
    result = {}
    for platform, periods in spans.items():
        days = frozenset(
            first + timedelta(days=shift)
            for first, last in periods
            for shift in range((last - first).days + 1)
        )
        quiet = _quiet_days(connection, shop, platform, days)
        months = frozenset((day.year, day.month) for day in days)
        result[platform] = Covered(min(days), max(days), days, quiet, months)
    return result


def _spans(connection: Connection, shop: int) -> Iterable[tuple[str, date, date]]:
    files = connection.execute(
        text(
            "SELECT DISTINCT platform, first_on, last_on FROM source_file WHERE shop_id = :shop "
            "AND platform IS NOT NULL AND first_on IS NOT NULL"
        ),
        {"shop": shop},
    )
    for platform, first, last in files:
        yield str(platform), _day(first), _day(last)
    zone = ZoneInfo(shop_settings(connection, shop).time_zone)
    synced = connection.execute(
        text(
            "SELECT platform, since_at, until_at FROM read_stretch WHERE shop_id = :shop AND kind = 'orders'"
        ),
        {"shop": shop},
    )
    for platform, since, until in synced:
        first, last = (datetime.fromtimestamp(at, UTC).astimezone(zone).date() for at in (since, until))
        yield str(platform).partition("_")[0], first, last


def _quiet_days(connection: Connection, shop: int, platform: str, covered: Collection[date]) -> int | None:
    """The longest stretch of covered days without a sale; None for a shop with few selling days."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT day FROM fact_day WHERE shop_id = :shop AND platform = :platform AND orders > 0 "
            "ORDER BY day"
        ),
        {"shop": shop, "platform": platform},
    )
    days = [_day(row[0]) for row in rows]
    if len(days) < FEW_SELLING_DAYS:
        return None
    stretches = ((after - before).days - 1 for before, after in pairwise(days) if before + ONE_DAY in covered)
    return max([QUIET_DAYS, *stretches])


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
