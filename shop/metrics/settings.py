"""The shop itself: its name, its calendar day and its main currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from shop.core import clock
from shop.db.version_cache import per_version

LINES_BY_CURRENCY = (
    "SELECT platform, currency, SUM(lines) FROM fact_day WHERE shop_id = :shop GROUP BY platform, currency"
)


@dataclass(frozen=True)
class ShopSettings:
    """One shop: `time_zone` decides what a day is, `currency` is the default of figures and prices."""

    shop_id: int
    name: str
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"


def shop_settings(connection: Connection, shop_id: int = 1) -> ShopSettings:
    """The settings of a shop; where the owner stored none, defaults and the most used currency."""
    row = connection.execute(
        text("SELECT shop_id, name, time_zone, currency FROM shop WHERE shop_id = :shop"), {"shop": shop_id}
    ).one_or_none()
    return (
        ShopSettings(*row)
        if row
        else ShopSettings(shop_id, "", currency=_most_used_currency(connection, shop_id))
    )


def has_settings(connection: Connection, shop_id: int = 1) -> bool:
    """Whether the shop's time zone and currency were chosen, by its owner or with its first import."""
    sql = "SELECT 1 FROM shop WHERE shop_id = :shop"
    return connection.execute(text(sql), {"shop": shop_id}).first() is not None


def store_settings(connection: Connection, settings: ShopSettings) -> None:
    """Write the settings of a shop as they are; days already stored stay (see shop/settings.py)."""
    connection.execute(
        text(
            "INSERT INTO shop (shop_id, name, time_zone, currency) VALUES (:shop_id, :name, :time_zone, "
            ":currency) ON CONFLICT (shop_id) DO UPDATE SET name = excluded.name, "
            "time_zone = excluded.time_zone, currency = excluded.currency"
        ),
        vars(settings),
    )
    connection.execute(text("DELETE FROM shop_clock WHERE shop_id = :shop_id"), {"shop_id": settings.shop_id})
    connection.execute(
        text("INSERT INTO shop_clock (shop_id, from_at, seconds) VALUES (:shop_id, :from_at, :seconds)"),
        [
            {"shop_id": settings.shop_id, "from_at": moment, "seconds": seconds}
            for moment, seconds in clock.offsets(settings.time_zone)
        ],
    )


def currency_of(connection: Connection, query: Any) -> str:
    """The currency that a query is answered in: its own, else the shop's.

    A query narrowed to platforms that never sold in the shop's currency is answered in theirs.
    """
    if query.currency:
        return str(query.currency)
    own = shop_settings(connection, query.shop).currency
    platforms = dict(query.where).get("platform", ())
    if not platforms:
        return own
    used = _currencies_by_use(connection, query.shop, platforms)
    return own if own in used or not used else used[0]


def _most_used_currency(connection: Connection, shop_id: int) -> str:
    """The currency of most order lines; CNY while there are none."""
    return next(iter(_currencies_by_use(connection, shop_id)), "CNY")


def _currencies_by_use(connection: Connection, shop_id: int, platforms: Sequence[str] = ()) -> list[str]:
    """The currencies of the order lines (of these platforms), the most used first."""
    sums = per_version(
        connection,
        ("currencies", shop_id),
        lambda: connection.execute(text(LINES_BY_CURRENCY), {"shop": shop_id}).all(),
    )
    lines: Counter[str] = Counter()
    for platform, currency, count in sums:
        if not platforms or platform in platforms:
            lines[currency] += count
    return sorted(lines, key=lambda currency: (-lines[currency], currency))


def today(connection: Connection, shop_id: int = 1) -> date:
    """The present day of the shop's own calendar."""
    return clock.today(shop_settings(connection, shop_id).time_zone)
