"""SQL that the roll-ups share: the first line of an order, and each line's share of its refunds; the days of orders."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

# A gift line ships for nothing: it is no sold piece and no line of revenue. The first line of an
# order is its paid line with the smallest id; LIMIT saves a second test.
EARLIER = """
  EXISTS (SELECT 1 FROM order_line x WHERE x.shop_id = l.shop_id AND x.platform = l.platform
    AND x.order_id = l.order_id AND x.line_id < l.line_id AND x.paid_on IS NOT NULL
    AND NOT x.is_gift{})
"""
# A refund belongs to its line; one of a whole order is shared by its lines in proportion to what was
# paid for each, rounded along the running sum, so that the parts add up to the refund.
# The refund of a deposit whose order was never paid in full is no refund of a sale (docs/manual/en/presale.md).
OF_DEPOSIT = """
EXISTS (SELECT 1 FROM presale_deposit y WHERE y.shop_id = r.shop_id AND y.platform = r.platform
    AND y.order_id = r.order_id)
  AND NOT EXISTS (SELECT 1 FROM order_line y WHERE y.shop_id = r.shop_id AND y.platform = r.platform
    AND y.order_id = r.order_id AND y.paid_on IS NOT NULL)
"""
# An estimate gives way to a case of its order. Of estimates of an order and of its lines the greater sum counts: what
# was refunded only grows.
OF_SAME_ORDER = """
FROM refund y WHERE y.shop_id = r.shop_id AND y.platform = r.platform AND y.order_id = r.order_id
  AND y.status = 'refunded' AND {}y.is_estimate
"""
OF_LINES = f"(SELECT COALESCE(SUM(y.amount_cents), 0) {OF_SAME_ORDER.format('')} AND y.line_id IS NOT NULL)"
OF_ORDER = f"(SELECT COALESCE(SUM(y.amount_cents), 0) {OF_SAME_ORDER.format('')} AND y.line_id IS NULL)"
COUNTS = f"""
r.status = 'refunded' AND r.amount_cents > 0 AND NOT ({OF_DEPOSIT}) AND (NOT r.is_estimate OR (
  NOT EXISTS (SELECT 1 {OF_SAME_ORDER.format("NOT ")})
  AND CASE WHEN r.line_id IS NULL THEN {OF_LINES} < {OF_ORDER} ELSE {OF_LINES} >= {OF_ORDER} END))
"""
# The line that a refund names, where it was sold; else a bound of all lines of its order (a blob sorts last).
OWN_LINE = """
CASE WHEN EXISTS (SELECT 1 FROM order_line x WHERE x.shop_id = r.shop_id AND NOT x.is_gift
  AND x.platform = r.platform AND x.order_id = r.order_id AND x.line_id = r.line_id) THEN r.line_id ELSE {} END
"""
# Whether money was refunded for the order of a line, and for the line itself.
ORDER_IS_REFUNDED = f"""
EXISTS (SELECT 1 FROM refund r WHERE r.shop_id = l.shop_id AND r.platform = l.platform AND r.order_id = l.order_id
  AND {COUNTS})
"""
LINE_IS_REFUNDED = f"""
EXISTS (SELECT 1 FROM refund r WHERE r.shop_id = l.shop_id AND r.platform = l.platform AND r.order_id = l.order_id
  AND {OWN_LINE.format("l.line_id")} = l.line_id AND (r.line_id = l.line_id OR l.buyer_paid_cents > 0) AND {COUNTS})
"""
# SQLite multiplies in fractions where whole numbers overflow: the part is whole all the same.
UP_TO = "CAST(ROUND(amount_cents * {} / whole) AS INTEGER)"
# Money refunded for goods that were never sent: a case that demands goods back shows that they were.
NEVER_SENT = "r.stage <> 'after_ship' AND r.kind NOT IN ('return_refund', 'exchange', 'resend')"


def shares(source: str, where: str, *, day: str = "''") -> str:
    """A SELECT of the lines' shares of the refunds (`r`) that `source` finds under `where`."""
    return f"""
SELECT day, platform, currency, carrier, seller, sku, name_key, order_id, line_id, quantity,
  weight, is_back, CASE WHEN COALESCE(whole, 0) = 0 THEN amount_cents * (place = 1)
    ELSE {UP_TO.format("upto")} - {UP_TO.format("(upto - weight)")} END AS share
FROM (
  SELECT {day} AS day, r.platform, r.currency, COALESCE(l.carrier, 'unknown') AS carrier,
    COALESCE(l.seller, 'own') AS seller, COALESCE(l.sku, r.sku, '') AS sku, l.name_key, r.order_id,
    l.line_id, l.quantity, (r.kind = 'return_refund' OR r.stage = 'before_ship') AS is_back,
    r.amount_cents, l.buyer_paid_cents AS weight, SUM(l.buyer_paid_cents) OVER of_refund AS whole,
    SUM(l.buyer_paid_cents) OVER along AS upto, ROW_NUMBER() OVER along AS place
  FROM {source} LEFT JOIN order_line l ON l.shop_id = r.shop_id AND l.platform = r.platform
    AND l.order_id = r.order_id AND NOT l.is_gift
    AND l.line_id >= {OWN_LINE.format("''")} AND l.line_id <= {OWN_LINE.format("x''")}
  WHERE {where} AND {COUNTS}
  WINDOW of_refund AS (PARTITION BY r.platform, r.refund_id),
    along AS (PARTITION BY r.platform, r.refund_id ORDER BY l.line_id)
)
"""


# Refunds by their day; left to itself the planner reads all refunds in the order of their windows.
REFUNDED_ON = "refund r INDEXED BY refund_refunded_on"
# Refunds of the orders paid on a day, by the day's first lines: each case once.
PAID_WITH_REFUND = """
order_line f INDEXED BY order_line_paid_on
CROSS JOIN refund r ON r.shop_id = f.shop_id AND r.platform = f.platform AND r.order_id = f.order_id
"""
FIRST_PAID = f"""
f.shop_id = :shop AND f.paid_on = :day AND NOT f.is_gift
  AND NOT {EARLIER.format("").replace("l.", "f.")}
"""
# The same of one day, by the first lines in `refunded_order` (see `list_refunded_orders`).
REFUNDED_ORDERS = """
temp.refunded_order p CROSS JOIN order_line f ON f.shop_id = :shop AND f.platform = p.platform
  AND f.order_id = p.order_id AND f.line_id = p.line_id
CROSS JOIN refund r ON r.shop_id = f.shop_id AND r.platform = f.platform AND r.order_id = f.order_id
"""
PAID_ON_DAY = "p.paid_on = :day"
NEW_LIST = """
CREATE TEMP TABLE IF NOT EXISTS refunded_order (paid_on TEXT, platform TEXT, order_id TEXT, line_id TEXT,
  PRIMARY KEY (paid_on, platform, order_id)) WITHOUT ROWID
"""
LIST_OF_DAY = f"""
INSERT INTO temp.refunded_order SELECT f.paid_on, f.platform, f.order_id, f.line_id
FROM order_line f INDEXED BY order_line_paid_on WHERE EXISTS (SELECT 1 FROM refund r
  WHERE r.shop_id = f.shop_id AND r.platform = f.platform AND r.order_id = f.order_id) AND {FIRST_PAID}
"""
# MIN() takes the day from the row of the first line (sqlite.org/lang_select.html, bare columns).
LIST_OF_ALL = """
INSERT INTO temp.refunded_order SELECT paid_on, platform, order_id, line_id FROM (
  SELECT f.paid_on, f.platform, f.order_id, MIN(f.line_id) AS line_id
  FROM (SELECT DISTINCT shop_id, platform, order_id FROM refund WHERE shop_id = :shop) r
  CROSS JOIN order_line f ON f.shop_id = r.shop_id AND f.platform = r.platform AND f.order_id = r.order_id
    AND f.paid_on IS NOT NULL AND NOT f.is_gift GROUP BY f.platform, f.order_id)
"""
MANY_DAYS = (
    30  # from so many days on, reading all refunds once is less work than reading the lines of each day
)


DAYS_AT_ONCE = 32  # whose lines are still in memory when the next statement reads them


def batches_of_days(days: Iterable[str]) -> Iterator[list[str]]:
    """Days in their order, as many at a time as each statement is run for."""
    ordered = sorted(days)
    for start in range(0, len(ordered), DAYS_AT_ONCE):
        yield ordered[start : start + DAYS_AT_ONCE]


def list_refunded_orders(cursor: Any, shop_id: int, days: Collection[str]) -> None:
    """Fill the temporary table `refunded_order`: the first lines of the orders with refunds paid on these days."""
    cursor.execute(NEW_LIST)
    cursor.execute("DELETE FROM temp.refunded_order")
    if len(days) >= MANY_DAYS:
        cursor.execute(LIST_OF_ALL, {"shop": shop_id})
        return
    cursor.executemany(LIST_OF_DAY, [{"shop": shop_id, "day": day} for day in days])


NEW_FIRST_LINES = """
CREATE TEMP TABLE IF NOT EXISTS first_line (paid_on TEXT, platform TEXT, order_id TEXT, line_id TEXT,
  is_split INTEGER, PRIMARY KEY (paid_on, platform, order_id)) WITHOUT ROWID
"""
LIST_OF_FIRST_LINES = """
INSERT INTO temp.first_line SELECT MIN(paid_on), platform, order_id, MIN(line_id),
  CASE WHEN MIN(paid_on) <> MAX(paid_on) OR MIN(currency) <> MAX(currency) OR MIN(carrier) <> MAX(carrier)
    OR MIN(seller) <> MAX(seller) THEN 1 ELSE 0 END
FROM order_line WHERE shop_id = :shop AND paid_on IS NOT NULL AND NOT is_gift GROUP BY platform, order_id
"""


def list_first_lines(cursor: Any, shop_id: int) -> None:
    """Fill the temporary table `first_line`: the first line of each order, and whether its lines differ in their
    day, currency, carrier or seller (`paid_on` is then not always that of the first line)."""
    cursor.execute(NEW_FIRST_LINES)
    cursor.execute("DELETE FROM temp.first_line")
    cursor.execute(LIST_OF_FIRST_LINES, {"shop": shop_id})


def refunded_lines(shares: str) -> str:
    """A SELECT of the lines that refunds (see `shares`) paid money back for, with the pieces
    that came back or never left: all of them where the line was refunded in full, else their share.
    """
    return f"""
SELECT day, platform, currency, carrier, seller, sku, name_key, order_id, SUM(share) AS share,
  CASE WHEN line_id IS NULL THEN 0 WHEN COALESCE(weight, 0) = 0 THEN quantity * MAX(is_back)
    ELSE MIN(quantity, (2 * quantity * SUM(share * is_back) + weight) / (2 * weight)) END AS back
FROM ({shares})
GROUP BY day, platform, currency, carrier, seller, sku, name_key, order_id, line_id
"""


IDS_AT_ONCE = 20_000
PAID, REFUNDED = ("order_line", "paid_on"), ("refund", "refunded_on")


def days_of_orders(
    cursor: Any, shop_id: int, orders: Mapping[str, Iterable[str]], *columns: tuple[str, str]
) -> set[str]:
    """The days in these columns of orders (by platform)."""
    days: set[str] = set()
    for platform, ids in orders.items():
        wanted = sorted(ids)
        for start in range(0, len(wanted), IDS_AT_ONCE):
            some = json.dumps(wanted[start : start + IDS_AT_ONCE])
            values = {"shop": shop_id, "platform": platform, "ids": some}
            for table, column in columns:
                sql = (
                    f"SELECT DISTINCT t.{column} FROM json_each(:ids) j CROSS JOIN {table} t "
                    "ON t.shop_id = :shop AND t.platform = :platform AND t.order_id = j.value"
                )
                days.update(row[0] for row in cursor.execute(sql, values) if row[0])
    return days
