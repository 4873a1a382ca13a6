"""Buyers who come back: by the month of their first purchase, and new against returning in a range.

A buyer is known by a keyed hash, per platform; who is not known at all is a group of its own. The first
purchase is the first paid line ever that was imported: what lies before the first import is not known, so
that the first months count some returning buyers as new.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
from sqlalchemy import text

from shop.core.errors import UnknownDimension
from shop.db.database import Database
from shop.metrics.deferred_rollups import up_to_date
from shop.metrics.query import Query
from shop.metrics.settings import currency_of

GROUPS = ("new", "returning", "unknown")
MONTHS = 12

COHORTS = """
SELECT first_month, month, SUM(buyers) FROM fact_cohort
WHERE shop_id = :shop AND currency = :currency AND month BETWEEN :first AND :last
  AND first_month BETWEEN :first AND :until{platforms}
GROUP BY first_month, month ORDER BY first_month, month
"""
LAST_DAY = "SELECT MAX(day) FROM fact_day WHERE shop_id = :shop AND lines > 0"
BY_FIRST_DAY = """
SELECT CASE WHEN first_on = '' THEN 'unknown' WHEN first_on >= :start THEN 'new' ELSE 'returning' END,
  SUM(gmv_cents)
FROM ({source}) WHERE currency = :currency{platforms} GROUP BY 1
"""
DAYS = """
SELECT first_on, platform, currency, gmv_cents FROM fact_buyer_day
WHERE shop_id = :shop AND day BETWEEN :start AND :end
"""
DAY_SO_FAR = """
SELECT COALESCE(b.first_on, '') AS first_on, l.platform, l.currency,
  l.buyer_paid_cents + l.platform_discount_cents AS gmv_cents
FROM order_line l INDEXED BY order_line_paid_on
LEFT JOIN buyer_first b ON b.shop_id = l.shop_id AND b.buyer_key = l.buyer_key
WHERE l.shop_id = :shop AND l.paid_on = :end AND NOT l.is_gift AND l.paid_at < :until
"""


def cohorts(db: Database, query: Query, *, months: int = MONTHS) -> pd.DataFrame:
    """How many of the buyers of each first month bought again in the months after.

    One row per month of first purchase within the question's range and months since, up to `months`
    and to the last sale. Columns: cohort (2022-01), since (0 the month itself), month, size (buyers of
    the cohort), buyers (those who bought in that month), share of the size, is_running (the month has
    not ended in the data). Raises DatabaseBusy while an import locks the file.
    """
    up_to_date(db, query.shop)
    query = _in_currency(db, query)
    last_day = _last_day(db, query.shop)
    names = ["cohort", "since", "month", "size", "buyers", "share", "is_running"]
    if last_day is None:
        return _typed(pd.DataFrame(columns=names))
    buyers_by_month = _counts(db, query, last_day)
    rows = []
    for cohort in sorted({first for first, _ in buyers_by_month}):
        size = buyers_by_month.get((cohort, cohort), 0)
        for since in range(months + 1):
            month = _later(cohort, since)
            if month > f"{last_day:%Y-%m}":
                break
            buyers = buyers_by_month.get((cohort, month), 0)
            running = month == f"{last_day:%Y-%m}" and not _ends_a_month(last_day)
            rows.append((cohort, since, month, size, buyers, buyers / size if size else None, running))
    return _typed(pd.DataFrame(rows, columns=names))


def gmv_by_buyers(db: Database, query: Query) -> dict[str, int]:
    """The gmv of a range by new, returning and unknown buyers (cents).

    A buyer is new in a range when the first paid line ever lies in it, and stays new to its end. Only
    platform and currency can narrow the question. Raises DatabaseBusy while an import locks the file.
    """
    up_to_date(db, query.shop)
    query = _in_currency(db, query)
    source = DAYS
    if query.cut_at is not None:
        source = DAYS.replace("BETWEEN :start AND :end", ">= :start AND day < :end")
        source = f"{source} UNION ALL {DAY_SO_FAR}"
    platforms, values = _platforms(query)
    values |= {
        "shop": query.shop,
        "currency": query.currency,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "until": query.cut_at,
    }
    sql = BY_FIRST_DAY.format(source=source, platforms=platforms)
    with db.read() as connection:
        cents_by_group = {str(name): int(cents) for name, cents in connection.execute(text(sql), values)}
    return {name: cents_by_group.get(name, 0) for name in GROUPS}


def _counts(db: Database, query: Query, last_day: date) -> dict[tuple[str, str], int]:
    platforms, values = _platforms(query)
    values |= {
        "shop": query.shop,
        "currency": query.currency,
        "first": f"{query.start:%Y-%m}",
        "until": f"{query.end:%Y-%m}",
        "last": f"{last_day:%Y-%m}",
    }
    sql = text(COHORTS.format(platforms=platforms))
    with db.read() as connection:
        return {
            (str(first), str(month)): int(buyers) for first, month, buyers in connection.execute(sql, values)
        }


def _in_currency(db: Database, query: Query) -> Query:
    with db.read() as connection:
        return replace(query, currency=currency_of(connection, query))


def _platforms(query: Query) -> tuple[str, dict[str, str | int | None]]:
    """The condition on platforms; nothing else is known of a buyer's day."""
    wanted = dict(query.where)
    if set(wanted) - {"platform"}:
        name = next(iter(set(wanted) - {"platform"}))
        raise UnknownDimension(metric="buyers", name=name, known="platform")
    if "platform" not in wanted:
        return "", {}
    marks = ", ".join(f":p{place}" for place in range(len(wanted["platform"]))) or "NULL"
    return f" AND platform IN ({marks})", {f"p{place}": name for place, name in enumerate(wanted["platform"])}


def _last_day(db: Database, shop: int) -> date | None:
    with db.read() as connection:
        day = connection.execute(text(LAST_DAY), {"shop": shop}).scalar()
    return None if day is None else date.fromisoformat(str(day))


def _later(month: str, by: int) -> str:
    year, number = map(int, month.split("-"))
    years, rest = divmod(number - 1 + by, 12)
    return f"{year + years:04d}-{rest + 1:02d}"


def _ends_a_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    kinds = {"since": "Int64", "size": "Int64", "buyers": "Int64", "share": "Float64", "is_running": "bool"}
    return table.astype(kinds)
