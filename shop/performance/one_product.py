"""One product: its SKUs, prices, the live sessions and videos that sold it, and its funnel by content type.

Sums are cents of the query's currency; the funnel is what the platform's product reports state.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import text

from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.query import Query

PRODUCTS = """
SELECT p.product_code, p.title FROM product p WHERE p.shop_id = :shop AND NOT p.is_archived
ORDER BY p.title, p.product_code
"""
SKUS = "SELECT sku FROM variant WHERE shop_id = :shop AND product_code = :product ORDER BY sku"
OF_PRODUCT = """
SELECT m.name_key FROM sold_match m JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku
WHERE m.shop_id = :shop AND v.product_code = :product
"""
CONTENTS = f"""
SELECT l.platform, l.carrier, COALESCE(s.title, w.title, '') AS title, MIN(l.paid_on) AS first_on,
  MIN(l.attribution) AS grade, SUM(l.quantity) AS units, SUM(l.buyer_paid_cents + l.platform_discount_cents) AS gmv
FROM order_line l
LEFT JOIN live_session s ON s.shop_id = l.shop_id AND s.platform = l.platform AND s.session_id = l.content_id
LEFT JOIN video w ON w.shop_id = l.shop_id AND w.platform = l.platform AND w.video_id = l.content_id
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift AND l.content_id IS NOT NULL
  AND l.currency = :currency AND l.name_key IN ({OF_PRODUCT})
GROUP BY l.platform, l.carrier, l.content_id ORDER BY gmv DESC, 3 LIMIT :most
"""
# a report of some days that a longer one of the same product covers is left out: its orders are in both
FUNNEL = f"""
SELECT t.carrier, SUM(t.impressions) AS impressions, SUM(t.product_clicks) AS product_clicks,
  SUM(t.orders) AS orders, SUM(t.units) AS units, SUM(t.gmv_cents) AS gmv, MIN(t.first_on) AS first_on,
  MAX(t.last_on) AS last_on
FROM product_statement t
WHERE t.shop_id = :shop AND t.first_on >= :start AND t.last_on <= :end AND t.currency = :currency
  AND t.product_id IN (SELECT n.product_id FROM sold_name n WHERE n.shop_id = :shop AND n.name_key IN ({OF_PRODUCT}))
  AND NOT EXISTS (SELECT 1 FROM product_statement o WHERE o.shop_id = t.shop_id AND o.platform = t.platform
    AND o.product_id = t.product_id AND o.carrier = t.carrier AND o.first_on >= :start AND o.last_on <= :end
    AND o.first_on <= t.first_on AND o.last_on >= t.last_on AND (o.first_on < t.first_on OR o.last_on > t.last_on))
GROUP BY t.carrier ORDER BY t.carrier <> 'all', gmv DESC
"""


PRICES = f"""
SELECT m.sku, l.platform, l.paid_on, (2 * l.list_cents + l.quantity) / (2 * l.quantity) AS price, SUM(l.quantity),
  SUM(l.buyer_paid_cents + l.platform_discount_cents)
FROM order_line l JOIN sold_match m ON m.shop_id = l.shop_id AND m.name_key = l.name_key
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift AND l.quantity > 0
  AND l.currency = :currency AND l.name_key IN ({OF_PRODUCT})
GROUP BY m.sku, l.platform, l.paid_on, price ORDER BY m.sku, l.platform, l.paid_on, SUM(l.quantity) DESC
"""


def product_titles(db: Database, *, shop_id: int = 1) -> dict[str, str]:
    """Every product of the catalog by code, with its title; by title."""
    with db.read() as connection:
        return dict(raw_cursor(connection).execute(PRODUCTS, {"shop": shop_id}).fetchall())


def skus_of(db: Database, product: str, *, shop_id: int = 1) -> tuple[str, ...]:
    """The SKUs of a product."""
    with db.read() as connection:
        rows = connection.execute(text(SKUS), {"shop": shop_id, "product": product})
        return tuple(row[0] for row in rows)


def contents(db: Database, query: Query, product: str, *, most: int = 10) -> pd.DataFrame:
    """The sessions and videos that sold it in the range, by gmv.

    Columns: platform, carrier, title ("" where no source states one), first_on (shop day of its first sale), grade,
    units, gmv (cents).
    """
    return _table(db, CONTENTS, query, product, most=most)


def funnel(db: Database, query: Query, product: str) -> pd.DataFrame:
    """What the platform's product reports inside the range state, by content type ('all' first).

    Columns: carrier, impressions, product_clicks, orders, units, gmv (cents), first_on, last_on.
    """
    return _table(db, FUNNEL, query, product)


def price_history(db: Database, query: Query, product: str) -> pd.DataFrame:
    """The list prices at which it sold in the range, in runs of days with the same price, newest first.

    Columns: sku, platform, list_price, first_on, last_on, units, per_unit (what a piece brought on average); cents. A
    day with several prices counts at the one of most pieces.
    """
    days = _table(db, PRICES, query, product)
    runs: list[list[Any]] = []
    seen: set[tuple[str, str, str]] = set()
    for sku, platform, on, price, units, gmv in days.itertuples(index=False, name=None):
        same = bool(runs) and runs[-1][:2] == [sku, platform]
        if same and ((sku, platform, on) in seen or runs[-1][2] == price):
            runs[-1][4] = on
            runs[-1][5] += int(units)
            runs[-1][6] += int(gmv)
        else:
            runs.append([sku, platform, int(price), on, on, int(units), int(gmv)])
        seen.add((sku, platform, on))
    rows = [(*run[:6], (2 * run[6] + run[5]) // (2 * run[5])) for run in runs]
    names = ["sku", "platform", "list_price", "first_on", "last_on", "units", "per_unit"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["last_on", "sku", "platform"], ascending=[False, True, True], ignore_index=True)


def _table(db: Database, sql: str, query: Query, product: str, **more: Any) -> pd.DataFrame:
    values = {
        "shop": query.shop,
        "product": product,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": query.currency,
        **more,
    }
    with db.read() as connection:
        result = connection.execute(text(sql), values)
        return pd.DataFrame(result.all(), columns=list(result.keys()))
