"""Listings as they are now, and what is still to be changed on the platforms by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from shop.core.clock import from_seconds
from shop.db.database import Database
from shop.listings.listings import OWN, is_from_platform
from shop.metrics.settings import shop_settings


@dataclass(frozen=True)
class ToDo:
    """One thing to change on a platform by hand: what it states, and what the shop wants."""

    platform: str
    listing_id: str
    sku: str
    title: str
    field: str
    current: str | int | None
    wanted: str | int
    currency: str


TO_DO = """
SELECT platform, listing_id, sku, COALESCE(title, sku) AS title, currency,
  price_cents, wanted_price_cents, title AS platform_title, wanted_title, status, wanted_status
FROM listing WHERE shop_id = :shop AND updated_at > 0 AND status <> 'retired'
  AND (wanted_price_cents <> COALESCE(price_cents, -1) OR wanted_title <> COALESCE(title, '')
    OR wanted_status <> status)
ORDER BY platform, title, listing_id
"""


def to_do(db: Database, *, shop_id: int = 1) -> list[ToDo]:
    """What is still to be changed on the platforms: wishes that they do not state yet."""
    pairs = (
        ("listing_price", "price_cents", "wanted_price_cents"),
        ("listing_title", "platform_title", "wanted_title"),
        ("status", "status", "wanted_status"),
    )
    with db.read() as connection:
        rows = connection.execute(text(TO_DO), {"shop": shop_id}).mappings().all()
    return [
        ToDo(
            row["platform"],
            row["listing_id"],
            row["sku"],
            row["title"],
            name,
            row[current],
            row[wanted],
            row["currency"],
        )
        for row in rows
        for name, current, wanted in pairs
        if row[wanted] is not None and row[wanted] != row[current]
    ]


def platforms(db: Database, *, shop_id: int = 1) -> tuple[str, ...]:
    """Where the shop sells: the platforms of listings and orders, the largest first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT platform FROM (SELECT platform, COUNT(*) AS size FROM listing "
                "WHERE shop_id = :shop GROUP BY 1 UNION ALL SELECT platform, SUM(orders) "
                "FROM fact_day WHERE shop_id = :shop GROUP BY 1) GROUP BY platform "
                "ORDER BY SUM(size) DESC, platform"
            ),
            {"shop": shop_id},
        )
        return tuple(row[0] for row in rows)


def currency(db: Database, *, shop_id: int = 1) -> str:
    """The currency that prices are typed in by default."""
    with db.read() as connection:
        return shop_settings(connection, shop_id).currency


@dataclass(frozen=True)
class ListingDetails:
    """One listing as it stands: what it is, what the platform states, what the shop wants."""

    platform: str
    listing_id: str
    sku: str
    title: str | None
    status: str
    price_cents: int | None
    wanted_price_cents: int | None
    currency: str
    quantity: int | None
    reported_at: datetime | None
    is_own: bool


def listings_of(db: Database, sku: str, *, shop_id: int = 1) -> list[ListingDetails]:
    """The listings of a SKU, by platform."""
    with db.read() as connection:
        rows = connection.execute(
            text(OFFERED + " AND sku = :sku ORDER BY platform, listing_id"), {"shop": shop_id, "sku": sku}
        ).all()
    return [_offered(row) for row in rows]


def listing_details(
    db: Database, platform: str, listing_id: str, *, shop_id: int = 1
) -> ListingDetails | None:
    """One listing, None where it is gone."""
    sql = OFFERED + " AND platform = :platform AND listing_id = :listing"
    values = {"shop": shop_id, "platform": platform, "listing": listing_id}
    with db.read() as connection:
        row = connection.execute(text(sql), values).one_or_none()
    return None if row is None else _offered(row)


OFFERED = """
SELECT platform, listing_id, sku, title, status, price_cents, wanted_price_cents, currency, quantity,
  updated_at
FROM listing WHERE shop_id = :shop
"""


def _offered(row: Any) -> ListingDetails:
    reported_at = from_seconds(row[9]) if is_from_platform(row[9]) else None
    return ListingDetails(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        reported_at,
        str(row[1]).startswith(OWN),
    )
