"""When people buy: sales by weekday and hour of payment, on the shop's own clock."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.core.errors import UnknownDimension
from shop.db.database import Database
from shop.metrics.deferred_rollups import up_to_date
from shop.metrics.query import Query
from shop.metrics.settings import currency_of

FIGURES = ("gmv", "orders", "units")
BY_WEEKDAY = """
SELECT strftime('%u', day) AS weekday, hour, SUM(gmv_cents), SUM(orders), SUM(units) FROM fact_hour
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency{platforms}
GROUP BY weekday, hour
"""


def hours(db: Database, query: Query) -> pd.DataFrame:
    """Sales of a range by weekday and hour; all 168 rows are there, from Monday at midnight on.

    Columns: weekday (1 Monday to 7 Sunday), hour (0 to 23), gmv (cents), orders, units, and days: how
    many such weekdays the range has, so that a figure divides into one per day. Only platform and
    currency can narrow it. Raises DatabaseBusy while an import locks the file.
    """
    sums_by_hour = {(int(weekday), hour): sums for weekday, hour, *sums in _read(db, query)}
    days = weekdays(query.start, query.end)
    rows = [
        (weekday, hour, *sums_by_hour.get((weekday, hour), (0, 0, 0)), days[weekday])
        for weekday in range(1, 8)
        for hour in range(24)
    ]
    return pd.DataFrame(rows, columns=["weekday", "hour", *FIGURES, "days"]).astype("Int64")


def weekdays(start: date, end: date) -> Counter[int]:
    """How often each weekday (1 Monday to 7 Sunday) occurs in a range."""
    return Counter((start + timedelta(days=shift)).isoweekday() for shift in range((end - start).days + 1))


def _read(db: Database, query: Query) -> list[Any]:
    up_to_date(db, query.shop)
    wanted = dict(query.where)
    for name in set(wanted) - {"platform"}:
        raise UnknownDimension(metric="hours", name=name, known="platform")
    names = wanted.get("platform", ())
    marks = ", ".join(f":p{place}" for place in range(len(names))) or "NULL"
    platforms = f" AND platform IN ({marks})" if "platform" in wanted else ""
    values: dict[str, Any] = {f"p{place}": name for place, name in enumerate(names)}
    values |= {"shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()}
    with db.read() as connection:
        values["currency"] = currency_of(connection, query)
        sql = text(BY_WEEKDAY.format(platforms=platforms))
        return list(connection.execute(sql, values).fetchall())
