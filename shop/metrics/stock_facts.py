"""The stock ledger as a fact: what there was to sell in a range, what sold of it, what is left.

    at the start + made + counted (a difference found by counting, a first count too) = to sell
    to sell - sold (less what came back) - broken = on hand at the end

Grain: one SKU whose stock is kept, over the whole range; days of the shop's own zone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCK_ROWS = """
SELECT b.sku,
  b.on_hand - COALESCE(SUM(m.on_hand), 0) AS start,
  COALESCE(SUM(m.on_hand * (m.reason = 'made' AND m.moved_at < :stock_end)), 0) AS made,
  COALESCE(SUM(m.on_hand * (m.reason = 'counted' AND m.moved_at < :stock_end)), 0) AS counted,
  -COALESCE(SUM(m.on_hand * (m.reason IN ('sold', 'returned') AND m.moved_at < :stock_end)), 0)
    AS sold,
  -COALESCE(SUM(m.on_hand * (m.reason = 'broken' AND m.moved_at < :stock_end)), 0) AS broken,
  b.on_hand - COALESCE(SUM(m.on_hand * (m.moved_at >= :stock_end)), 0) AS on_hand
FROM stock_balance b LEFT JOIN stock_movement m
  ON m.shop_id = b.shop_id AND m.sku = b.sku AND m.moved_at >= :stock_start AND m.on_hand <> 0
WHERE b.shop_id = :shop
GROUP BY b.sku
"""
"""From what is on hand now, back along the movements since the range began."""


def moments(start: date, end: date, time_zone: str) -> dict[str, int]:
    """The first second of a range and the first one after it, in UTC, as STOCK_ROWS asks for them."""
    zone = ZoneInfo(time_zone)
    return {
        "stock_start": int(datetime.combine(start, time(), zone).timestamp()),
        "stock_end": int(datetime.combine(end + timedelta(days=1), time(), zone).timestamp()),
    }
