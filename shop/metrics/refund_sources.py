"""In which months the refunds of each platform are known: those that an after-sale file, an order file that states
refunds, or a finished sync covers. In other months they are unknown, not 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.metrics.request import ANY_CURRENCY, Query
from shop.metrics.settings import shop_settings

REFUND_MEASURES = frozenset(
    {"refunds", "refunds_by_order", "net_sales", "net_by_order", "refunded_orders", "returned_units"}
)
CASES = "_aftersale"  # kinds of files whose records are refund cases are named platform_aftersale

FILES = """
SELECT platform, kind, first_on, last_on, states_refunds FROM source_file
WHERE shop_id = :shop AND (states_refunds IS NOT NULL OR substr(kind, -10) = '_aftersale')
"""
RUNS = """
SELECT platform, kind, MIN(since_at), MAX(until_at), SUM(stored) FROM sync_run
WHERE shop_id = :shop AND kind IN ('orders', 'refunds') AND outcome = 'done'
  AND (since_at IS NULL OR until_at IS NOT NULL) GROUP BY platform, kind
"""
HAS_CASES = (
    "SELECT EXISTS (SELECT 1 FROM refund WHERE shop_id = :shop AND platform = :platform AND NOT is_estimate)"
)
SOLD = """
SELECT platform, substr(day, 1, 7), currency, SUM(buyer_paid_cents + platform_discount_cents) FROM fact_day
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND orders > 0 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class SoldMonth:
    """What a platform sold in a month (2026-01) of a range: gmv in cents, and whether its refunds are known."""

    platform: str
    month: str
    cents: int
    is_known: bool


def sold_months(connection: Connection, query: Query) -> list[SoldMonth]:
    """The months of a query's range with sales, by platform; [] where the refunds of all platforms are known."""
    known = _known_months(connection, query.shop)
    if not known:
        return []
    platforms = dict(query.where).get("platform", ())
    values = {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    cents: dict[tuple[str, str], int] = {}
    for platform, month, currency, gmv in connection.execute(text(SOLD), values):
        if not platforms or platform in platforms:
            counts = query.currency in (None, ANY_CURRENCY, currency)
            cents[platform, month] = cents.get((platform, month), 0) + int(gmv) * counts
    return [
        SoldMonth(platform, month, gmv, platform not in known or month in known[platform])
        for (platform, month), gmv in sorted(cents.items())
    ]


def unknown_rows(
    sold: Sequence[SoldMonth], by: Sequence[str], keys: Sequence[tuple[Any, ...]]
) -> Sequence[bool] | None:
    """Which rows of figures are of months alone whose refunds are unknown; None where none is."""
    if all(item.is_known for item in sold):
        return None
    platform = by.index("platform") if "platform" in by else None
    times = [(by.index(name), name) for name in ("day", "week", "month", "year") if name in by]
    rows: dict[tuple[Any, ...], bool] = {}
    result = []
    for key in keys:
        part = (key[platform] if platform is not None else None, *(key[place] for place, _ in times))
        if part not in rows:
            of_row = [
                item.is_known
                for item in sold
                if part[0] in (None, item.platform)
                and all(_touches(name, key[place], item.month) for place, name in times)
            ]
            rows[part] = bool(of_row) and not any(of_row)
        result.append(rows[part])
    return result


def _touches(name: str, value: str, month: str) -> bool:
    if name == "week":
        monday = date.fromisoformat(value)
        return month in (value[:7], f"{monday + timedelta(days=6):%Y-%m}")
    return month.startswith(value) if name == "year" else value.startswith(month)


def _known_months(connection: Connection, shop: int) -> dict[str, Collection[str]]:
    """The months in which refunds are known, of each platform where they are not known throughout."""
    spans: dict[str, list[tuple[date, date]]] = {}
    throughout: set[str] = set()
    for platform, kind, first, last, states in connection.execute(text(FILES), {"shop": shop}):
        is_cases = str(kind).endswith(CASES)
        of = spans.setdefault(str(kind).removesuffix(CASES) if is_cases else str(platform), [])
        if (is_cases or states) and first is None:
            throughout.add(str(kind).removesuffix(CASES) if is_cases else str(platform))
        elif is_cases or states:
            of.append((_day(first), _day(last)))
    zone: ZoneInfo | None = None
    for platform, kind, since, until, stored in connection.execute(text(RUNS), {"shop": shop}):
        name = str(platform).partition("_")[0]
        if kind == "orders" and stored:
            spans.setdefault(name, [])
        if kind == "refunds" and since is None:
            throughout.add(name)
        elif kind == "refunds":
            zone = zone or ZoneInfo(shop_settings(connection, shop).time_zone)
            first, last = (datetime.fromtimestamp(at, UTC).astimezone(zone).date() for at in (since, until))
            spans.setdefault(name, []).append((first, last))
    return {
        platform: frozenset(month for first, last in of for month in _months(first, last))
        for platform, of in spans.items()
        if platform not in throughout and (of or not _has_cases(connection, shop, platform))
    }


def _has_cases(connection: Connection, shop: int, platform: str) -> bool:
    """Whether cases are stored of a platform, of files that do not state what days they cover."""
    return bool(connection.execute(text(HAS_CASES), {"shop": shop, "platform": platform}).scalar())


def _months(first: date, last: date) -> Iterable[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
