"""Deferred roll-ups: hours, provinces, buyers by the day of their first purchase, and delays of payouts.

An import only marks the days that it touched; the dashboard computes them again in the background, or the first query
that needs these figures does, in a transaction of its own. An import stays as fast as it is, and a day's sync costs
the next query some milliseconds.

A buyer's first day may change with any load (an older file, a line that vanished); the other days of
such a buyer are then computed again too.

After an import of years this takes minutes: it is done month by month, each in a transaction of its own, so that others
write in between and what was computed stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from shop.db.database import Database, read_version
from shop.db.dialect import raw_cursor
from shop.metrics.payout_rollup import compute_delays
from shop.metrics.refund_sql import EARLIER
from shop.metrics.settings import shop_settings

TABLES = ("fact_hour", "fact_place", "buyer_first", "fact_buyer_day", "fact_cohort", "fact_payout_delay")
PAID_ON = "order_line INDEXED BY order_line_paid_on"
STALE = "SELECT day FROM stale_day WHERE shop_id = :shop"

# The first stale day of each buyer who bought on one.
SEEN = f"""
INSERT INTO temp.seen (buyer_key, first_on)
SELECT buyer_key, MIN(paid_on) FROM {PAID_ON}
WHERE shop_id = :shop AND paid_on IN ({STALE}) AND buyer_key IS NOT NULL GROUP BY buyer_key
"""
# Whose first day was a stale one and is not any more: only all their lines have the next.
LOST = f"""
INSERT INTO temp.lost (buyer_key)
SELECT b.buyer_key FROM buyer_first b LEFT JOIN temp.seen s ON s.buyer_key = b.buyer_key
WHERE b.shop_id = :shop AND b.first_on IN ({STALE}) AND s.first_on IS NOT b.first_on
  AND (s.first_on IS NULL OR s.first_on > b.first_on)
"""
FIRST_DAYS_OF_LOST = f"""
INSERT OR REPLACE INTO temp.seen (buyer_key, first_on)
SELECT buyer_key, MIN(paid_on) FROM {PAID_ON}
WHERE shop_id = :shop AND paid_on > '' AND buyer_key IN (SELECT buyer_key FROM temp.lost)
GROUP BY buyer_key
"""
EARLIER_BUYERS = """
INSERT OR IGNORE INTO temp.lost (buyer_key)
SELECT b.buyer_key FROM temp.seen s CROSS JOIN buyer_first b
ON b.shop_id = :shop AND b.buyer_key = s.buyer_key AND s.first_on < b.first_on
"""
DAYS_OF_LOST = f"""
INSERT OR IGNORE INTO stale_day (shop_id, day)
SELECT DISTINCT :shop, paid_on FROM {PAID_ON}
WHERE shop_id = :shop AND paid_on > '' AND buyer_key IN (SELECT buyer_key FROM temp.lost)
"""
FORGET_LOST = """
DELETE FROM buyer_first
WHERE shop_id = :shop AND buyer_key IN (SELECT buyer_key FROM temp.lost)
"""
STORE_SEEN = """
INSERT INTO buyer_first (shop_id, buyer_key, first_on)
SELECT :shop, buyer_key, first_on FROM temp.seen WHERE 1
ON CONFLICT DO UPDATE SET first_on = excluded.first_on WHERE excluded.first_on < first_on
"""
LINES = f"""
INSERT INTO temp.line_of_day (platform, currency, hour, buyer_key, is_first, quantity, gmv)
SELECT platform, currency,
  (paid_at + CASE WHEN paid_at < :turn THEN :early ELSE :late END) / 3600 % 24,
  buyer_key, NOT {EARLIER.format("")}, quantity, buyer_paid_cents + platform_discount_cents
FROM order_line l INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on = :day AND NOT is_gift AND paid_at IS NOT NULL
"""
HOURS = """
INSERT INTO fact_hour (shop_id, day, hour, platform, currency, orders, units, gmv_cents)
SELECT :shop, :day, hour, platform, currency, SUM(is_first), SUM(quantity), SUM(gmv)
FROM temp.line_of_day GROUP BY hour, platform, currency
"""
PLACES = """
INSERT INTO fact_place (shop_id, day, platform, currency, province, lines)
SELECT :shop, :day, platform, currency, COALESCE(province, ''), COUNT(*)
FROM order_line INDEXED BY order_line_paid_on
WHERE shop_id = :shop AND paid_on = :day AND NOT is_gift
GROUP BY platform, currency, COALESCE(province, '')
"""
BUYERS = """
INSERT INTO fact_buyer_day (shop_id, day, platform, currency, first_on, orders, units, gmv_cents)
SELECT :shop, :day, platform, currency, COALESCE(b.first_on, ''), SUM(is_first), SUM(quantity),
  SUM(gmv)
FROM temp.line_of_day l LEFT JOIN buyer_first b ON b.shop_id = :shop AND b.buyer_key = l.buyer_key
GROUP BY platform, currency, COALESCE(b.first_on, '')
"""
COHORTS = f"""
INSERT INTO fact_cohort (shop_id, month, platform, currency, first_month, buyers)
SELECT :shop, :month, l.platform, l.currency, substr(b.first_on, 1, 7), COUNT(*)
FROM (
  SELECT DISTINCT platform, currency, buyer_key FROM {PAID_ON}
  WHERE shop_id = :shop AND paid_on BETWEEN :month || '-01' AND :month || '-31'
    AND buyer_key IS NOT NULL
) l CROSS JOIN buyer_first b ON b.shop_id = :shop AND b.buyer_key = l.buyer_key
GROUP BY l.platform, l.currency, substr(b.first_on, 1, 7)
"""
TEMPORARY = (
    "CREATE TEMP TABLE IF NOT EXISTS seen (buyer_key INTEGER PRIMARY KEY, first_on TEXT)",
    "CREATE TEMP TABLE IF NOT EXISTS lost (buyer_key INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS line_of_day (platform TEXT, currency TEXT, hour INTEGER, buyer_key INTEGER, "
    "is_first INTEGER, quantity INTEGER, gmv INTEGER)",
    "DELETE FROM temp.seen",
    "DELETE FROM temp.lost",
)


def mark(cursor: Any, shop_id: int, days: Iterable[str | None], payout_days: Iterable[str]) -> None:
    """Note the days whose lines a load touched, and those whose lines, payouts or refunds it touched."""
    for table, touched in (("stale_day", days), ("stale_payout_day", payout_days)):
        cursor.executemany(
            f"INSERT OR IGNORE INTO {table} (shop_id, day) VALUES (?, ?)",
            [(shop_id, day) for day in sorted(day for day in touched if day)],
        )


def stale_days(db: Database, shop_id: int = 1) -> int:
    """How many days imports have marked that are not computed yet."""
    counts = text(
        "SELECT (SELECT COUNT(*) FROM stale_day WHERE shop_id = :shop) "
        "+ (SELECT COUNT(*) FROM stale_payout_day WHERE shop_id = :shop)"
    )
    with db.read() as connection:
        return int(connection.execute(counts, {"shop": shop_id}).scalar_one())


def is_stale(db: Database, shop_id: int = 1) -> bool:
    """Whether imports have marked days that are not computed yet."""
    return stale_days(db, shop_id) > 0


def up_to_date(db: Database, shop_id: int = 1, *, after_each: Callable[[], None] = lambda: None) -> None:
    """Compute what imports have marked, if anything, a month at a time; raises DatabaseBusy while an import is writing.

    `after_each` is called after each of these transactions.
    """
    version = None
    while is_stale(db, shop_id):
        with db.write(quiet=True, wait=False) as connection:
            if version != (version := read_version(connection)):  # others wrote: they may have marked days
                _follow_buyers(connection, shop_id)
            _compute_month(connection, shop_id)
        after_each()


def compute_marked(connection: Connection, shop_id: int) -> None:
    """Compute all marked days again, inside the caller's transaction."""
    _follow_buyers(connection, shop_id)
    while _compute_month(connection, shop_id):
        pass


def _follow_buyers(connection: Connection, shop_id: int) -> None:
    """Compute the first day of the buyers of all noted days; where it is a new one, their other days are noted too."""
    cursor, values = raw_cursor(connection), {"shop": shop_id}
    for sql in (*TEMPORARY, SEEN, LOST):
        cursor.execute(sql, values if ":shop" in sql else {})
    if _any_lost(cursor):
        cursor.execute(FIRST_DAYS_OF_LOST, values)
    cursor.execute(EARLIER_BUYERS, values)
    if _any_lost(cursor):
        cursor.execute(DAYS_OF_LOST, values)
        cursor.execute(FORGET_LOST, values)
    cursor.execute(STORE_SEEN, values)


def _compute_month(connection: Connection, shop_id: int) -> bool:
    """Compute the days of the first month that has marked ones; false where there are none."""
    cursor = raw_cursor(connection)
    zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
    days, payout_days = (_first_month(cursor, table, shop_id) for table in ("stale_day", "stale_payout_day"))
    for day in payout_days:
        compute_delays(cursor, shop_id, day)
    for sql in TEMPORARY:
        cursor.execute(sql)
    for day in days:
        _compute_day(cursor, shop_id, day, zone)
    if days:
        _compute_cohorts(cursor, shop_id, days[0][:7])
    return bool(days or payout_days)


def _first_month(cursor: Any, table: str, shop_id: int) -> list[str]:
    """The days of the first month that a table of marked days has, which are marked no longer."""
    rows = cursor.execute(f"SELECT day FROM {table} WHERE shop_id = ? ORDER BY day", (shop_id,)).fetchall()
    days = [row[0] for row in rows if row[0][:7] == rows[0][0][:7]]
    cursor.executemany(f"DELETE FROM {table} WHERE shop_id = ? AND day = ?", [(shop_id, day) for day in days])
    return days


def _any_lost(cursor: Any) -> bool:
    return cursor.execute("SELECT 1 FROM temp.lost LIMIT 1").fetchone() is not None


def _compute_day(cursor: Any, shop_id: int, day: str, zone: ZoneInfo) -> None:
    values = {"shop": shop_id, "day": day, **_clock(day, zone)}
    cursor.execute("DELETE FROM temp.line_of_day")
    for table in ("fact_hour", "fact_place", "fact_buyer_day"):
        cursor.execute(f"DELETE FROM {table} WHERE shop_id = :shop AND day = :day", values)
    for sql in (LINES, HOURS, BUYERS, PLACES):
        cursor.execute(sql, values)


def _compute_cohorts(cursor: Any, shop_id: int, month: str) -> None:
    values = {"shop": shop_id, "month": month}
    cursor.execute("DELETE FROM fact_cohort WHERE shop_id = :shop AND month = :month", values)
    cursor.execute(COHORTS, values)


def _clock(day: str, zone: ZoneInfo) -> dict[str, int]:
    """How far the shop's clock is ahead of UTC on a day, and when that changes within it."""
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    first = int(start.timestamp())
    last = int((start + timedelta(days=1)).timestamp())
    early, late = _ahead(first, zone), _ahead(last, zone)
    low, high = first, last
    while early != late and high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(middle, zone) == early else (low, middle)
    return {"turn": high, "early": early, "late": late}


def _ahead(moment: int, zone: ZoneInfo) -> int:
    ahead = datetime.fromtimestamp(moment, zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0
