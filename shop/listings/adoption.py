"""A draft of ours becomes the platform's listing once the platform states one of the same SKU.

What the platform states is what is there; the price of the draft, and a title that was typed for it
(other than the product's own), stay as what the shop wants. Only where there is one such listing: of
several nobody can say which is meant.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

PAIRS = """
SELECT o.platform, o.listing_id AS own, MAX(l.listing_id) AS stated,
  NULLIF(o.title, p.title) AS title, o.price_cents, o.currency
FROM listing o
LEFT JOIN variant v ON v.shop_id = o.shop_id AND v.sku = o.sku
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
JOIN listing l ON l.shop_id = o.shop_id AND l.platform = o.platform
  AND l.sku = o.sku AND l.updated_at > 0
WHERE o.shop_id = :shop AND o.updated_at = 0 AND o.listing_id LIKE 'own/%'
  AND o.status <> 'retired'
GROUP BY o.platform, o.listing_id HAVING COUNT(*) = 1
"""
WISH = """
UPDATE listing SET
  wanted_title = COALESCE(wanted_title, NULLIF(:title, title)),
  wanted_price_cents = COALESCE(wanted_price_cents,
    CASE WHEN currency = :currency THEN NULLIF(:price_cents, price_cents) END)
WHERE shop_id = :shop AND platform = :platform AND listing_id = :stated
"""
GONE = """
DELETE FROM listing WHERE shop_id = :shop AND platform = :platform AND listing_id = :own
"""


def adopt(connection: Connection, shop_id: int) -> int:
    """Let the platforms' listings take the place of our drafts; how many did.

    Runs inside the load's transaction, after listings were pointed at our SKUs.
    """
    pairs = connection.execute(text(PAIRS), {"shop": shop_id}).mappings().all()
    for pair in pairs:
        connection.execute(text(WISH), {**pair, "shop": shop_id})
        connection.execute(text(GONE), {**pair, "shop": shop_id})
    return len(pairs)
