"""What the shop has to answer with: the variants of the catalog with price, measures and stock, by thing."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, bindparam, text

from shop.comments.topics import Thing, thing_of_words
from shop.core.text import full_title
from shop.metrics.settings import shop_settings

OFFERS = """
SELECT v.sku AS sku, COALESCE(p.title, v.title, v.sku) AS product, v.title AS spec, COALESCE(p.form, p.title) AS form,
  p.glaze AS glaze, COALESCE(v.size, p.size) AS size, v.price_cents, v.currency, v.stock_policy AS policy,
  v.lead_days, v.height_mm, v.width_mm, v.volume_ml, v.weight_g, p.is_food_safe, b.on_hand - b.reserved AS free,
  l.sku IS NOT NULL AS is_listed, l.quantity AS listed
FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
LEFT JOIN (SELECT sku, SUM(quantity) AS quantity FROM listing WHERE shop_id = :shop AND status = 'live'
  GROUP BY sku) l ON l.sku = v.sku
WHERE v.shop_id = :shop AND NOT v.is_archived AND NOT COALESCE(p.is_archived, 0)
"""
FIRST = f"""
{OFFERS} AND v.sku IN (SELECT r.sku FROM (SELECT o.sku, ROW_NUMBER() OVER (PARTITION BY o.form, o.glaze, o.size,
  o.policy = 'made_to_order', o.free > 0, o.is_listed, o.listed <> 0 ORDER BY o.sku) AS place FROM ({OFFERS}) o) r
  WHERE r.place <= :each)
ORDER BY v.sku
"""
"""The first SKUs of each thing, apart by all that `Offer.is_there` depends on."""
PRICES = """
SELECT COALESCE(p.form, p.title), p.glaze, COALESCE(v.size, p.size), v.price_cents, COUNT(*) FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
WHERE v.shop_id = :shop AND v.price_cents > 0 AND v.currency = :currency AND NOT v.is_archived
  AND NOT COALESCE(p.is_archived, 0)
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Offer:
    """One variant of the catalog. Price in cents; measures in mm, ml, g; `free` is None where it was never counted.

    `listed` is the quantity of its live listings, None where no platform states one.
    """

    sku: str
    title: str
    thing: Thing
    price_cents: int | None
    currency: str
    policy: str
    lead_days: int | None
    height_mm: int | None
    width_mm: int | None
    volume_ml: int | None
    weight_g: int | None
    is_food_safe: bool | None
    free: int | None
    is_listed: bool
    listed: int | None

    @property
    def is_there(self) -> bool:
        """Whether it is available: free, produced to order, or listed with a quantity while never counted."""
        if self.policy == "made_to_order":
            return True
        if self.free is not None:
            return self.free > 0
        return self.is_listed and self.listed != 0


def offers(connection: Connection, shop_id: int = 1, each: int = 1) -> list[Offer]:
    """The first variants of each thing by SKU: so many of what is there and of what is not, listed or not.

    Archived ones are left out.
    """
    rows = connection.execute(text(FIRST), {"shop": shop_id, "each": each})
    return [_offer(*row) for row in rows]


def offers_of(connection: Connection, skus: Iterable[str], shop_id: int = 1) -> list[Offer]:
    """These variants, without archived ones."""
    sql = text(f"{OFFERS} AND v.sku IN :skus").bindparams(bindparam("skus", expanding=True))
    rows = connection.execute(sql, {"shop": shop_id, "skus": sorted(set(skus))})
    return [_offer(*row) for row in rows]


def _offer(*row: Any) -> Offer:
    sku, product, spec, form, glaze, size, *rest = row
    price, currency, policy, lead, height, width, volume, weight, safe, free, is_listed, listed = rest
    return Offer(
        sku,
        full_title(product, spec),
        thing_of_words(form, glaze, size),
        price,
        currency,
        policy,
        lead,
        height,
        width,
        volume,
        weight,
        None if safe is None else bool(safe),
        free,
        bool(is_listed),
        listed,
    )


@dataclass(frozen=True)
class Prices:
    """What a thing typically costs, in cents of the shop's currency: things and prices with their number of SKUs."""

    items: tuple[tuple[Thing, int, int], ...]

    def of(self, thing: Thing) -> int:
        """The median price of the SKUs that fit, else of all, the lower one of two; 0 without any price."""
        fitting = [item for item in self.items if thing.fits(item[0])] if thing.is_named else []
        counts: Counter[int] = Counter()
        for _, price, skus in fitting or self.items:
            counts[price] += skus
        prices = sorted(counts)
        up_to = list(accumulate(counts[price] for price in prices))
        return prices[bisect_right(up_to, (up_to[-1] - 1) // 2)] if prices else 0


def fitting(thing: Thing, catalog: Sequence[Offer]) -> list[Offer]:
    """The variants that fit a thing; none where it is not named."""
    return [offer for offer in catalog if thing.fits(offer.thing)] if thing.is_named else []


def prices(connection: Connection, shop_id: int = 1) -> Prices:
    """The typical prices of the catalog in the shop's currency; of what sold where the catalog has none."""
    currency = shop_settings(connection, shop_id).currency
    values = {"shop": shop_id, "currency": currency}
    rows = [
        (thing_of_words(form, glaze, size), int(price), int(skus))
        for form, glaze, size, price, skus in connection.execute(text(PRICES), values)
    ]
    if not rows:
        sold = connection.execute(
            text(
                "SELECT SUM(buyer_paid_cents + platform_discount_cents), SUM(units) FROM fact_day "
                "WHERE shop_id = :shop AND currency = :currency"
            ),
            values,
        ).one()
        if sold[1]:
            rows = [(Thing(), int(sold[0]) // int(sold[1]), 1)]
    return Prices(tuple(rows))
