"""On which days the refunds of each platform are known: those that an after-sale file, an order file that states
refunds, or syncs cover. On other days they are unknown, not 0.

A file may begin and end with some days without a refund. Where files have refunds on a few days only, nothing shows
how long such a stretch is: then the months of their days count as covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.db.version_cache import per_version
from shop.metrics.request import ANY_CURRENCY, Query
from shop.metrics.settings import shop_settings
from shop.metrics.sources import FEW_REFUND_DAYS, QUIET_DAYS

REFUND_MEASURES = frozenset(
    {"refunds", "refunds_by_order", "net_sales", "net_by_order", "refunded_orders", "returned_units"}
)
CASES = "_aftersale"  # kinds of files whose records are refund cases are named platform_aftersale

FILES = """
SELECT platform, kind, first_on, last_on, states_refunds FROM source_file
WHERE shop_id = :shop AND (states_refunds IS NOT NULL OR substr(kind, -10) = '_aftersale')
"""
SYNCED = """
SELECT platform, kind, since_at, until_at, has_records FROM read_stretch
WHERE shop_id = :shop AND kind IN ('orders', 'refunds')
"""
HAS_CASES = (
    "SELECT EXISTS (SELECT 1 FROM refund WHERE shop_id = :shop AND platform = :platform AND NOT is_estimate)"
)
SOLD = """
SELECT platform, day, currency, SUM(buyer_paid_cents + platform_discount_cents) FROM fact_day
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND orders > 0 GROUP BY 1, 2, 3
"""
REFUND_DAYS = (
    "SELECT DISTINCT day FROM fact_day WHERE shop_id = :shop AND platform = :platform AND refund_cents > 0"
)
QUIET = timedelta(days=QUIET_DAYS)
Span = tuple[date, date]


@dataclass(frozen=True)
class RefundCoverage:
    """The days for which refunds of one platform were imported; whole months where `by_month`."""

    spans: Sequence[Span]
    by_month: bool

    def is_known(self, day: date) -> bool:
        """Whether the refunds of a day are known."""
        if self.by_month:
            return any(_month(first) <= _month(day) <= _month(last) for first, last in self.spans)
        return any(first - QUIET <= day <= last + QUIET for first, last in self.spans)


@dataclass(frozen=True)
class SoldDay:
    """What a platform sold on a day of a range: gmv in cents, and whether its refunds are known."""

    platform: str
    day: date
    cents: int
    is_known: bool


def sold_days(connection: Connection, query: Query) -> list[SoldDay]:
    """The days of a query's range with sales, by platform; [] where the refunds of all platforms are known."""
    coverage = refund_coverage(connection, query.shop)
    if not coverage:
        return []
    platforms = dict(query.where).get("platform", ())
    values = {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    cents: dict[tuple[str, date], int] = {}
    for platform, written, currency, gmv in connection.execute(text(SOLD), values):
        if not platforms or platform in platforms:
            place = (platform, _day(written))
            counts = query.currency in (None, ANY_CURRENCY, currency)
            cents[place] = cents.get(place, 0) + int(gmv) * counts
    return [
        SoldDay(platform, day, gmv, platform not in coverage or coverage[platform].is_known(day))
        for (platform, day), gmv in sorted(cents.items())
    ]


def unknown_rows(
    sold: Sequence[SoldDay], by: Sequence[str], keys: Sequence[tuple[Any, ...]]
) -> Sequence[bool] | None:
    """Which rows of figures are of days alone whose refunds are unknown; None where none is."""
    if all(item.is_known for item in sold):
        return None
    names = [(by.index(name), name) for name in ("platform", *TIME_NAMES) if name in by]
    known: dict[tuple[str, ...], bool] = {}
    for item in sold:
        part = tuple(item.platform if name == "platform" else TIME_NAMES[name](item.day) for _, name in names)
        known[part] = known.get(part, False) or item.is_known
    return [not known.get(tuple(key[place] for place, _ in names), True) for key in keys]


TIME_NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: (day - timedelta(days=day.weekday())).isoformat(),
    "month": lambda day: day.isoformat()[:7],
    "year": lambda day: day.isoformat()[:4],
}


def refund_coverage(connection: Connection, shop: int) -> dict[str, RefundCoverage]:
    """The days for which refunds are known, of each platform where they are not known throughout."""
    return per_version(connection, ("refund coverage", shop), lambda: _read_coverage(connection, shop))


def _read_coverage(connection: Connection, shop: int) -> dict[str, RefundCoverage]:
    spans: dict[str, list[Span]] = {}
    throughout: set[str] = set()
    synced: set[str] = set()
    for platform, kind, first, last, states in connection.execute(text(FILES), {"shop": shop}):
        is_cases = str(kind).endswith(CASES)
        of = spans.setdefault(str(kind).removesuffix(CASES) if is_cases else str(platform), [])
        if (is_cases or states) and first is None:
            throughout.add(str(kind).removesuffix(CASES) if is_cases else str(platform))
        elif is_cases or states:
            of.append((_day(first), _day(last)))
    zone: ZoneInfo | None = None
    for platform, kind, since, until, has_records in connection.execute(text(SYNCED), {"shop": shop}):
        name = str(platform).partition("_")[0]
        if kind == "orders" and has_records:
            spans.setdefault(name, [])
        if kind == "refunds":
            zone = zone or ZoneInfo(shop_settings(connection, shop).time_zone)
            first, last = (datetime.fromtimestamp(at, UTC).astimezone(zone).date() for at in (since, until))
            spans.setdefault(name, []).append((first, last))
            synced.add(name)
    return {
        platform: RefundCoverage(of, platform not in synced and _has_few(connection, shop, platform, of))
        for platform, of in spans.items()
        if platform not in throughout and (of or not _has_cases(connection, shop, platform))
    }


def _has_few(connection: Connection, shop: int, platform: str, spans: Iterable[Span]) -> bool:
    """Whether what covers these days has refunds on a few of them only."""
    rows = connection.execute(text(REFUND_DAYS), {"shop": shop, "platform": platform})
    days = [_day(row[0]) for row in rows]
    return sum(any(first <= day <= last for first, last in spans) for day in days) < FEW_REFUND_DAYS


def _has_cases(connection: Connection, shop: int, platform: str) -> bool:
    """Whether cases are stored of a platform, of files that do not state what days they cover."""
    return bool(connection.execute(text(HAS_CASES), {"shop": shop, "platform": platform}).scalar())


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
