"""Orders folded from their lines: one law, whatever order the lines came in."""

from __future__ import annotations

import json
from typing import Any

IDS_PER_FOLD = 20_000

FOLD = """
INSERT OR REPLACE INTO orders (shop_id, platform, order_id, status, created_at, paid_at, paid_on,
  currency, lines, shipping_cents, carrier, seller, buyer_key, province)
SELECT o.shop_id, o.platform, o.order_id,
  CASE o.rank WHEN 0 THEN 'unpaid' WHEN 1 THEN 'paid' WHEN 2 THEN 'shipped' WHEN 3 THEN 'delivered'
    WHEN 4 THEN 'completed' ELSE 'cancelled' END,
  o.created_at, o.paid_at, o.paid_on, h.currency, o.lines, o.shipping, h.carrier, h.seller,
  o.buyer_key, o.province
FROM (
  SELECT shop_id, platform, order_id, MIN(line_id) AS first_line, COUNT(*) AS lines,
    MIN(created_at) AS created_at, MIN(paid_at) AS paid_at, MIN(paid_on) AS paid_on,
    SUM(shipping_cents) AS shipping, MAX(buyer_key) AS buyer_key, MAX(province) AS province,
    MIN(CASE status WHEN 'unpaid' THEN 0 WHEN 'paid' THEN 1 WHEN 'shipped' THEN 2
      WHEN 'delivered' THEN 3 WHEN 'completed' THEN 4 ELSE 5 END) AS rank
  FROM order_line
  WHERE shop_id = :shop AND platform = :platform
    AND order_id IN (SELECT value FROM json_each(:ids))
  GROUP BY shop_id, platform, order_id
) o
JOIN order_line h ON h.shop_id = o.shop_id AND h.platform = o.platform
  AND h.order_id = o.order_id AND h.line_id = o.first_line
"""


def fold_orders(cursor: Any, shop_id: int, platform: str, order_ids: list[str]) -> None:
    """Write one `orders` row per order id from its stored lines.

    First creation and payment, the least advanced state of the lines that are not cancelled, shipping
    added up, carrier and seller of the line with the smallest id: so that each order counts once.
    """
    for start in range(0, len(order_ids), IDS_PER_FOLD):
        ids = json.dumps(order_ids[start : start + IDS_PER_FOLD])
        cursor.execute(FOLD, {"shop": shop_id, "platform": platform, "ids": ids})
