"""The price card of a live host: what each SKU is offered for, and below what it never goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shop.access.roles import Actor
from shop.catalog.titles import titles
from shop.db.database import Database
from shop.pricing.floor_prices import FloorPrice, floor_prices_of


@dataclass(frozen=True)
class CardLine:
    """One SKU on a host's card: what it is, what it is offered for, and below what it never goes.

    `floor` is without a coupon at the platform's own commission, `lowest` with the coupon and the
    commission of this session.
    """

    sku: str
    title: str
    price_cents: int | None
    floor: FloorPrice
    lowest: FloorPrice

    @property
    def is_below(self) -> bool:
        """Whether it is offered below the lowest price of this session."""
        at = self.lowest.floor_cents
        return self.price_cents is not None and at is not None and self.price_cents < at


PRICES = """
SELECT v.sku, COALESCE((SELECT MIN(l.price_cents) FROM listing l WHERE l.shop_id = v.shop_id
  AND l.sku = v.sku AND l.platform = :platform AND l.status = 'live'), v.price_cents)
FROM variant v WHERE v.shop_id = :shop AND v.sku IN (SELECT value FROM json_each(:skus))
"""


def card_lines(
    db: Database,
    skus: Sequence[str],
    platform: str,
    coupon_cents: int = 0,
    commission_bp: int | None = None,
    *,
    actor: Actor,
    on: date | None = None,
    shop_id: int = 1,
    leave_out: bool = False,
) -> list[CardLine]:
    """The card of a session: its SKUs in the given order, each with both floors.

    A SKU that no price covers raises NoFloor, or is left out.
    """

    def floors(coupon: int, commission: int | None) -> dict[str, FloorPrice]:
        result = floor_prices_of(
            db, skus, platform, coupon, commission, actor=actor, on=on, shop_id=shop_id, leave_out=leave_out
        )
        return {floor.sku: floor for floor in result}

    plain = floors(0, None)
    lowest = floors(coupon_cents, commission_bp) if (coupon_cents, commission_bp) != (0, None) else plain
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        values = {"shop": shop_id, "platform": platform, "skus": json.dumps(list(skus))}
        prices = dict(cursor.execute(PRICES, values).fetchall())
        names = titles(cursor, shop_id, set(skus))
    return [
        CardLine(sku, names.get(sku, sku), prices.get(sku), plain[sku], lowest[sku])
        for sku in skus
        if sku in plain and sku in lowest
    ]
