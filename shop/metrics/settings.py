"""The shop itself: its name, its calendar day and its main currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from shop.core import clock


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


def _most_used_currency(connection: Connection, shop_id: int) -> str:
    """The currency of most order lines; CNY while there are none."""
    currency = connection.execute(
        text(
            "SELECT currency FROM fact_day WHERE shop_id = :shop GROUP BY currency "
            "ORDER BY SUM(lines) DESC, currency LIMIT 1"
        ),
        {"shop": shop_id},
    ).scalar()
    return str(currency or "CNY")


def today(connection: Connection, shop_id: int = 1) -> date:
    """The present day of the shop's own calendar."""
    return clock.today(shop_settings(connection, shop_id).time_zone)
