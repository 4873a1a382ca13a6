"""What files state of advertising: the sum of a day, of its products and of its live sessions, each cent once.

An advertising account may be exported whole, by plan, and by product or live session. These say the same money at
several levels: of one account and day the level with the greatest sum counts (products and sessions are one level).
A file that names no account is of all accounts: it counts where it states more than those that name one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from shop.db.dialect import raw_cursor

ROWS = """
SELECT platform, day, advertiser, level, COALESCE(product_id, ''), SUM(amount_cents) FROM ad_spend
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency
GROUP BY platform, day, advertiser, level, product_id
"""
PRODUCTS = """
SELECT n.product_id, MIN(v.product_code) FROM sold_name n
JOIN sold_match m ON m.shop_id = n.shop_id AND m.name_key = n.name_key
JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku
WHERE n.shop_id = :shop AND n.product_id IS NOT NULL GROUP BY n.product_id
HAVING COUNT(DISTINCT v.product_code) = 1
"""
OF_SESSION = """
SELECT currency, advertiser, SUM(amount_cents) FROM ad_spend
WHERE shop_id = :shop AND platform = :platform AND level = 'session'
  AND (session_id = :session OR session_started_at BETWEEN :started - :off AND :started + :off)
GROUP BY currency, advertiser
"""
STARTED_WITHIN = 300  # seconds between the start of a session in two reports of the platform
CONTENTS = ("product", "session")


@dataclass
class ReportedSpend:
    """Advertising of one platform and day in cents; `products` by our product codes are a part of `cents`."""

    cents: int = 0
    products: Counter[str] = field(default_factory=Counter)


def ads_by_day(connection: Connection, values: Mapping[str, Any]) -> dict[tuple[str, str], ReportedSpend]:
    """What files state by platform and shop day; `values` are shop, start, end (ISO days) and currency."""
    cursor = raw_cursor(connection)
    levels: defaultdict[tuple[str, str], defaultdict[str, Counter[str]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    products: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    codes: dict[str, str] = {}
    for platform, day, advertiser, level, product, cents in cursor.execute(ROWS, dict(values)).fetchall():
        levels[platform, day][advertiser]["content" if level in CONTENTS else level] += cents
        if product:
            codes = codes or dict(cursor.execute(PRODUCTS, {"shop": values["shop"]}).fetchall())
            if product in codes:
                products[platform, day][codes[product]] += cents
    return {key: ReportedSpend(_counted_once(of_day), products[key]) for key, of_day in levels.items()}


def _counted_once(levels_by_advertiser: Mapping[str, Counter[str]]) -> int:
    sums = {name: max(levels.values()) for name, levels in levels_by_advertiser.items()}
    return max(sums.pop("", 0), sum(sums.values()))


def ads_of_session(connection: Connection, values: Mapping[str, Any]) -> tuple[str, int] | None:
    """Currency and cents that files state for one live session: by its id, or by its start within five minutes.

    Of several currencies the one with the greatest sum. `values` are shop, platform, session and started (seconds UTC).
    """
    sums: defaultdict[str, dict[str, Counter[str]]] = defaultdict(dict)
    for currency, advertiser, cents in raw_cursor(connection).execute(
        OF_SESSION, {**values, "off": STARTED_WITHIN}
    ):
        sums[currency][advertiser] = Counter({"content": cents})
    by_currency = {currency: _counted_once(rows) for currency, rows in sums.items()}
    return max(by_currency.items(), key=lambda pair: pair[1], default=None)
